"""Parameters over wide ranges and at their extremes: right values or a clear refusal."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import row, variates
from scipy import stats

import fastgrad.distributions.families as d

EDGE = 2.0**-53
U = np.array([EDGE, 1e-12, 1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6, 1 - 1e-12, 1 - EDGE])


def numbers(low, high):
    """Numbers spread evenly over their logarithm."""
    return st.floats(np.log10(low), np.log10(high)).map(lambda power: 10.0**power)


real = st.one_of(st.just(0.0), numbers(1e-3, 1e3), numbers(1e-3, 1e3).map(lambda x: -x))
shape, scale = numbers(1e-2, 1e5), numbers(1e-3, 1e3)

WIDE = {
    "Exponential": ((scale,), lambda m: stats.expon(scale=m)),
    "Normal": ((real, scale), stats.norm),
    "LogNormal": (
        (st.floats(-3, 3), numbers(1e-3, 5)),
        lambda m, s: stats.lognorm(s, 0, np.exp(m)),
    ),
    "Gamma": ((shape, scale), lambda a, s: stats.gamma(a, 0, s)),
    "Weibull": ((numbers(0.05, 1e3), scale), lambda a, s: stats.weibull_min(a, 0, s)),
    "Pareto": ((numbers(0.2, 1e3), scale), lambda a, s: stats.pareto(a, 0, s)),
    "Cauchy": ((real, scale), stats.cauchy),
    "Gumbel": ((real, scale), stats.gumbel_r),
    "Logistic": ((real, scale), stats.logistic),
    "Beta": ((numbers(0.05, 1e4), numbers(0.05, 1e4)), stats.beta),
}


@pytest.mark.parametrize("name", WIDE)
def test_variates_lie_where_the_law_says_for_parameters_of_any_size(name):
    strategies, distribution = WIDE[name]
    kind = getattr(d, name)
    falls = name in ("Exponential", "Weibull", "Pareto")

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.tuples(*strategies))
    def check(parameters):
        x = variates(kind(*parameters), U)
        reference = distribution(*parameters)
        assert not np.any(np.isnan(x))
        assert np.all(np.diff(x) <= 0 if falls else np.diff(x) >= 0)
        below, above = reference.cdf(x), reference.sf(x)
        lower, upper = (1.0 - U, U) if falls else (U, 1.0 - U)
        # One rounding of x moves its probability by x f(x) eps; underflow makes x = 0.
        with np.errstate(all="ignore"):
            moved = 4.0 * EDGE * np.abs(x) * np.nan_to_num(reference.pdf(x), posinf=0.0)
        inside = (x > 0) & np.isfinite(x) & ((name != "Beta") | (x < 1)) | (name in REAL)
        near = np.where(lower < upper, np.abs(below - lower), np.abs(above - upper))
        allowed = 1e-8 * np.minimum(lower, upper) + moved + 2e-15
        assert np.all((near <= allowed)[inside]), (parameters, near / allowed)

    check()


REAL = ("Normal", "Cauchy", "Gumbel", "Logistic")


@pytest.mark.parametrize("name", WIDE)
def test_no_derivative_is_nan_for_parameters_of_any_size(name):
    strategies, _ = WIDE[name]
    kind = getattr(d, name)
    v, w = U[::-1].copy(), np.roll(U, 4)

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.tuples(*strategies))
    def check(parameters):
        distribution = kind(*parameters)
        x = variates(distribution, U)
        usable = (x > 0) & np.isfinite(x) if name not in REAL else np.isfinite(x)
        usable &= (x < 1.0) | (name != "Beta")
        for parameter in distribution.kernel.PARAMETERS:
            for what in ("derivative", "score", "natural", "hahn_jordan", "natural_second"):
                if distribution.has(f"{what}_{parameter}"):
                    result = row(distribution, f"{what}_{parameter}", u=U, x=x, v=v, w=w)
                    bad = (
                        np.isnan(result).any(axis=0)
                        if isinstance(result, tuple)
                        else np.isnan(result)
                    )
                    assert not np.any(bad & usable), (what, parameter, parameters)

    check()


COUNTS = [
    (d.Poisson(1e-9), stats.poisson(1e-9)),
    (d.Poisson(11.99), stats.poisson(11.99)),
    (d.Poisson(1e6), stats.poisson(1e6)),
    (d.Geometric(1e-12), stats.geom(1e-12)),
    (d.Geometric(1 - 1e-9), stats.geom(1 - 1e-9)),
    (d.Binomial(10**9, 1e-12), stats.binom(10**9, 1e-12)),
    (d.Binomial(10**6, 0.37), stats.binom(10**6, 0.37)),
    (d.Binomial(1, 0.999), stats.binom(1, 0.999)),
    (d.NegativeBinomial(2, 1e-7), stats.nbinom(2, 1e-7, loc=2)),
    (d.NegativeBinomial(1000, 0.5), stats.nbinom(1000, 0.5, loc=1000)),
    (d.NegativeBinomial(5, 1 - 1e-7), stats.nbinom(5, 1 - 1e-7, loc=5)),
]


@pytest.mark.parametrize(
    ("distribution", "reference"),
    COUNTS,
    ids=[f"{type(c[0]).__name__}{c[0].values}" for c in COUNTS],
)
def test_whole_numbers_are_quantiles_at_extreme_parameters(distribution, reference):
    """F(x - 1) < u <= F(x), up to SciPy's own error in F."""
    u = U[1:-1]
    assert np.all(np.isfinite(variates(distribution, U)))
    x = variates(distribution, u)
    assert np.array_equal(x, np.floor(x))
    if isinstance(distribution, d.Geometric):
        survival = lambda k: np.exp(k * np.log1p(-distribution.values[0]))  # noqa: E731
        assert np.all(survival(x) <= u * (1 + 1e-9))
        assert np.all(survival(x - 1) >= u * (1 - 1e-9))
        return
    slack = 1e-9
    lower = u <= 0.5
    assert np.all((reference.cdf(x) >= u * (1 - slack))[lower])
    assert np.all((reference.cdf(x - 1) < u * (1 + slack))[lower])
    rest = 1 - u
    assert np.all((reference.sf(x) <= rest * (1 + slack))[~lower])
    assert np.all((reference.sf(x - 1) >= rest * (1 - slack))[~lower])


def test_a_tiny_shape_underflows_to_zero_and_not_to_nan():
    distribution = d.Gamma(1e-3, 1.0)
    x = variates(distribution, U)
    assert x[0] == 0.0
    assert np.all(np.diff(x) >= 0)
    assert np.all(np.isfinite(row(distribution, "derivative_shape", u=U, x=x)))


@pytest.mark.parametrize("u", [1e-6, 0.3])
def test_a_huge_shape_against_the_integral_of_the_density(u):
    """With 30 digits; SciPy's ppf is off by 7e-6 in probability at u = 1e-6."""
    a, x = 1e6, variates(d.Gamma(1e6, 1e-3), np.array([u]))[0] * 1e3
    with mpmath.workdps(30):
        constant = mpmath.loggamma(a)
        below = mpmath.quad(
            lambda t: mpmath.exp((a - 1) * mpmath.log(t) - t - constant),
            [x - step for step in (8000.0, 4000.0, 2000.0, 1000.0, 400.0, 0.0)],
        )
        assert abs(below / u - 1) < 1e-11


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: d.Geometric(1e-15), "at least"),
        (lambda: d.Poisson(1e13), "at most"),
        (lambda: d.Binomial(10**13, 0.5), "at most"),
        (lambda: d.NegativeBinomial(10, 1e-13), "at most"),
        (lambda: d.Gamma(0.0, 1.0), "positive"),
        (lambda: d.Beta(1.0, np.inf), "positive"),
        (lambda: d.Triangular(0.0, 2.0, 1.0), "low <= mode <= high"),
        (lambda: d.Bernoulli(1.0), "between 0 and 1"),
        (lambda: d.Bernoulli(0.5, 2.0, 2.0), "differ"),
        (lambda: d.Binomial(2.5, 0.5), "whole number"),
    ],
)
def test_what_would_not_be_accurate_is_refused(make, complaint):
    with pytest.raises(ValueError, match=complaint):
        make()
