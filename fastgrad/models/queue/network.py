"""Networks of stations."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.tracer import Traced, tangent_of, value_of
from ...distributions.families import Discrete, Distribution
from ...kernels.models.queue import network
from ..measures import Mean
from ..model import Input, check_count, check_distribution
from ..network.cuts import Smoothing
from .measured_queue import MeasuredQueue
from .meetings import meeting, smoothed_at_exit, undense, unmoved
from .tails import tail_kink
from .ties import lattice_tie
from .visits import draws_needed

FIXED = ("system", "wait", "throughput", "number", "utilisation")
AT = " at "
AT_STATION = ("wait", "number", "utilisation")
WAITS = "a tail of waits is smoothed by no one time that a customer's other waits leave alone"


@dataclasses.dataclass(frozen=True, eq=False)
class Station:
    """A first-come first-served station of a network.

    Parameters
    ----------
    service : Distribution
        Service time.
    servers : int
        1 or more.

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    service: Distribution
    servers: int = 1

    def __post_init__(self) -> None:
        check_distribution("Station: service", self.service)
        object.__setattr__(self, "servers", check_count("Station: servers", self.servers))


@dataclasses.dataclass(frozen=True, eq=False)
class QueueNetwork(MeasuredQueue):
    """Customers of one kind on their way through first-come first-served stations.

    Exactly `customers` enter, started empty, and are followed until they have left. θ may stand
    in all distributions and in all probabilities.

    Parameters
    ----------
    arrival : Distribution
        Time between customers that enter; customers - 1 of them are used.
    entry : str or dict
        The station at which customers enter, or the probability of each.
    stations : dict of Station
        By name.
    routing : dict of dict
        `{"one": {"two": 0.3}}`: after station one to station two with probability 0.3; with
        what is missing to 1 a customer leaves.
    customers : int
        N, 1 or more. There is no stability condition: N is finite.
    output : str
        "system" (the default): mean time from entering to leaving, over all passes; "wait":
        mean of the part of it that is not service; "wait at NAME": of the part that is spent
        waiting at one station, over all visits; "throughput": customers per unit of time until
        the last one has left. Until then these customers are all there are, so that Little's
        law holds on every path; by it "number" and "number at NAME" are the mean number in the
        network and at a station, "utilisation" and "utilisation at NAME" the mean share of all
        servers, and of a station's, that work.
    measure : Mean(), Tail(y), or a list or dict of them
        Tail(y) is the mean over the customers of P(T_n > y), T_n the time from entering to
        leaving, or what the customer waited in all, or at the one station. Several are read on
        the same paths, in one run (`Estimates`, with their joint `covariance`).

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    arrival: Distribution
    entry: Any
    stations: Mapping[str, Station]
    routing: Mapping[str, Mapping[str, Any]]
    customers: int
    output: str = "system"
    measure: Any = dataclasses.field(default_factory=Mean)

    kernel = network
    causal = True  # scores are added up as the draws are used

    def __post_init__(self) -> None:
        check_distribution("QueueNetwork: arrival", self.arrival)
        customers = check_count("QueueNetwork: customers", self.customers)
        object.__setattr__(self, "customers", customers)
        if not isinstance(self.stations, Mapping) or not self.stations:
            raise TypeError(
                'QueueNetwork: stations must be a dict such as {"one": Station(…)}, '
                f"got {self.stations!r}"
            )
        for name, station in self.stations.items():
            if not isinstance(station, Station):
                raise TypeError(
                    f"QueueNetwork: stations[{name!r}] must be a Station, got {station!r}"
                )
        some = (f"{what}{AT}{name}" for what in AT_STATION for name in self.stations)
        self.check_output("QueueNetwork", [*FIXED, *some])
        entry = {self.entry: 1.0} if isinstance(self.entry, str) else self.entry
        total = self._check_row("entry", entry)
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"QueueNetwork: entry probabilities must sum to 1, got {total:g}")
        object.__setattr__(self, "entry", dict(entry))
        if not isinstance(self.routing, Mapping):
            raise TypeError(f"QueueNetwork: routing must be a dict, got {self.routing!r}")
        for name, row in self.routing.items():
            if name not in self.stations:
                raise ValueError(self._unknown("routing", name))
            total = self._check_row(f"routing[{name!r}]", row)
            if total > 1.0 + 1e-9:
                raise ValueError(
                    f"QueueNetwork: routing[{name!r}] probabilities sum to {total:g}, more than 1"
                )
        draws_needed(*self._chances(), self.customers)  # refuses a network that nobody leaves

    def _check_row(self, where: str, row: Any) -> float:
        """Probabilities by station; their sum."""
        if not isinstance(row, Mapping):
            raise TypeError(f"QueueNetwork: {where} must be a dict of probabilities, got {row!r}")
        for name, p in row.items():
            if name not in self.stations:
                raise ValueError(self._unknown(where, name))
            value = value_of(p)
            if isinstance(value, bool) or not isinstance(
                value, (int, float, np.number, np.ndarray)
            ):
                raise TypeError(f"QueueNetwork: {where}[{name!r}] must be a number, got {p!r}")
            if not np.all((value >= 0.0) & (value <= 1.0)):
                raise ValueError(
                    f"QueueNetwork: {where}[{name!r}] must be a probability, got {value}"
                )
        return float(np.max(sum(np.asarray(value_of(p), dtype=float) for p in row.values())))

    def _unknown(self, where: str, name: Any) -> str:
        known = ", ".join(map(repr, self.stations))
        return f"QueueNetwork: {where}: no station {name!r}; there are {known}"

    def _chances(self) -> tuple[np.ndarray, np.ndarray]:
        """Entry and routing probabilities as numbers."""
        names = list(self.stations)
        entry, routing = np.zeros(len(names)), np.zeros((len(names), len(names)))
        for name, p in self.entry.items():
            entry[names.index(name)] = np.max(value_of(p))
        for name, row in self.routing.items():
            for to, p in row.items():
                routing[names.index(name), names.index(to)] = np.max(value_of(p))
        return entry, routing

    def _choice(self, row: Mapping[str, Any], rest: bool) -> Discrete | int:
        """Where to: a distribution on numbers of stations, -1 to leave; or the only station."""
        names = list(self.stations)
        outcomes = [(float(names.index(name)), p) for name, p in row.items() if _possible(p)]
        if rest:
            left = 1.0 - sum(p for _, p in outcomes) if outcomes else 1.0
            if not outcomes or _possible(left, 1e-12):
                outcomes.append((-1.0, left))
        if len(outcomes) == 1:
            return int(outcomes[0][0])
        return Discrete([value for value, _ in outcomes], [p for _, p in outcomes])

    def _choices(self) -> list[Discrete | int]:
        """Destinations after every station."""
        return [self._choice(self.routing.get(name, {}), rest=True) for name in self.stations]

    def inputs(self) -> list[Input]:
        """Times between entries, entries if there is a choice, services, destinations likewise."""
        found = [Input("arrival", self.arrival, self.customers - 1)]
        entry = self._choice(self.entry, rest=False)
        if isinstance(entry, Discrete):
            found.append(Input("entry", entry, self.customers))
        needed = draws_needed(*self._chances(), self.customers)
        for (name, station), draws in zip(self.stations.items(), needed, strict=True):
            found.append(Input(f"stations[{name!r}].service", station.service, draws))
        for name, choice, draws in zip(self.stations, self._choices(), needed, strict=True):
            if isinstance(choice, Discrete):
                found.append(Input(f"routing[{name!r}]", choice, draws))
        return found

    def counts(self) -> np.ndarray:
        """See `kernels/models/queue/network_state.py`."""
        entry = self._choice(self.entry, rest=False)
        chosen = isinstance(entry, Discrete)
        names = list(self.stations)
        servers = [station.servers for station in self.stations.values()]
        what, _, where = self.output.partition(AT)
        output, measured = FIXED.index(what), names.index(where) if where else -1
        head: list[Any] = [self.customers, len(names), sum(servers), output, measured]
        head += [1, -1] if chosen else [-1, entry]
        head.append(self.tail)
        needed = draws_needed(*self._chances(), self.customers)
        service, row = 1 + chosen, self.customers - 1 + self.customers * chosen
        route, route_row = service + len(names), row + sum(needed)
        table: list[Any] = []
        for s, choice in enumerate(self._choices()):
            free = sum(servers[:s])
            table += [servers[s], free, service + s, row, needed[s]]
            table += [route, route_row, -1] if isinstance(choice, Discrete) else [-1, -1, choice]
            row += needed[s]
            if isinstance(choice, Discrete):
                route, route_row = route + 1, route_row + needed[s]
        return np.array([*head, *table], dtype=np.int64)

    def work(self) -> int:
        """Three states; or one with derivatives by every parameter."""
        stations, servers = len(self.stations), sum(s.servers for s in self.stations.values())
        slots = 1 + sum(len(entry.distribution.parameters) for entry in self.inputs())
        plain = 8 + 2 * stations + servers + 4 * (self.customers + 1)
        derived = plain + 8 + slots * (servers + 2 + 2 * (self.customers + 2))
        return math.ceil(max(3 * plain, derived) / 32) + 1  # at least 32 lanes

    def times(self) -> list[tuple[int, Input]]:
        """All inputs but entries and destinations."""
        named = enumerate(self.inputs())
        return [(k, e) for k, e in named if not e.name.startswith(("entry", "routing"))]

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Where two customers may meet, what has no density, or why θ there is not known."""
        if self.output != "system":
            return f"{WAITS}: use lr or wd"
        entry = [name for name, p in self.entry.items() if _possible(p)]
        routing = {
            name: {to for to, p in self.routing.get(name, {}).items() if _possible(p)}
            for name in self.stations
        }
        arrives = {t: [s for s in self.stations if t in routing[s]] for t in self.stations}
        servers = {name: station.servers for name, station in self.stations.items()}
        leaving = {
            name: self.stations[name].service
            for name, choice in zip(self.stations, self._choices(), strict=True)
            if (-1.0 in choice.points if isinstance(choice, Discrete) else choice < 0)
        }
        refused = meeting(arrives, servers, entry) or undense(leaving)
        return refused or unmoved(slot, self.inputs(), self._services())

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """See `kernels/models/queue/network_smoothed.py`."""
        return smoothed_at_exit(slots, self.inputs(), self._services())

    def _services(self) -> list[int]:
        """The inputs that are service times, station by station."""
        named = enumerate(self.inputs())
        return [k for k, entry in named if entry.name.startswith("stations[")]

    def kink(self) -> str | None:
        """Times that are all multiples of one unit; a threshold that is the service time of a
        customer who comes, does not wait and leaves."""
        times = [entry for _, entry in self.times()]
        tie = lattice_tie(times) if self.customers > 1 else None
        if tie is not None or not self.tail:
            return tie
        at_once = [
            self.stations[name].service
            for name, p in self.entry.items()
            if value_of(p) > 0.0 and sum(map(value_of, self.routing.get(name, {}).values())) < 1.0
        ]
        by_wait = self.output.startswith("wait")
        found = (tail_kink(self.measure.y, [one], times, by_wait) for one in at_once)
        return next(filter(None, found), None)

    def explain_failure(self, seed: int, replications: int, first: int = 0) -> None:
        """More visits than there were draws for: by far too many at another θ."""
        raise ValueError(
            "QueueNetwork: a replication visited a station more often than was prepared for "
            "(probability below 1e-15 at θ itself): is a difference step too large?"
        )


def _possible(p: Any, least: float = 0.0) -> bool:
    """Whether an outcome has a probability, or θ may give it one."""
    if isinstance(p, Traced) and tangent_of(p, len(p.tangent)).any():
        return True
    return bool(np.any(np.asarray(value_of(p)) > least))
