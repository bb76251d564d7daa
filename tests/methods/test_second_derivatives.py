"""Second derivatives by every method, against exact Hessians and path by path."""

import itertools
import re

import mpmath
import numpy as np
import pytest
import second_oracle
from network_cases import ARCS, MEANS, VALUES, random_arcs, reference, references
from scipy import stats
from tolerance import FAMILY_WISE, bound

import fastgrad as fg
from fastgrad.core.theta import Theta, upper_triangle
from fastgrad.core.traced_model import TracedModel
from fastgrad.core.tracer import curvature_of, tangent_of, value_of
from fastgrad.methods.plans import slot_pairs
from fastgrad.user.pilots.paths import Paths

SAMPLES = 200_000
CELLS = 2000  # comparisons in this file, at most
BOUND = bound(CELLS)
DIRECT = {
    "spa": fg.SPA(),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "lr": fg.LikelihoodRatio(),
    "auto": "auto",
}
every_method = pytest.mark.parametrize("name", DIRECT)


def agree(estimate, exact, error=0.0):
    difference = np.abs(np.asarray(estimate.gradient) - exact)
    # An estimator may be a constant (0 for one customer): then only rounding is left.
    assert np.all(difference <= BOUND * np.asarray(estimate.standard_error) + error + 1e-12)


def second(build, at, method, samples=SAMPLES, seed=1, **settings):
    return fg.gradient(build, at, method, samples, seed, order=2, **settings)


def hessian(value):
    return [[value.d2_interarrival, value.d2_mixed], [value.d2_mixed, value.d2_service]]


# The queue


QUEUE_KEYS = [key for key in VALUES if re.match(r"q\.mm1\..*\.d2avg", key)]


def mm1(customers):
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), customers)

    return build


@every_method
@pytest.mark.parametrize("customers", [1, 2, 5])
@pytest.mark.parametrize("service", [0.3, 1.1])
def test_queue(name, customers, service):
    exact = hessian(fg.exact.mm1(1.0, service, customers))
    agree(second(mm1(customers), [1.0, service], DIRECT[name]), exact)


@pytest.mark.parametrize("key", QUEUE_KEYS)
def test_queue_reference_values(key):
    service, customers = re.fullmatch(r"q\.mm1\.([\d.]+)\.d2avg(\d+)", key).groups()
    build = mm1(int(customers))
    estimate = second(lambda t: build([1.0, t]), float(service), "spa", 100_000)
    agree(estimate, VALUES[key]["value"], VALUES[key]["abs_error"])


GAMMA = {
    "E2/M/1": (fg.Erlang, 2.0, fg.Exponential, 1.0),
    "M/E3/1": (fg.Exponential, 1.0, fg.Erlang, 3.0),
    "E2/E3/1": (fg.Erlang, 2.0, fg.Erlang, 3.0),
    "D/M/1": (fg.Deterministic, np.inf, fg.Exponential, 1.0),
    "D/E2/1": (fg.Deterministic, np.inf, fg.Erlang, 2.0),
    "M/D/1": (fg.Exponential, 1.0, fg.Deterministic, np.inf),
}


def distribution(kind, shape, mean):
    if kind is fg.Erlang:
        return kind(int(shape), mean / shape)
    return kind(mean)


@pytest.mark.parametrize("queue", GAMMA)
def test_queues_with_other_laws(queue):
    """Where interarrival times are constant the service time is smoothed instead."""
    kind_a, shape_a, kind_b, shape_b = GAMMA[queue]

    def build(theta):
        arrivals, services = (
            distribution(kind_a, shape_a, theta[0]),
            distribution(kind_b, shape_b, theta[1]),
        )
        return fg.SingleServerQueue(arrivals, services, 10)

    exact = fg.exact.gamma_queue(1.0, 0.6, 10, interarrival_shape=shape_a, service_shape=shape_b)
    agree(second(build, [1.0, 0.6], "spa"), hessian(exact))


@pytest.mark.parametrize("which", ["service", "interarrival"])
def test_queue_path_by_path(which):
    """The kernel's busy periods, found from the end, against those that are followed."""
    lanes, customers, at = 64, 40, {"service": 0.9, "interarrival": 1.0}

    def build(theta):
        means = {**at, which: theta}
        arrivals, services = fg.Exponential(means["interarrival"]), fg.Exponential(means["service"])
        return fg.SingleServerQueue(arrivals, services, customers)

    estimate = second(build, at[which], "spa", lanes, seed=3)
    x = Paths(build(at[which]), seed=3, first=0, lanes=lanes).variates()
    gaps, services = x[: customers - 1], x[customers - 1 :]
    of_gaps = which == "interarrival"
    d_gap, d_service = of_gaps * gaps, (not of_gaps) * services / at["service"]
    wanted = [
        second_oracle.queue(
            gaps[:, k], services[:, k], lambda t: np.exp(-t), d_gap[:, k], d_service[:, k],
            lambda t: of_gaps * t,
        )
        for k in range(lanes)
    ]  # fmt: skip
    assert estimate.gradient == pytest.approx(np.mean(wanted), rel=1e-12)
    assert estimate.variance == pytest.approx(np.var(wanted, ddof=1), rel=1e-10)


def test_uniform_interarrival_times_have_a_finite_variance():
    """With the hazard rate f/F̄ of the interarrival time it would be infinite."""

    def build(theta):
        return fg.SingleServerQueue(fg.Uniform(0.0, 2.0 * theta[0]), fg.Exponential(theta[1]), 5)

    # E[Y] is homogeneous of degree 1 in both means: H θ = 0 (Euler).
    estimate = second(build, [1.0, 0.7], "spa", 400_000)
    assert np.allclose(estimate.gradient @ [1.0, 0.7], 0.0, atol=1e-12)
    other = second(lambda t: build([1.0, t]), 0.7, "wd", seed=2)
    error = np.hypot(other.standard_error, estimate.standard_error[1, 1])
    assert abs(other.gradient - estimate.gradient[1, 1]) < BOUND * error


# Networks


def bridge(path="longest", y=None):
    def build(theta):
        measure = fg.Mean() if y is None else fg.Tail(y)
        return fg.ActivityNetwork(ARCS, [fg.Exponential(t) for t in theta], path, measure)

    return build


def exact_hessian(means, path, y=None, step=1e-3):
    """Differences of exact gradients: an error of step² times fourth derivatives."""
    rows = [
        fg.exact.activity_network(ARCS, means + move, path, y).gradient
        - fg.exact.activity_network(ARCS, means - move, path, y).gradient
        for move in step * np.eye(len(means))
    ]
    return np.array(rows) / (2.0 * step)


@every_method
@pytest.mark.parametrize("key", references("d2EY"))
def test_network_reference_values(name, key):
    case = reference(key)
    estimate = second(bridge(case.path), case.means, DIRECT[name])
    agree(estimate, np.array(case.value), case.abs_error)


@every_method
@pytest.mark.parametrize("measure", ["mean", "tail"])
@pytest.mark.parametrize("path", ["longest", "shortest"])
def test_network(name, path, measure):
    means = np.array(MEANS["mixed"])
    y = None if measure == "mean" else 3.0 if path == "longest" else 1.5
    estimate = second(bridge(path, y), means, DIRECT[name], seed=2)
    agree(estimate, exact_hessian(means, path, y), 1e-5)


@pytest.mark.parametrize("path", ["longest", "shortest"])
@pytest.mark.parametrize("arcs", [ARCS, [("s", "t")] * 3, random_arcs(8, 16, seed=3)])
def test_network_path_by_path(arcs, path):
    lanes = 32
    means = np.random.default_rng(5).uniform(0.5, 2.0, len(arcs))

    def build(theta):
        return fg.ActivityNetwork(arcs, [fg.Exponential(t) for t in theta], path)

    x = Paths(build(means), seed=4, first=0, lanes=lanes).variates()
    best = max if path == "longest" else min
    wanted = [second_oracle.network(arcs, x[:, k], means, best) for k in range(lanes)]
    estimate = second(build, means, "spa", lanes, seed=4)
    np.testing.assert_allclose(estimate.gradient, np.mean(wanted, axis=0), rtol=0, atol=1e-13)


def test_two_uniform_arcs():
    """E = t₂/2 + t₁²/(6 t₂) for t₁ ≤ t₂; the supports move, which smoothing does not mind."""

    def build(theta):
        return fg.ActivityNetwork([("s", "t")] * 2, [fg.Uniform(0.0, t) for t in theta])

    a, b = 1.0, 1.5
    exact = [[1 / (3 * b), -a / (3 * b * b)], [-a / (3 * b * b), a * a / (3 * b**3)]]
    agree(second(build, [a, b], "spa"), np.array(exact))


FAMILIES = {
    "normal": lambda a, b: fg.Normal(2.0 * a, 0.7 * b),
    "lognormal": lambda a, b: fg.LogNormal(a - 0.5, 0.5 * b),
    "weibull": lambda a, b: fg.Weibull(1.5 * a, b),
    "gamma": lambda a, b: fg.Gamma(2.0 * a, b),
    "gumbel": lambda a, b: fg.Gumbel(a, b),
    "logistic": lambda a, b: fg.Logistic(a + 1.0, 0.4 * b),
    "beta": lambda a, b: fg.Beta(2.0 * a, 1.5 * b),
    "pareto": lambda a, b: fg.Pareto(3.0 * a, 1.0),
}


@pytest.mark.parametrize("measure", ["mean", "tail"])
@pytest.mark.parametrize("family", FAMILIES)
def test_laws_that_are_not_linear_in_their_parameters(family, measure):
    """∂²X/∂a∂b and ∂²F̄/∂a∂b of each, against the scores."""
    kind = FAMILIES[family]

    def build(theta):
        a, b = theta
        durations = [kind(a, b), fg.Exponential(b), fg.Exponential(0.5), kind(b, a * a), kind(b, a)]
        tail = fg.Tail(6.0 if family == "normal" else 4.0)
        return fg.ActivityNetwork(ARCS, durations, measure=tail if measure == "tail" else fg.Mean())

    smoothed, scored = (second(build, [1.0, 1.2], m, 50_000, seed=6) for m in ("spa", "lr"))
    error = np.hypot(smoothed.standard_error, scored.standard_error)
    assert np.all(np.abs(smoothed.gradient - scored.gradient) < BOUND * error)


MOMENTS = {
    "lognormal": lambda a, b: mpmath.exp(a - 0.5 + (0.5 * b) ** 2 / 2),
    "weibull": lambda a, b: b * mpmath.gamma(1 + 1 / (1.5 * a)),
    "gamma": lambda a, b: 2 * a * b,
    "beta": lambda a, b: 2 * a / (2 * a + 1.5 * b),
    "gumbel": lambda a, b: a + b * mpmath.euler,
}


@pytest.mark.parametrize("family", MOMENTS)
def test_one_arc(family):
    """Nothing but E[∂²X/∂a∂b] is left: an error of about 0.003."""
    moment, point = MOMENTS[family], (1.0, 1.2)
    orders = {(0, 0): (2, 0), (0, 1): (1, 1), (1, 1): (0, 2)}
    exact = np.zeros((2, 2))
    for (i, j), order in orders.items():
        exact[i, j] = exact[j, i] = float(mpmath.diff(moment, point, order))

    def build(theta):
        return fg.ActivityNetwork([("s", "t")], [FAMILIES[family](*theta)])

    estimate = second(build, list(point), "spa")
    agree(estimate, exact, 1e-9)


SURVIVALS = {
    "exponential": lambda a, b: fg.Exponential(a * b),
    "normal": FAMILIES["normal"],
    "lognormal": FAMILIES["lognormal"],
    "weibull": FAMILIES["weibull"],
    "gumbel": FAMILIES["gumbel"],
}
CLOSED = {
    "exponential": lambda a, b, y: mpmath.exp(-y / (a * b)),
    "normal": lambda a, b, y: 1 - mpmath.ncdf((y - 2 * a) / (0.7 * b)),
    "lognormal": lambda a, b, y: 1 - mpmath.ncdf((mpmath.log(y) - a + 0.5) / (0.5 * b)),
    "weibull": lambda a, b, y: mpmath.exp(-((y / b) ** (1.5 * a))),
    "gumbel": lambda a, b, y: 1 - mpmath.exp(-mpmath.exp(-(y - a) / b)),
}


@pytest.mark.parametrize("family", SURVIVALS)
def test_the_tail_of_one_arc(family):
    """No randomness is left: ∂²F̄/∂a∂b at y, to the accuracy of the differences."""
    y, point = 1.7, (1.0, 1.2)

    def build(theta):
        return fg.ActivityNetwork([("s", "t")], [SURVIVALS[family](*theta)], measure=fg.Tail(y))

    estimate = second(build, list(point), "spa", 100)
    for (i, j), order in {(0, 0): (2, 0), (0, 1): (1, 1), (1, 1): (0, 2)}.items():
        exact = float(mpmath.diff(lambda a, b: CLOSED[family](a, b, y), point, order))
        assert estimate.gradient[i, j] == pytest.approx(exact, rel=1e-8, abs=1e-10)


# Weak derivatives of discrete distributions: every outcome can be enumerated


def enumerated(model_of, probabilities):
    """∂²E[Y]/∂p_i∂p_j of independent indicators: E is linear in each probability."""
    count = len(probabilities)
    outcomes = {
        bits: float(fg.simulate(model_of([fg.Deterministic(b) for b in bits]), 2).value)
        for bits in itertools.product((0.0, 1.0), repeat=count)
    }
    exact = np.zeros((count, count))
    for i, j in itertools.permutations(range(count), 2):
        for bits, y in outcomes.items():
            weight = 1.0
            for k, (bit, p) in enumerate(zip(bits, probabilities, strict=True)):
                moved = 2.0 * bit - 1.0
                weight *= moved if k in (i, j) else p if bit else 1.0 - p
            exact[i, j] += weight * y
    return exact


@pytest.mark.parametrize("phantoms", ["all", "one"])
@pytest.mark.parametrize("path", ["longest", "shortest"])
def test_indicators_against_all_outcomes(path, phantoms):
    probabilities = [0.3, 0.8, 0.5, 0.6, 0.2]

    def model(durations):
        return fg.ActivityNetwork(ARCS, durations, path)

    estimate = second(
        lambda theta: model([fg.Bernoulli(p) for p in theta]),
        probabilities,
        fg.WeakDerivative(phantoms=phantoms),
    )
    agree(estimate, enumerated(model, probabilities))


@pytest.mark.parametrize("phantoms", ["all", "one"])
def test_a_finite_law_and_a_count(phantoms):
    """Probabilities of one Discrete are linear together: no pair for the mixed terms."""

    def build(theta):
        a, b, mean = theta
        choice = fg.Discrete([0.0, 1.0, 2.5], [a, b, 1.0 - a - b])
        return fg.ActivityNetwork([("s", "t")] * 2, [choice, fg.Poisson(mean)])

    a, b, mean = 0.2, 0.5, 1.3
    counts = np.arange(80)
    distribution = stats.poisson(mean).pmf(counts)
    best = np.maximum.outer([0.0, 1.0, 2.5], counts)
    # dE max(v, K)/dmean = E max(v, K + 1) - max(v, K), and once more.
    slope = np.diff(best, axis=1) @ distribution[:-1]
    bend = np.array([a, b, 1.0 - a - b]) @ (np.diff(best, 2, axis=1) @ distribution[:-2])
    by_a, by_b = slope[0] - slope[2], slope[1] - slope[2]
    exact = np.array([[0.0, 0.0, by_a], [0.0, 0.0, by_b], [by_a, by_b, bend]])
    method = fg.WeakDerivative(phantoms=phantoms)
    agree(second(build, [a, b, mean], method), exact)


def test_inventory_demand():
    """Any model that can be simulated; exact values by differences of an exact chain."""

    def value(mean):
        demand = stats.poisson(mean).pmf(np.arange(40))
        return fg.exact.discrete_inventory(1, 5, demand / demand.sum(), 6, 1.0, 9.0, 5.0)

    def build(theta):
        return fg.Inventory(1.0, 5.0, fg.Poisson(theta), 6, 1.0, 9.0, 5.0)

    h, mean = 1e-2, 1.7
    points = [value(mean + k * h) for k in (-2, -1, 0, 1, 2)]
    exact = np.dot([-1, 16, -30, 16, -1], points) / (12 * h * h)
    for method in (fg.WeakDerivative(), fg.WeakDerivative(phantoms="one"), "lr"):
        agree(second(build, mean, method), exact, 1e-5)


# The chain to θ


@every_method
def test_functions_of_theta(name):
    """J(θ) = θ² J₁ when both means are proportional to θ², and θ³ - 2θ J is a model too."""

    def build(theta):
        means = fg.Exponential(theta**2), fg.Exponential(0.5 * theta**2)
        return -2.0 * theta * fg.SingleServerQueue(*means, 3) + theta**3

    value = fg.exact.mm1(1.0, 0.5, 3).value
    agree(second(build, 1.3, DIRECT[name]), 6.0 * 1.3 * (1.0 - 2.0 * value))


def test_shapes_and_settings():
    """A dict of dicts for a dict; antithetic pairs and quasi-random points run through."""

    def build(theta):
        return mm1(3)([theta["a"], theta["b"]])

    exact = hessian(fg.exact.mm1(1.0, 0.5, 3))
    for method in ("spa", "wd"):
        for settings in ({"antithetic": True}, {"sampler": "sobol"}):
            estimate = second(build, {"a": 1.0, "b": 0.5}, method, 60_000, **settings)
            for i, j in itertools.product("ab", repeat=2):
                z = estimate.gradient[i][j] - exact["ab".index(i)]["ab".index(j)]
                freedom = 15 if "sampler" in settings else 30_000
                bound = stats.t.isf(FAMILY_WISE / 2 / 2000, freedom)
                assert abs(z) < bound * estimate.standard_error[i][j]


# Which method, and why not


def test_auto_prefers_smoothing_then_cheap_pairs_then_scores():
    def queue(service, customers):
        return lambda t: fg.SingleServerQueue(fg.Exponential(1.0), service(t), customers)

    def inventory(periods):
        return lambda t: fg.Inventory(1.0, 3.0, fg.Exponential(t), periods, holding=1.0)

    for build, method in [
        (queue(fg.Exponential, 50), "spa"),
        (inventory(20), "wd"),
        (inventory(200), "lr"),
    ]:
        estimate = second(build, 0.5, "auto", 100)
        assert set(estimate.methods.values()) == {method}
        explained = fg.explain(build, 0.5, order=2)
        assert explained.recommended == {"theta": method}
        valid = {entry.method for entry in explained if entry.valid}
        assert {method, "auto", "lr"} <= valid
        assert "ipa" not in valid


def test_pairs_are_bounded_unless_asked_for():
    build = mm1(40)
    assert second(build, [1.0, 0.5], "wd", 100).phantoms == "one"
    assert second(build, [1.0, 0.5], fg.WeakDerivative(phantoms="all"), 100).phantoms == "all"
    assert second(mm1(5), [1.0, 0.5], "wd", 100).phantoms == "all"


def queue_of(arrivals, service):
    return lambda t: fg.SingleServerQueue(arrivals, service(t), 3)


def project(durations, y=None):
    measure = (lambda t: fg.Mean()) if y is None else (lambda t: fg.Tail(y(t)))
    return lambda t: fg.ActivityNetwork(ARCS, durations(t), measure=measure(t))


def constant_first(t):
    return [fg.Deterministic(t)] + [fg.Exponential(1.0)] * 4


def moving_ends(t):
    return fg.Uniform(0.0, t)


MEAN_ONE = fg.Exponential(1.0)
REFUSED = [
    (queue_of(MEAN_ONE, moving_ends), "wd", "second"),
    (queue_of(MEAN_ONE, lambda t: fg.Normal(t, t)), "wd", "mixed second"),
    (queue_of(fg.Deterministic(1.0), fg.Deterministic), "spa", "neither"),
    (queue_of(MEAN_ONE, fg.Exponential), "ipa", "path"),
    (project(constant_first), "spa", "density"),
    (project(moving_ends, lambda t: 1.0), "spa", "support"),
    (project(lambda t: MEAN_ONE, lambda t: t), "spa", "argument of the model"),
    (project(lambda t: MEAN_ONE, lambda t: t), "wd", "argument of the model"),
    (lambda t: fg.Inventory(1.0, 1.0 + t, MEAN_ONE, 5), "spa", "order"),
    (lambda t: fg.Expectation(square, fg.Exponential(t)), "spa", "no smoothed second"),
]


def square(x):
    return x * x


@pytest.mark.parametrize(("build", "method", "reason"), REFUSED)
def test_refused_with_the_reason(build, method, reason):
    with pytest.raises(fg.NotApplicable, match=reason) as caught:
        second(build, 0.8, method, 100)
    assert "\n" not in str(caught.value)
    assert caught.value.method == method
    entries = {entry.method: entry for entry in fg.explain(build, 0.8, [method], order=2)}
    assert not entries[method].valid
    for other in caught.value.alternatives:
        second(build, 0.8, other, 100)


def test_users_functions_have_weak_pairs():
    """E[X²] for the mean of an exponential is 2θ²: 4, by any model at all."""

    def build(theta):
        return fg.Expectation(square, fg.Exponential(theta))

    for name in ("wd", "wd-one", "lr", "auto"):
        agree(second(build, 1.5, DIRECT[name]), 4.0)


def test_a_weight_and_a_probability():
    """E = w p + 2 (1 - w): a mixture of Discretes knows its atoms, whose weights are w p, …"""

    def build(theta):
        coin = fg.Mixture([theta[0], 1.0 - theta[0]], [fg.Bernoulli(theta[1]), fg.Poisson(2.0)])
        return fg.ActivityNetwork([("s", "t")], [coin])

    for phantoms in ("all", "one"):
        estimate = second(build, [0.4, 0.3], fg.WeakDerivative(phantoms=phantoms))
        agree(estimate, np.array([[0.0, 1.0], [1.0, 0.0]]))


def test_the_sparse_chain_is_the_chain_rule():
    """∂²(c J + e)/∂θ_i∂θ_j term by term, for parameters of several arcs in several θ."""

    def build(t):
        first, last = fg.Normal(t[0] ** 2 * t[1], t[1]), fg.Gamma(2.0, t[3])
        arcs = [("s", "a"), ("a", "t"), ("s", "t")]
        network = fg.ActivityNetwork(arcs, [first, fg.Exponential(t[2] * t[0]), last])
        return t[0] * t[1] * network + t[3] ** 3

    study = TracedModel(build, Theta([1.1, 0.7, 1.3, 0.4]), order=2)
    slots, pairs = study.slots, slot_pairs(study.slots)
    chain = study.second_chain(slots, pairs)
    generator = np.random.default_rng(1)
    by_slot, value = generator.normal(size=len(slots)), 0.6
    by_pair = generator.normal(size=(len(slots), len(slots)))
    by_pair = by_pair + by_pair.T
    made = np.array([*(by_pair[a, b] for a, b in pairs), *by_slot])
    scale, slope = value_of(study.scale), tangent_of(study.scale, 4)
    tangents = np.array([slot.tangent for slot in slots])
    first = by_slot @ tangents
    wanted = scale * (tangents.T @ by_pair @ tangents)
    wanted += scale * np.einsum("s,sij->ij", by_slot, [slot.curvature for slot in slots])
    wanted += np.outer(slope, first) + np.outer(first, slope)
    wanted += value * curvature_of(study.scale, 4) + curvature_of(study.shift, 4)
    for k, (i, j) in enumerate(upper_triangle(4)):
        entries = slice(chain.start[1 + k], chain.start[2 + k])  # E[Y] is the first
        found = chain.value[entries] @ made[chain.slot[entries]]
        found += value * chain.scale[1 + k] + chain.shift[1 + k]
        assert found == pytest.approx(wanted[i, j], rel=1e-12)
