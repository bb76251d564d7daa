"""The exact values `var.*`, `seed.*`, `mixture.*` and `gs.*`: variances, mixtures, relaxations.

All by quadrature, so that what may differ is the reference's own error and that of the rule,
1e-12 of the integral of the absolute value, or what lies beyond 2^-53 at the ends.
"""

import numpy as np
import pytest
from derivative_truth import EDGE, double_exponential, integral
from fastgrad.kernels.distributions.parts import relaxed_bernoulli
from references import REFERENCES, beginning, for_each, value
from rows import row, variates

import fastgrad as fg
import fastgrad.distributions.families as d
from fastgrad.distributions.distribution import make_distribution


def variance(function, breaks=()):
    """Var f(U), by quadrature."""
    mean = integral(function, breaks)
    return integral(lambda u: (function(u) - mean) ** 2, breaks)


def square(x):
    return x * x


def pair(distribution, name, x, v):
    return row(distribution, name, x=np.ravel(x), v=np.ravel(v))


def coupled_variance(distribution, name):
    """Var c (X⁺² - X⁻²) over the uniforms of the variate and of the pair."""
    nodes, weights = double_exponential()
    nodes = np.clip(nodes, EDGE, 1.0 - EDGE)
    u, v = (a.ravel() for a in np.meshgrid(nodes, nodes))
    mass = np.outer(weights, weights).ravel()
    plus, minus = pair(distribution, name, variates(distribution, u), v)
    sample = distribution.constant(f"{name}_constant") * (plus * plus - minus * minus)
    mean = mass @ sample
    return float(mass @ (sample - mean) ** 2)


def separate_variance(distribution, name):
    """The same with the two variates made of uniforms of their own."""
    nodes, weights = double_exponential()
    nodes = np.clip(nodes, EDGE, 1.0 - EDGE)
    u, v = (a.ravel() for a in np.meshgrid(nodes, nodes))
    mass = np.outer(weights, weights).ravel()
    total = 0.0
    for drawn in pair(distribution, name, variates(distribution, u), v):
        mean = mass @ (drawn * drawn)
        total += mass @ (drawn * drawn - mean) ** 2
    return float(distribution.constant(f"{name}_constant") ** 2 * total)


@for_each(beginning("var.exp.x2."))
def test_variances_for_an_exponential_and_its_square(name):
    """Mean 1: E[X²] = 2, E[X² S²] / E[S²] = 14."""
    distribution = d.Exponential(1.0)

    def scored(baseline):
        def estimate(u):
            x = variates(distribution, u)
            return (x * x - baseline) * row(distribution, "score_mean", x=x)

        return variance(estimate)

    def along(u):
        x = variates(distribution, u)
        return 2.0 * x * row(distribution, "derivative_mean", x=x)

    found = {
        "IPA": lambda: variance(along),
        "LR": lambda: scored(0.0),
        "LR_baseline_mean": lambda: scored(2.0),
        "LR_baseline_opt": lambda: scored(14.0),
        "WD_erlang_coupled": lambda: coupled_variance(distribution, "natural_mean"),
        "WD_erlang_independent": lambda: separate_variance(distribution, "natural_mean"),
        "WD_HJ_comonotone": lambda: coupled_variance(distribution, "hahn_jordan_mean"),
        "WD_HJ_independent": lambda: separate_variance(distribution, "hahn_jordan_mean"),
    }[name.removeprefix("var.exp.x2.")]()
    # X⁴ S² at 2^-53 is 2.4e9, times 2^-53 and a tail four times as long: 1e-6.
    assert abs(found - value(name)) <= REFERENCES[name]["abs_error"] + 2e-6


@for_each(beginning("seed."))
def test_variances_for_a_normal_and_its_square(name):
    """N(θ, 1): dE[X²]/dθ and five variances, in the order of the reference."""
    theta = REFERENCES[name]["parameters"]["theta"]
    distribution = d.Normal(theta, 1.0)
    derivative, path, score, with_mean, with_best, weak = value(name)

    def along(u):
        x = variates(distribution, u)
        return 2.0 * x * row(distribution, "derivative_mean", x=x)

    def scored(baseline):
        def estimate(u):
            x = variates(distribution, u)
            return (x * x - baseline) * row(distribution, "score_mean", x=x)

        return variance(estimate)

    best = integral(
        lambda u: square(variates(distribution, u)) * square(variates(distribution, u) - theta)
    )
    slack = 1e-9  # X⁴ S² at 2^-53 is 4e5
    assert integral(along) == pytest.approx(derivative, abs=slack)
    assert variance(along) == pytest.approx(path, abs=slack)
    assert scored(0.0) == pytest.approx(score, abs=slack)
    assert scored(theta * theta + 1.0) == pytest.approx(with_mean, abs=slack)
    assert scored(best) == pytest.approx(with_best, abs=slack)
    assert coupled_variance(distribution, "natural_mean") == pytest.approx(weak, abs=slack)


# --- Fu (2005), Example 1 ---------------------------------------------------------------------

THETA = 0.3
OUTPUTS = {
    "mixture.dE.1": square,
    "mixture.dE.2": np.exp,
    "mixture.dE.3": lambda x: np.where(x > 0.8, 1.0, 0.0),
}
# Where the component changes, and where x passes 0.8.
BREAKS = {
    "labelled": [THETA, THETA + (1.0 - THETA) * 0.8],
    "single": [1.0 - THETA, (1.0 - THETA) * 0.8],
}


def example_1(representation, theta=THETA):
    parts = [fg.Uniform(1.0, 2.0), fg.Uniform(0.0, 1.0)]
    return fg.Mixture([theta, 1.0 - theta], parts, representation=representation)


def order(distribution):
    """The component on (1, 2), then the other: the single path has them from below."""
    return (0, 1) if distribution.components[0].low == 1.0 else (1, 0)


@pytest.mark.parametrize("representation", BREAKS)
@for_each(OUTPUTS)
def test_example_1(name, representation):
    """E[g], and its derivative by scores and by the pairs of the two weights."""
    distribution, g, breaks = example_1(representation), OUTPUTS[name], BREAKS[representation]
    exact, slope = value(name)

    def scored(u):
        x = variates(distribution, u)
        first, second = (row(distribution, f"score_weights[{i}]", x=x) for i in order(distribution))
        return g(x) * (first - second)

    slack = REFERENCES[name]["abs_error"] + 1e-12
    assert abs(integral(lambda u: g(variates(distribution, u)), breaks) - exact) <= slack
    assert abs(integral(scored, breaks) - slope) <= slack
    # Each pair has the component against the whole: the difference of two is what is asked.
    parts = [
        integral(
            lambda v, i=i: g(
                pair(distribution, f"natural_weights[{i}]", np.full_like(v, 0.5), v)[0]
            )
        )
        for i in order(distribution)
        if name != "mixture.dE.3"
    ]
    if parts:
        assert abs(parts[0] - parts[1] - slope) <= slack


def test_example_1_along_its_path():
    distribution, exact = example_1("single"), value("mixture.dE.1")[1]

    def along(u):
        x = variates(distribution, u)
        first, second = (
            row(distribution, f"derivative_weights[{i}]", u=u, x=x) for i in order(distribution)
        )
        return 2.0 * x * (first - second)

    assert integral(along, BREAKS["single"]) == pytest.approx(exact, abs=1e-12)


@for_each(["mixture.rep3.0"])
def test_the_path_that_jumps_has_the_mean_that_the_source_gives(name):
    """Labelled: dX/dθ = -U/θ² or -(1 - U)/(1 - θ)², in the mean of 2 X dX/dθ it is -2, not 2."""
    h = 1e-8

    def along(u):
        # Away from the jump, which no path derivative sees.
        u = np.where(np.abs(u - THETA) < 3.0 * h, THETA + np.copysign(3.0 * h, u - THETA), u)
        up, down = (variates(example_1("labelled", THETA + s * h), u) for s in (1, -1))
        return square(up) - square(down)

    biased = integral(along, [THETA]) / (2.0 * h)
    # A rounding of x² <= 4 over 2h, and 6 h of the line, where u was moved: less than 10 each.
    assert abs(biased - value(name)) <= 4.0 * EDGE / h + 60.0 * h
    assert not example_1("labelled").has("derivative_weights[0]")


# --- relaxation -----------------------------------------------------------------------------

Relaxed = make_distribution("Relaxed", relaxed_bernoulli)


@for_each(beginning("gs."))
def test_the_relaxed_gradient(name):
    """g = x: E and Var of dz/dθ; g = x²: E[2 (z + W) dz/dθ] = E[(2 z + 1) dz/dθ]."""
    tau, theta = (REFERENCES[name]["parameters"][k] for k in ("tau", "theta"))
    distribution = Relaxed(theta, 1.0, 0.0, tau)

    def slope(u):
        return row(distribution, "derivative_p", u=u)

    width = tau * theta * (1.0 - theta)
    breaks = [theta + k * width for k in (-6.0, -2.0, 0.0, 2.0, 6.0)]
    slack = REFERENCES[name]["abs_error"] + 1e-11
    if name.endswith("sq"):
        found = integral(lambda u: (2.0 * variates(distribution, u) + 1.0) * slope(u), breaks)
        assert abs(found - value(name)) <= slack
    else:
        mean, bias, spread = value(name)
        found = integral(slope, breaks)
        assert abs(found - mean) <= slack
        assert abs(found - 1.0 - bias) <= slack
        assert abs(variance(slope, breaks) - spread) <= 20.0 * slack
