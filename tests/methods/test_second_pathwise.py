"""Second derivatives along the path: exact values, and where they are refused."""

import math
import os

import mpmath
import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg

CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)

# Estimates.


def within(estimate, exact, standard_error):
    return np.all(np.abs(np.asarray(estimate) - exact) <= Z * np.asarray(standard_error) + 1e-9)


def second(build, at, replications=100_000, **options):
    return fg.gradient(build, at, "ipa", replications=replications, seed=4, order=2, **options)


def security(x, p):
    """A mortgage-backed security with four payments (see formulas: prepayments, rates)."""
    balance, rate, value, discount = 1.0, p.rate, 0.0, 0.0
    for k in range(p.payments):
        discount += rate
        due = balance * p.coupon / (1.0 - (1.0 + p.coupon) ** -(p.payments - k))
        left = balance - (due - p.coupon * balance) if k < p.payments - 1 else 0.0
        prepaid = 0.02 + 0.38 / (1.0 + math.exp(-120.0 * (p.coupon - rate - 0.005)))
        value += (due + prepaid * left) * math.exp(-discount)
        balance = left * (1.0 - prepaid)
        rate += 0.2 * (0.055 - rate) + p.volatility * x.shock[k]
    return value


def test_duration_and_convexity_of_a_mortgage_backed_security():
    def build(theta):
        return fg.Simulation(
            security,
            {"shock": fg.Normal(0.0, 1.0).repeat(4)},
            {"rate": theta, "coupon": 0.06, "volatility": 0.008, "payments": 4},
        )

    estimate = second(build, 0.05, 200_000)
    # By quadrature in three dimensions.
    assert within(estimate.gradient, -16.04991867, estimate.standard_error)
    assert within(estimate.performance.value, 1.0142813, estimate.performance.standard_error)


def test_an_exponential_of_a_normal_variable():
    estimate = second(lambda t: fg.Expectation(lambda x: math.exp(t_of(x)), fg.Normal(t, 0.5)), 0.3)
    exact = math.exp(0.3 + 0.125)
    assert within(estimate.gradient, exact, estimate.standard_error)


def t_of(x):
    return x


def test_a_power_of_an_exponential_variable():
    estimate = second(lambda t: fg.Expectation(lambda x: x**3, fg.Exponential(t)), 0.7)
    assert within(estimate.gradient, 36.0 * 0.7, estimate.standard_error)  # (6 θ³)''


def test_a_hessian_with_every_kind_of_second_derivative():
    def build(theta):
        return fg.Simulation(
            lambda x, p: x.w * x.w * x.e * p.c + p.c * p.c * x.w,
            {"w": fg.Weibull(theta["shape"], theta["scale"]), "e": fg.Exponential(theta["mean"])},
            {"c": theta["c"]},
        )

    at = {"shape": 2.0, "scale": 0.9, "mean": 1.1, "c": 0.7}

    def exact(shape, scale, mean, c):
        first, square = (scale**k * mpmath.gamma(1 + k / shape) for k in (1, 2))
        return square * mean * c + c * c * first

    estimate = second(build, at, 200_000)
    names = list(at)
    for i, p in enumerate(names):
        for j, q in enumerate(names):
            order = tuple((k == i) + (k == j) for k in range(4))
            truth = float(mpmath.diff(exact, tuple(at.values()), order))
            assert within(estimate.gradient[p][q], truth, estimate.standard_error[p][q])
    assert estimate.order == 2


def test_more_slots_than_tangents_and_a_result_without_noise():
    weights = np.array([1.0, -2.0, 0.5, 3.0, 1.5, 0.25, -1.0])

    def square(x, p):
        total = 0.0
        for k in range(len(x.a)):
            total += p.first * x.a[k]
        return (total + p.second * x.b + p.third * x.c + x.d + x.e + x.f - x.g) ** 2

    def build(theta):
        return fg.Simulation(
            square,
            {
                "a": fg.Normal(theta[0], 1.0).repeat(2),
                **{name: fg.Normal(theta[k + 1] * weights[k + 1] if k > 1 else theta[k + 1], 1.0)
                   for k, name in enumerate("bcdef")},
                "g": fg.Normal(theta[6], 1.0),
            },
            {"first": 0.5, "second": -2.0, "third": 0.5},
        )  # fmt: skip

    estimate = second(build, np.zeros(7), 1000)
    np.testing.assert_allclose(estimate.gradient, 2.0 * np.outer(weights, weights), rtol=1e-12)
    np.testing.assert_allclose(estimate.standard_error, 0.0, atol=1e-12)


def test_scale_shift_and_curvature_of_the_build():
    def build(t):
        return t * fg.Expectation(lambda x: x * x, fg.Normal(1.0 + t * t, 1.0)) + t**3

    # t ((1 + t²)² + 1) + t³ has the second derivative 18 t + 20 t³; at 0 all first slopes vanish.
    for t in (0.0, 0.5):
        estimate = second(build, t)
        assert within(estimate.gradient, 18.0 * t + 20.0 * t**3, estimate.standard_error)


def test_a_slot_whose_first_derivative_vanishes():
    estimate = second(
        lambda t: fg.Expectation(lambda x: x, fg.Exponential(2.0 + 3.0 * (t * t))), 0.0
    )
    assert within(estimate.gradient, 6.0, estimate.standard_error)


def test_mixtures_and_discrete_laws():
    def mixed(t):
        return fg.Expectation(
            lambda x: x * x,
            fg.Mixture([0.4, 0.6], [fg.Weibull(t, 1.0), fg.LogNormal(0.2, t)]),
        )

    def exact(t):
        return 0.4 * mpmath.gamma(1 + 2 / t) + 0.6 * mpmath.exp(0.4 + 2 * t * t)

    estimate = second(mixed, 0.8, 400_000)
    truth = float(mpmath.diff(exact, 0.8, 2))
    assert within(estimate.gradient, truth, estimate.standard_error)
    two = second(lambda t: fg.Expectation(lambda x: x**3, fg.Discrete([t, 2.0], [0.25, 0.75])), 0.5)
    assert within(two.gradient, 0.25 * 6 * 0.5, two.standard_error)


def test_streams_and_helpers():
    def grown(value, factor):
        return value * math.exp(factor)

    def walk(x, p):
        value, steps = 1.0, 0
        while steps < 3:
            value = grown(value, x.growth.next())
            steps += 1
        return value

    def build(t):
        return fg.Simulation(walk, {"growth": fg.Normal(t, 0.2).stream(5)})

    estimate = second(build, 0.1)
    exact = 9.0 * math.exp(3 * (0.1 + 0.02))
    assert within(estimate.gradient, exact, estimate.standard_error)


def test_auto_follows_the_path_and_debugging_gives_the_same():
    def build(t, debug=False):
        return fg.Simulation(
            lambda x, p: math.exp(-p.rate * x.w) * x.w,
            {"w": fg.Weibull(2.0 * t, 1.0)},
            {"rate": t},
            debug=debug,
        )

    given = {"replications": 200, "seed": 3, "order": 2, "threads": 1}
    along = fg.gradient(build, 0.8, "ipa", **given)
    chosen = fg.gradient(build, 0.8, "auto", **given)
    assert chosen.gradient == along.gradient
    assert set(chosen.methods.values()) == {"ipa"}
    debugged = fg.gradient(lambda t: build(t, True), 0.8, "ipa", **given)
    assert debugged.gradient == pytest.approx(along.gradient, rel=1e-12)
    scores = fg.gradient(build, 0.8, "cd", replications=1000)
    assert scores.order == 1


# Where they are wrong.


def gated(x):
    if x > 1.0:
        return (x - 1.0) * 2.0
    return 0.0


KINKS = {
    "max": lambda x: max(x - 1.0, 0.0),
    "abs": lambda x: abs(x - 1.0) + x * x,
    "branch": gated,
    "root": lambda x: math.sqrt(abs(x - 1.0)),
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks_are_refused(name):
    with pytest.raises(fg.NotApplicable, match=r"the derivative by x\.mean jumps") as refused:
        second(lambda t: fg.Expectation(KINKS[name], fg.Exponential(t)), 0.7)
    assert {"lr", "wd", "auto"} <= set(refused.value.alternatives)
    assert f"{os.path.relpath(__file__)}:" in refused.value.reason


def test_what_is_missed_at_a_kink_is_estimated():
    with pytest.raises(fg.NotApplicable) as refused:
        second(lambda t: fg.Expectation(KINKS["max"], fg.Exponential(t)), 0.7)
    words = refused.value.reason.split("IPA misses ")[1].split()
    missing, error = float(words[0]), float(words[2].rstrip(";"))
    # E max(X - 1, 0) = θ exp(-1/θ): all of its second derivative, exp(-1/θ)/θ³, is at the kink.
    exact = math.exp(-1.0 / 0.7) / 0.7**3
    assert abs(missing - exact) <= Z * error + 0.05 * exact


@pytest.mark.parametrize(
    "function",
    [
        lambda x: max(x - 1.0, 0.0) ** 2,
        lambda x: 1.0 / (1.0 + math.exp(-300.0 * (x - 1.0))),
        lambda x: max(x, -1.0),
        lambda x: 0.0 * x,
    ],
    ids=["smooth enough", "steep", "never there", "constant"],
)
def test_smooth_functions_are_left_alone(function):
    estimate = second(lambda t: fg.Expectation(function, fg.Exponential(t)), 0.7, 1000)
    assert np.isfinite(estimate.gradient)


def test_a_kink_in_one_variable_leaves_the_others_alone():
    def build(t):
        return fg.Expectation(
            lambda x, y: max(x - 1.0, 0.0) * y**2, [fg.Exponential(0.7), fg.Normal(t, 1.0)]
        )

    estimate = second(build, 0.3)
    assert within(estimate.gradient, 2 * 0.7 * math.exp(-1 / 0.7), estimate.standard_error)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda t: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(t), 5),
            "only users' functions",
        ),
        (lambda t: fg.Inventory(t, 2.0, fg.Exponential(1.0), 5), "meets s"),
        (lambda t: fg.Expectation(lambda x: x, fg.Gamma(t, 1.0)), "no ∂²X of Gamma in shape"),
        (lambda t: fg.Expectation(lambda x: x, fg.Beta(t, 1.0)), "no ∂²X of Beta"),
        (lambda t: fg.Expectation(lambda x: x, fg.Bernoulli(t)), "paths jump"),
    ],
)
def test_refusals_say_why_and_what_instead(build, words):
    with pytest.raises(fg.NotApplicable) as refused:
        second(build, 0.6)
    assert words in refused.value.reason
    assert "ipa" not in refused.value.alternatives
