"""Outputs as a dimension of `compare` and `sweep`: points × methods × outputs."""

import json

import numpy as np
import pytest

import fastgrad as fg
from fastgrad.results.known import known_gradient

POINTS = [{"mean": m, "gap": g} for m in (0.4, 0.6) for g in (1.0, 1.2)]
METHODS = ["ipa", "lr", "spa"]
GIVEN = {"replications": 4096, "seed": 3}


def queue(theta):
    return fg.SingleServerQueue(
        fg.Exponential(theta["gap"]), fg.Exponential(theta["mean"]), 5,
        measure={"time": fg.Mean(), "late": fg.Tail(1.0)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def swept():
    exact = [known_gradient(queue, point) for point in POINTS]
    return fg.sweep(queue, POINTS, METHODS, exact=exact, **GIVEN)


def test_every_cell_is_what_gradient_gives(swept):
    whole = fg.gradient(queue, POINTS[1], "lr", **GIVEN)
    late = fg.gradient(lambda t: queue(t)["late"], POINTS[1], "spa", **GIVEN)
    assert swept.outputs == ("time", "late")
    for output in swept.outputs:
        assert swept[1]["lr"][output].gradient == whole[output].gradient
    assert np.array_equal(swept[1]["lr"].covariance, whole.covariance)
    assert swept.of("late")[1]["spa"].gradient == late.gradient


def test_a_method_may_be_valid_for_some_outputs(swept):
    one = swept[0]
    assert list(one) == METHODS
    assert list(one["ipa"]) == ["time"]
    assert not one.refused
    assert "ipa" in one.of("late").refused
    with pytest.raises(KeyError, match="no output 'tail'; there are 'time', 'late'"):
        one.of("tail")
    refused = [row for row in one.rows() if row["reason"] is not None]
    assert [(row["output"], row["method"]) for row in refused] == [
        ("time", "spa"),
        ("late", "ipa"),
    ]


def test_exact_values_are_by_output(swept):
    assert set(known_gradient(queue, POINTS[0])) == {"time"}
    rows = [row for row in swept.rows() if row.get("z_exact") is not None]
    assert {row["output"] for row in rows} == {"time"}
    assert len(rows) == 4 * 2 * 2
    assert all(abs(row["z_exact"]) <= 5.5 for row in rows)  # 24 cells, family-wise 1e-6
    with pytest.raises(ValueError, match="exact must be a table by output"):
        fg.compare(queue, POINTS[0], ["lr"], exact={"tmie": 1.0}, **GIVEN)


def test_tables_and_files_have_the_dimension(swept, tmp_path):
    pandas, xarray = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    pytest.importorskip("pyarrow")
    frame = swept.to_frame()
    assert list(frame["output"].unique()) == ["time", "late"]
    assert len(frame) == 4 * 2 * (2 * 2 + 1)
    made = swept.to_xarray()
    assert made.gradient.dims == ("output", "method", "parameter", "mean", "gap")
    place = {"output": "late", "method": "lr", "parameter": "gap", "mean": 0.4, "gap": 1.2}
    value = swept[1]["lr"]["late"].gradient["gap"]
    assert made.gradient.sel(place).item() == value
    assert np.isnan(made.gradient.sel(place | {"method": "ipa"}).item())
    with xarray.open_dataset(swept.save(tmp_path / "a.nc"), engine="scipy") as read:
        assert read.gradient.sel(place).item() == value
    for ending, read in (("csv", pandas.read_csv), ("parquet", pandas.read_parquet)):
        table = read(swept.save(tmp_path / f"a.{ending}"))
        keep = (table.point == 1) & (table.output == "late") & (table.method == "lr")
        assert table[keep].gradient.iloc[1] == value
    plain = json.loads(swept.save(tmp_path / "a.json").read_text())["points"][1]
    found = plain["outputs"]["late"]["methods"]["lr"]
    assert found["gradient"]["gap"] == value
    assert plain["theta"] == POINTS[1]


def test_it_prints_and_warns_output_by_output(swept):
    text = str(swept[0])
    assert "dE[time]/dθ at" in text
    assert "dE[late]/dθ at" in text
    assert repr(swept[0]) == "Comparisons(ipa, lr, spa; outputs 'time', 'late')"
    page = str(fg.explain(queue, POINTS[0]))
    assert "late: service.mean" in page


def test_plots_pick_an_output(swept, tmp_path):
    pytest.importorskip("matplotlib")

    def title(figure):
        return figure.axes[0].get_title(loc="left") or figure.axes[0].get_title()

    assert "dE[late]/d gap" in title(swept.plot(kind="gradient", component=1, output="late"))
    assert "dE[time]" in title(swept.plot(kind="gradient"))
    assert "agreement of late" in title(swept.plot(kind="agreement", output="late"))
    assert "E[late], arrows" in title(swept.plot(kind="surface", output="late"))
    assert "dE[late]" in title(swept[0].plot(output="late"))
    with pytest.raises(KeyError, match="no output 'x'; there is one, unnamed"):
        swept.of("late").plot(output="x")
    page = swept[:2] and swept.save(tmp_path / "a.html").read_text()
    # Of each output the surface, three panels for each of two parameters, and the agreement.
    assert page.count("<figure") == 2 * 8
    assert "<h4>late</h4>" in page


def test_convergence_of_several_outputs():
    made = fg.convergence(queue, POINTS[0], ["lr"], 256, stages=2)
    assert made.of("late").comparisons[-1]["lr"].replications == 256
    assert {row["output"] for row in made.rows()} == {"time", "late"}


def test_a_store_keeps_all_outputs(tmp_path):
    given = {"methods": ["ipa", "lr"], "seed": 1, "store": tmp_path / "a.db"}
    fg.sweep(queue, POINTS[:2], replications=4096, **given)
    more = fg.sweep(queue, POINTS[:2], replications=8192, **given)
    fresh = fg.sweep(queue, POINTS[:2], ["ipa", "lr"], 8192, seed=1, store=tmp_path / "b.db")
    for one, other in zip(more.rows(), fresh.rows(), strict=True):
        assert one["reason"] is not None or one["performance"] == other["performance"]


def test_interrupt_keeps_outputs(monkeypatch):
    from fastgrad.results import comparison as module

    real = module.gradient_quietly

    def stopped(build, at, method, **options):
        if method.name == "lr" and options["replications"] != module.WARM_UP:
            raise KeyboardInterrupt
        return real(build, at, method, **options)

    monkeypatch.setattr(module, "gradient_quietly", stopped)
    with pytest.raises(fg.Interrupted, match="interrupted in lr") as caught:
        fg.compare(queue, POINTS[0], ["ipa", "lr"], **GIVEN)
    assert list(caught.value.estimate) == ["ipa"]
