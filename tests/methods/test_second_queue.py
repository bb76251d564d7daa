"""Second derivatives of the single-server queue, against exact Hessians and path by path."""

import re

import numpy as np
import pytest
import second_oracle
from network_cases import VALUES
from second_orders import BOUND, DIRECT, agree, every_method, hessian, mm1, second

import fastgrad as fg
from fastgrad.user.pilots.paths import Paths

QUEUE_KEYS = [key for key in VALUES if re.match(r"q\.mm1\..*\.d2avg", key)]


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
def test_queues_with_other_distributions(queue):
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
