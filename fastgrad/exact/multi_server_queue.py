"""M/M/m: E[mean time in system] and its derivatives, exactly.

Steady state: Erlang's formula. Finite N, started empty: a customer that finds k others stays
θ (1 + (k - m + 1)⁺/m); until the next arrival the number falls from k + 1 like a pure death
process of rates min(k, m)/θ, so that it passes k with probability μ_k/(λ + μ_k).

The value is homogeneous of degree 1 in the two means: derivatives by one give all others.
"""

from __future__ import annotations

import numpy as np

from .jets import Jet
from .single_server_queue import QueueValue


def mmm(
    interarrival_mean: float, service_mean: float, servers: int, customers: int | None = None
) -> QueueValue:
    """M/M/m: exponential interarrival and service times, m equal servers, one queue.

    Parameters
    ----------
    interarrival_mean, service_mean : float
        Means, not rates.
    servers : int
        m, 1 or more.
    customers : int, optional
        N, for the mean time in system of the first N customers of a queue started empty,
        stable or not; takes time of order N². Without it the steady state.

    Returns
    -------
    QueueValue

    Raises
    ------
    ValueError
        If a mean is not positive and finite, a count is not a whole number of at least 1, or
        the queue without `customers` is not stable.
    """
    gap, service = (
        positive("interarrival_mean", interarrival_mean),
        positive("service_mean", service_mean),
    )
    servers = whole("servers", servers)
    if customers is None:
        load = service / (servers * gap)
        if load >= 1.0:
            raise ValueError(
                f"M/M/{servers} is not stable: its utilisation service_mean / (servers * "
                f"interarrival_mean) is {load:g}, which must be below 1"
            )
        value = steady(Jet.variable(service), 1.0 / gap, servers)
    else:
        value = transient(Jet.variable(service), 1.0 / gap, servers, whole("customers", customers))
    return homogeneous(value, gap, service)


def homogeneous(value: Jet, gap: float, service: float) -> QueueValue:
    """All derivatives of a function of two means of degree 1 from those by one of them."""
    time, first, second = value.numbers()
    return QueueValue(
        value=time,
        d_service=first,
        d_interarrival=(time - service * first) / gap,
        d2_service=second,
        d2_interarrival=second * (service / gap) ** 2,
        d2_mixed=-second * service / gap,
    )


def steady(service: Jet, rate: float, servers: int) -> Jet:
    """θ + C/(m/θ - λ), C being Erlang's probability of waiting, by the recursion of B."""
    offered = rate * service
    lost = Jet(1.0)
    for k in range(1, servers + 1):
        lost = offered * lost / (k + offered * lost)
    busy = offered * (1.0 / servers)
    waiting = lost / (1.0 - busy * (1.0 - lost))
    return service + waiting * service / (servers - offered)


def transient(service: Jet, rate: float, servers: int, customers: int) -> Jet:
    """Mean over the customers, from the numbers that each of them finds."""
    numbers = np.arange(customers + 1.0)
    stays = service * (1.0 + np.maximum(numbers - servers + 1.0, 0.0) / servers)
    deaths = np.minimum(numbers, servers) / service
    past = deaths / (deaths + rate)  # probability that the number k is left before an arrival
    found = Jet(np.zeros(customers + 1), np.zeros(customers + 1), np.zeros(customers + 1))
    found.value[0] = 1.0
    total = Jet(0.0)
    for n in range(customers):
        time = found * stays
        total = total + Jet(time.value.sum(), time.first.sum(), time.second.sum())
        found = next_found(found, past, n)
    return total * (1.0 / customers)


def next_found(found: Jet, past: Jet, n: int) -> Jet:
    """What the next customer finds: down from k + 1, where an arrival stops it."""
    made = [np.zeros_like(found.value) for _ in range(3)]
    above = Jet(0.0)
    for k in range(n + 1, -1, -1):
        here = above
        if k > 0:
            here = here + Jet(found.value[k - 1], found.first[k - 1], found.second[k - 1])
        falls = Jet(past.value[k], past.first[k], past.second[k])
        above = here * falls
        stays = here - above
        made[0][k], made[1][k], made[2][k] = stays.value, stays.first, stays.second
    return Jet(*made)


def positive(name: str, value: float) -> float:
    """A positive finite number, or a clear error."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0.0 < value < np.inf:
        raise ValueError(f"{name} must be positive and finite, got {value}")
    return float(value)


def whole(name: str, value: int) -> int:
    """A whole number of at least 1, or a clear error."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    return int(value)
