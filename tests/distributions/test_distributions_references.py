"""The exact values of reference_values.json, `dist.*`, by quadrature over the uniform.

What may differ: the reference's own error; where that comes from differences of E[g], their
truncation (1.4e-11 of E[|integrand|], seen where there is a closed form); and the two ends of
(0, 1) beyond 2^-53, where no integrand here grows faster than 4 times its value at 2^-53.
"""

import numpy as np
import pytest
from derivative_truth import EDGE, integral
from fastgrad.kernels.distributions.parts.gumbel_scale import HIGH, LOW
from references import REFERENCES, TESTED, beginning, for_each, value
from rows import row, variates
from scipy import special, stats

import fastgrad.distributions.families as d

FUNCTIONS = {
    "x^2": (lambda x: x * x, lambda x: 2.0 * x),
    "sin x": (np.sin, np.cos),
    "exp(-x)": (lambda x: np.exp(-x), lambda x: -np.exp(-x)),
    "ln x": (np.log, lambda x: 1.0 / x),
    "1/x": (lambda x: 1.0 / x, lambda x: -1.0 / (x * x)),
    "1{x>=3}": (lambda x: np.where(x >= 3, 1.0, 0.0), None),
    "x/(1+x^2)": (
        lambda x: x / (1.0 + x * x),
        lambda x: (1.0 - x * x) / (1.0 + x * x) ** 2,
    ),
    "1/(1+x^2)": (
        lambda x: 1.0 / (1.0 + x * x),
        lambda x: -2.0 * x / (1.0 + x * x) ** 2,
    ),
    "arctan(x-1)": (lambda x: np.arctan(x - 1), lambda x: 1.0 / (1.0 + (x - 1) ** 2)),
    "logistic(x)": (
        lambda x: 1.0 / (1.0 + np.exp(-x)),
        lambda x: np.exp(-x) / (1.0 + np.exp(-x)) ** 2,
    ),
}

# The distribution behind each key, and ∂parameter/∂θ for every parameter in which θ stands.
MODELS = {
    "ber_prob": (lambda theta, a, b: d.Bernoulli(theta, a, b), {"p": 1.0}),
    "ber_value": (lambda p, theta, b: d.Bernoulli(p, theta, b), {"high": 1.0}),
    "beta_a": (lambda theta, b: d.Beta(theta, b), {"a": 1.0}),
    "beta_b": (lambda a, theta: d.Beta(a, theta), {"b": 1.0}),
    "bin": (lambda n, theta: d.Binomial(n, theta), {"p": 1.0}),
    "cauchy_loc": (lambda theta, s: d.Cauchy(theta, s), {"location": 1.0}),
    "cauchy_scale": (lambda m, theta: d.Cauchy(m, theta), {"scale": 1.0}),
    "erlang_scale": (lambda n, theta: d.Erlang(n, theta), {"scale": 1.0}),
    "exp_mean": (lambda theta: d.Exponential(theta), {"mean": 1.0}),
    "exp_rate": (lambda theta: d.Exponential(1.0 / theta), {"mean": -1.0 / 0.49}),
    "gamma_scale": (lambda a, theta: d.Gamma(a, theta), {"scale": 1.0}),
    "gamma_shape": (lambda theta, b: d.Gamma(theta, b), {"shape": 1.0}),
    "geo": (lambda theta: d.Geometric(theta), {"p": 1.0}),
    "gumbel_loc": (lambda theta, b: d.Gumbel(theta, b), {"location": 1.0}),
    "gumbel_scale": (lambda m, theta: d.Gumbel(m, theta), {"scale": 1.0}),
    "logistic_loc": (lambda theta, s: d.Logistic(theta, s), {"location": 1.0}),
    "logistic_scale": (lambda m, theta: d.Logistic(m, theta), {"scale": 1.0}),
    "lognormal_mu": (lambda mu, sigma: d.LogNormal(mu, sigma), {"mu": 1.0}),
    "lognormal_sigma": (lambda mu, sigma: d.LogNormal(mu, sigma), {"sigma": 1.0}),
    "negbin": (lambda n, theta: d.NegativeBinomial(n, theta), {"p": 1.0}),
    "normal_cv": (lambda theta, sig: d.Normal(theta, sig * theta), {"mean": 1.0, "sd": 0.4}),
    "normal_mean": (lambda theta, s: d.Normal(theta, s), {"mean": 1.0}),
    "normal_sd": (lambda mu, theta: d.Normal(mu, theta), {"sd": 1.0}),
    "pareto_scale": (lambda a, theta: d.Pareto(a, theta), {"scale": 1.0}),
    "pareto_shape": (lambda theta, b: d.Pareto(theta, b), {"shape": 1.0}),
    "poi": (lambda theta: d.Poisson(theta), {"mean": 1.0}),
    "tri_mode": (lambda a, theta, b: d.Triangular(a, theta, b), {"mode": 1.0}),
    "tri_right": (lambda a, m, theta: d.Triangular(a, m, theta), {"high": 1.0}),
    "unif_0theta": (lambda theta: d.Uniform(0.0, theta), {"high": 1.0}),
    "unif_halfwidth": (
        lambda mu, theta: d.Uniform(mu - theta, mu + theta),
        {"low": -1.0, "high": 1.0},
    ),
    "unif_loc": (lambda theta, g: d.Uniform(theta - g, theta + g), {"low": 1.0, "high": 1.0}),
    "weibull_scale": (lambda a, theta: d.Weibull(a, theta), {"scale": 1.0}),
    "weibull_shape": (lambda theta, b: d.Weibull(theta, b), {"shape": 1.0}),
}
ROUNDED = (d.Binomial, d.Geometric, d.NegativeBinomial, d.Poisson, d.Bernoulli)


def entries(kind):
    """Parametrize by every dist.<key>.<kind>.<index> whose model is in the table."""
    parts = [(name, name.split(".")) for name in beginning("dist.")]
    return for_each(name for name, (_, key, *k) in parts if k[0] == kind and key in MODELS)


def case(name):
    """The distribution, ∂parameter/∂θ, g, g' and the reference."""
    reference = REFERENCES[name]
    make, chain = MODELS[name.split(".")[1]]
    g, slope = FUNCTIONS[reference["quantity"].partition("g=")[2]]
    return make(**reference["parameters"]), chain, g, slope, reference


def support(distribution):
    """Values and masses of whole numbers (or of two values), by SciPy."""
    values = distribution.values
    if isinstance(distribution, d.Bernoulli):
        return np.array(values[1:]), np.array([values[0], 1.0 - values[0]])
    reference = {
        d.Binomial: stats.binom,
        d.Geometric: stats.geom,
        d.Poisson: stats.poisson,
        d.NegativeBinomial: lambda n, p: stats.nbinom(n, p, loc=n),
    }[type(distribution)](*values)
    x = np.arange(0.0, float(reference.ppf(1 - 1e-15)) + 60.0)
    x = x[reference.pmf(x) > 0]
    return x, reference.pmf(x)


def mean(distribution, function):
    """E[function(X, U)]."""
    if isinstance(distribution, ROUNDED):
        x, mass = support(distribution)
        return float(mass @ function(x, None))
    corners = []
    if isinstance(distribution, d.Triangular):
        low, mode, high = distribution.values
        corners = [(mode - low) / (high - low)]
    return integral(lambda u: function(variates(distribution, u), u), corners)


def assert_mean(distribution, function, reference):
    """E[function(X, U)] is the reference's value."""
    found = mean(distribution, function)
    size = mean(distribution, lambda x, u: np.abs(function(x, u)))
    slack = reference["abs_error"] + 2e-11 * size
    if not isinstance(distribution, ROUNDED):
        ends = np.array([EDGE, 1.0 - EDGE])
        slack += 4.0 * EDGE * np.abs(function(variates(distribution, ends), ends)).sum()
    assert abs(found - reference["value"]) <= slack


def along_the_path(distribution, chain):
    """dX/dθ, or None."""
    if not all(distribution.has(f"derivative_{p}") for p in chain):
        return None

    def moved(x, u):
        u = x if u is None else u
        terms = (c * row(distribution, f"derivative_{p}", u=u, x=x) for p, c in chain.items())
        return sum(terms)

    return moved


@entries("E")
def test_the_mean(name):
    distribution, _, g, _, reference = case(name)
    assert_mean(distribution, lambda x, u: g(x), reference)


@entries("dE")
def test_the_first_derivative(name):
    """By paths where they may be used, and by scores where there are."""
    distribution, chain, g, slope, reference = case(name)
    moved = along_the_path(distribution, chain)
    if moved is not None and slope is not None:
        assert_mean(distribution, lambda x, u: slope(x) * moved(x, u), reference)
    if all(distribution.has(f"score_{p}") for p in chain):

        def scored(x, u):
            return g(x) * sum(c * row(distribution, f"score_{p}", x=x) for p, c in chain.items())

        assert_mean(distribution, scored, reference)
    else:
        assert moved is not None


@entries("d2E")
def test_the_second_derivative(name):
    """By scores: (Σ c S)² + Σ c c' S'; the chain is linear in θ except for the rate.

    Where scores do not exist, by differences of dE along paths: their truncation and rounding
    stay below the 1e-8 that the references allow.
    """
    distribution, chain, g, slope, reference = case(name)
    slots = list(chain.items())
    if not all(distribution.has(f"second_score_{p}") for p in chain):
        assert all(distribution.reason("second_score", p) for p in chain)

        def first(theta):
            at = MODELS[name.split(".")[1]][0](**{**reference["parameters"], "theta": theta})
            moved = along_the_path(at, chain)
            return mean(at, lambda x, u: slope(x) * moved(x, u))

        theta, h = reference["parameters"]["theta"], 2e-3
        near, far = (first(theta + k * h) - first(theta - k * h) for k in (1, 2))
        assert abs((8.0 * near - far) / (12.0 * h) - reference["value"]) <= reference["abs_error"]
        return

    def weight(x, u):
        total = sum(c * row(distribution, f"score_{p}", x=x) for p, c in slots) ** 2
        for i, (p, c) in enumerate(slots):
            total = total + c * c * row(distribution, f"second_score_{p}", x=x)
            for q, other in slots[i + 1 :]:
                total = total + 2.0 * c * other * row(distribution, f"second_score_{p}_{q}", x=x)
        return g(x) * total

    assert_mean(distribution, weight, reference)


def test_a_second_derivative_in_closed_form():
    """E[X²] = (2 - p) / p² for the geometric; the reference is off by 1.4e-11 of itself."""
    p, exact = 0.35, 12.0 / 0.35**4 - 2.0 / 0.35**3
    distribution = d.Geometric(p)

    def weight(x, u):
        score = row(distribution, "score_p", x=x)
        return x * x * (score * score + row(distribution, "second_score_p", x=x))

    assert mean(distribution, weight) == pytest.approx(exact, rel=1e-12)
    assert value("dist.geo.d2E.0") == pytest.approx(exact, rel=2e-11)


@for_each(beginning("dist.exp_shift."))
def test_an_exponential_shifted_by_theta(name):
    """θ + X: along the path, and by the pair (X, 0) of the location with constant 1/m."""
    reference, kind = REFERENCES[name], name.split(".")[2]
    theta, m = (reference["parameters"][k] for k in ("theta", "m"))
    g, slope = FUNCTIONS[reference["quantity"].partition("g=")[2]]
    distribution = d.Exponential(m)
    if kind == "E":
        assert_mean(distribution, lambda x, u: g(theta + x), reference)
        return
    # The k-th derivative is the pair's of the one before; and E[g'] is a derivative too.
    by_pair = g if kind == "dE" else slope
    constant = distribution.constant("natural_location_constant")

    def pair(x, u):
        plus, minus = row(distribution, "natural_location", x=x)
        return constant * (by_pair(theta + plus) - by_pair(theta + minus))

    assert_mean(distribution, pair, reference)
    if kind == "dE":
        assert_mean(distribution, lambda x, u: slope(theta + x), reference)


def test_every_key_has_a_distribution_or_is_an_output_of_its_own():
    keys = {name.split(".")[1] for name in REFERENCES if name.startswith("dist.")}
    assert keys - set(MODELS) == {"exp_shift"}  # θ + X: θ stands in the output


@for_each(["dist.gumbel_scale.roots", "dist.weibull_shape.root_plus"])
def test_the_extremes_of_hahn_jordan_pairs(name):
    roots = np.atleast_1d(value(name))
    if "gumbel" in name:
        assert tuple(roots) == (LOW, HIGH)
        np.testing.assert_allclose(roots * (1.0 - np.exp(-roots)), 1.0, rtol=1e-15)
    else:  # t = a ln(X/θ) is minus the Gumbel's z
        assert roots[0] == -LOW


@for_each(["dist.gamma_shape.dtail"])
def test_the_tail_of_the_gamma_moves_with_its_shape(name):
    """f(k) dX/da at X = k; and SciPy's Q by differences."""
    exact, k = value(name), REFERENCES[name]["parameters"]["k"]
    distribution, x = d.Gamma(2.3, 0.9), np.array([k])
    moved = row(distribution, "density", x=x) * row(distribution, "derivative_shape", x=x)
    assert abs(moved[0] - exact) <= REFERENCES[name]["abs_error"]
    near, far = (
        special.gammaincc(2.3 + h, k / 0.9) - special.gammaincc(2.3 - h, k / 0.9)
        for h in (1e-3, 2e-3)
    )
    assert (8.0 * near - far) / 12e-3 == pytest.approx(exact, abs=1e-10)


def test_no_value_about_a_distribution_is_left_untested():
    """Here and in the file on variances; what belongs to models has tests of its own."""
    import test_variances_references  # noqa: F401

    about = ("dist.", "mixture.", "gs.", "seed.", "var.")
    assert set(beginning(*about)) - TESTED == set()
