"""The FCFS single-server queue: E[mean time in system] and its derivatives, exactly.

Finite N, started empty: Spitzer's identity turns the waiting times into a sum over the
random walk S_k = Σ (X - A) of k service times less k interarrival times,

    E[W_{n+1}] = Σ_{k ≤ n} E[S_k⁺]/k,    E[T̄_N] = E[X] + Σ_{k < N} (1 - k/N) E[S_k⁺]/k.

Gamma service and interarrival times (Erlang and exponential among them, constants as the
limit) make both sums of S_k gamma, G and H say, and G/(G + H) a beta variable that does not
depend on G + H. Every term is then an incomplete beta or gamma function, nothing has to be
iterated, and the derivatives by the two means are sums of positive terms. E[S_k⁺] is
homogeneous of degree 1 in the two means, which gives the rest of the Hessian.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from scipy import special, stats

Terms = tuple[Any, Any, Any]  # by k: ∂/∂service and -∂/∂interarrival of E[S_k⁺]/k, ∂²/∂service²


@dataclasses.dataclass(frozen=True)
class QueueValue:
    """E[mean time in system] and its derivatives by the two means.

    Attributes
    ----------
    value : float
        In the unit of time of the two means.
    d_service, d_interarrival : float
        First derivatives by the mean service time and the mean interarrival time.
    d2_service, d2_interarrival, d2_mixed : float
        Second derivatives; d2_mixed is by one of each.
    """

    value: float
    d_service: float
    d_interarrival: float
    d2_service: float
    d2_interarrival: float
    d2_mixed: float


def mm1(interarrival_mean: float, service_mean: float, customers: int | None = None) -> QueueValue:
    """M/M/1: exponential interarrival and service times.

    Parameters
    ----------
    interarrival_mean, service_mean : float
        Means, not rates.
    customers : int, optional
        N, for the mean time in system of the first N customers of a queue started empty,
        stable or not. Without it the steady state.

    Returns
    -------
    QueueValue
        Relative error below 1e-12 for a few thousand customers.

    Raises
    ------
    ValueError
        If a mean is not positive and finite, if `customers` is not a whole number of at
        least 1, or if the queue without `customers` is not stable.
    """
    if customers is None:
        return mg1(interarrival_mean, service_mean, second_moment=2.0)
    return gamma_queue(interarrival_mean, service_mean, customers)


def mg1(interarrival_mean: float, service_mean: float, second_moment: float) -> QueueValue:
    """M/G/1 in steady state (Pollaczek and Khinchine).

    Parameters
    ----------
    interarrival_mean, service_mean : float
        Means, not rates.
    second_moment : float
        E[X²]/E[X]² of the service time: 2 for exponential, 1 + 1/m for Erlang with m stages
        or gamma with shape m, 1 for constant, 4/3 for uniform on [0, 2 E[X]].

    Returns
    -------
    QueueValue

    Raises
    ------
    ValueError
        If a mean is not positive and finite, if `second_moment` is below 1, or if the queue
        is not stable (service_mean must be below interarrival_mean).
    """
    a, b = (
        _positive("interarrival_mean", interarrival_mean),
        _positive("service_mean", service_mean),
    )
    k = _positive("second_moment", second_moment)
    if k < 1.0:
        raise ValueError(f"second_moment is E[X²]/E[X]², which is 1 or more, got {second_moment}")
    if b >= a:
        raise ValueError(
            "no steady state: service_mean must be below interarrival_mean, got "
            f"{service_mean} and {interarrival_mean}; give customers= for a finite N"
        )
    spare = a - b
    return QueueValue(
        value=b + 0.5 * k * b * b / spare,
        d_service=1.0 + 0.5 * k * b * (2.0 * a - b) / spare**2,
        d_interarrival=-0.5 * k * b * b / spare**2,
        d2_service=k * a * a / spare**3,
        d2_interarrival=k * b * b / spare**3,
        d2_mixed=-k * a * b / spare**3,
    )


def gamma_queue(
    interarrival_mean: float,
    service_mean: float,
    customers: int,
    *,
    interarrival_shape: float = 1.0,
    service_shape: float = 1.0,
) -> QueueValue:
    """GI/GI/1 with gamma interarrival and service times, started empty.

    Parameters
    ----------
    interarrival_mean, service_mean : float
        Means: shape times scale.
    customers : int
        N; the value is of the mean time in system of the first N customers.
    interarrival_shape, service_shape : float
        1 (the default) for exponential, m for Erlang with m stages, math.inf for constant.

    Returns
    -------
    QueueValue

    Raises
    ------
    ValueError
        If a mean or shape is not positive, if `customers` is not a whole number of at least
        1, or where the derivatives do not exist: both times constant and equal.
    """
    a, b = (
        _positive("interarrival_mean", interarrival_mean),
        _positive("service_mean", service_mean),
    )
    shape_a = _shape("interarrival_shape", interarrival_shape)
    shape_b = _shape("service_shape", service_shape)
    n = _customers(customers)
    k = np.arange(1.0, n)
    if math.isinf(shape_a) and math.isinf(shape_b):
        by_service, by_interarrival, curvature = _both_constant(k, a, b)
    elif math.isinf(shape_b):
        by_service, by_interarrival, curvature = _constant_service(k, a, b, shape_a)
    elif math.isinf(shape_a):
        by_service, by_interarrival, curvature = _constant_interarrival(k, a, b, shape_b)
    else:
        by_service, by_interarrival, curvature = _both_gamma(k, a, b, shape_a, shape_b)
    weight = 1.0 - k / n
    second = math.fsum(weight * curvature)
    return QueueValue(
        value=b + math.fsum(weight * (b * by_service - a * by_interarrival)),
        d_service=1.0 + math.fsum(weight * by_service),
        d_interarrival=-math.fsum(weight * by_interarrival),
        d2_service=second,
        d2_interarrival=second * (b / a) ** 2,
        d2_mixed=-second * b / a,
    )


def _both_gamma(k: Any, a: float, b: float, shape_a: float, shape_b: float) -> Terms:
    """S_k > 0 where a beta variable with parameters (shape_b k, shape_a k) exceeds 1 - p."""
    scale_a, scale_b = a / shape_a, b / shape_b
    p = scale_b / (scale_a + scale_b)
    left, right = shape_a * k, shape_b * k
    return (
        special.betainc(left, right + 1.0, p),
        special.betainc(left + 1.0, right, p),
        stats.beta.pdf(p, left, right + 1.0) * p * (1.0 - p) / b,
    )


def _constant_service(k: Any, a: float, b: float, shape: float) -> Terms:
    """S_k > 0 where a gamma variable with parameter shape k is below k b/scale."""
    edge = k * b * shape / a
    return (
        special.gammainc(shape * k, edge),
        special.gammainc(shape * k + 1.0, edge),
        stats.gamma.pdf(edge, shape * k) * edge / b,
    )


def _constant_interarrival(k: Any, a: float, b: float, shape: float) -> Terms:
    """S_k > 0 where a gamma variable with parameter shape k exceeds k a/scale."""
    edge = k * a * shape / b
    return (
        special.gammaincc(shape * k + 1.0, edge),
        special.gammaincc(shape * k, edge),
        stats.gamma.pdf(edge, shape * k + 1.0) * edge / b,
    )


def _both_constant(k: Any, a: float, b: float) -> Terms:
    """S_k = k (b - a)."""
    if a == b and len(k):
        raise ValueError(
            "constant service and interarrival times are equal, where there is no derivative"
        )
    late = np.full(len(k), float(b > a))
    return late, late, np.zeros(len(k))


def _positive(name: str, value: float) -> float:
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not (number and 0.0 < value < math.inf):
        raise ValueError(f"{name} must be a positive number, got {value!r}")
    return float(value)


def _shape(name: str, value: float) -> float:
    return math.inf if value == math.inf else _positive(name, value)


def _customers(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"customers must be a whole number, 1 or more, got {value!r}")
    return int(value)
