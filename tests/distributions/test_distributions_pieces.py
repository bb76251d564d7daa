"""Second-order pairs by inversion: their distributions against quadrature of f (S² + S').

X⁺ (X⁻) has for its density the positive (negative) part of the density's second derivative in the
parameter, which is f (S² + S') with the scores of the distribution itself. Both are functions
that increase in one uniform v, so F⁺(X⁺(v)) = v must hold at every v: no statistics needed.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import row, variates
from scipy import optimize, special, stats

import fastgrad as fg
import fastgrad.distributions.families as d

FAMILY_WISE = 1e-6
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
V = np.array([1e-12, 1e-6, 0.003, 0.08, 0.2, 0.35, 0.5, 0.61, 0.8, 0.95, 0.999, 1 - 1e-9])


def same(x):
    return x


def logistic(t):
    return 1.0 / (1.0 + np.exp(-t))


# The distribution, the parameter, SciPy's form, x as a function of t, dx/dt, and the range of t.
CASES = {
    "Cauchy location": (d.Cauchy(0.0, 1.3), "location", stats.cauchy(0, 1.3), np.exp, np.exp),
    "Cauchy scale": (d.Cauchy(0.0, 1.3), "scale", stats.cauchy(0, 1.3), np.exp, np.exp),
    "Gumbel scale": (d.Gumbel(0.4, 0.7), "scale", stats.gumbel_r(0.4, 0.7), same, np.ones_like),
    "logistic scale": (d.Logistic(0.0, 0.6), "scale", stats.logistic(0, 0.6), same, np.ones_like),
    "Weibull shape": (
        d.Weibull(1.7, 1.2),
        "shape",
        stats.weibull_min(1.7, scale=1.2),
        np.exp,
        np.exp,
    ),
}
SYMMETRIC = ("Cauchy location", "Cauchy scale", "logistic scale")
RANGES = {"Cauchy": (-40.0, 40.0), "Gumbel": (-4.0, 40.0), "Logistic": (0.0, 40.0)}
RANGES["Weibull"] = (-40.0, 4.0)


def weight(distribution, parameter, x):
    """f''/f, the second derivative of the density in the parameter over the density."""
    x = np.atleast_1d(x)
    score = row(distribution, f"score_{parameter}", x=x)
    return score * score + row(distribution, f"second_score_{parameter}", x=x)


def with_corners(distribution, parameter, x_of, edges):
    """The edges, and the points between them where the second derivative changes sign."""
    signs = np.sign(weight(distribution, parameter, x_of(edges)))
    roots = [
        optimize.brentq(
            lambda t: weight(distribution, parameter, x_of(t))[0], edges[i], edges[i + 1]
        )
        for i in np.flatnonzero(signs[1:] * signs[:-1] < 0)
    ]
    return np.unique(np.concatenate([edges, roots]))


def parts(distribution, parameter, reference, x_of, slope_of, edges):
    """Masses of the positive and negative part of d²f/dp² up to each edge."""
    middle, half = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges) / 2.0
    t = (middle[:, None] + half[:, None] * NODES).ravel()
    x = x_of(t)
    density = reference.pdf(x) * slope_of(t)
    signed = (weight(distribution, parameter, x) * density).reshape(-1, NODES.size)
    return [
        np.concatenate([[0.0], np.cumsum(np.maximum(sign * signed, 0.0) @ WEIGHTS * half)])
        for sign in (1.0, -1.0)
    ]


def check_law(
    distribution,
    parameter,
    reference,
    x_of,
    slope_of,
    t_of,
    span,
    *,
    halves=1,
    falling=False,
    slack,
):
    """F(X(v)) = v at the uniforms V, and the constant."""
    name = f"natural_second_{parameter}"
    pair = row(distribution, name, x=np.ones_like(V), v=V, w=V)
    constant = distribution.constant(f"{name}_constant") / halves
    grid = with_corners(distribution, parameter, x_of, np.linspace(*span, 1001))
    for sign, drawn in enumerate(pair):
        assert np.all(np.diff(t_of(drawn)) * (-1 if falling else 1) >= 0)
        found = t_of(drawn)
        inside = (found > span[0]) & (found < span[1])
        edges = np.unique(np.concatenate([grid, found[inside]]))
        masses = parts(distribution, parameter, reference, x_of, slope_of, edges)[sign]
        assert masses[-1] == pytest.approx(constant, rel=slack)
        share = masses[np.searchsorted(edges, found[inside])] / masses[-1]
        wanted = 1.0 - V if falling else V
        np.testing.assert_allclose(share, wanted[inside], atol=slack)
        assert inside.sum() >= len(V) - 2


@pytest.mark.parametrize("name", CASES)
def test_the_law_of_a_pair_without_shape(name):
    distribution, parameter, reference, x_of, slope_of = CASES[name]
    t_of = same if x_of is same else np.log
    span = RANGES[type(distribution).__name__]
    if x_of is same:
        place, scale = distribution.values
        span = (place + scale * span[0], place + scale * span[1])
    check_law(
        distribution,
        parameter,
        reference,
        x_of,
        slope_of,
        t_of,
        span,
        halves=2 if name in SYMMETRIC else 1,
        slack=1e-12,
    )


@pytest.mark.parametrize("name", SYMMETRIC)
def test_symmetric_pairs_stay_on_the_side_of_the_variate(name):
    distribution, parameter, *_ = CASES[name]
    x = np.where(np.arange(len(V)) % 2, 1.0, -1.0)
    name = f"natural_second_{parameter}"
    plus, minus = row(distribution, name, x=x, v=V, w=V)
    mirrored = row(distribution, name, x=-x, v=V, w=V)
    assert np.array_equal(np.sign(plus), x)
    assert np.array_equal(np.sign(minus), x)
    assert np.array_equal(mirrored[0], -plus)
    assert np.array_equal(mirrored[1], -minus)


def logarithms(low, high):
    return st.floats(np.log10(low), np.log10(high)).map(lambda power: 10.0**power)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(logarithms(0.1, 1e4))
def test_the_law_of_the_gamma_pair(shape):
    """P(x) < x^a / a!: below e^(-57 / a) lies less than 1e-25 of all."""
    distribution, reference = d.Gamma(shape, 1.0), stats.gamma(shape)
    low, high = np.log(1e-25) / shape, np.log(reference.isf(1e-25))
    check_law(distribution, "shape", reference, np.exp, np.exp, np.log, (low, high), slack=5e-9)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(logarithms(0.8, 1e3), logarithms(0.8, 1e3), st.sampled_from("ab"))
def test_the_law_of_the_beta_pair(a, b, parameter):
    """In a, by log (x / (1 - x)) of the variate; in b the other way round."""
    distribution, reference = d.Beta(a, b), stats.beta(a, b)
    low, high = -34.0, 34.0
    check_law(
        distribution,
        parameter,
        reference,
        logistic,
        lambda t: logistic(t) * logistic(-t),
        special.logit,
        (low, high),
        falling=parameter == "b",
        slack=1e-6,
    )


@pytest.mark.parametrize("name", [*CASES, "gamma shape", "beta a"])
def test_samples_of_a_pair(name):
    """Kolmogorov and Smirnov, on the masses of the parts between 4,000 points."""
    more = {
        "gamma shape": (d.Gamma(0.7, 1.0), "shape", stats.gamma(0.7), np.exp, np.exp),
        "beta a": (d.Beta(1.4, 0.7), "a", stats.beta(1.4, 0.7), same, np.ones_like),
    }
    distribution, parameter, reference, x_of, slope_of = (CASES | more)[name]
    u, v, w = np.random.default_rng(7).random((3, 20_000))
    pair = row(distribution, f"natural_second_{parameter}", x=variates(distribution, u), v=v, w=w)
    for sign, drawn in enumerate(pair):
        t = np.abs(drawn) if name in SYMMETRIC else drawn
        t = np.log(t) if x_of is np.exp else t
        low, high = np.quantile(t, [0.0, 1.0])
        ends = RANGES.get(type(distribution).__name__, (low, high))
        grid = np.linspace(min(low, ends[0]) if x_of is np.exp else low, high, 4001)
        masses = parts(distribution, parameter, reference, x_of, slope_of, grid)[sign]
        cdf = lambda x, grid=grid, masses=masses: np.interp(x, grid, masses / masses[-1])  # noqa: E731
        assert stats.kstest(t, cdf).pvalue > FAMILY_WISE / 14


SECOND = {
    "gamma shape": (lambda t: fg.Gamma(t, 0.9), 2.3, 2.0 * 0.81),  # E[X²] = a (a + 1) s²
    "Gumbel scale": (lambda t: fg.Gumbel(0.0, t), 0.7, np.pi**2 / 3.0 + 2.0 * np.euler_gamma**2),
    "logistic scale": (lambda t: fg.Logistic(0.0, t), 0.6, 2.0 * np.pi**2 / 3.0),
}


@pytest.mark.parametrize("name", SECOND)
def test_the_estimator_takes_them(name):
    """E[X²], whose second derivative is known: the weak derivative with order=2."""
    distribution, at, exact = SECOND[name]
    build = lambda t: fg.Expectation(lambda x: x * x, [distribution(t)])  # noqa: E731
    found = fg.gradient(build, at, "wd", 40_000, seed=2, order=2)
    z = stats.norm.isf(FAMILY_WISE / len(SECOND) / 2)
    assert abs(found.gradient - exact) <= z * found.standard_error
