"""The FCFS queue with several servers."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Distribution
from ...kernels.models.queue import multi_server
from ..inventory.lattice import moves
from ..model import Input, Model, check_count, check_distribution
from .tandem import check_choice
from .ties import KINK, constant_value, lattice_tie

OUTPUTS = ("system", "wait")


@dataclasses.dataclass(frozen=True, eq=False)
class MultiServerQueue(Model):
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
    output : {"system", "wait"}
        Mean time in system of the N customers, or mean time before service.
    """

    interarrival: Distribution
    service: Distribution
    servers: int
    customers: int
    output: str = "system"

    kernel = multi_server

    def __post_init__(self) -> None:
        check_distribution("MultiServerQueue: interarrival", self.interarrival)
        check_distribution("MultiServerQueue: service", self.service)
        for name in ("servers", "customers"):
            count = check_count(f"MultiServerQueue: {name}", getattr(self, name))
            object.__setattr__(self, name, count)
        check_choice("MultiServerQueue: output", self.output, OUTPUTS)

    def inputs(self) -> list[Input]:
        """Interarrival times A_2 … A_N, then service times X_1 … X_N."""
        return [
            Input("interarrival", self.interarrival, self.customers - 1),
            Input("service", self.service, self.customers),
        ]

    def counts(self) -> np.ndarray:
        """N, m, output; more servers than customers are never needed."""
        servers = min(self.servers, self.customers)
        return np.array([self.customers, servers, OUTPUTS.index(self.output)], dtype=np.int64)

    def work(self) -> int:
        """All workloads of the path and of a phantom; or those of the path with derivatives."""
        servers = min(self.servers, self.customers)
        slots = sum(len(entry.distribution.parameters) for entry in self.inputs())
        return 4 + 2 * servers + max(self.customers * servers, slots * (1 + 2 * servers))

    def kink(self) -> str | None:
        """Constant times that make a customer arrive exactly as a server falls idle."""
        if self.customers <= self.servers:
            return None
        arrivals, service = self.interarrival, self.service
        if arrivals.is_constant and service.is_constant:
            gap, time = constant_value(arrivals), constant_value(service)
            left = time - self.servers * gap
            if value_of(left) == 0.0 and moves(left):
                return f"the constant service time is {self.servers} interarrival times, {KINK}"
        return lattice_tie(self.inputs())
