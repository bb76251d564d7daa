"""Draws on demand: a stopping time, by every method."""

import math

import numpy as np
import pytest

import fastgrad as fg

Z = 5.0
LEVEL = 3.0


def renewals(x, p):
    """Number of renewals up to the level, and the time of the first one beyond it."""
    clock = 0.0
    count = 0
    while clock <= p.level:
        clock += x.gap.next()
        count += 1
    return {"count": count, "overshoot": clock - p.level, "left": len(x.gap)}


def build(output, most=60, debug=False):
    return lambda theta: fg.Simulation(
        renewals, {"gap": fg.Exponential(theta).stream(most)}, {"level": LEVEL}, output, debug
    )


@pytest.mark.parametrize("method", ["lr", "wd", fg.WeakDerivative(phantoms="one")])
def test_a_stopping_time(method):
    # E[count] = 1 + level/θ: the renewals of a Poisson process.
    estimate = fg.gradient(build("count"), 1.2, method, replications=40_000, seed=1)
    assert abs(estimate.gradient + LEVEL / 1.44) <= Z * estimate.standard_error
    mean = estimate.performance
    assert abs(mean.value - 1.0 - LEVEL / 1.2) <= Z * mean.standard_error


def test_the_overshoot_jumps_and_ipa_says_so():
    # E[overshoot] = θ, but one renewal more or less makes it jump.
    with pytest.raises(fg.NotApplicable, match=r"while clock <= p\.level"):
        fg.gradient(build("overshoot"), 1.2, "ipa", replications=1000)
    estimate = fg.gradient(build("overshoot"), 1.2, "auto", replications=40_000, seed=1)
    assert abs(estimate.gradient - 1.0) <= Z * estimate.standard_error


def test_streams_carry_tangents():
    def late(x, p):
        total = 0.0
        for _ in range(3):
            total = max(total, 0.0) + x.gap.next()
        return total * total

    estimate = fg.gradient(
        lambda t: fg.Simulation(late, {"gap": fg.Exponential(t).stream(5)}),
        1.5, "ipa", replications=100_000, seed=1,
    )  # fmt: skip
    assert abs(estimate.gradient - 24.0 * 1.5) <= Z * estimate.standard_error  # E = 12 θ²


def test_an_empty_stream_is_an_error():
    with pytest.raises(IndexError, match="no more draws"):
        build("count", most=3)(0.5).explain_failure(seed=1, replications=100)


def test_python_takes_the_same_draws():
    compiled = fg.simulate(build("count")(1.2), 500, seed=2, threads=1)
    debugged = fg.simulate(build("count", debug=True)(1.2), 500, seed=2, threads=1)
    assert compiled.value == debugged.value
    left = fg.simulate(build("left")(1.2), 500, seed=2, threads=1)
    assert left.value == pytest.approx(60.0 - compiled.value)
    assert math.isfinite(left.value)
    assert np.isfinite(left.variance)


def accepted(x, p):
    """The first normal draw in [0, 3]: acceptance and rejection."""
    while True:
        y = x.n.next()
        if 0.0 <= y <= 3.0:
            return y


def accepting(most, debug=False):
    return lambda m: fg.Simulation(accepted, {"n": fg.Normal(m, 1.5).stream(most)}, debug=debug)


# The derivative of the mean of a normal distribution cut to [0, 3], by its mean: Var / sd².
CUT = 0.2862072


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_only_draws_that_were_taken_have_scores_and_phantoms(method):
    estimates = [
        fg.gradient(accepting(most), 1.0, method, replications=20_000, seed=1) for most in (40, 300)
    ]
    errors = [estimate.standard_error for estimate in estimates]
    assert errors[1] == pytest.approx(errors[0], rel=0.02)
    for estimate in estimates:
        assert abs(estimate.gradient - CUT) <= Z * estimate.standard_error


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_the_same_uncompiled(method):
    made = [
        fg.gradient(accepting(40, debug), 1.0, fg.LikelihoodRatio(baseline=False)
                    if method == "lr" else method, replications=300, seed=1).gradient
        for debug in (False, True)
    ]  # fmt: skip
    assert made[0] == pytest.approx(made[1], rel=1e-12)


def test_second_scores_of_draws_that_were_taken():
    # Against central differences of first derivatives; their bias is h² f'''/6 < 1e-3.
    first = [
        fg.gradient(accepting(40), 1.0 + h, "lr", replications=60_000, seed=1) for h in (-0.1, 0.1)
    ]
    second = fg.gradient(accepting(40), 1.0, "lr", replications=60_000, seed=1, order=2)
    slope = (first[1].gradient - first[0].gradient) / 0.2
    error = second.standard_error + (first[0].standard_error + first[1].standard_error) / 0.2
    assert abs(second.gradient - slope) <= Z * error
