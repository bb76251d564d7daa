"""Images and parts of distributions, and the facts that a family declares."""

import math
import pickle

import mpmath
import numpy as np
import pytest
from distributions_table import CASES
from rows import variates
from scipy import stats

import fastgrad as fg
import fastgrad.distributions.families as d
from fastgrad.distributions.facts import common_unit

Z = 6.0


def named(distribution):
    return f"{type(distribution).__name__}{tuple(float(v) for v in distribution.values)}"


# --- moments and other facts -------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_moments_and_support_are_those_of_scipy(case):
    distribution, reference = case.make(), case.reference()
    if not hasattr(reference, "mean"):
        pytest.skip("a distribution of the tests' own")
    for found, exact in (
        (distribution.expectation(), reference.mean()),
        (distribution.variance(), reference.var()),
    ):
        assert found == pytest.approx(exact, rel=1e-10, nan_ok=True)
    assert distribution.support == pytest.approx(reference.support())


def test_what_does_not_exist_is_infinite_or_no_number():
    assert fg.Pareto(1.8, 1.0).variance() == math.inf
    assert fg.Pareto(0.9, 1.0).expectation() == math.inf
    assert math.isnan(fg.Cauchy(0.0, 1.0).variance())
    assert fg.StudentT(2.0).variance() == math.inf
    assert math.isnan(fg.StudentT(1.0).expectation())
    assert (2.0 - fg.Pareto(1.8, 1.0)).variance() == math.inf
    mixed = fg.Mixture([0.5, 0.5], [fg.Pareto(1.8, 1.0), fg.Exponential(1.0)])
    assert mixed.variance() == math.inf
    assert fg.LogNormal(0.0, 40.0).variance() == math.inf


def test_a_nearly_constant_weibull_keeps_the_digits_of_its_variance():
    for shape in (150.0, 250.0, 1e4, 1e6):
        with mpmath.workdps(60):
            t = mpmath.mpf(1) / mpmath.mpf(shape)
            exact = mpmath.gamma(1 + 2 * t) - mpmath.gamma(1 + t) ** 2
        assert fg.Weibull(shape, 1.0).variance() == pytest.approx(float(exact), rel=1e-9)


def test_units_are_found():
    assert fg.Poisson(3.0).unit() == 1.0
    assert (0.5 + 1.0 * fg.Poisson(3.0)).unit() == pytest.approx(0.5)
    assert (2.0 * fg.Geometric(0.3)).unit() == pytest.approx(2.0)
    assert fg.Discrete([0.4, 1.0], [0.5, 0.5]).unit() == pytest.approx(0.2)
    assert fg.Bernoulli(0.3, 4.0, 2.0).unit() == pytest.approx(2.0)
    assert fg.Mixture([0.5, 0.5], [fg.Poisson(1.0), fg.Geometric(0.4)]).unit() == 1.0
    assert fg.Normal(0.0, 1.0).unit() is None
    assert common_unit([1.0, math.sqrt(2.0)]) is None


# --- images ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "same"),
    [
        (2.0 + 3.0 * fg.Normal(1.0, 2.0), fg.Normal(5.0, 6.0)),
        (1.0 - 2.0 * fg.Uniform(0.0, 3.0), fg.Uniform(-5.0, 1.0)),
        (-fg.Triangular(0.0, 1.0, 4.0), fg.Triangular(-4.0, -1.0, 0.0)),
        (3.0 * fg.Weibull(1.5, 2.0), fg.Weibull(1.5, 6.0)),
        (fg.LogNormal(0.5, 0.3) / 2.0, fg.LogNormal(0.5 - math.log(2.0), 0.3)),
        (1.0 - fg.PERT(0.0, 1.0, 4.0), fg.PERT(-3.0, 0.0, 1.0)),
        (2.0 - fg.StudentT(3.0, 1.0, 2.0), fg.StudentT(3.0, 1.0, 2.0)),
        (1.0 + 2.0 * fg.Bernoulli(0.3), fg.Bernoulli(0.3, 3.0, 1.0)),
        (-2.0 * fg.Deterministic(1.5), fg.Deterministic(-3.0)),
        (1.0 + 2.0 * (3.0 - 2.0 * fg.Beta(2.0, 3.0)), 7.0 - 4.0 * fg.Beta(2.0, 3.0)),
    ],
    ids=named,
)
def test_an_image_is_of_the_family_where_that_holds_it(image, same):
    assert type(image) is type(same)
    assert np.allclose(image.values, same.values, rtol=1e-15)


def test_an_image_says_what_it_is():
    assert repr(2.0 + 6.0 * fg.Beta(2.0, 3.0)) == "2 + 6 * Beta(a=2.0, b=3.0)"
    assert repr(3 - fg.Exponential(1.0)) == "3 - Exponential(mean=1.0)"
    assert repr(-fg.Gamma(2.0, 1.0)) == "-Gamma(shape=2.0, scale=1.0)"
    text = "Truncated(Exponential(mean=1.0), high=2)"
    assert repr(fg.Truncated(fg.Exponential(1.0), high=2.0)) == text


def test_what_is_no_image_is_refused():
    for scale in (0.0, True, "2"):
        with pytest.raises((TypeError, ValueError)):
            fg.Affine(fg.Exponential(1.0), 0.0, scale)
    with pytest.raises(TypeError):
        fg.Exponential(1.0) + fg.Exponential(2.0)
    with pytest.raises(TypeError):
        True * fg.Exponential(1.0)


def test_scores_of_an_end_that_moves_need_a_density_that_vanishes_there():
    assert not (2.0 + fg.Exponential(1.0)).has("score_shift")
    assert "support" in (2.0 + fg.Exponential(1.0)).reason("score", "shift")
    assert not (2.0 + fg.Gamma(1.7, 1.0)).has("score_shift")
    assert "variance" in (2.0 + fg.Gamma(1.7, 1.0)).reason("score", "shift")
    assert (2.0 + fg.Gamma(2.1, 1.0)).has("score_shift")
    assert not (2.0 + fg.Gamma(0.7, 1.0)).has("hahn_jordan_shift")
    assert (2.0 + fg.LogNormal(0.0, 1.0)).has("score_shift")
    assert not fg.PERT(0.0, 0.5, 4.0).has("score_low")
    assert fg.PERT(0.0, 1.5, 4.0).has("score_low")
    assert fg.Truncated(fg.Normal(0.0, 1.0), low=0.0).has("natural_low")
    assert "support" in fg.Truncated(fg.Normal(0.0, 1.0), low=0.0).reason("score", "low")


def test_the_duration_of_an_activity():
    """2 + 6 beta(2, 3) has mean 4.4; d/dshift = 1, d/dscale = 2/5, d/da = 6 b / (a + b)²."""

    def build(theta):
        shift, scale, a = theta
        return fg.ActivityNetwork([("s", "t")], [shift + scale * fg.Beta(a, 3.0)])

    est = fg.gradient(build, [2.0, 6.0, 2.0], "ipa", 20_000, seed=1)
    assert abs(est.performance.value - 4.4) <= Z * 1.2 / np.sqrt(20_000)  # sd 1.2
    exact = np.array([1.0, 0.4, 18.0 / 25.0])
    assert np.all(np.abs(est.gradient - exact) <= Z * est.standard_error + 1e-9)


@pytest.mark.parametrize("method", ["ipa", "wd", "cd"])
def test_a_late_exponential_that_falls(method):
    """E[(t - s X)²] = t² - 2 t s + 2 s² at t = 3, s = 1."""
    build = lambda th: fg.Expectation(  # noqa: E731
        lambda x: x * x, [th[0] - th[1] * fg.Exponential(1.0)]
    )
    est = fg.gradient(build, [3.0, 1.0], method, 20_000, seed=4)
    assert np.all(np.abs(est.gradient - [4.0, -2.0]) <= Z * est.standard_error + 1e-6)


def test_images_are_components_and_demands():
    mixed = fg.Mixture([0.4, 0.6], [1.0 + fg.Gamma(2.5, 1.0), fg.Normal(0.0, 1.0)])
    assert mixed.expectation() == pytest.approx(1.4)
    assert mixed.has("score_components[0].shift")
    assert not fg.Mixture([1.0], [1.0 + fg.Exponential(1.0)]).has("score_components[0].shift")
    demand = 0.5 + fg.Gamma(2.5, 1.0)
    stock = fg.Inventory(s=2.0, S=6.0, demand=demand, periods=3, holding=1.0, backlog=3.0)
    assert [p.way for p in stock.push_outs("q")] == ["division"]


@pytest.mark.parametrize(
    "distribution",
    [2.0 + fg.Gamma(2.5, 1.0), fg.Truncated(1.0 - fg.Exponential(1.0), low=0.0)],
    ids=["image", "part of an image"],
)
def test_operations_go_to_other_processes_by_name(distribution):
    sent = pickle.loads(pickle.dumps(distribution.operation("variate")))
    assert sent.function.__name__ == distribution.operation("variate").function.__name__


# --- parts -------------------------------------------------------------------------------------


def test_a_tail_keeps_its_digits():
    """Normal beyond 8: u and 1 - u of the tail, not of 1 - 6e-16."""
    u = np.array([1e-12, 0.1, 0.5, 0.9, 1.0 - 1e-12])
    for sign in (1.0, -1.0):
        low, high = (8.0, None) if sign > 0 else (None, -8.0)
        x = variates(fg.Truncated(fg.Normal(0.0, 1.0), low, high), u)
        beyond = 1.0 - u if sign > 0 else u
        exact = sign * stats.norm.isf(stats.norm.sf(8.0) * beyond)
        np.testing.assert_allclose(x, exact, rtol=1e-12)


def test_moments_of_parts():
    part = fg.Truncated(fg.Normal(0.3, 1.2), -0.5, 2.0)
    ends = (np.array([-0.5, 2.0]) - 0.3) / 1.2
    exact = stats.truncnorm(*ends, 0.3, 1.2)
    assert part.expectation() == pytest.approx(exact.mean(), rel=1e-10)
    assert part.variance() == pytest.approx(exact.var(), rel=1e-10)
    assert fg.Truncated(fg.Cauchy(0.0, 1.0), low=0.0).expectation() == math.inf
    assert math.isfinite(fg.Truncated(fg.Cauchy(0.0, 1.0), -1.0, 1.0).variance())


def test_what_is_no_part_is_refused():
    for given in ({}, {"low": 2.0, "high": 1.0}, {"high": -1.0}):
        with pytest.raises(ValueError, match="Truncated"):
            fg.Truncated(fg.Exponential(1.0), **given)
    with pytest.raises(TypeError, match="cut off"):
        fg.Truncated(fg.Poisson(1.0), low=1.0)


# --- Student's t -------------------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [0.5, 1.0, 2.0, 4.7, 30.0, 1e4])
def test_the_quantile_of_student(degrees):
    u = np.array([2.0**-53, 1e-12, 1e-4, 0.2, 0.4999, 0.5, 0.6, 0.99, 1.0 - 2.0**-40])
    distribution = fg.StudentT(degrees, 0.0, 1.0)
    x = variates(distribution, u)
    with mpmath.workdps(40):
        for one, found in zip(u, x, strict=True):
            t = mpmath.mpf(float(found)) ** 2
            z = degrees / (degrees + t)
            tail = mpmath.betainc(degrees / 2, 0.5, 0, z, regularized=True) / 2
            wanted = min(mpmath.mpf(float(one)), 1 - mpmath.mpf(float(one)))
            assert abs(tail / wanted - 1) < 1e-11
    assert np.array_equal(np.sign(x), np.sign(u - 0.5))


def test_every_name_is_public():
    assert all(getattr(fg, name) is kind for name, kind in d.DISTRIBUTIONS.items())
