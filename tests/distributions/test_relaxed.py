"""Gumbel-Softmax of more than two outcomes: discrete distributions of three values, and mixtures.

The exact means are integrals over the plane. Divided by their sum, the exponentials -ln U_k are
uniform on a simplex; in d_k = G_k - G_0 their density is 2 e^(-d1-d2)/(1 + e^(-d1) + e^(-d2))³,
and the integrand is analytic in a strip of half-width π τ, so that a trapezoidal sum with step h
errs by e^(-2π²τ/h): 10^-17 at h = τ/2.
"""

import numpy as np
import pytest
from references import REFERENCES
from rows import row, variates
from scipy import stats
from tolerance import accept, bound

import fastgrad as fg

CASES = {key: value for key, value in REFERENCES.items() if key.startswith("gs.")}

VALUES, P = (-1.0, 0.5, 2.0), (0.2, 0.5, 0.3)
DIRECTION = np.array([1.0, -1.0, 0.0])  # of p, as θ moves
REPLICATIONS = 200_000
TEMPERATURES = (1.0, 0.5, 0.2)
CELLS = 60  # comparisons in this file, at most
Z = bound(CELLS)
U = np.random.default_rng(5).random(400)


def square(x):
    return x * x


def three(theta, function=square):
    distribution = fg.Discrete(VALUES, [0.1 + theta, 0.6 - theta, 0.3])
    return fg.Expectation(function, [distribution])


def integrals(temperature, function, slope):
    """E[g(X)], E[dg(X)/dθ], E[(dg(X)/dθ)²] of the relaxed distribution, θ along DIRECTION."""
    step = min(0.5 * temperature, 0.1)
    grid = np.arange(-30.0, 30.0, step)
    d = np.stack([np.zeros((len(grid),) * 2), *np.meshgrid(grid, grid)])
    density = 2.0 * np.exp(-d[1] - d[2]) / np.exp(-d).sum(axis=0) ** 3 * step**2
    p, values = np.array(P)[:, None, None], np.array(VALUES)[:, None, None]
    power = (np.log(p) + d) / temperature
    z = np.exp(power - power.max(axis=0))
    z /= z.sum(axis=0)
    x = (z * values).sum(axis=0)
    moved = (DIRECTION[:, None, None] * z * (values - x) / (temperature * p)).sum(axis=0)
    derivative = slope(x) * moved
    return [(density * y).sum() for y in (function(x), derivative, derivative**2)]


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_three_values_have_the_mean_and_variance_of_the_integral(temperature):
    value, slope, second = integrals(temperature, square, lambda x: 2.0 * x)
    found = fg.gradient(three, 0.1, fg.GumbelSoftmax(temperature), REPLICATIONS, seed=2)
    accept(found, slope, CELLS)
    accept(found.performance, value, CELLS)
    # |2X dX/dθ| <= b: the fourth moment is at most b² times the second.
    bound = 4.0 * 3.0 / (4.0 * temperature * min(P)) * 2.0
    error = bound * (second / REPLICATIONS) ** 0.5
    assert abs(found.variance - (second - slope**2)) <= Z * error


def test_the_bias_vanishes_like_the_temperature_or_its_square():
    """Where the output is linear in the choice, the soft steps between outcomes are symmetric."""
    bias, noise = {}, {}
    for t in (0.12, 0.06):
        _, slope, _ = integrals(t, lambda x: x, lambda x: 1.0 + 0.0 * x)
        assert abs(slope + 1.5) <= 0.1 * t * t
        _, slope, second = integrals(t, square, lambda x: 2.0 * x)
        bias[t], noise[t] = slope - 0.75, t * second
    assert bias[0.12] / bias[0.06] == pytest.approx(2.0, rel=0.05)
    assert noise[0.12] == pytest.approx(noise[0.06], rel=0.1)


def test_an_estimate_follows():
    truth = square(VALUES[0]) - square(VALUES[1])
    found = [fg.gradient(three, 0.1, fg.GumbelSoftmax(t), 100_000, seed=3) for t in (0.4, 0.05)]
    assert abs(found[1].gradient - truth) < abs(found[0].gradient - truth)
    assert found[1].variance > 2.0 * found[0].variance


def distributions():
    parts = [fg.Exponential(0.7), fg.Normal(1.0, 0.4), fg.Deterministic(3.0)]
    return {"discrete": fg.Discrete(VALUES, P), "mixture": fg.Mixture(P, parts)}


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@pytest.mark.parametrize("name", distributions())
def test_every_derivative_is_that_of_the_relaxed_variate_on_the_same_uniform(name, temperature):
    """Weights may be moved one by one: softmax does not ask them to sum to one."""
    distribution = distributions()[name]
    soft = distribution.soft(temperature, straight_through=False)
    names = [n for n in distribution.kernel.PARAMETERS if n != "count"]
    assert len(names) == (6 if name == "discrete" else 7)
    for parameter in names:
        place = list(soft.kernel.PARAMETERS).index(parameter)
        step = 1e-6
        found = row(soft, f"derivative_{parameter}", u=U)
        difference = (at(soft, place, step) - at(soft, place, -step)) / (2.0 * step)
        np.testing.assert_allclose(found, difference, rtol=1e-6, atol=1e-8)


class Moved:
    """A soft distribution with other numbers."""

    def __init__(self, soft, values):
        self.values, self.operation = values, soft.operation


def at(soft, place, change):
    values = list(soft.values)
    values[place] += change
    return variates(Moved(soft, values), U)


@pytest.mark.parametrize("name", distributions())
def test_straight_through_takes_one_outcome_with_its_probability(name):
    distribution, u = distributions()[name], np.random.default_rng(1).random(40_000)
    x = variates(distribution.soft(0.4, straight_through=True), u)
    if name == "discrete":
        counts = [(x == value).sum() for value in VALUES]
        assert sum(counts) == len(u)
        assert stats.chisquare(counts, np.array(P) * len(u)).pvalue > 1e-6
    else:
        assert abs((x == 3.0).mean() - P[2]) <= Z * (P[2] * (1 - P[2]) / len(u)) ** 0.5
        kept = np.sort(x[x != 3.0])
        both = (P[0] * stats.expon(0, 0.7).cdf(kept) + P[1] * stats.norm(1, 0.4).cdf(kept)) / 0.7
        assert stats.kstest(both, "uniform").pvalue > 1e-6


@pytest.mark.parametrize("name", distributions())
def test_straight_through_differentiates_the_soft_choice(name):
    distribution = distributions()[name]
    soft, hard = (distribution.soft(0.4, straight_through=s) for s in (False, True))
    weight = "probabilities[1]" if name == "discrete" else "weights[1]"
    kept = "values[1]" if name == "discrete" else "components[1].mean"
    derivatives = [row(form, f"derivative_{weight}", u=U) for form in (soft, hard)]
    np.testing.assert_array_equal(*derivatives)
    chosen = variates(hard, U) == VALUES[1]
    moved = row(hard, f"derivative_{kept}", u=U)
    assert set(moved) == {0.0, 1.0}
    if name == "discrete":
        np.testing.assert_array_equal(moved, chosen)


def test_straight_through_is_called_biased_and_is():
    method = fg.GumbelSoftmax(0.5, straight_through=True)
    entries = [e for e in fg.explain(three, 0.1, [method]) if e.place == "x.probabilities[0]"]
    assert entries[0].valid
    assert not entries[0].unbiased
    assert "straight-through" in entries[0].reason
    found = fg.gradient(three, 0.1, method, REPLICATIONS, seed=1)
    truth = square(VALUES[0]) - square(VALUES[1])
    assert abs(found.gradient - truth) > 10.0 * found.standard_error


# --- two outcomes: the distributions are those of the logistic form ---------------------------


def two_values(theta):
    return [fg.Discrete([1.0, 0.0], [theta, 1.0 - theta]), fg.Uniform(0.0, 1.0)]


def two_components(theta):
    return [fg.Mixture([theta, 1.0 - theta], [fg.Uniform(1.0, 2.0), fg.Uniform(0.0, 1.0)])]


@pytest.mark.parametrize("inputs", [two_values, two_components])
@pytest.mark.parametrize("key", ["gs.0.3.tau0.1", "gs.0.3.tau1", "gs.0.3.tau0.5.sq"])
def test_two_outcomes_agree_with_the_binary_relaxation(key, inputs):
    case = CASES[key]
    temperature, theta = case["parameters"]["tau"], case["parameters"]["theta"]
    functions = {
        (two_values, False): lambda choice, rest: choice + rest,
        (two_values, True): lambda choice, rest: (choice + rest) ** 2,
        (two_components, False): lambda x: x,
        (two_components, True): lambda x: x * x,
    }
    function = functions[inputs, key.endswith("sq")]
    found = fg.gradient(
        lambda t: fg.Expectation(function, inputs(t)),
        theta, fg.GumbelSoftmax(temperature), REPLICATIONS, seed=4,
    )  # fmt: skip
    exact = case["value"] if key.endswith("sq") else case["value"][0]
    accept(found, exact, CELLS)
    if not key.endswith("sq"):
        bound = 1.0 / (4.0 * temperature * theta * (1.0 - theta))
        error = bound * (case["value"][2] / REPLICATIONS) ** 0.5
        assert abs(found.variance - case["value"][2]) <= Z * error


# --- the uniforms a relaxed variate is made of ------------------------------------------------


def test_further_uniforms_are_uniform_and_independent_of_the_first():
    """Seen through the relaxed one itself: the winner of K equal outcomes says nothing of u."""
    count, u = 8, np.random.default_rng(3).random(80_000)
    distribution = fg.Mixture(
        [1 / count] * count, [fg.Deterministic(float(k)) for k in range(count)]
    )
    winner = variates(distribution.soft(1.0, straight_through=True), u).astype(int)
    table = np.histogram2d(winner, u, bins=[np.arange(count + 1) - 0.5, np.linspace(0, 1, 11)])[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-6
    near = variates(distribution.soft(1.0, straight_through=True), np.nextafter(u, 1.0)).astype(int)
    table = np.histogram2d(winner, near, bins=np.arange(count + 1) - 0.5)[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-6  # neighbours on the grid are strangers


@pytest.mark.parametrize("sampler", ["sobol", "lhs"])
def test_quasi_random_points_and_antithetics_keep_the_mean(sampler):
    _, slope, _ = integrals(0.5, square, lambda x: 2.0 * x)
    found = fg.gradient(three, 0.1, fg.GumbelSoftmax(0.5), 2**15, seed=1, sampler=sampler)
    assert abs(found.gradient - slope) <= 6.0 * found.standard_error
    found = fg.gradient(three, 0.1, fg.GumbelSoftmax(0.5), 2**15, seed=1, antithetic=True)
    accept(found, slope, CELLS)


# --- in a mixture -------------------------------------------------------------------------------


def mixed(theta):
    """θ in a weight and in a component."""
    distribution = fg.Mixture(
        [theta, 0.7 - theta, 0.3], [fg.Exponential(theta), fg.Normal(1.0, 0.4), fg.Uniform(0, 3)]
    )
    return fg.Expectation(lambda x: x * x, [distribution])


def test_the_relaxed_mixture_tends_to_the_mixture():
    """d/dθ [θ 2θ² + (0.7 - θ)(1 + 0.16) + …] = 6θ² - 1.16."""
    truth = 6.0 * 0.25**2 - 1.16
    errors = []
    for temperature in (0.4, 0.1, 0.03):
        found = fg.gradient(mixed, 0.25, fg.GumbelSoftmax(temperature), 400_000, seed=6)
        errors.append(abs(found.gradient - truth))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.1


def test_a_component_without_a_path_is_refused_with_its_reason():
    def build(theta):
        distribution = fg.Mixture([0.5, 0.5], [fg.Poisson(theta), fg.Exponential(1.0)])
        return fg.Expectation(lambda x: x, [distribution])

    with pytest.raises(fg.NotApplicable, match="integer valued"):
        fg.gradient(build, 2.0, "gs", 1000)


def test_an_output_that_jumps_is_refused_whatever_is_relaxed():
    """The derivative of an indicator is 0 along a soft path too, at every temperature."""

    def tail(theta):
        distribution = fg.Discrete(VALUES, [0.1 + theta, 0.6 - theta, 0.3])
        return fg.ActivityNetwork([("a", "b")], [distribution], measure=fg.Tail(1.0))

    with pytest.raises(fg.NotApplicable, match="indicator"):
        fg.gradient(tail, 0.1, "gs", 1000)
    assert np.isfinite(fg.gradient(tail, 0.1, "spa", 1000).gradient)
