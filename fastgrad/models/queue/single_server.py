"""The FCFS single-server queue."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ...distributions.families import Distribution
from ...kernels.models.queue import single_server as single_server_queue
from .. import second_smoothing
from ..model import Input, Model, check_count, check_distribution
from ..second_smoothing import SecondSmoothing, differentiable, queue_smooths
from .horizon import Cycles
from .steady import check_steady, steady_cautions, steady_refusal


@dataclasses.dataclass(frozen=True, eq=False)
class SingleServerQueue(Model):
    """First-come first-served single-server queue, started empty (section 5.2).

    The output is the mean time in system (waiting and service) of the first `customers`
    customers, T̄ = (T₁ + … + T_N)/N with T₁ = X₁, T_{n+1} = X_{n+1} + (T_n - A_{n+1})⁺.
    It is continuous in every service and interarrival time, so IPA is unbiased.

    Parameters
    ----------
    interarrival : Distribution
        Time between arrivals; customers - 1 of them are used.
    service : Distribution
        Service time; one for each customer.
    customers : int
        N, 1 or more. There is no stability condition: N is finite.
    horizon : Cycles, in the place of customers
        Steady state: a replication is so many busy periods with the idle times behind them, and
        the estimate a ratio of means over all replications. The queue must be stable.
    """

    interarrival: Distribution
    service: Distribution
    customers: int | None = None
    horizon: Cycles | None = None

    kernel = single_server_queue

    def __post_init__(self) -> None:
        check_distribution("SingleServerQueue: interarrival", self.interarrival)
        check_distribution("SingleServerQueue: service", self.service)
        if self.horizon is not None:
            check_steady(self)
            return
        if self.customers is None:
            raise ValueError("SingleServerQueue: give customers=100 or horizon=Cycles(100)")
        customers = check_count("SingleServerQueue: customers", self.customers)
        object.__setattr__(self, "customers", customers)

    @property
    def steady(self) -> bool:
        """Whether it is the steady state, over cycles."""
        return self.horizon is not None

    @property
    def _served(self) -> int:
        """Draws of service times of a replication; over cycles they are made on demand."""
        return self.customers or 0

    def limit(self, method: Any, order: int) -> str | None:
        """What there is in steady state."""
        return steady_refusal(method, order) if self.steady else None

    def cautions(self) -> list[str]:
        """A steady state that is hardly one."""
        return steady_cautions(self) if self.steady else []

    def inputs(self) -> list[Input]:
        """Interarrival times A_2 … A_N, then service times X_1 … X_N."""
        return [
            Input("interarrival", self.interarrival, max(self._served - 1, 0)),
            Input("service", self.service, self._served),
        ]

    def grows_with(self) -> list[str]:
        """The service times, which every time in system contains."""
        return ["service"]

    def counts(self) -> np.ndarray:
        """N."""
        return np.array([self._served], dtype=np.int64)

    def work(self) -> int:
        """The nominal path and one phantom."""
        return self._served + 1

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Why second derivatives cannot be smoothed, or None."""
        if queue_smooths(self, slots) is None:
            kinds = f"{type(self.interarrival).__name__} and {type(self.service).__name__}"
            return f"neither interarrival nor service time has a density ({kinds})"
        return differentiable(self, slots, [])

    def second_smoothing(self, slots: list[Any]) -> SecondSmoothing:
        """See `kernels/models/queue/single_server_second.py`."""
        return second_smoothing.queue(self, slots)

    def kink(self) -> str | None:
        """D/D/1 with equal times: every customer arrives exactly as the server falls idle."""
        if self.interarrival.is_constant and self.service.is_constant and self._served > 1:
            if self.interarrival.expectation() == self.service.expectation():
                return (
                    "constant service and interarrival times are equal, where E[Y] has a kink: "
                    "its left and right derivatives differ"
                )
        return None
