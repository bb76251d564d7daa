"""The FCFS single-server queue."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ...distributions.families import Distribution
from ...kernels.estimators.regenerative_cycle import SYSTEM, WAIT, WORK
from ...kernels.jit.compile import Operation
from ...kernels.models.queue import single_server as single_server_queue
from ...kernels.models.queue import single_server_readings
from .. import second_smoothing
from ..measures import Mean
from ..model import Input, check_count, check_distribution
from ..second_smoothing import SecondSmoothing, differentiable, queue_smooths
from .horizon import Customers, Cycles
from .measured_queue import MeasuredQueue
from .steady import check_steady, steady_cautions, steady_refusal, unbent
from .tails import OF_MEANS, in_steps, tail_kink, with_density

OUTPUTS = ("system", "wait", "number", "utilisation")


@dataclasses.dataclass(frozen=True, eq=False)
class SingleServerQueue(MeasuredQueue):
    """First-come first-served single-server queue, started empty (Fu (2005), section 5.2).

    The output is, unless said otherwise, the mean time in system (waiting and service) of the
    first `customers` customers, T̄ = (T₁ + … + T_N)/N with T₁ = X₁,
    T_{n+1} = X_{n+1} + W_{n+1}, W_{n+1} = (T_n - A_{n+1})⁺. It is continuous in every service
    and interarrival time, so IPA is unbiased. So are all outputs but tails.

    Parameters
    ----------
    interarrival : Distribution
        Time between arrivals; customers - 1 of them are used.
    service : Distribution
        Service time; one for each customer.
    customers : int
        N, 1 or more. There is no stability condition: N is finite.
    horizon : Cycles or Customers, in the place of customers
        Steady state, of a stable queue. `Cycles(m)`: a replication is so many busy periods with
        the idle times behind them, and the estimate a ratio of means over all replications.
        `Customers(n, warmup=k)`: a replication is a long run, of whose customers the first k are
        not counted; what is left of the start fades with k.
    output : {"system", "wait", "number", "utilisation"}
        Mean time in system, or mean waiting time W̄, of the N customers; mean number in the
        system, or share of time that the server works, from the first arrival until the last
        of the N customers leaves, at D_N. These customers are all there are until then, so that
        Little's law holds on every path: the mean number is N T̄ / D_N, the utilisation
        (X₁ + … + X_N) / D_N. Both tend to their steady state as N grows.
    measure : Mean(), Tail(y), or a list or dict of them
        Tail(y) is the mean over the customers of P(T_n > y), or of P(W_n > y): "system" and
        "wait" only, for Little's law speaks of means. Several are read on the same paths, in one
        run (`Estimates`, with their joint `covariance`).

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    interarrival: Distribution
    service: Distribution
    customers: int | None = None
    horizon: Cycles | Customers | None = None
    output: str = "system"
    measure: Any = dataclasses.field(default_factory=Mean)

    kernel = single_server_queue

    def __post_init__(self) -> None:
        check_distribution("SingleServerQueue: interarrival", self.interarrival)
        check_distribution("SingleServerQueue: service", self.service)
        self.check_output("SingleServerQueue", OUTPUTS)
        if self.horizon is not None:
            check_steady(self)
            return
        if self.customers is None:
            raise ValueError(
                "SingleServerQueue: give customers=100 or horizon=Cycles(100) or "
                "horizon=Customers(10_000, warmup=500)"
            )
        customers = check_count("SingleServerQueue: customers", self.customers)
        object.__setattr__(self, "customers", customers)

    @property
    def _plain(self) -> bool:
        """Whether the output is the mean time in system."""
        return self.output == "system" and not self.tail

    def operation(self, name: str) -> Operation | None:
        """Those of the mean time in system, or of the other readings of a path."""
        if self._plain:
            return super().operation(name)
        if name == "smoothed" and not self.tail:
            return None
        return getattr(single_server_readings, name, None)

    def smoother(self) -> int | str:
        """The service time; or the interarrival time, where service cannot cross a threshold."""
        steps = self.output == "wait" or in_steps(self.service)
        return with_density(self.inputs(), [1, 0] if steps else [1])

    @property
    def steady(self) -> bool:
        """Whether it is the steady state over cycles."""
        return isinstance(self.horizon, Cycles)

    @property
    def read(self) -> int:
        """What is read of a customer over cycles: kernels/estimators/regenerative_cycle.py."""
        return {"wait": WAIT, "utilisation": WORK}.get(self.output, SYSTEM)

    @property
    def by_rate(self) -> bool:
        """Whether it is an average over time: in steady state that of times, times the rate of
        arrivals."""
        return self.output in OF_MEANS

    @property
    def _warm(self) -> int:
        """Customers that are not counted."""
        return self.horizon.warmup if isinstance(self.horizon, Customers) else 0

    @property
    def served(self) -> int:
        """Customers of a replication; over cycles they come on demand."""
        if isinstance(self.horizon, Customers):
            return self.horizon.count + self.horizon.warmup
        return self.customers or 0

    def limit(self, method: Any, order: int) -> str | None:
        """What there is over cycles."""
        return steady_refusal(self, method, order) if self.steady else None

    def cautions(self) -> list[str]:
        """A steady state that is hardly one."""
        return [] if self.horizon is None else steady_cautions(self)

    def inputs(self) -> list[Input]:
        """Interarrival times A_2 … A_N, then service times X_1 … X_N."""
        return [
            Input("interarrival", self.interarrival, max(self.served - 1, 0)),
            Input("service", self.service, self.served),
        ]

    def grows_with(self) -> list[str]:
        """The service times, which every mean time contains; shares and ratios are bounded."""
        return ["service"] if self.output in ("system", "wait") and not self.tail else []

    def counts(self) -> np.ndarray:
        """Customers, output, whether a tail, customers that are not counted."""
        numbers = [self.served, OUTPUTS.index(self.output), int(self.tail), self._warm]
        return np.array(numbers, dtype=np.int64)

    def work(self) -> int:
        """The nominal path and one phantom; or the path with its derivatives."""
        if self._plain:
            return self.served + 1
        slots = sum(len(entry.distribution.parameters) for entry in self.inputs())
        return max(2 * self.served, 2 * slots) + 8

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Why second derivatives cannot be smoothed, or None."""
        known = ("system", "wait", "number") if self.steady else ("system",)
        if self.tail or self.output not in known:
            return f"smoothed second derivatives are known for output={' or '.join(known)!s} only"
        if queue_smooths(self, slots) is None:
            kinds = f"{type(self.interarrival).__name__} and {type(self.service).__name__}"
            return f"neither interarrival nor service time has a density ({kinds})"
        return differentiable(self, slots, []) or (unbent(self, slots) if self.steady else None)

    def second_smoothing(self, slots: list[Any]) -> SecondSmoothing:
        """See `kernels/models/queue/single_server_second.py`."""
        return second_smoothing.queue(self, slots)

    def kink(self) -> str | None:
        """A threshold that times meet with positive probability."""
        if not self.tail:
            return None
        return tail_kink(self.measure.y, [self.service], self.inputs(), self.output == "wait")
