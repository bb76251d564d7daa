"""Stations in line."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...distributions.families import Distribution
from ...kernels.models.queue import tandem
from ..model import Input, Model, check_count, check_distribution
from .ties import lattice_tie, line_tie

OUTPUTS = ("system", "wait", "throughput")
BLOCKING = ("after", "before")


@dataclasses.dataclass(frozen=True, eq=False)
class TandemQueue(Model):
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
    output : {"system", "wait", "throughput"}
        Mean time from arrival to leaving the last station; mean of the part of it that is not
        service; customers per unit of time until the last one has left, N/D_N^K.
    """

    interarrival: Distribution
    services: Sequence[Distribution]
    customers: int
    buffers: Sequence[int | None] | None = None
    blocking: str = "after"
    output: str = "system"

    kernel = tandem

    def __post_init__(self) -> None:
        check_distribution("TandemQueue: interarrival", self.interarrival)
        services = check_list("TandemQueue: services", self.services)
        if not services:
            raise ValueError("TandemQueue: services needs one distribution for each station")
        for k, service in enumerate(services):
            check_distribution(f"TandemQueue: services[{k}]", service)
        object.__setattr__(self, "services", services)
        customers = check_count("TandemQueue: customers", self.customers)
        object.__setattr__(self, "customers", customers)
        object.__setattr__(self, "buffers", self._checked_buffers())
        check_choice("TandemQueue: blocking", self.blocking, BLOCKING)
        check_choice("TandemQueue: output", self.output, OUTPUTS)

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
        """Customers whose departure times are kept."""
        return max(2, *self._rooms()) if any(self._rooms()) else 1

    def counts(self) -> np.ndarray:
        """See `kernels/models/queue/tandem_path.py`."""
        rooms = self._rooms()
        output, blocking = OUTPUTS.index(self.output), BLOCKING.index(self.blocking)
        head = [self.customers, len(self.services), output, blocking, self._depth()]
        return np.array(head + rooms, dtype=np.int64)

    def work(self) -> int:
        """A ring of departure times for the path and for a slot of every parameter; all times."""
        stations, depth = len(self.services), self._depth()
        ring = depth * stations
        slots = sum(len(entry.distribution.parameters) for entry in self.inputs())
        along, phantoms = slots * (ring + 1), self.customers * (stations + 1)
        return 4 + ring + max(along, phantoms)

    def kink(self) -> str | None:
        """Constant times that make customers arrive exactly as the next place falls idle."""
        if self.customers == 1:
            return None
        tie = line_tie(self.interarrival, self.services, self._rooms())
        return tie or lattice_tie(self.inputs())


def check_list(whose: str, value: Any) -> tuple:
    """A list's entries, or a clear error."""
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, Sequence):
        raise TypeError(f"{whose} must be a list, got {value!r}")
    return tuple(value)


def check_choice(whose: str, value: Any, known: Sequence[str]) -> None:
    """One of these words, or a clear error."""
    if value not in known:
        raise ValueError(f"{whose} must be one of {', '.join(map(repr, known))}, got {value!r}")
