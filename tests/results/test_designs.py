"""Designs: grids, factorials, hypercubes, Sobol points; their sweeps as frames and datasets."""

import itertools

import numpy as np
import pytest

import fastgrad as fg


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(theta["a"]), fg.Exponential(theta["b"]), 3)


def test_a_grid_is_every_combination_once():
    made = fg.grid(a=[1.0, 2.0], b=[0.1, 0.2, 0.3], c=7)
    assert list(made) == [
        {"a": a, "b": b, "c": 7.0} for a, b in itertools.product([1.0, 2.0], [0.1, 0.2, 0.3])
    ]
    assert list(fg.grid({"a": [1, 2]})) == [{"a": 1.0}, {"a": 2.0}]


def test_a_factorial_has_equal_steps_of_the_number_or_its_logarithm():
    made = fg.design("factorial", points=3, a=(0.0, 1.0), b=(0.01, 1.0, "log"), c=5.0)
    assert len(made) == 9
    assert sorted({point["a"] for point in made}) == [0.0, 0.5, 1.0]
    assert np.allclose(sorted({point["b"] for point in made}), [0.01, 0.1, 1.0], rtol=1e-12)
    assert {point["c"] for point in made} == {5.0}


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_every_one_dimensional_cell_is_hit_once(kind):
    made = fg.design(kind, points=16, seed=4, a=(2.0, 4.0), b=(-1.0, 0.0))
    for low, column in zip((2.0, -1.0), made.values.T, strict=True):
        width = 2.0 if low == 2.0 else 1.0
        assert sorted(np.floor((column - low) / width * 16)) == list(range(16))
    assert list(made) == list(fg.design(kind, points=16, seed=4, a=(2.0, 4.0), b=(-1.0, 0.0)))
    assert list(made) != list(fg.design(kind, points=16, seed=5, a=(2.0, 4.0), b=(-1.0, 0.0)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fg.grid(), "at least one parameter"),
        (lambda: fg.grid(a=[]), "no levels"),
        (lambda: fg.grid(a=[1, 1]), "same level twice"),
        (lambda: fg.grid(a="12"), "list of levels"),
        (lambda: fg.grid([1, 2]), "by name"),
        (lambda: fg.grid(a=[np.nan]), "finite"),
        (lambda: fg.grid(a=range(2000), b=range(2000)), "at most"),
        (lambda: fg.design("sobl", points=3, a=(0, 1)), "one of"),
        (lambda: fg.design("sobol", points=0, a=(0, 1)), "1 or more"),
        (lambda: fg.design("sobol", points=2, a=(1, 0)), "low below high"),
        (lambda: fg.design("lhs", points=2, a=(0, 1, "log")), "positive"),
        (lambda: fg.design("lhs", points=2, a=(0, 1, "lin")), "log"),
    ],
)
def test_mistakes(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


@pytest.fixture(scope="module")
def swept():
    return fg.sweep(queue, fg.grid(a=[1.0, 2.0], b=[0.3, 0.5, 0.7]), ["ipa", "lr"], 400, seed=2)


def test_rows_are_tidy(swept):
    frame = swept.to_frame()
    assert len(frame) == 6 * 2 * 2
    assert set(frame.groupby(["a", "b", "method", "parameter"]).size()) == {1}
    row = frame[(frame.a == 2.0) & (frame.b == 0.5) & (frame.method == "lr")].iloc[1]
    assert row.gradient == swept[4]["lr"].gradient["b"]


def test_a_parameter_may_be_called_like_a_column():
    def named(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta["variance"]), 3)

    made = fg.sweep(named, fg.grid(variance=[0.3, 0.5]), ["ipa"], 200)
    assert [row["theta.variance"] for row in made.rows()] == [0.3, 0.5]
    assert made.rows()[0]["variance"] == made[0]["ipa"].variance["variance"]


def test_a_line_through_a_design_holds_the_others_at_their_middle(swept):
    line, where, joined = swept.along(0)
    assert joined
    assert where == "b = 0.5"
    assert [one.theta for one in line] == [{"a": 1.0, "b": 0.5}, {"a": 2.0, "b": 0.5}]


def test_a_dataset_has_the_grid_as_dimensions(swept):
    pytest.importorskip("xarray")
    made = swept.to_xarray()
    assert dict(made.sizes) == {"method": 2, "parameter": 2, "a": 2, "b": 3}
    found = made.gradient.sel({"a": 2.0, "b": 0.7, "method": "lr", "parameter": "b"}).item()
    assert found == swept[5]["lr"].gradient["b"]


def test_scattered_points_stay_points():
    pytest.importorskip("xarray")
    points = fg.design("sobol", points=4, a=(1.0, 2.0), b=(0.3, 0.7))
    made = fg.sweep(queue, points, ["ipa"], 200).to_xarray()
    assert dict(made.sizes) == {"method": 1, "parameter": 2, "point": 4}
    assert made.b.values.tolist() == [point["b"] for point in points]


@pytest.mark.parametrize("kind", ["all", "gradient", "variance", "variance_time", "surface",
                                  "agreement"])  # fmt: skip
def test_pictures(swept, tmp_path, kind):
    swept.plot(tmp_path / "a.svg", kind=kind)
    assert (tmp_path / "a.svg").read_text().rstrip().endswith("</svg>")


def test_unknown_pictures_are_named(swept):
    with pytest.raises(ValueError, match="'surface'"):
        swept.plot(kind="surfaces")
    with pytest.raises(ValueError, match="two parameters"):
        fg.sweep(queue, fg.grid(a=1.0, b=[0.3, 0.5]), ["ipa"], 200).plot(kind="surface")


def test_convergence_ends_in_the_comparison(tmp_path):
    at = {"a": 1.0, "b": 0.5}
    made = fg.convergence(queue, at, ["ipa", "lr"], 2000, seed=3, stages=4)
    assert made.replications[0] == 64
    assert made.replications[-1] == 2000
    assert len(made.replications) == 4
    whole = fg.compare(queue, at, ["ipa", "lr"], 2000, seed=3)
    assert made.comparisons[-1]["lr"].gradient == whole["lr"].gradient
    made.plot(tmp_path / "a.svg", component=1)
    assert "2,000" in str(made)
    with pytest.raises(ValueError, match="128 replications"):
        fg.convergence(queue, at, ["ipa"], 100)
