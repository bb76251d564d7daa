"""Smoothing by conditioning on all but the choice: weights, and probabilities of values."""

import itertools

import numpy as np
import pytest
from references import REFERENCES
from rows import row, variates
from tolerance import accept, bound

import fastgrad as fg

REPLICATIONS = 100_000
CELLS = 50  # comparisons in this file, at most
Z = bound(CELLS)
HAHN_JORDAN = fg.WeakDerivative(representation="hahn-jordan")


def example_1(function, representation="labelled"):
    """θ U(1, 2) + (1 - θ) U(0, 1)."""

    def build(theta):
        parts = [fg.Uniform(1.0, 2.0), fg.Uniform(0.0, 1.0)]
        distribution = fg.Mixture([theta, 1.0 - theta], parts, representation=representation)
        return fg.Expectation(function, [distribution])

    return build


@pytest.mark.parametrize("representation", ["labelled", "single"])
def test_example_1_by_conditioning_is_exactly_one(representation):
    """dE[X]/dθ: (1 + U₂) - U₂ in every replication, to the rounding of 1 + U₂."""
    found = fg.gradient(example_1(lambda x: x, representation), 0.3, "spa", 10_000, seed=1)
    assert abs(found.gradient - 1.0) <= 1e-15
    assert found.variance <= 1e-30


FUNCTIONS = {
    "mixture.dE.1": lambda x: x * x,
    "mixture.dE.2": lambda x: np.exp(x),
    "mixture.dE.3": lambda x: 1.0 if x > 0.8 else 0.0,
}


@pytest.mark.parametrize("key", FUNCTIONS)
def test_example_1_for_other_functions(key):
    build = example_1(FUNCTIONS[key])
    found = fg.gradient(build, 0.3, "spa", REPLICATIONS, seed=2)
    value, slope = REFERENCES[key]["value"]
    accept(found, slope, CELLS)
    accept(found.performance, value, CELLS)
    score = fg.gradient(build, 0.3, "lr", REPLICATIONS, seed=2)
    assert found.variance < score.variance


def test_the_estimate_is_the_output_with_the_component_forced_path_by_path():
    """On the draw's own uniform: what is left of it after the choice."""
    distribution = fg.Mixture([0.3, 0.7], [fg.Exponential(2.0), fg.Normal(1.0, 0.5)])
    u = np.random.default_rng(4).random(1000)
    x = variates(distribution, u)
    rest = np.where(u <= 0.3, u / 0.3, (u - 0.3) / 0.7)
    forced = [variates(component, rest) for component in distribution.components]
    for i, exact in enumerate(forced):
        plus, minus = row(distribution, f"conditional_weights[{i}]", u=u, x=x)
        np.testing.assert_allclose(plus, exact, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(minus, x)
        chosen = (u <= 0.3) == (i == 0)
        np.testing.assert_array_equal(plus[chosen], x[chosen])


def test_quasi_random_points_see_a_smooth_function():
    """Not so with the fresh uniforms of the weak derivative."""
    build = example_1(lambda x: x * x)
    found, weak = (
        fg.gradient(build, 0.3, method, 2**12, seed=1, sampler="sobol") for method in ("spa", "wd")
    )
    assert abs(found.gradient - 2.0) <= 6.0 * found.standard_error
    assert found.standard_error < 0.2 * weak.standard_error


# --- every model ---------------------------------------------------------------------------------

VALUES, P = (0.3, 1.1, 2.0), (0.2, 0.5, 0.3)
DIRECTION = (1.0, -0.4, -0.6)


def distribution(theta):
    return fg.Discrete(VALUES, [p + d * theta for p, d in zip(P, DIRECTION, strict=True)])


def enumerated(draws, output):
    """dE[Y]/dθ at 0 of a function of iid draws, over all outcomes."""
    total = 0.0
    for outcome in itertools.product(range(3), repeat=draws):
        y = output([VALUES[k] for k in outcome])
        for moved in range(draws):
            others = np.prod([P[k] for i, k in enumerate(outcome) if i != moved])
            total += y * others * DIRECTION[outcome[moved]]
    return total


def queue(theta):
    return fg.SingleServerQueue(fg.Deterministic(0.9), distribution(theta), 4)


def queue_output(services):
    system, total = 0.0, 0.0
    for service in services:
        system = service + max(system - 0.9, 0.0)
        total += system
    return total / 4


def simulation(theta):
    def largest(x, p):
        best = 0.0
        for i in range(len(x.draw)):
            best = max(best, x.draw[i])
        return best if best > 1.5 else -best

    return fg.Simulation(largest, {"draw": distribution(theta).repeat(4)})


def simulation_output(draws):
    best = max(draws)
    return best if best > 1.5 else -best


ARCS = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]


def network(theta):
    return fg.ActivityNetwork(ARCS, [distribution(theta)] * 4)


def tail(theta):
    return fg.ActivityNetwork(ARCS, [distribution(theta)] * 4, measure=fg.Tail(2.5))


def length(x):
    return max(x[0] + x[2], x[1] + x[3])


def inventory(theta):
    return fg.Inventory(
        1.0, 3.0, distribution(theta), periods=4, holding=1.0, backlog=3.0, fixed=2.0
    )


def filled(theta):
    """The fill rate divides by the mean demand, in which θ stands too."""
    return fg.Inventory(1.0, 3.0, distribution(theta), periods=4, measure="fill")


CASES = {
    "queue": (queue, 4, queue_output),
    "simulation": (simulation, 4, simulation_output),
    "network": (network, 4, length),
    "tail": (tail, 4, lambda x: float(length(x) > 2.5)),
}


@pytest.mark.parametrize("method", ["spa", "wd", HAHN_JORDAN, "auto"])
@pytest.mark.parametrize("name", CASES)
def test_the_probabilities_of_a_discrete_law_in_every_model(name, method):
    build, draws, output = CASES[name]
    exact = enumerated(draws, output)
    found = fg.gradient(build, 0.0, method, REPLICATIONS, seed=3)
    accept(found, exact, CELLS)
    if method == "auto":
        assert set(found.methods.values()) == {"spa"}


@pytest.mark.parametrize("build", [inventory, filled])
def test_an_inventory_whose_demand_has_no_density(build):
    found, other = (
        fg.gradient(build, 0.0, method, REPLICATIONS, seed=seed)
        for method, seed in (("auto", 3), ("lr", 4))
    )
    error = np.hypot(found.standard_error, other.standard_error)
    assert abs(found.gradient - other.gradient) <= Z * error


def test_a_bernoulli_is_forced_to_both_values():
    def build(p):
        return fg.Expectation(lambda a, b: (a + b) ** 3, [fg.Bernoulli(p), fg.Uniform(0.0, 1.0)])

    found = fg.gradient(build, 0.3, "spa", REPLICATIONS, seed=1)
    accept(found, 3.5, CELLS)


# --- together with other places of θ -------------------------------------------------------------


def everywhere(theta):
    """A weight, a component's mean, and a parameter with a smooth path in the same model."""
    distribution = fg.Mixture(
        [theta["w"], 1.0 - theta["w"]], [fg.Exponential(theta["m"]), fg.Normal(2, 1)]
    )
    return fg.Expectation(lambda x, y: x * x * y, [distribution, fg.Exponential(theta["r"])])


def test_the_mixed_approach_uses_it_besides_paths():
    """E = r (2 w m² + 5 (1 - w))."""
    at = {"w": 0.4, "m": 1.5, "r": 0.7}
    exact = {"w": 0.7 * (4.5 - 5.0), "m": 0.7 * 0.4 * 6.0, "r": 0.4 * 4.5 + 0.6 * 5.0}
    found = fg.gradient(everywhere, at, "auto", REPLICATIONS, seed=1)
    assert found.methods["x.weights[0]"] == "spa"
    assert found.methods["x.components[0].mean"] == "ipa"
    for name, value in exact.items():
        accept(found, {name: value}, CELLS)


def mixed_tail(theta):
    """A weight, forced, and an exponential arc, which the network smooths."""
    distribution = fg.Mixture([theta, 1.0 - theta], [fg.Exponential(1.0), fg.Exponential(2.0)])
    arcs = [("a", "b"), ("a", "b")]
    return fg.ActivityNetwork(arcs, [distribution, fg.Exponential(theta)], measure=fg.Tail(1.5))


def test_choices_and_what_the_model_smooths_in_one_pass():
    """P(Y > y) = 1 - F₁ F₂ for two parallel arcs."""
    t, y = 0.5, 1.5
    mixture = 1.0 - t * np.exp(-y) - (1.0 - t) * np.exp(-y / 2.0)
    change = np.exp(-y / 2.0) - np.exp(-y)
    other, moved = 1.0 - np.exp(-y / t), -np.exp(-y / t) * y / t**2
    exact = -(change * other + mixture * moved)
    for method in ("spa", "auto"):
        found = fg.gradient(mixed_tail, t, method, REPLICATIONS, seed=1)
        accept(found, exact, CELLS)


def component_tail(theta):
    """θ is the mean of a component of an arc of the tail."""
    distribution = fg.Mixture([0.3, 0.7], [fg.Exponential(theta), fg.Exponential(2.0)])
    arcs = [("a", "b"), ("a", "b")]
    return fg.ActivityNetwork(arcs, [distribution, fg.Exponential(0.5)], measure=fg.Tail(1.5))


def test_a_network_smooths_a_component_by_the_derivative_at_the_point():
    """Not by the one along the path, which is 0 wherever the other component was drawn."""
    t, y = 0.8, 1.5
    exact = 0.3 * np.exp(-y / t) * y / t**2 * (1.0 - np.exp(-y / 0.5))
    found = fg.gradient(component_tail, t, "spa", REPLICATIONS, seed=1)
    accept(found, exact, CELLS)


def test_it_is_not_offered_for_other_parameters():
    def build(theta):
        return fg.Expectation(lambda x: x, [fg.Exponential(theta)])

    with pytest.raises(fg.NotApplicable, match="no smoothed derivative"):
        fg.gradient(build, 1.0, "spa", 1000)


# --- thresholds that a user marks ----------------------------------------------------------------


def above(x):
    return fg.step(x > 1.5) * (1.0 + x)


def marked(distribution):
    return lambda theta: fg.Expectation(above, [distribution(theta)])


def with_an_atom(theta):
    return fg.Mixture([0.3, 0.7], [fg.Exponential(theta), fg.Deterministic(1.0)])


def adjoining(theta):
    parts = [fg.Uniform(0.0, 1.0), fg.Uniform(1.0, 3.0)]
    return fg.Mixture([theta, 1.0 - theta], parts, representation="single")


def test_a_mark_is_not_smoothed_over_a_mixture():
    """At the threshold nobody knows the component, and beside atoms there is no density."""
    with pytest.raises(fg.NotApplicable, match="mixture with atoms"):
        fg.gradient(marked(with_an_atom), 0.8, "spa", 1000)
    found = fg.gradient(marked(with_an_atom), 0.8, "auto", REPLICATIONS, seed=1)
    # d/dm [0.3 e^(-c/m) (1 + c + m)], c = 3/2
    exact = 0.3 * np.exp(-1.5 / 0.8) * (1.5 / 0.64 * 3.3 + 1.0)
    accept(found, exact, CELLS)


def test_its_weights_are_forced_instead():
    """E = (1 - θ) ∫ (1 + x)/2 over (3/2, 3) = (1 - θ) · 39/16."""
    found = fg.gradient(marked(adjoining), 0.4, "spa", REPLICATIONS, seed=1)
    assert abs(found.gradient + 39.0 / 16.0) <= Z * found.standard_error


# --- second derivatives ------------------------------------------------------------------------


def twice_enumerated(draws, output):
    """d²E[Y]/dθ² at 0: two different draws are moved."""
    total = 0.0
    for outcome in itertools.product(range(3), repeat=draws):
        y = output([VALUES[k] for k in outcome])
        for a, b in itertools.permutations(range(draws), 2):
            others = np.prod([P[k] for i, k in enumerate(outcome) if i not in (a, b)])
            total += y * others * DIRECTION[outcome[a]] * DIRECTION[outcome[b]]
    return total


@pytest.mark.parametrize("method", ["wd", "lr", HAHN_JORDAN, "auto"])
def test_second_derivatives_in_the_probabilities_of_a_discrete_law(method):
    exact = twice_enumerated(4, queue_output)
    found = fg.gradient(queue, 0.0, method, REPLICATIONS, seed=5, order=2)
    accept(found, exact, CELLS)


@pytest.mark.parametrize("method", ["wd", "lr"])
def test_second_derivatives_in_a_weight_and_in_a_mean(method):
    """E[(X₁ + X₂)²] = 2 E[X²] + 2 E[X]² for two draws of one mixture."""

    def build(theta, which):
        w, m = (theta, 0.9) if which == "w" else (0.4, theta)
        distribution = fg.Mixture([w, 1.0 - w], [fg.Exponential(m), fg.Normal(1.0, 0.6)])
        return fg.Expectation(lambda x, y: (x + y) ** 2, [distribution, distribution])

    # E[X] = w m + 1 - w is linear in both: of its square only the slopes are left.
    exact = {"w": 4.0 * (0.9 - 1.0) ** 2, "m": 2.0 * 0.4 * 4.0 + 4.0 * 0.4**2}
    for which, at in (("w", 0.4), ("m", 0.9)):
        found = fg.gradient(
            lambda t, which=which: build(t, which), at, method, REPLICATIONS, seed=6, order=2
        )
        accept(found, exact[which], CELLS)


def test_a_path_with_a_kink_has_no_smoothed_second_derivative():
    """Its first derivative jumps with the component; there were 1.3 for 0.09."""

    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), adjoining(theta), 3)

    with pytest.raises(fg.NotApplicable, match="derivative jumps"):
        fg.gradient(build, 0.4, "spa", 1000, order=2)
    assert fg.gradient(build, 0.4, "auto", 1000, order=2).methods["service.weights[0]"] == "wd"
