"""Distributions whose parameters are lists (discrete, mixtures: Fu (2005), Example 1)."""

import pickle

import numpy as np
import pytest
from rows import row, variates, variates_by_lane
from scipy import stats
from tolerance import bound

from fastgrad.core.tracer import Traced
from fastgrad.distributions.families import Discrete, Exponential, Mixture, Normal, Uniform

VALUES, PROBABILITIES = (2.0, -1.0, 0.5, 7.0), (0.4, 0.1, 0.3, 0.2)
SAMPLES = 200_000
CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)


def g(x):
    return np.sin(x) + x * x


def close(sample, exact):
    return abs(sample.mean() - exact) <= Z * sample.std() / np.sqrt(len(sample)) + 1e-12


# --- discrete --------------------------------------------------------------------------------


def test_a_discrete_variate_takes_each_value_on_its_part_of_the_unit_interval():
    distribution = Discrete(VALUES, PROBABILITIES)
    x = variates(distribution, [1e-16, 0.4, 0.4001, 0.5, 0.6, 0.8, 0.9, 1 - 1e-16])
    assert list(x) == [2.0, 2.0, -1.0, -1.0, 0.5, 0.5, 7.0, 7.0]
    assert distribution.expectation() == pytest.approx(np.dot(VALUES, PROBABILITIES))


@pytest.mark.parametrize("i", range(4))
def test_discrete_scores_and_pairs_give_the_derivative_along_any_allowed_direction(i):
    """Against p + t (e_i - p), whose derivative is g(value_i) - E[g]."""
    distribution, p, x = Discrete(VALUES, PROBABILITIES), np.array(PROBABILITIES), np.array(VALUES)
    name = f"probabilities[{i}]"
    direction = np.eye(4)[i] - p
    exact = g(x) @ direction
    scores = np.array([row(distribution, f"score_probabilities[{j}]", x=x) for j in range(4)])
    assert scores @ p == pytest.approx(np.zeros(4), abs=1e-15)
    assert (direction @ scores * g(x)) @ p == pytest.approx(exact)
    second = np.array(
        [row(distribution, f"second_score_probabilities[{j}]", x=x) for j in range(4)]
    )
    whole = (direction @ scores) ** 2 + direction**2 @ second
    assert whole @ (p * g(x)) == pytest.approx(0.0, abs=1e-12)

    v = (np.arange(100_000) + 0.5) / 100_000
    for kind in ("natural", "hahn_jordan"):
        nominal = variates(distribution, v)
        plus, minus = row(distribution, f"{kind}_{name}", x=nominal, v=v)
        pair = distribution.constant(f"{kind}_{name}_constant") * (g(plus) - g(minus)).mean()
        assert pair == pytest.approx(exact, abs=1e-3)
    assert not np.any(minus == VALUES[i])


def test_the_values_of_a_discrete_law_move_their_paths():
    distribution = Discrete(VALUES, PROBABILITIES)
    moved = row(distribution, "derivative_values[2]", x=np.array([2.0, 0.5, -1.0]))
    assert list(moved) == [0.0, 1.0, 0.0]
    assert "dipole" in distribution.reason("score", "values[2]")
    assert "dipole" in distribution.reason("natural", "values[2]")
    assert "border" in distribution.reason("derivative", "probabilities[0]")


@pytest.mark.parametrize(
    ("values", "probabilities", "complaint"),
    [
        ([1.0, 2.0], [0.5, 0.6], "sum to 1"),
        ([1.0, 2.0], [0.5], "need 2 probabilities"),
        ([1.0, 1.0], [0.5, 0.5], "distinct"),
        ([1.0, 2.0], [1.5, -0.5], "positive"),
        ([1.0, np.nan], [0.5, 0.5], "finite"),
        ([], [], "empty"),
    ],
)
def test_a_discrete_law_says_what_is_wrong(values, probabilities, complaint):
    with pytest.raises(ValueError, match=complaint):
        Discrete(values, probabilities)


def test_probabilities_must_sum_to_one_for_every_theta():
    p = Traced(0.3, np.array([1.0]))
    assert Discrete([0.0, 1.0], [1.0 - p, p]).values == (2, 0.0, 1.0, 0.7, 0.3)
    with pytest.raises(ValueError, match="for every θ"):
        Discrete([0.0, 1.0], [0.7, p])


# --- mixtures -----------------------------------------------------------------------------


def example_1(theta, representation):
    return Mixture(
        [theta, 1.0 - theta], [Uniform(1.0, 2.0), Uniform(0.0, 1.0)], representation=representation
    )


def along_theta(distribution, kind, order, **rows):
    """Σ_i dw_i/dθ · (function of weight i); `order` says which weight is θ."""
    signs = (1.0, -1.0) if order == 0 else (-1.0, 1.0)
    return sum(s * row(distribution, f"{kind}_weights[{i}]", **rows) for i, s in enumerate(signs))


@pytest.mark.parametrize("representation", ["labelled", "single"])
def test_both_representations_have_the_law(representation):
    u = np.random.default_rng(2).random(20_000)
    x = variates(example_1(0.3, representation), u)
    distribution = lambda t: np.where(t < 1.0, 0.7 * t, 0.7 + 0.3 * (t - 1.0))  # noqa: E731
    assert stats.kstest(x, distribution).pvalue > 1e-6


def test_the_single_number_representation_has_an_unbiased_pathwise_derivative():
    """dE[g]/dθ = E[g | component 1] - E[g | component 0]: 2 for x² (mixture.dE.1)."""
    distribution = example_1(0.3, "single")
    u = (np.arange(SAMPLES) + 0.5) / SAMPLES
    x = variates(distribution, u)
    moved = along_theta(distribution, "derivative", 1, u=u)
    assert (2.0 * x * moved).mean() == pytest.approx(2.0, abs=1e-4)
    assert (np.exp(x) * moved).mean() == pytest.approx(2.9524924420125607, abs=1e-4)
    assert np.all(moved >= 0.0)


def test_the_labelled_representation_is_refused_a_pathwise_derivative_with_the_reason():
    distribution = example_1(0.3, "labelled")
    assert not distribution.has("derivative_weights[0]")
    assert "jumps when the component changes" in distribution.reason("derivative", "weights[0]")


def test_weights_by_score_and_by_weak_derivative():
    distribution = example_1(0.3, "labelled")
    rng = np.random.default_rng(1)
    x = variates(distribution, rng.random(SAMPLES))
    assert close(g(x) * along_theta(distribution, "score", 0, x=x), truth_1())
    v = rng.random(SAMPLES)
    (plus, same), (minus, also) = (
        row(distribution, f"natural_weights[{i}]", x=x, v=v) for i in (0, 1)
    )
    assert np.array_equal(same, also)
    np.testing.assert_allclose(plus - minus, 1.0, rtol=1e-12)  # common uniforms
    assert close(g(plus) - g(minus), truth_1())


def truth_1():
    return (np.cos(1) - np.cos(2) + 7 / 3) - (1 - np.cos(1) + 1 / 3)


W, M, S = 0.35, 0.8, 0.6


def overlapping(weight=W, mean=M, place=0.4, spread=S):
    return Mixture([weight, 1.0 - weight], [Exponential(mean), Normal(place, spread)])


def exact_mean(weight=W, mean=M, place=0.4, spread=S):
    """E[sin X + X²] in closed form."""
    first = mean / (1.0 + mean * mean) + 2.0 * mean * mean
    second = np.sin(place) * np.exp(-0.5 * spread**2) + place**2 + spread**2
    return weight * first + (1.0 - weight) * second


@pytest.mark.parametrize(
    ("slot", "moved"),
    [
        ("components[0].mean", "mean"),
        ("components[1].mean", "place"),
        ("components[1].sd", "spread"),
    ],
)
def test_parameters_of_the_components(slot, moved):
    distribution, rng = overlapping(), np.random.default_rng(7)
    at = {"mean": M, "place": 0.4, "spread": S}[moved]
    up, middle, down = (exact_mean(**{moved: at + h}) for h in (1e-3, 0.0, -1e-3))
    exact, bend = (up - down) / 2e-3, (up - 2.0 * middle + down) / 1e-6
    u, v, w = rng.random((3, SAMPLES))
    x = variates(distribution, u)
    slope = np.cos(x) + 2.0 * x
    assert abs((slope * row(distribution, f"derivative_{slot}", u=u, x=x)).mean() - exact) < 0.02
    assert close(slope * row(distribution, f"derivative_{slot}", u=u, x=x), exact)
    score = row(distribution, f"score_{slot}", x=x)
    assert close(score, 0.0)
    assert close(g(x) * score, exact)
    second = row(distribution, f"second_score_{slot}", x=x)
    assert close(g(x) * (score * score + second), bend)
    plus, minus = row(distribution, f"natural_{slot}", x=x, v=v, w=w)
    assert close(distribution.constant(f"natural_{slot}_constant") * (g(plus) - g(minus)), exact)


def test_the_score_of_a_weight_is_that_of_the_mixture():
    distribution, step = overlapping(), 1e-6
    x = np.linspace(-1.0, 4.0, 21)

    def density(weight):
        return weight * stats.expon.pdf(x / M) / M + (1 - weight) * stats.norm.pdf(x, 0.4, S)

    difference = (np.log(density(W + step)) - np.log(density(W - step))) / (2.0 * step)
    score = along_theta(distribution, "score", 0, x=x)
    np.testing.assert_allclose(score, difference, rtol=1e-7)
    second = sum(row(distribution, f"second_score_weights[{i}]", x=x) for i in (0, 1)) - 2.0 * row(
        distribution, "second_score_weights[0]_weights[1]", x=x
    )
    np.testing.assert_allclose(second, -score * score, rtol=1e-12, atol=1e-14)


def test_a_mixture_says_what_is_wrong():
    with pytest.raises(ValueError, match="sum to 1"):
        Mixture([0.5, 0.6], [Exponential(1.0), Exponential(2.0)])
    with pytest.raises(ValueError, match="adjoining"):
        Mixture([0.5, 0.5], [Uniform(0.0, 1.0), Uniform(1.5, 2.0)], representation="single")
    with pytest.raises(ValueError, match="uniform components"):
        Mixture([0.5, 0.5], [Exponential(1.0), Exponential(2.0)], representation="single")
    with pytest.raises(ValueError, match="cannot be a component"):
        Mixture([0.5, 0.5], [example_1(0.3, "single"), Exponential(2.0)])
    with pytest.raises(TypeError, match="distributions"):
        Mixture([0.5, 0.5], [1.0, 2.0])
    with pytest.raises(ValueError, match="as many weights"):
        Mixture([1.0], [Exponential(1.0), Exponential(2.0)])


@pytest.mark.parametrize("distribution", [Discrete(VALUES, PROBABILITIES), overlapping()])
def test_parameters_may_differ_from_lane_to_lane(distribution):
    u = np.linspace(0.01, 0.99, 33)
    np.testing.assert_allclose(
        variates_by_lane(distribution, u), variates(distribution, u), rtol=1e-14
    )


@pytest.mark.parametrize("distribution", [Discrete(VALUES, PROBABILITIES), overlapping()])
def test_operations_can_be_sent_to_other_processes(distribution):
    operation = distribution.operation("variate")
    arrived = pickle.loads(pickle.dumps(operation))
    assert arrived.function.__code__.co_code == operation.function.__code__.co_code


def test_moved_makes_the_same_law_with_other_numbers():
    assert overlapping().moved((0.2, 0.8, 1.0, 2.0, 3.0)).values == (0.2, 0.8, 1.0, 2.0, 3.0)
    assert Discrete([1.0, 2.0], [0.5, 0.5]).moved((2, 3.0, 4.0, 0.1, 0.9)).values[1] == 3.0
