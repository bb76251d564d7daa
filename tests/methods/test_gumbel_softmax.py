"""Gumbel-Softmax on Fu (2005), Example 1: its mean, its variance and its bias are known."""

import pytest
from references import REFERENCES
from tolerance import accept, bound

import fastgrad as fg

CASES = {key: value for key, value in REFERENCES.items() if key.startswith("gs.")}
REPLICATIONS = 400_000
CELLS = 2 * len(CASES)  # comparisons in this file, at most
Z = bound(CELLS)


def mixture(power):
    """θ U(1, 2) + (1 - θ) U(0, 1) as a choice plus a uniform, and g(x) = x^power."""

    def function(choice, uniform):
        return (choice + uniform) ** power

    def build(theta):
        return fg.Expectation(function, [fg.Bernoulli(theta), fg.Uniform(0.0, 1.0)])

    return build


@pytest.mark.parametrize("key", CASES)
def test_mean_and_variance_of_the_relaxed_gradient(key):
    case = CASES[key]
    temperature, theta = case["parameters"]["tau"], case["parameters"]["theta"]
    power = 2 if key.endswith("sq") else 1
    method = fg.GumbelSoftmax(temperature)
    found = fg.gradient(mixture(power), theta, method, REPLICATIONS, seed=3)
    exact = case["value"] if power == 2 else case["value"][0]
    accept(found, exact, CELLS)
    if power == 1:
        # The fourth moment of a derivative bounded by b is at most b² times the second.
        bound = 1.0 / (4.0 * temperature * theta * (1.0 - theta))
        error = bound * (case["value"][2] / REPLICATIONS) ** 0.5
        assert abs(found.variance - case["value"][2]) <= Z * error


def test_the_bias_shrinks_with_the_temperature():
    biases = [
        abs(fg.gradient(mixture(2), 0.5, fg.GumbelSoftmax(tau), 200_000, seed=1).gradient - 2.0)
        for tau in (1.0, 0.5, 0.2)
    ]
    assert biases[0] > biases[1] > biases[2]


def test_straight_through_is_biased_where_the_output_curves():
    """E[g'(hard) dz/dθ] with g = x³ is not dE[g]/dθ = 4 - 1/4 - … (exactly 7/2)."""
    hard = fg.GumbelSoftmax(0.5, straight_through=True)
    found = fg.gradient(mixture(3), 0.3, hard, 200_000, seed=1)
    unbiased = fg.gradient(mixture(3), 0.3, "wd", 200_000, seed=1)
    assert abs(unbiased.gradient - 3.5) <= 5.0 * unbiased.standard_error
    assert abs(found.gradient - 3.5) > 10.0 * found.standard_error


def test_it_is_called_biased_and_never_chosen_by_auto():
    verdicts = fg.explain(mixture(1), 0.3).to_dict()
    assert "gs" in str(verdicts)
    assert fg.gradient(mixture(1), 0.3, "auto", 1000).methods == {"choice.p": "spa"}


def test_a_model_without_a_choice_is_refused():
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 5)

    with pytest.raises(fg.NotApplicable, match="no choice"):
        fg.gradient(build, 0.5, "gs", 1000)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), "warm"])
def test_a_temperature_is_positive(temperature):
    with pytest.raises(ValueError, match="temperature must be a positive number"):
        fg.GumbelSoftmax(temperature)
