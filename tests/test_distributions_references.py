"""The exact values of reference_values.json, `dist.*`, `var.*`, `seed.*` and `mixture.*`."""

import json
from pathlib import Path

import numpy as np
import pytest
from derivative_truth import integral
from rows import row, variates
from scipy import stats

import fastgrad.distributions as d

REFERENCES = json.loads((Path(__file__).parent / "reference_values.json").read_text())

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
    """(key, reference) of every dist.<key>.<kind>.<index> whose model is in the table."""
    found = [
        (name.split(".")[1], reference)
        for name, reference in REFERENCES.items()
        if name.startswith("dist.") and name.split(".")[2] == kind
    ]
    made = [(key, reference) for key, reference in found if key in MODELS]
    return pytest.mark.parametrize(
        ("key", "reference"), made, ids=[f"{k}-{r['quantity'][-9:]}" for k, r in made]
    )


def case(key, reference):
    make, chain = MODELS[key]
    g, slope = FUNCTIONS[reference["quantity"].partition("g=")[2]]
    return make(**reference["parameters"]), chain, g, slope


def support(distribution):
    """Values and masses of a whole-number law (or of two values), from its own scores' law."""
    values = distribution.values
    if isinstance(distribution, d.Bernoulli):
        return np.array(values[1:]), np.array([values[0], 1.0 - values[0]])
    law = {
        d.Binomial: stats.binom,
        d.Geometric: stats.geom,
        d.Poisson: stats.poisson,
        d.NegativeBinomial: lambda n, p: stats.nbinom(n, p, loc=n),
    }[type(distribution)](*values)
    x = np.arange(0.0, float(law.ppf(1 - 1e-15)) + 60.0)
    x = x[law.pmf(x) > 0]
    return x, law.pmf(x)


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


@entries("E")
def test_the_mean(key, reference):
    distribution, _, g, _ = case(key, reference)
    # Heavy tails: what lies beyond u = 2^-53 is E[X²; U < 2^-53], 1e-4 for Pareto(2.5).
    slack = 3e-3 if key.startswith("pareto") else 1e-9
    computed = mean(distribution, lambda x, u: g(x))
    assert computed == pytest.approx(reference["value"], rel=slack, abs=reference["abs_error"])


@entries("dE")
def test_the_first_derivative(key, reference):
    """By paths where they may be used, and by scores where there are."""
    distribution, chain, g, slope = case(key, reference)
    slack = 5e-3 if key.startswith("pareto") else 1e-7
    wanted = pytest.approx(reference["value"], rel=slack, abs=1e-9)
    if all(distribution.has(f"derivative_{p}") for p in chain) and slope is not None:

        def along(x, u):
            moved = sum(
                c * row(distribution, f"derivative_{p}", u=x, x=x) for p, c in chain.items()
            )
            return slope(x) * moved

        assert mean(distribution, along) == wanted
    if all(distribution.has(f"score_{p}") for p in chain):

        def scored(x, u):
            return g(x) * sum(c * row(distribution, f"score_{p}", x=x) for p, c in chain.items())

        assert mean(distribution, scored) == wanted


@entries("d2E")
def test_the_second_derivative(key, reference):
    """By scores: (Σ c S)² + Σ c c' S'; the chain is linear in θ except for the rate."""
    distribution, chain, g, _ = case(key, reference)
    if not all(distribution.has(f"second_score_{p}") for p in chain):
        assert all(distribution.reason("second_score", p) for p in chain)
        return
    slots = list(chain.items())

    def weight(x, u):
        total = sum(c * row(distribution, f"score_{p}", x=x) for p, c in slots) ** 2
        for i, (p, c) in enumerate(slots):
            total = total + c * c * row(distribution, f"second_score_{p}", x=x)
            for q, other in slots[i + 1 :]:
                total = total + 2.0 * c * other * row(distribution, f"second_score_{p}_{q}", x=x)
        return g(x) * total

    slack = 2e-2 if key.startswith("pareto") else 1e-6
    assert mean(distribution, weight) == pytest.approx(reference["value"], rel=slack, abs=2e-8)


def test_every_key_has_a_distribution_or_is_an_output_of_its_own():
    keys = {name.split(".")[1] for name in REFERENCES if name.startswith("dist.")}
    assert keys - set(MODELS) == {"exp_shift"}  # θ + X: θ stands in the output


def test_the_tail_of_the_gamma_moves_with_its_shape():
    reference = REFERENCES["dist.gamma_shape.dtail"]
    law, k = d.Gamma(2.3, 0.9), reference["parameters"]["k"]
    at = float(stats.gamma(2.3, scale=0.9).cdf(k))
    u = np.array([at])
    density = row(law, "density", x=variates(law, u))
    moved = row(law, "derivative_shape", x=variates(law, u))
    assert (density * moved)[0] == pytest.approx(reference["value"], rel=1e-8)


# --- variances ------------------------------------------------------------------------------

SAMPLES = 1_000_000


def variance_of(law, name, g, seed):
    u, v, w = np.random.default_rng(seed).random((3, SAMPLES))
    plus, minus = row(law, name, x=variates(law, u), v=v, w=w)
    return law.constant(f"{name}_constant") * (g(plus) - g(minus))


def assert_variance(sample, exact):
    """Within z standard errors of a sample variance, from the sample's own fourth moment."""
    centred = sample - sample.mean()
    error = np.sqrt((np.mean(centred**4) - np.var(sample) ** 2) / len(sample))
    assert abs(np.var(sample) - exact) <= stats.norm.isf(1e-6 / 10 / 2) * error


@pytest.mark.parametrize(
    ("name", "key"),
    [("natural_mean", "WD_erlang_coupled"), ("hahn_jordan_mean", "WD_HJ_comonotone")],
)
def test_variances_of_the_exponential_pairs(name, key):
    sample = variance_of(d.Exponential(1.0), name, lambda x: x * x, 5)
    assert_variance(sample, REFERENCES[f"var.exp.x2.{key}"]["value"])


def test_variances_of_the_pathwise_derivative_and_the_score():
    law = d.Exponential(1.0)
    x = variates(law, np.random.default_rng(6).random(SAMPLES))
    assert_variance(
        2.0 * x * row(law, "derivative_mean", x=x), REFERENCES["var.exp.x2.IPA"]["value"]
    )
    assert_variance(x * x * row(law, "score_mean", x=x), REFERENCES["var.exp.x2.LR"]["value"])


@pytest.mark.parametrize("theta", [1.0, 2.0])
def test_variances_of_the_pathwise_seed(theta):
    """f(x) = x² under N(θ, 1): 4, θ⁴ + 14 θ² + 15, and the coupled pair (16/π - 4) θ²."""
    values = REFERENCES[f"seed.var.theta{theta:g}"]["value"]
    law = d.Normal(theta, 1.0)
    x = variates(law, np.random.default_rng(8).random(SAMPLES))
    assert_variance(2.0 * x * row(law, "derivative_mean", x=x), values[1])
    assert_variance(x * x * row(law, "score_mean", x=x), values[2])
    assert_variance(variance_of(law, "natural_mean", lambda x: x * x, 9), values[5])
