"""Second derivatives: the chain to θ, which method is chosen, and which is refused."""

import itertools

import numpy as np
import pytest
from network_cases import ARCS
from scipy import stats
from second_orders import DIRECT, agree, every_method, hessian, mm1, second
from tolerance import FAMILY_WISE

import fastgrad as fg
from fastgrad.core.theta import Theta, upper_triangle
from fastgrad.core.traced_model import TracedModel
from fastgrad.core.tracer import curvature_of, tangent_of, value_of
from fastgrad.methods.plans import slot_pairs

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
