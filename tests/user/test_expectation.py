"""Expectation: the pathwise text's normal and Fu (2005), Example 2, of known means and variances.

The variance of a sample variance of n replications is (m₄ - V²)/n, with m₄ the fourth
central moment of the estimator: by quadrature, since every estimator here is a known
function of its random numbers. Eleven cells: z = 5.4 keeps the family-wise error below 1e-6.
"""

import math

import numpy as np
import pytest
from references import REFERENCES
from scipy import special

import fastgrad as fg
from fastgrad import Expectation

REPLICATIONS = 200_000
Z = 5.4

HERMITE = np.polynomial.hermite_e.hermegauss(60)
LAGUERRE = np.polynomial.laguerre.laggauss(40)


def square(x):
    return x * x


def moments(values, weights):
    """Mean, variance and fourth central moment of a discrete distribution."""
    weights = weights / weights.sum()
    mean = (values * weights).sum()
    second, fourth = (((values - mean) ** k * weights).sum() for k in (2, 4))
    return mean, second, fourth


def check(estimate, derivative, variance, fourth):
    error = Z * math.sqrt(variance / REPLICATIONS)
    assert abs(estimate.gradient - derivative) <= error
    spread = Z * math.sqrt((fourth - variance**2) / REPLICATIONS)
    assert abs(estimate.variance - variance) <= spread


def estimated(build, at, method):
    return fg.gradient(build, at, method, replications=REPLICATIONS, seed=17)


def normal_square(theta):
    return Expectation(square, fg.Normal(theta, 1.0))


@pytest.mark.parametrize("theta", [1.0, 2.0])
@pytest.mark.parametrize(
    ("method", "entry", "of_noise"),
    [
        ("ipa", 1, lambda t, z: 2.0 * (t + z)),
        (fg.LikelihoodRatio(baseline=False), 2, lambda t, z: (t + z) ** 2 * z),
        (fg.LikelihoodRatio(baseline=3.0), None, lambda t, z: ((t + z) ** 2 - 3.0) * z),
    ],
    ids=["ipa", "lr", "lr with a baseline"],
)
def test_square_of_a_normal(theta, method, entry, of_noise):
    reference = REFERENCES[f"seed.var.theta{theta:.0f}"]["value"]
    nodes, weights = HERMITE
    _, variance, fourth = moments(of_noise(theta, nodes), weights)
    if entry is not None:  # 4 and θ⁴ + 14 θ² + 15
        assert variance == pytest.approx(reference[entry], rel=1e-10)
    check(estimated(normal_square, theta, method), reference[0], variance, fourth)


@pytest.mark.parametrize("theta", [1.0, 2.0])
def test_square_of_a_normal_by_weak_derivatives(theta):
    # X± = θ ± R with R Rayleigh and c = 1/√(2π): the estimator is 4 c θ R.
    reference = REFERENCES[f"seed.var.theta{theta:.0f}"]["value"]
    scale = 4.0 * theta / math.sqrt(2.0 * math.pi)
    mean = math.sqrt(math.pi / 2.0)
    raw = [1.0, mean, 2.0, 3.0 * mean, 8.0]  # E[R^k]
    fourth = scale**4 * sum(math.comb(4, k) * raw[k] * (-mean) ** (4 - k) for k in range(5))
    estimate = estimated(normal_square, theta, "wd")
    check(estimate, reference[0], reference[5], fourth)


def exponential_square(theta):
    return Expectation(lambda x: x**2, {"x": fg.Exponential(theta)})


def both(function):
    """Moments of a function of two independent standard exponentials."""
    nodes, weights = LAGUERRE
    return moments(function(nodes[:, None], nodes), weights[:, None] * weights)


def hahn_jordan():
    """Moments of (X⁺² - X⁻²)/e, with X± from one uniform v.

    With v = exp(-r²) the integrands are smooth, although both branches of Lambert's function
    have a square root at their ends.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    r = 3.5 * (nodes + 1.0)  # 0 … 7; what lies beyond has probability 5e-22
    v = np.exp(-r * r)
    above = -special.lambertw(-v / math.e, -1).real
    below = -special.lambertw((v - 1.0) / math.e, 0).real
    below = np.nan_to_num(below, nan=1.0)  # SciPy's value at the end itself, v = 0
    return moments((above**2 - below**2) / math.e, weights * 2.0 * r * v)


@pytest.mark.parametrize(
    ("method", "entry", "exact"),
    [
        ("ipa", "IPA", lambda: both(lambda x, v: 2.0 * x * x + 0.0 * v)),
        (
            fg.LikelihoodRatio(baseline=False),
            "LR",
            lambda: both(lambda x, v: x * x * (x - 1.0) + 0.0 * v),
        ),
        (
            fg.LikelihoodRatio(baseline=14.0),
            "LR_baseline_opt",
            lambda: both(lambda x, v: (x * x - 14.0) * (x - 1.0) + 0.0 * v),
        ),
        ("wd", "WD_erlang_coupled", lambda: both(lambda x, v: (x + v) ** 2 - x**2)),
        (fg.WeakDerivative("hahn-jordan"), "WD_HJ_comonotone", hahn_jordan),
    ],
    ids=["ipa", "lr", "lr with the best baseline", "wd", "wd hahn-jordan"],
)
def test_square_of_an_exponential(method, entry, exact):
    mean, variance, fourth = exact()
    assert mean == pytest.approx(4.0, rel=1e-8)
    assert variance == pytest.approx(REFERENCES[f"var.exp.x2.{entry}"]["value"], rel=1e-7)
    check(estimated(exponential_square, 1.0, method), 4.0, variance, fourth)


def test_the_sine_where_the_score_function_varies_less():
    # f = sin 3x under N(0, 1): Var pathwise 4.4989, Var score 0.4989.
    nodes, weights = HERMITE
    truth = 3.0 * math.exp(-4.5)
    variances = []
    for method, values in (
        ("ipa", 3.0 * np.cos(3.0 * nodes)),
        (fg.LikelihoodRatio(baseline=False), np.sin(3.0 * nodes) * nodes),
    ):
        _, variance, fourth = moments(values, weights)
        variances.append(variance)
        estimate = estimated(
            lambda t: Expectation(lambda x: math.sin(3.0 * x), [fg.Normal(t, 1.0)]), 0.0, method
        )
        check(estimate, truth, variance, fourth)
    assert variances == pytest.approx([4.4988894, 0.4988896], abs=1e-7)


def test_functions_of_several_numbers():
    def product(x, y, z):
        return x * y + z

    def build(theta):
        return Expectation(
            product, [fg.Exponential(theta[0]), fg.Uniform(0.0, theta[1]), fg.Normal(0.0, 1.0)]
        )

    estimate = fg.gradient(build, np.array([2.0, 3.0]), "ipa", replications=REPLICATIONS, seed=5)
    for found, error, exact in zip(
        estimate.gradient, estimate.standard_error, [1.5, 1.0], strict=True
    ):
        assert abs(found - exact) <= Z * error


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="takes 1 numbers, but there are 2 inputs"):
        Expectation(square, [fg.Exponential(1.0), fg.Exponential(1.0)])
    with pytest.raises(TypeError, match="plain Python function"):
        Expectation(math.sin, fg.Exponential(1.0))
    with pytest.raises(TypeError, match="must be a distribution"):
        Expectation(square, [1.0])
    with pytest.raises(ValueError, match="input of its own"):
        Expectation(square, [fg.Exponential(1.0).repeat(2)])
