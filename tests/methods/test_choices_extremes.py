"""Probabilities and weights from 1e-300 to 1 - 1e-12: right values or a clear refusal."""

import numpy as np
import pytest
from rows import row, variates

import fastgrad as fg

TINY = (1e-6, 1e-12, 1e-15, 1e-100, 1e-300)
HAHN_JORDAN = fg.WeakDerivative(representation="hahn-jordan")
# E[X²] moves from 3² to 1² as the probability of 1 grows at the cost of that of 3.
VALUES = (1.0, 3.0, 2.0)


def square(x):
    return x * x


def discrete(p, order=(0, 1, 2)):
    """θ p is the probability of 1, which stands where `order` says."""

    def build(theta):
        probabilities = (p * theta, 0.5 - p * theta, 0.5)
        values, shares = ([row[k] for k in order] for row in (VALUES, probabilities))
        return fg.Expectation(square, [fg.Discrete(values, shares)])

    return build


def mixture(p):
    """The same with uniform components of width 1 above each value: E[(v + U)²] = v² + v + 1/3."""

    def build(theta):
        parts = [fg.Uniform(v, v + 1.0) for v in VALUES]
        distribution = fg.Mixture([p * theta, 0.5 - p * theta, 0.5], parts)
        return fg.Expectation(square, [distribution])

    return build


@pytest.mark.parametrize("p", TINY)
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_forced_choices_and_weak_derivatives_of_a_tiny_probability(p, order):
    """Exactly p (1 - 9): the nominal outputs cancel in every replication."""
    for method in ("spa", "wd"):
        found = fg.gradient(discrete(p, order), 1.0, method, 1000, seed=1)
        assert found.gradient == pytest.approx(-8.0 * p, rel=1e-12)
    found = fg.gradient(discrete(p, order), 1.0, HAHN_JORDAN, 4000, seed=1)
    # c (g⁺ - g⁻) for 1 against 3 or 2, then for 3 against 2 or 1: half of it is chance.
    assert abs(found.gradient / p + 8.0) <= 5.0 * 5.0 / 4000**0.5


@pytest.mark.parametrize("p", TINY)
def test_forced_choices_and_weak_derivatives_of_a_tiny_weight(p):
    exact = -p * (12.0 - 2.0)
    for method in ("spa", "wd", HAHN_JORDAN):
        found = fg.gradient(mixture(p), 1.0, method, 20_000, seed=1)
        # |(3 + U)² - (1 + U)²| <= 12 and so are the Hahn-Jordan differences.
        assert abs(found.gradient / p - exact / p) <= 5.0 * 12.0 / 20_000**0.5


@pytest.mark.parametrize("build", [discrete, mixture])
def test_a_score_of_what_is_never_seen_is_refused(build):
    assert np.isfinite(fg.gradient(build(1e-6), 1.0, "lr", 1000, seed=1).gradient)
    for p in (1e-12, 1e-100):
        with pytest.raises(fg.NotApplicable, match="most runs never see its outcome") as refused:
            fg.gradient(build(p), 1.0, "lr", 1000, seed=1)
        assert {"spa", "wd"} <= set(refused.value.alternatives)
        with pytest.raises(fg.NotApplicable, match="most runs never see its outcome"):
            fg.gradient(build(p), 1.0, "lr", 1000, seed=1, order=2)


@pytest.mark.parametrize("p", TINY)
def test_variates_and_their_paths_at_the_ends_of_the_unit_interval(p):
    u = np.array([2.0**-53, 1e-12, 0.5, 1.0 - 1e-12, 1.0 - 2.0**-53])
    for values in in_all_places(p):
        distribution = fg.Discrete(range(3), values)
        x = variates(distribution, u)
        assert np.all((x >= 0) & (x <= 2) & (x == np.floor(x)))
        parts = [fg.Exponential(1.0), fg.Normal(5.0, 1.0), fg.Uniform(8.0, 9.0)]
        x = variates(fg.Mixture(values, parts), u)
        assert np.all(np.isfinite(x))


def in_all_places(p):
    """The tiny probability in front, in the middle, at the end; and two of them."""
    return [(p, 0.5, 0.5 - p), (0.5, p, 0.5 - p), (0.5, 0.5 - p, p), (p, p, 1.0 - 2.0 * p)]


def test_a_probability_near_one_keeps_the_digits_of_the_others():
    """1 - p is 0 in the last digits; the others' sum is not."""
    tiny = 1e-17
    distribution = fg.Discrete((1.0, 3.0, 2.0), (1.0, 3.0 * tiny, tiny))
    assert distribution.constant("hahn_jordan_probabilities[0]_constant") == pytest.approx(
        4.0 * tiny
    )
    v = (np.arange(1000) + 0.5) / 1000
    plus, minus = row(distribution, "hahn_jordan_probabilities[0]", v=v)
    assert np.all(plus == 1.0)
    assert (minus == 3.0).mean() == pytest.approx(0.75)
    parts = [fg.Uniform(v, v + 0.5) for v in VALUES]
    distribution = fg.Mixture((1.0, 3.0 * tiny, tiny), parts)
    assert distribution.constant("hahn_jordan_weights[0]_constant") == pytest.approx(4.0 * tiny)
    _, minus = row(distribution, "hahn_jordan_weights[0]", v=v, w=v)
    assert (minus >= 3.0).mean() == pytest.approx(0.75)


@pytest.mark.parametrize("temperature", [1e-3, 0.1, 10.0, 1e6])
@pytest.mark.parametrize("build", [discrete, mixture])
def test_relaxed_choices_stay_finite(build, temperature):
    for p in (1e-6, 1e-12, 1e-100):
        found = fg.gradient(build(p), 1.0, fg.GumbelSoftmax(temperature), 1000, seed=1)
        assert np.isfinite(found.gradient)
        assert 1.0 <= found.performance.value <= 16.0


def test_scores_are_finite_where_densities_are_huge_or_underflow():
    """At 1e-300 a gamma's density is 1e150 and its share 1; far out all densities are 0."""
    distribution = fg.Mixture([0.5, 0.5], [fg.Gamma(0.5, 1.0), fg.Exponential(2.0)])
    scores = [
        row(distribution, f"score_weights[{i}]", x=np.array([1e-300, 0.0, 5000.0])) for i in (0, 1)
    ]
    assert scores[0][0] == pytest.approx(1.0)
    assert scores[1][0] == pytest.approx(-1.0)
    assert np.all(np.isfinite(scores))


@pytest.mark.parametrize("p", [0.0, -1e-300, 1.0 + 1e-6, np.nan, np.inf])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"probabilities\[0\]|sum to 1"):
        fg.Discrete((1.0, 2.0), (p, 1.0 - p))
    with pytest.raises(ValueError, match=r"weights\[0\]|sum to 1"):
        fg.Mixture((p, 1.0 - p), (fg.Exponential(1.0), fg.Exponential(2.0)))


def test_a_product_of_weights_that_underflows_is_refused():
    inner = fg.Discrete((0.0, 1.0), (1e-300, 1.0))
    with pytest.raises(ValueError, match=r"weights\[0\] must be positive"):
        fg.Mixture((1e-300, 1.0), (inner, fg.Exponential(1.0)))
