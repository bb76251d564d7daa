"""Many inputs and parameters, arrays of them, and θ whose entries are arrays."""

import concurrent.futures

import numpy as np
import pytest

import fastgrad as fg
from fastgrad.core.theta import Theta

Z = 5.5
SCALES = np.array([0.5, 1.0, 2.0])
AT = {"slots": np.array([0.4, 0.9, 1.7]), "mean": 1.2}


def weighed(x, p):
    total = 0.0
    for i in range(len(p.slots)):
        total += p.slots[i] * p.slots[i] * x.service[i]
    return total * p.factors[0, 1]


def build(theta, debug=False):
    return fg.Simulation(
        weighed,
        {"service": [fg.Exponential(theta["mean"] * s) for s in SCALES]},
        {"slots": theta["slots"], "factors": [[1.0, 2.0], [0.0, 0.0]], "days": [1, 2]},
        debug=debug,
    )


def exact():
    # E[Y] = 2 mean Σ s² scale
    return {
        "slots": 4.0 * AT["mean"] * AT["slots"] * SCALES,
        "mean": 2.0 * np.sum(AT["slots"] ** 2 * SCALES),
    }


@pytest.mark.parametrize("method", ["ipa", "cd", "auto"])
def test_gradients_have_the_shape_of_theta(method):
    estimate = fg.gradient(build, AT, method, replications=20_000, seed=1)
    low, high = estimate.confidence_interval()
    for name, truth in exact().items():
        assert np.shape(estimate.gradient[name]) == np.shape(truth) == np.shape(low[name])
        error = estimate.standard_error[name]
        assert np.all(np.abs(estimate.gradient[name] - truth) <= Z * error + 1e-4)
        assert np.all(low[name] < high[name])
    assert "slots[2]" in str(estimate)
    assert len(estimate.to_dict()["gradient"]["slots"]) == 3


def test_second_derivatives_come_by_blocks():
    estimate = fg.gradient(build, AT, "ipa", replications=20_000, seed=1, order=2)
    hessian, errors = estimate.gradient, estimate.standard_error
    truth = np.diag(4.0 * AT["mean"] * SCALES)
    assert np.all(np.abs(hessian["slots"]["slots"] - truth) <= Z * errors["slots"]["slots"] + 1e-9)
    mixed = 4.0 * AT["slots"] * SCALES
    assert np.all(np.abs(hessian["slots"]["mean"] - mixed) <= Z * errors["slots"]["mean"])
    assert np.array_equal(hessian["mean"]["slots"], hessian["slots"]["mean"])
    assert isinstance(hessian["mean"]["mean"], float)


def test_scores_and_phantoms_of_a_list():
    def means(theta):
        return fg.Simulation(
            lambda x, p: np.max(x.service), {"service": [fg.Exponential(m) for m in theta]}
        )

    at = np.array([1.0, 2.0])  # E[max] = a + b - ab/(a + b)
    truth = 1.0 - (at[::-1] / at.sum()) ** 2
    for method in ("ipa", "lr", "wd"):
        estimate = fg.gradient(means, at, method, replications=40_000, seed=1)
        assert np.all(np.abs(estimate.gradient - truth) <= Z * estimate.standard_error), method


def test_the_same_uncompiled_and_in_other_processes():
    plain = fg.gradient(build, AT, "ipa", replications=2000, seed=1)
    slow = fg.gradient(lambda t: build(t, debug=True), AT, "ipa", replications=2000, seed=1)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        spread = fg.gradient(build, AT, "ipa", replications=2000, seed=1, executor=pool)
    assert np.array_equal(plain.gradient["slots"], spread.gradient["slots"])
    assert np.allclose(plain.gradient["slots"], slow.gradient["slots"], rtol=1e-12)


def test_marks_with_arrays():
    def late(x, p):
        return fg.step(x.service[0] + x.service[1] > p.limits[1])

    def model(theta):
        inputs = {"service": [fg.Exponential(1.0), fg.Exponential(2.0)]}
        return fg.Simulation(late, inputs, {"limits": theta})

    at = np.array([9.0, 1.5])
    density = np.exp(-0.75) - np.exp(-1.5)  # of the sum, at 1.5
    estimate = fg.gradient(model, at, "spa", replications=20_000, seed=1)
    assert abs(estimate.gradient[1] + density) <= Z * estimate.standard_error[1]


def many(count):
    lines = ["def day(x, p):", "    free = clock = waiting = 0.0"]
    for k in range(count):
        lines += [
            "    start = max(free, clock)",
            "    waiting += start - clock",
            f"    free = start + x.service_{k}",
            f"    clock += p.slot_{k}",
        ]
    scope = {"__name__": __name__}
    exec("\n".join([*lines, "    return waiting"]), scope)
    return scope["day"]


@pytest.mark.parametrize("count", [40])
def test_many_separate_inputs_and_parameters(count):
    day = many(count)

    def model(theta):
        inputs = {f"service_{k}": fg.Exponential(theta["mean"]) for k in range(count)}
        return fg.Simulation(day, inputs, {f"slot_{k}": theta["slot"] for k in range(count)})

    def together(x, p):
        free = clock = waiting = 0.0
        for k in range(len(x.service)):
            start = max(free, clock)
            waiting += start - clock
            free = start + x.service[k]
            clock += p.slot[k]
        return waiting

    def listed(theta):
        inputs = {"service": [fg.Exponential(theta["mean"])] * count}
        return fg.Simulation(together, inputs, {"slot": [theta["slot"]] * count})

    at = {"mean": 1.0, "slot": 1.1}
    one = fg.gradient(model, at, fg.IPA(), replications=500, seed=1)
    other = fg.gradient(listed, at, "ipa", replications=500, seed=1)
    assert one.gradient == pytest.approx(other.gradient, rel=1e-12)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ({"a": {"b": 1.0}}, r"theta\['a'\] must be a number or an array"),
        ({"a": []}, r"theta\['a'\] is empty"),
        ({"a": [1.0, float("nan")]}, r"a\[1\] must be finite"),
        ({"a": [[1.0], [2.0, 3.0]]}, r"rows of different lengths"),
        ({"a": ["x"]}, r"a\[0\] must be a number"),
    ],
)
def test_a_theta_that_is_none(at, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Theta(at)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"a": []}, "must not be empty"),
        ({"a": ["x"]}, r"\['a'\]\[0\] must be a number, got 'x'"),
        ({"a": [[1.0], [2.0, 3.0]]}, "different lengths|must be a number"),
        ({"a": 2**70}, "beyond the whole numbers of 64 bits"),
    ],
)
def test_parameters_that_are_none(parameters, words):
    with pytest.raises((TypeError, ValueError), match=words):
        fg.Simulation(lambda x, p: x.a, {"a": fg.Exponential(1.0)}, parameters)


def test_inputs_that_are_none():
    with pytest.raises(TypeError, match=r"\['a'\]\[1\] must be a distribution"):
        fg.Simulation(lambda x, p: x.a[0], {"a": [fg.Exponential(1.0), 2.0]})
    with pytest.raises(ValueError, match="at least one distribution"):
        fg.Simulation(lambda x, p: x.a[0], {"a": []})
