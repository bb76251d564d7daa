"""`sweep`: comparisons at one θ after the other."""

import json

import pytest
from scipy import stats

import fastgrad as fg
from fastgrad.results import comparison as module

POINTS = [0.3, 0.5, 0.9]
METHODS = ["ipa", "lr", "wd"]


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 10)


def exact(theta):
    return fg.exact.mm1(1.0, theta, 10).d_service


@pytest.fixture(scope="module")
def sweep():
    return fg.sweep(queue, POINTS, METHODS, 20_000, seed=7, exact=exact)


def test_each_point_is_a_comparison(sweep):
    assert len(sweep) == 3
    assert sweep.points == POINTS
    alone = fg.compare(queue, 0.5, METHODS, 20_000, seed=7)
    for label in METHODS:
        assert sweep[1][label].gradient == alone[label].gradient


def test_every_point_agrees_with_the_exact_value(sweep):
    rows = sweep.rows()
    assert len(rows) == 9
    bound = stats.norm.isf(1e-6 / (2 * len(rows)))
    assert all(abs(row["z_exact"]) <= bound for row in rows)
    assert [row["point"] for row in rows] == [0] * 3 + [1] * 3 + [2] * 3


def test_exact_values_may_be_a_list():
    made = fg.sweep(queue, [0.5], ["ipa"], 1000, exact=[exact(0.5)])
    assert made[0].exact == exact(0.5)
    with pytest.raises(ValueError, match="2 values for 1 points"):
        fg.sweep(queue, [0.5], ["ipa"], 1000, exact=[1.0, 2.0])


def test_frame_dict_and_print(sweep):
    assert list(sweep.to_frame()["at"].unique()) == POINTS
    plain = json.loads(json.dumps(sweep.to_dict(), allow_nan=False))
    assert [point["theta"] for point in plain["points"]] == POINTS
    assert str(sweep) == "\n\n".join(str(one) for one in sweep)


def test_plot_writes_a_picture(sweep, tmp_path):
    path = tmp_path / "swept.png"
    sweep.plot(path, label="utilisation")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_points_without_any_valid_method_are_left_out():
    def constant(theta):
        return fg.SingleServerQueue(fg.Deterministic(1.0), fg.Deterministic(theta), 2)

    made = fg.sweep(constant, [0.5, 1.0, 1.5], ["ipa"], 100)
    assert made.points == [0.5, 1.5]
    assert "kink" in made.refused[1]
    with pytest.raises(fg.NotApplicable, match="kink"):
        fg.sweep(constant, [1.0], ["ipa"], 100)


@pytest.mark.parametrize("at", [0.5, "0.5", {"a": 1.0}, []])
def test_at_must_be_a_sequence(at):
    with pytest.raises(ValueError, match="sequence of values of theta"):
        fg.sweep(queue, at, ["ipa"], 100)


def test_interrupt_keeps_what_is_done(monkeypatch):
    real, calls = module.gradient_quietly, []

    def stopped(build, at, method, **options):
        calls.append(at)
        if at == 0.5 and method.name == "lr":
            raise KeyboardInterrupt
        return real(build, at, method, **options)

    monkeypatch.setattr(module, "gradient_quietly", stopped)
    with pytest.raises(fg.Interrupted, match="interrupted in lr") as caught:
        fg.sweep(queue, POINTS, METHODS, 1000)
    assert [list(one) for one in caught.value.estimate] == [METHODS, ["ipa"]]
    assert 0.9 not in calls
