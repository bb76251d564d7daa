"""Functions that return several outputs: each as if it were alone, with the same numbers."""

import json

import numpy as np
import pytest

import fastgrad as fg
from fastgrad import Simulation

CUSTOMERS = 6
Z = 5.0


def queue(x, p):
    time = total = longest = 0.0
    for n in range(len(x.service)):
        time = max(time - x.gap[n], 0.0) + x.service[n]
        total += time
        longest = max(longest, time)
    return total, longest, 3


def named(x, p):
    total, longest, number = queue(x, p)
    if longest > 1.0:
        return {"total": total, "longest": longest, "number": number}
    return {"longest": longest, "number": number, "total": total}


def build_of(function, output=None):
    def build(theta):
        return Simulation(
            function,
            {
                "gap": fg.Exponential(1.0).repeat(CUSTOMERS),
                "service": fg.Exponential(theta).repeat(CUSTOMERS),
            },
            output=output,
        )

    return build


OUTPUTS = [(queue, (0, 1, 2)), (named, ("total", "longest", "number"))]
GIVEN = {"replications": 2000, "seed": 6}


@pytest.mark.parametrize(("function", "outputs"), OUTPUTS, ids=["tuple", "dict"])
def test_each_value_is_that_of_the_output_alone(function, outputs):
    several = fg.simulate(build_of(function)(0.8), **GIVEN)
    assert set(several) == set(outputs)
    for output in outputs:
        alone = fg.simulate(build_of(function, output)(0.8), **GIVEN)
        assert several[output].value == alone.value
        assert several[output].standard_error == alone.standard_error
        assert several[output].confidence_interval(0.9) == alone.confidence_interval(0.9)


@pytest.mark.parametrize("method", ["ipa", "lr"])
@pytest.mark.parametrize(("function", "outputs"), OUTPUTS, ids=["tuple", "dict"])
def test_each_gradient_is_that_of_the_output_alone(function, outputs, method):
    several = fg.gradient(build_of(function), 0.8, method, **GIVEN)
    for output in outputs:
        alone = fg.gradient(build_of(function, output), 0.8, method, **GIVEN)
        assert several[output].gradient == alone.gradient
        assert several[output].standard_error == alone.standard_error
        assert several[output].performance.value == alone.performance.value


def test_tuple_and_dict_agree_and_the_gradient_is_right():
    places, names = (fg.gradient(build_of(f), 0.8, "ipa", **GIVEN) for f, _ in OUTPUTS)
    for place, name in ((0, "total"), (1, "longest"), (2, "number")):
        assert places[place].gradient == names[name].gradient
    assert places[2].gradient == 0.0
    built_in = fg.gradient(
        lambda theta: CUSTOMERS
        * fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), CUSTOMERS),
        0.8, "lr", replications=200_000, seed=1,
    )  # fmt: skip
    error = np.hypot(built_in.standard_error, places[0].standard_error)
    assert abs(built_in.gradient - places[0].gradient) <= Z * error


def test_scale_and_shift_hold_for_every_output():
    plain = fg.gradient(build_of(queue), 0.8, "ipa", **GIVEN)
    moved = fg.gradient(lambda t: 2.0 * build_of(queue)(t) + t * t, 0.8, "ipa", **GIVEN)
    for place in (0, 1, 2):
        assert moved[place].gradient == pytest.approx(2.0 * plain[place].gradient + 1.6, rel=1e-12)


def test_precision_holds_for_every_output():
    several = fg.simulate(build_of(queue)(0.8), precision=0.02, seed=2)
    for place in (0, 1):
        low, high = several[place].confidence_interval()
        assert high - low <= 2.0 * 0.02
    assert several[0].replications == several[1].replications  # one run: as many as the worst needs


def test_results_are_a_mapping_a_table_a_frame_and_json():
    several = fg.gradient(build_of(named), 0.8, "ipa", **GIVEN)
    assert isinstance(several, fg.Estimates)
    assert len(several) == 3
    with pytest.raises(TypeError):
        several["total"] = 1.0
    with pytest.raises(KeyError, match="no output 'mean'; there are 'longest'"):
        several["mean"]
    lines = str(several).splitlines()
    assert "by ipa at 0.8" in lines[0]
    warned = [line for line in lines if line.startswith("warning: 'number': ")]
    assert len(warned) == 2  # E[Y] and its derivative: what never moved may be rare, not constant
    assert len(lines) == 3 + 2 * 3 + len(warned)
    frame = several.to_frame()
    assert list(frame["output"]) == ["longest"] * 2 + ["number"] * 2 + ["total"] * 2
    row = frame.iloc[5]
    assert row["estimate"] == several["total"].gradient
    assert (row["low"], row["high"]) == several["total"].confidence_interval()
    assert json.loads(json.dumps(several.to_dict()))["total"]["gradient"] == row["estimate"]
    assert "total" in repr(several)
    assert "95 %" in str(fg.simulate(build_of(named)(0.8), **GIVEN))


def test_an_output_that_is_not_returned():
    with pytest.raises(ValueError, match=r"output=.mean. is not among what named .*'total'"):
        fg.simulate(build_of(named, "mean")(0.8), **GIVEN)
    with pytest.raises(ValueError, match="output=3 is not among"):
        fg.gradient(build_of(queue, 3), 0.8, **GIVEN)
    last = fg.simulate(build_of(queue, -1)(0.8), **GIVEN)
    assert last.value == 3.0


def test_ctrl_c_leaves_what_was_done():
    calls = []

    def stop(done):
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(fg.Interrupted, match="interrupted after") as stopped:
        fg.simulate(build_of(queue)(0.8), replications=10_000_000, seed=2, progress=stop)
    done = calls[0]
    alone = fg.simulate(build_of(queue, 0)(0.8), replications=done, seed=2)
    assert stopped.value.estimate[0].value == alone.value


def changed_later(x, p):
    found = {"a": x.s, "b": 2.0 * x.s}
    found["a"] += 1.0
    return found


def from_a_helper(x, p):
    return pair(x.s)


def pair(s):
    return {"a": s + 1.0, "b": 2.0 * s}


def recursive(x, p):
    return halves(x.s, 3)


def halves(s, depth):
    if depth == 0:
        return s + 1.0, 2.0 * s
    a, b = halves(0.5 * s, depth - 1)
    return 1.0 + 2.0 * (a - 1.0), 2.0 * b


@pytest.mark.parametrize("function", [changed_later, from_a_helper, recursive])
def test_however_the_outputs_are_put_together(function):
    several = fg.gradient(
        lambda t: Simulation(function, {"s": fg.Exponential(t)}), 1.5, "ipa", **GIVEN
    )
    (_, a), (_, b) = several.items()
    assert b.gradient == pytest.approx(2.0 * a.gradient, rel=1e-12)
    assert b.performance.value == pytest.approx(2.0 * (a.performance.value - 1.0), rel=1e-12)


def test_debug_gives_the_same_outputs():
    def build(theta, debug):
        return Simulation(pairs, {"s": fg.Exponential(theta)}, debug=debug)

    def pairs(x, p):
        return x.s, x.s * x.s

    compiled, debugged = (
        fg.gradient(lambda t, d=debug: build(t, d), 1.0, "ipa", replications=200, threads=1)
        for debug in (False, True)
    )
    for place in (0, 1):
        assert debugged[place].gradient == pytest.approx(compiled[place].gradient, rel=1e-13)
