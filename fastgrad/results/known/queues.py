"""Queues: M/M/1, gamma queues and M/M/m of N customers, M/M/1 and M/G/1 in steady state."""

from __future__ import annotations

import math
from typing import Any

from ...core.tracer import value_of
from ...models.measures import Mean, Tail
from .times import exponential_mean, gamma_of, moments_of

MOST_CUSTOMERS = 2_000  # exact values take time of order N²


def _few(customers: int | None, measure: Any) -> bool:
    """Whether it is the mean over so few customers that the exact one takes no time."""
    return customers is not None and customers <= MOST_CUSTOMERS and isinstance(measure, Mean)


def single_server(model: Any) -> float | None:
    """Mean times of N customers, gamma times (the exponential among them)."""
    return _of_customers(model, model.interarrival, model.service)


def one_in_line(model: Any) -> float | None:
    """A line of one station is a single-server queue."""
    if len(model.services) != 1:
        return None
    return _of_customers(model, model.interarrival, model.services[0])


def _of_customers(model: Any, interarrival: Any, service: Any) -> float | None:
    from ...exact import gamma_queue

    gap, time = gamma_of(interarrival), gamma_of(service)
    if gap is None or time is None or not _few(model.customers, model.measure):
        return None
    if model.output not in ("system", "wait") or getattr(model, "horizon", None) is not None:
        return None
    shapes = {"interarrival_shape": gap[1], "service_shape": time[1]}
    system = gamma_queue(gap[0], time[0], model.customers, **shapes).value
    return float(system - time[0] if model.output == "wait" else system)


def steady_single_server(model: Any) -> float | None:
    """Pollaczek and Khinchine over regenerative cycles; tails of M/M/1."""
    if type(model.horizon).__name__ != "Cycles":
        return None
    gap, time = exponential_mean(model.interarrival), moments_of(model.service)
    if gap is None or time is None or time[0] >= gap:
        return None
    from ...exact import mg1

    mean, square = time
    system = mg1(gap, mean, square / mean**2).value
    if isinstance(model.measure, Mean):
        means = {"system": system, "wait": system - mean, "number": system / gap}
        return (means | {"utilisation": mean / gap}).get(model.output)
    if isinstance(model.measure, Tail) and exponential_mean(model.service) is not None:
        decay = math.exp(-float(value_of(model.measure.y)) * (1.0 / mean - 1.0 / gap))
        return {"system": decay, "wait": mean / gap * decay}.get(model.output)
    return None


def multi_server(model: Any) -> float | None:
    """M/M/m of N customers."""
    return _exponential(model, model.interarrival, model.service, model.servers)


def one_station(model: Any) -> float | None:
    """A network of one station that nobody comes back to."""
    if len(model.stations) != 1 or any(model.routing.values()):
        return None
    station = next(iter(model.stations.values()))
    return _exponential(model, model.arrival, station.service, station.servers)


def _exponential(model: Any, interarrival: Any, service: Any, servers: int) -> float | None:
    from ...exact import mmm

    gap, time = exponential_mean(interarrival), exponential_mean(service)
    if gap is None or time is None or not _few(model.customers, model.measure):
        return None
    system = mmm(gap, time, servers, model.customers).value
    return {"system": system, "wait": system - time}.get(model.output)
