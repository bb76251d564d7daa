"""Results in files, exact values where they are known, and reports that need nothing else."""

import csv
import json
import re

import pytest

import fastgrad as fg
from fastgrad.results.known import known_gradient


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 5) + 1.0 / theta


@pytest.fixture(scope="module")
def swept():
    points = [0.3, 0.5]
    exact = [known_gradient(queue, point) for point in points]
    return fg.sweep(queue, points, ["ipa", "lr", "spa"], 400, seed=2, exact=exact)


def test_csv_keeps_every_bit(swept, tmp_path):
    assert swept.save(tmp_path / "a.csv") == tmp_path / "a.csv"
    with (tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows[:2]] == ["ipa", "lr"]
    assert float(rows[1]["gradient"]) == swept[0]["lr"].gradient
    assert [float(row["theta"]) for row in rows] == [0.3] * 3 + [0.5] * 3


def test_json_is_the_dict(swept, tmp_path):
    swept.save(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["points"][1]["theta"] == 0.5


def test_parquet_and_netcdf(swept, tmp_path):
    pytest.importorskip("pyarrow")
    xarray = pytest.importorskip("xarray")
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(swept.save(tmp_path / "a.parquet"))
    assert frame.gradient[1] == swept[0]["lr"].gradient
    with xarray.open_dataset(swept.save(tmp_path / "a.nc"), engine="scipy") as made:
        assert made.gradient.sel({"theta": 0.5, "method": "lr"}).item() == swept[1]["lr"].gradient


def test_other_endings_are_refused(swept, tmp_path):
    with pytest.raises(ValueError, match=r"one of \.csv, \.json, \.parquet"):
        swept.save(tmp_path / "a.xls")
    with pytest.raises(ValueError, match="no form for NetCDF"):
        swept[0].save(tmp_path / "a.nc")


def test_a_report_needs_nothing_from_elsewhere(swept, tmp_path):
    page = swept.save(tmp_path / "a.html").read_text()
    assert page.count("<svg") == 4
    assert "<script" not in page
    loaded = re.findall(r'(?:src|href)="([^"#][^"]*)"|url\(([^#)][^)]*)\)', page)
    assert all(first.startswith("data:") for first, _ in loaded)  # the bar of colours
    assert f"{swept[1]['lr'].gradient:.6g}" in page
    assert f"{swept[1].exact:.6g}" in page
    assert "fastgrad 0" in page


def test_other_results_save_and_report(tmp_path):
    made = fg.gradient(queue, 0.5, "ipa", 400)
    assert f"{made.gradient:.6g}" in made.save(tmp_path / "a.html").read_text()
    assert fg.explain(queue, 0.5).save(tmp_path / "b.html").read_text().count("<table") == 1
    assert made.save(tmp_path / "a.csv").read_text().startswith("parameter,")


def test_known_gradients_are_those_of_the_exact_values():
    exact = fg.exact.mm1(1.0, 0.5, 5).d_service - 1.0 / 0.25
    # The value is exact to 1e-12; differences of fourth order with steps of 1e-3 leave 1e-9.
    assert known_gradient(queue, 0.5) == pytest.approx(exact, rel=1e-8)

    def many(theta):
        return fg.MultiServerQueue(
            fg.Exponential(theta["a"]), fg.Exponential(theta["b"]), 2, 6, output="wait"
        )

    found, value = known_gradient(many, {"a": 1.0, "b": 1.5}), fg.exact.mmm(1.0, 1.5, 2, 6)
    assert found["a"] == pytest.approx(value.d_interarrival, rel=1e-8)
    assert found["b"] == pytest.approx(value.d_service - 1.0, rel=1e-8)

    def project(theta):
        arcs = [("s", "a"), ("a", "t"), ("s", "t")]
        distributions = [fg.Exponential(theta[0]), fg.Exponential(1.0), fg.Exponential(theta[1])]
        return fg.ActivityNetwork(arcs, distributions, measure=fg.Tail(2.0))

    value = fg.exact.activity_network(
        [("s", "a"), ("a", "t"), ("s", "t")], [2.0, 1.0, 3.0], tail=2.0
    )
    assert known_gradient(project, [2.0, 3.0]) == pytest.approx(value.gradient[[0, 2]], rel=1e-8)

    def stock(theta):
        return fg.Inventory(theta, theta + 3.0, fg.Exponential(1.0), 6, holding=1.0, backlog=3.0)

    value = fg.exact.inventory(1.0, 4.0, 1.0, 6, holding=1.0, backlog=3.0)
    assert known_gradient(stock, 1.0) == pytest.approx(value.d_s, rel=1e-8)


def test_what_is_not_known_is_none():
    def uniform(theta):
        return fg.SingleServerQueue(fg.Uniform(0.0, 2.0), fg.Exponential(theta), 5)

    assert known_gradient(uniform, 0.5) is None
