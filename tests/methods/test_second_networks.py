"""Second derivatives of networks of activities, against exact Hessians and path by path."""

import mpmath
import numpy as np
import pytest
import second_oracle
from network_cases import ARCS, MEANS, random_arcs, reference, references
from second_orders import BOUND, DIRECT, agree, every_method, second

import fastgrad as fg
from fastgrad.user.pilots.paths import Paths


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
def test_distributions_that_are_not_linear_in_their_parameters(family, measure):
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
