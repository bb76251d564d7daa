"""The FCFS queue with several servers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Distribution
from ...kernels.jit.compile import Operation
from ...kernels.models.queue import multi_server, multi_server_averages
from ..inventory.lattice import moves
from ..measures import Mean
from ..model import Input, check_count, check_distribution
from .measured_queue import MeasuredQueue
from .tails import OF_MEANS, in_steps, tail_kink, with_density
from .ties import KINK, constant_value, lattice_tie

OUTPUTS = ("system", "wait", "number", "utilisation")


@dataclasses.dataclass(frozen=True, eq=False)
class MultiServerQueue(MeasuredQueue):
    """First-come first-served queue with several equal servers (GI/GI/m), started empty.

    Customer n finds the workloads W₁ ≤ … ≤ W_m of the servers and stays T_n = W₁ + X_n. The
    service time belongs to the customer, whichever server it gets: T_n is continuous in all
    times, the derivative is carried through the sort, and IPA is unbiased.

    Parameters
    ----------
    interarrival : Distribution
        Time between arrivals; customers - 1 of them are used.
    service : Distribution
        Service time; one for each customer.
    servers : int
        m, 1 or more.
    customers : int
        N, 1 or more. There is no stability condition: N is finite.
    output : {"system", "wait", "number", "utilisation"}
        Mean time in system T̄ of the N customers, or mean time before service; mean number in the
        system, or mean share of the m servers that work, from the first arrival until the last
        of the N customers leaves, at D. These customers are all there are until then, so that
        Little's law holds on every path: N T̄ / D, and (X₁ + … + X_N) / (m D).
    measure : Mean(), Tail(y), or a list or dict of them
        Tail(y) is the mean over the customers of P(T_n > y), or of P(W_n > y): "system" and
        "wait" only. Several are read on the same paths, in one run (`Estimates`, with their
        joint `covariance`).

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    interarrival: Distribution
    service: Distribution
    servers: int
    customers: int
    output: str = "system"
    measure: Any = dataclasses.field(default_factory=Mean)

    kernel = multi_server

    def __post_init__(self) -> None:
        check_distribution("MultiServerQueue: interarrival", self.interarrival)
        check_distribution("MultiServerQueue: service", self.service)
        for name in ("servers", "customers"):
            count = check_count(f"MultiServerQueue: {name}", getattr(self, name))
            object.__setattr__(self, name, count)
        self.check_output("MultiServerQueue", OUTPUTS)

    def operation(self, name: str) -> Operation | None:
        """Those of times of customers, or of averages over time."""
        if self.output in OF_MEANS:
            return getattr(multi_server_averages, name, None)
        return super().operation(name)

    def smoother(self) -> int | str:
        """The service time, or the interarrival time where it cannot cross a threshold; of a
        wait the interarrival time alone, for a server that is free does not wait for another."""
        candidates = [0] if self.output == "wait" else [1]
        if self.output == "system" and in_steps(self.service):
            candidates = [1, 0]
        return with_density(self.inputs(), candidates)

    def inputs(self) -> list[Input]:
        """Interarrival times A_2 … A_N, then service times X_1 … X_N."""
        return [
            Input("interarrival", self.interarrival, self.customers - 1),
            Input("service", self.service, self.customers),
        ]

    def counts(self) -> np.ndarray:
        """N, m, output, whether a tail, all servers; more than customers are never needed."""
        servers, output = min(self.servers, self.customers), OUTPUTS.index(self.output)
        numbers = [self.customers, servers, output, self.tail, self.servers]
        return np.array(numbers, dtype=np.int64)

    def work(self) -> int:
        """All workloads of the path and of a phantom; or those of the path with derivatives."""
        servers = min(self.servers, self.customers)
        slots = 1 + sum(len(entry.distribution.parameters) for entry in self.inputs())
        kept = self.customers * (servers + 2 if self.output in OF_MEANS else servers)
        return 9 + 2 * servers + max(kept, slots * (3 + 2 * servers))

    def kink(self) -> str | None:
        """Constant times that make a customer arrive exactly as a server falls idle; a threshold
        that times meet with positive probability."""
        if self.tail:
            by_wait = self.output == "wait"
            return tail_kink(self.measure.y, [self.service], self.inputs(), by_wait)
        if self.customers <= self.servers:
            return None
        arrivals, service = self.interarrival, self.service
        if arrivals.is_constant and service.is_constant:
            gap, time = constant_value(arrivals), constant_value(service)
            left = time - self.servers * gap
            if value_of(left) == 0.0 and moves(left):
                return f"the constant service time is {self.servers} interarrival times, {KINK}"
        return lattice_tie(self.inputs())
