"""Jackson networks in steady state: mean sojourn over all passes, and its gradient.

Station s is visited v_s times per customer, v = entry + v P, and is an M/M/m queue for itself
with arrival rate λ v_s. By Little's law E[T] = Σ_s L_s/λ = Σ_s v_s E[T_s]. Derivatives are those
of the same formulas at complex numbers, θ + 10⁻³⁰ i: exact to rounding.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .multi_server_queue import positive, whole

STEP = 1e-30


@dataclasses.dataclass(frozen=True)
class JacksonValue:
    """Mean sojourn and its derivatives.

    Attributes
    ----------
    value : float
        E[T], from arrival to departure over all passes.
    visits, utilisation, waits : dict
        By station: visits per customer, utilisation, and waiting time of a visit.
    throughput : float
        Customers per unit of time.
    d_interarrival : float
        By the mean interarrival time.
    d_services : dict
        By the mean service time of each station.
    d_entry, d_routing : dict
        By each probability with all others held; what is taken from leaving. Entry
        probabilities sum to one: only differences of their derivatives mean something.
    """

    value: float
    visits: dict[str, float]
    utilisation: dict[str, float]
    waits: dict[str, float]
    throughput: float
    d_interarrival: float
    d_services: dict[str, float]
    d_entry: dict[str, float]
    d_routing: dict[str, dict[str, float]]


def jackson(
    interarrival_mean: float,
    entry: Mapping[str, float],
    service_means: Mapping[str, float],
    routing: Mapping[str, Mapping[str, float]] | None = None,
    servers: Mapping[str, int] | None = None,
) -> JacksonValue:
    """Steady state of a network of exponential stations with Poisson arrivals.

    Parameters
    ----------
    interarrival_mean : float
    entry : dict
        Probability of each station at which customers may enter; they sum to 1.
    service_means : dict
        Mean service time of each station, by its name.
    routing : dict of dict, optional
        Probability of going from one station to another; what is missing leaves.
    servers : dict, optional
        Servers of each station; 1 where nothing is said.

    Raises
    ------
    ValueError
        For probabilities that cannot be, a station that nobody leaves, or one that is not
        stable: it is named, with its utilisation.
    """
    names = list(service_means)
    numbers = _numbers(interarrival_mean, entry, service_means, routing or {}, names)
    counts = [whole(f"servers[{name!r}]", (servers or {}).get(name, 1)) for name in names]
    for name in servers or {}:
        _known("servers", name, names)
    visits = _visits(numbers, names)
    _stable(names, counts, visits, numbers)
    times = [
        _time(numbers["service"][s], visits[s] / numbers["gap"], counts[s])
        for s in range(len(names))
    ]
    gradient = _gradient(numbers, counts)
    services, routes = gradient["service"], gradient["routing"]
    return JacksonValue(
        value=float(np.real(_sojourn(numbers, counts))),
        visits=dict(zip(names, map(float, visits), strict=True)),
        utilisation={
            name: float(visits[s] * numbers["service"][s] / numbers["gap"] / counts[s])
            for s, name in enumerate(names)
        },
        waits={
            name: float(np.real(times[s]) - numbers["service"][s]) for s, name in enumerate(names)
        },
        throughput=1.0 / float(numbers["gap"]),
        d_interarrival=float(gradient["gap"]),
        d_services=dict(zip(names, map(float, services), strict=True)),
        d_entry={name: float(gradient["entry"][names.index(name)]) for name in entry},
        d_routing={
            name: {to: float(routes[names.index(name), names.index(to)]) for to in row}
            for name, row in (routing or {}).items()
        },
    )


def _numbers(gap: Any, entry: Any, services: Any, routing: Any, names: list) -> dict[str, Any]:
    """Everything as arrays, checked."""
    if not names:
        raise ValueError('service_means must name a station or more, such as {"one": 0.5}')
    numbers: dict[str, Any] = {"gap": positive("interarrival_mean", gap)}
    numbers["service"] = np.array([positive(f"service_means[{n!r}]", services[n]) for n in names])
    numbers["entry"] = np.zeros(len(names))
    for name, p in entry.items():
        numbers["entry"][_known("entry", name, names)] = _probability(f"entry[{name!r}]", p)
    if abs(numbers["entry"].sum() - 1.0) > 1e-9:
        raise ValueError(f"entry probabilities must sum to 1, got {numbers['entry'].sum():g}")
    numbers["routing"] = np.zeros((len(names), len(names)))
    for name, row in routing.items():
        s = _known("routing", name, names)
        for to, p in row.items():
            t = _known(f"routing[{name!r}]", to, names)
            numbers["routing"][s, t] = _probability(f"routing[{name!r}][{to!r}]", p)
        if numbers["routing"][s].sum() > 1.0 + 1e-9:
            total = numbers["routing"][s].sum()
            raise ValueError(f"routing[{name!r}] probabilities sum to {total:g}, more than 1")
    return numbers


def _known(where: str, name: str, names: list) -> int:
    if name not in names:
        raise ValueError(f"{where}: no station {name!r}; there are {', '.join(map(repr, names))}")
    return names.index(name)


def _probability(whose: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{whose} must be a number, got {value!r}")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{whose} must be a probability, got {value}")
    return float(value)


def _visits(numbers: Mapping[str, Any], names: list) -> np.ndarray:
    matrix = np.eye(len(numbers["entry"])) - numbers["routing"]
    if names and (abs(np.linalg.det(np.real(matrix))) < 1e-12):
        raise ValueError(
            "routing: some customers never leave; every station needs a way out: probabilities "
            "that sum to less than 1 somewhere behind it"
        )
    return np.linalg.solve(matrix.T, numbers["entry"])


def _stable(names: list, counts: list, visits: np.ndarray, numbers: Mapping[str, Any]) -> None:
    for s, name in enumerate(names):
        load = visits[s] * numbers["service"][s] / numbers["gap"] / counts[s]
        if load >= 1.0:
            raise ValueError(
                f"station {name!r} is not stable: its utilisation is {load:g}, "
                "which must be below 1"
            )


def _time(service: Any, rate: Any, servers: int) -> Any:
    """Mean time of a visit: M/M/m with Erlang's probability of waiting."""
    offered, lost = rate * service, 1.0
    for k in range(1, servers + 1):
        lost = offered * lost / (k + offered * lost)
    waiting = lost / (1.0 - offered / servers * (1.0 - lost))
    return service + waiting * service / (servers - offered)


def _sojourn(numbers: Mapping[str, Any], counts: list) -> Any:
    visits = _visits(numbers, [])
    rates = visits / numbers["gap"]
    times = [_time(numbers["service"][s], rates[s], count) for s, count in enumerate(counts)]
    return sum(v * t for v, t in zip(visits, times, strict=True))


def _gradient(numbers: Mapping[str, Any], counts: list) -> dict[str, Any]:
    """By every number, in the shape of what holds it."""
    found = {}
    for key, values in numbers.items():
        slopes = np.zeros(np.shape(values))
        for place in np.ndindex(slopes.shape):
            moved = np.array(values, dtype=complex)
            moved[place] += STEP * 1j
            slopes[place] = np.imag(_sojourn({**numbers, key: moved}, counts)) / STEP
        found[key] = slopes
    return found
