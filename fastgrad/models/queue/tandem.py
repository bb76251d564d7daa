"""Stations in line."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...distributions.families import Distribution
from ...kernels.models.queue import tandem
from ..measures import Mean
from ..model import Input, check_count, check_distribution
from .measured_queue import MeasuredQueue
from .tails import check_choice, tail_kink, with_density
from .ties import lattice_tie, line_tie

OUTPUTS = ("system", "wait", "throughput", "number", "utilisation")
AT = "utilisation at "
BLOCKING = ("after", "before")


@dataclasses.dataclass(frozen=True, eq=False)
class TandemQueue(MeasuredQueue):
    """Stations in line, one server each, first come first served, started empty.

    Customer n leaves station k at D_n^k = max(D_n^{k-1}, D_{n-1}^k) + X_n^k, D_n^0 being its
    arrival; limited buffers add the time at which there is room behind. Departure times are
    maxima of sums of all times, so they are continuous and IPA is unbiased.

    Parameters
    ----------
    interarrival : Distribution
        Time between arrivals at the first station; customers - 1 of them are used.
    services : list of Distribution
        Service times at each station; one for each customer.
    customers : int
        N, 1 or more. There is no stability condition: N is finite.
    buffers : None or list of int or None
        Places to wait before the second, third, … station, beside the one in service; None
        for no limit. Before the first station there is none.
    blocking : {"after", "before"}
        Where there is no room behind, a customer who has been served keeps its server
        ("after": production), or service does not begin ("before": communication).
    output : str
        "system" (the default): mean time T̄ from arrival to leaving the last station; "wait": mean
        of the part of it that is not service; "throughput": customers per unit of time until the
        last one has left, N/D, D = D_N^K; "number": mean number in the line until then, N T̄/D
        (Little's law, which holds on every path: these customers are all there are);
        "utilisation": share of that time that servers work (not blocked), the mean of all
        stations, or of one, such as "utilisation at services[0]".
    measure : Mean(), Tail(y), or a list or dict of them
        Tail(y) is the mean over the customers of P(T_n > y), or of P(W_n > y). Several are read
        on the same paths, in one run (`Estimates`, with their joint `covariance`).

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    interarrival: Distribution
    services: Sequence[Distribution]
    customers: int
    buffers: Sequence[int | None] | None = None
    blocking: str = "after"
    output: str = "system"
    measure: Any = dataclasses.field(default_factory=Mean)

    kernel = tandem

    def __post_init__(self) -> None:
        check_distribution("TandemQueue: interarrival", self.interarrival)
        services = check_list("TandemQueue: services", self.services)
        if not services:
            raise ValueError(
                "TandemQueue: services needs one distribution for each station, got an empty list"
            )
        for k, service in enumerate(services):
            check_distribution(f"TandemQueue: services[{k}]", service)
        object.__setattr__(self, "services", services)
        customers = check_count("TandemQueue: customers", self.customers)
        object.__setattr__(self, "customers", customers)
        object.__setattr__(self, "buffers", self._checked_buffers())
        check_choice("TandemQueue: blocking", self.blocking, BLOCKING)
        stations = (f"{AT}services[{k}]" for k in range(len(services)))
        self.check_output("TandemQueue", [*OUTPUTS, *stations])

    def smoother(self) -> int | str:
        """The last service time, behind which nothing moves a time in system; of a wait, or where
        all services are constant, the interarrival time."""
        constant = all(service.is_constant for service in self.services)
        by_gap = self.output == "wait" or constant
        return with_density(self.inputs(), [0 if by_gap else len(self.services)])

    def _checked_buffers(self) -> tuple[int | None, ...]:
        behind = len(self.services) - 1
        if self.buffers is None:
            return (None,) * behind
        buffers = check_list("TandemQueue: buffers", self.buffers)
        if len(buffers) != behind:
            raise ValueError(
                f"TandemQueue: buffers needs one size for each station but the first, {behind} "
                f"for {behind + 1} stations, got {len(buffers)}"
            )
        return tuple(
            None if size is None else check_count(f"TandemQueue: buffers[{k}]", size, least=0)
            for k, size in enumerate(buffers)
        )

    def inputs(self) -> list[Input]:
        """Interarrival times A_2 … A_N, then service times of one station after the other."""
        services = [
            Input(f"services[{k}]", service, self.customers)
            for k, service in enumerate(self.services)
        ]
        return [Input("interarrival", self.interarrival, self.customers - 1), *services]

    def _rooms(self) -> list[int]:
        """Customers that the station behind each one takes; 0 where that is no limit."""
        assert self.buffers is not None
        return [0 if b is None or b + 1 >= self.customers else b + 1 for b in self.buffers] + [0]

    def _depth(self) -> int:
        """Customers whose departure times are kept; one more where a customer is served twice, as
        it is and as if it had always been there."""
        if self.tail and self.smoother() == 0:
            return 1 + max(1, *self._rooms())
        return max(2, *self._rooms()) if any(self._rooms()) else 1

    def counts(self) -> np.ndarray:
        """See `kernels/models/queue/tandem_path.py`."""
        rooms, one = self._rooms(), self.output.startswith(AT)
        output = OUTPUTS.index("utilisation" if one else self.output)
        measured = int(self.output[len(AT) + len("services[") : -1]) if one else -1
        head = [self.customers, len(self.services), output, BLOCKING.index(self.blocking)]
        head += [self._depth(), self.tail, measured]
        return np.array(head + rooms, dtype=np.int64)

    def work(self) -> int:
        """A ring of departure times for the path and for a slot of every parameter; all times."""
        stations, depth = len(self.services), self._depth()
        ring = depth * stations
        slots = 1 + sum(len(entry.distribution.parameters) for entry in self.inputs())
        along, phantoms = slots * (ring + 1), self.customers * (stations + 2)
        return 8 + ring + max(along, phantoms)

    def kink(self) -> str | None:
        """Constant times that make customers arrive exactly as the next place falls idle; a
        threshold that times meet with positive probability."""
        if self.tail:
            by_wait = self.output == "wait"
            return tail_kink(self.measure.y, self.services, self.inputs(), by_wait)
        if self.customers == 1:
            return None
        tie = line_tie(self.interarrival, self.services, self._rooms())
        return tie or lattice_tie(self.inputs())


def check_list(whose: str, value: Any) -> tuple:
    """A list's entries, or a clear error."""
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Sequence):
        raise TypeError(f"{whose} must be a list, got {value!r}")
    return tuple(value)
