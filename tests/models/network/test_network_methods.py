"""Every method on activity networks against exact values, and what is refused."""

import numpy as np
import pytest
from network_cases import ARCS, MEANS, random_arcs
from scipy import integrate, stats
from tolerance import accept, bound

import fastgrad as fg

SAMPLES = 200_000
# At most this many comparisons in the whole file share the family-wise error.
CELLS = 1000  # comparisons in this file, at most
BOUND = bound(CELLS)
METHODS = {
    "ipa": fg.IPA(),
    "lr": fg.LikelihoodRatio(),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "cd": fg.CentralDifference(),
    "sp": fg.SimultaneousPerturbation(),
    "auto": "auto",
}
TAILS = {
    "spa": fg.SPA(),
    "spa-smallest": fg.SPA(cut="smallest"),
    "spa-source": fg.SPA(cut=[("s", "a"), ("s", "b")]),
    "spa-sink": fg.SPA(cut=[3, 4]),
    "lr": fg.LikelihoodRatio(),
    "wd": fg.WeakDerivative(),
    "auto": "auto",
}


def bridge(path, y=None):
    def build(theta):
        measure = fg.Mean() if y is None else fg.Tail(y)
        return fg.ActivityNetwork(ARCS, [fg.Exponential(t) for t in theta], path, measure)

    return build


def agree(estimate, exact, value=None):
    z = (np.asarray(estimate.gradient) - exact) / np.asarray(estimate.standard_error)
    assert np.all(np.abs(z) < BOUND), z
    if value is not None:
        accept(estimate.performance, value, CELLS)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("path", ["longest", "shortest"])
@pytest.mark.parametrize("means", MEANS)
def test_mean(name, path, means):
    exact = fg.exact.activity_network(ARCS, MEANS[means], path)
    estimate = fg.gradient(
        bridge(path), at=MEANS[means], method=METHODS[name], replications=SAMPLES, seed=1
    )
    agree(estimate, exact.gradient, exact.value)


@pytest.mark.parametrize("name", TAILS)
@pytest.mark.parametrize("path", ["longest", "shortest"])
@pytest.mark.parametrize("means", MEANS)
def test_tail(name, path, means):
    y = 5.0 if path == "longest" else 1.5
    exact = fg.exact.activity_network(ARCS, MEANS[means], path, tail=y)
    estimate = fg.gradient(
        bridge(path, y), at=MEANS[means], method=TAILS[name], replications=SAMPLES, seed=2
    )
    agree(estimate, exact.gradient, exact.value)


@pytest.mark.parametrize("path", ["longest", "shortest"])
@pytest.mark.parametrize("cut", [None, [0, 1], [3, 4], [("s", "b"), ("a", "b"), ("a", "t")]])
def test_threshold_smoothed(path, cut):
    means, y = MEANS["mixed"], 3.0
    exact = fg.exact.activity_network(ARCS, means, path, tail=y)

    def build(theta):
        durations = [fg.Exponential(mean) for mean in means]
        return fg.ActivityNetwork(ARCS, durations, path, fg.Tail(theta))

    estimate = fg.gradient(build, at=y, method=fg.SPA(cut=cut), replications=SAMPLES, seed=3)
    agree(estimate, exact.d_threshold)


def test_one_theta_in_several_arcs():
    means = np.array(MEANS["skew"])
    exact = fg.exact.activity_network(ARCS, means)

    def build(theta):
        return fg.ActivityNetwork(ARCS, [fg.Exponential(m * theta**2) for m in means])

    for method in ("ipa", "wd", "lr", "cd"):
        estimate = fg.gradient(build, at=1.0, method=method, replications=SAMPLES, seed=4)
        agree(estimate, 2.0 * (means @ exact.gradient))


def test_two_uniform_arcs():
    def build(theta):
        return fg.ActivityNetwork([("s", "t")] * 2, [fg.Uniform(0.0, t) for t in theta])

    for method in ("ipa", "wd"):
        estimate = fg.gradient(build, at=[1.0, 1.5], method=method, replications=SAMPLES, seed=5)
        agree(estimate, [1.0 / 4.5, 0.5 - 1.0 / 13.5], 0.75 + 1.0 / 9.0)


def test_tail_of_a_chain_of_different_laws():
    """P(X + Z > y) for a normal and a Weibull: both derivatives by quadrature."""
    y, mean, sd, shape, scale = 3.0, 1.0, 0.7, 2.0, 0.8

    def build(theta):
        durations = [fg.Normal(theta[0], theta[1]), fg.Weibull(shape, theta[2])]
        return fg.ActivityNetwork([("s", "a"), ("a", "t")], durations, measure=fg.Tail(y))

    def moved(function):
        distribution = stats.weibull_min(shape, scale=scale)
        return integrate.quad(lambda z: function(y - z) * distribution.pdf(z), 0.0, np.inf)[0]

    density = stats.norm(mean, sd).pdf
    # dF̄/dscale of the Weibull at x is its density times x/scale.
    by_scale = integrate.quad(
        lambda x: density(x) * stats.weibull_min(shape, scale=scale).pdf(y - x) * (y - x) / scale,
        -6.0,
        y,
    )[0]
    exact = [moved(density), moved(lambda x: density(x) * (x - mean) / sd), by_scale]
    for method in ("spa", fg.SPA(cut="smallest"), "wd", "lr"):
        at = [mean, sd, scale]
        agree(fg.gradient(build, at=at, method=method, replications=SAMPLES, seed=6), exact)


def test_a_random_network_all_methods_agree():
    arcs = random_arcs(30, 80, seed=1)
    means = np.random.default_rng(2).uniform(0.5, 2.0, len(arcs))

    def build(theta):
        return fg.ActivityNetwork(arcs, [fg.Exponential(t) for t in theta])

    first, second = (
        fg.gradient(build, at=means, method=method, replications=20_000, seed=seed)
        for method, seed in (("ipa", 7), ("wd", 8))
    )
    error = np.hypot(first.standard_error, second.standard_error)
    moving = error > 0.0
    assert np.all(np.abs(first.gradient - second.gradient)[moving] < BOUND * error[moving])


def test_ipa_on_a_tail_is_refused_with_the_reason():
    with pytest.raises(fg.NotApplicable, match="step function") as refused:
        fg.gradient(bridge("longest", 3.0), at=MEANS["unit"], method="ipa", replications=100)
    assert {"spa", "lr", "wd"} <= set(refused.value.alternatives)


def test_a_kink_is_refused():
    def build(theta):
        durations = [fg.Deterministic(theta), fg.Deterministic(1.0)]
        return fg.ActivityNetwork([("s", "t")] * 2, durations)

    with pytest.raises(fg.NotApplicable, match="kink"):
        fg.gradient(build, at=1.0, method="ipa", replications=100)
    assert fg.gradient(build, at=1.5, method="ipa", replications=100).gradient == 1.0


@pytest.mark.parametrize("path", ["longest", "shortest"])
def test_hessian_by_likelihood_ratio(path):
    step = 1e-3
    means = np.array(MEANS["mixed"])
    if path == "longest":
        exact = fg.exact.activity_network(ARCS, means, second=True).hessian
    else:  # differences of exact gradients: error O(step²)
        exact = np.array([
            (
                fg.exact.activity_network(ARCS, means + move, path).gradient
                - fg.exact.activity_network(ARCS, means - move, path).gradient
            )
            / (2.0 * step)
            for move in step * np.eye(5)
        ])  # fmt: skip
    estimate = fg.gradient(
        bridge(path), at=means, method="lr", order=2, replications=SAMPLES, seed=9
    )
    error = np.abs(np.asarray(estimate.gradient) - exact)
    assert np.all(error < BOUND * np.asarray(estimate.standard_error) + 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["longest", "shortest"])
def test_ten_million_replications(path):
    y, means = (5.0 if path == "longest" else 1.5), MEANS["skew"]
    mean = fg.exact.activity_network(ARCS, means, path)
    tail = fg.exact.activity_network(ARCS, means, path, tail=y)
    for method in ("ipa", "wd", "lr"):
        settings = {"replications": 10_000_000, "seed": 10}
        agree(fg.gradient(bridge(path), at=means, method=method, **settings), mean.gradient)
    for method in ("spa", fg.SPA(cut="smallest"), "wd", "lr"):
        settings = {"replications": 10_000_000, "seed": 11}
        agree(fg.gradient(bridge(path, y), at=means, method=method, **settings), tail.gradient)
