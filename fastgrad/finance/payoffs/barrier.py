"""Options that begin or end at a barrier."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...kernels.models.option.payoffs import barrier as barrier_kernel
from ..checks import check_kind, check_number
from ..smoothers.base import Smoother
from ..smoothers.survival import Survival
from .base import KINDS, Market, Payoff, sign_of

STYLES = ("down-and-in", "down-and-out", "up-and-in", "up-and-out")
MONITORING = ("continuous", "discrete")
UNWATCHED = {"start": 0.0, "variance[0]": 1.0}  # no θ in them: a jump would forbid scores


@dataclasses.dataclass(frozen=True, eq=False)
class Barrier(Payoff):
    """A call or put that begins ("in") or ends ("out") when the price touches the barrier.

    Parameters
    ----------
    strike, barrier : float
        Above 0; may be functions of θ. A barrier that the price has passed already makes an
        "in" option the plain one and an "out" option worthless; the estimate says so.
    style : {"down-and-in", "down-and-out", "up-and-in", "up-and-out"}
    kind : {"call", "put"}
    monitoring : {"continuous", "discrete"}
        Watched all the time, by the Brownian bridge between the steps: exact for any number of
        steps and smooth, so that derivatives along the path are unbiased. Or at the ends of
        the steps only, where the payoff jumps: `"spa"` draws every step given that it survives
        (Glasserman and Staum 2001), for first and second derivatives.
    """

    strike: Any
    barrier: Any
    style: str = "down-and-out"
    kind: str = "call"
    monitoring: str = "continuous"

    kernel = barrier_kernel
    continuous_in = ("strike",)

    def __post_init__(self) -> None:
        check_number("Barrier: strike", self.strike, positive=True)
        check_number("Barrier: barrier", self.barrier, positive=True)
        check_kind("Barrier: style", self.style, STYLES)
        check_kind("Barrier: kind", self.kind, KINDS)
        check_kind("Barrier: monitoring", self.monitoring, MONITORING)

    @property
    def smoother(self) -> Smoother | None:
        """Where it is looked at now and then; the bridge is smooth by itself."""
        return Survival() if self.monitoring == "discrete" else None

    def unit(self) -> Any:
        """The strike; the barrier, where the payoff jumps at it: scores see jumps that stay."""
        return self.strike if self.monitoring == "continuous" else self.barrier

    def refusal(self, market: Market) -> str | None:
        """The bridge needs lognormal steps."""
        if self.monitoring == "continuous":
            return market.dynamics.bridge_refusal()
        return None

    def terms(self, market: Market) -> Mapping[str, Any]:
        """Barrier, price now and variances of the steps, for the bridge."""
        between = market.bridge() if self.monitoring == "continuous" else UNWATCHED
        if self.monitoring == "continuous":
            return {"strike": 1.0, "barrier": self.barrier / market.unit, **between}
        return {"strike": self.strike / market.unit, "barrier": 1.0, **between}

    def integers(self, market: Market) -> list[int]:
        """Call or put, side, in or out, monitoring."""
        side = 1 if self.style.startswith("down") else -1
        inside = int(self.style.endswith("in"))
        watched = int(self.monitoring == "continuous")
        return [sign_of(self.kind), side, inside, watched, len(self.terms(market)) - 3]

    def smooth_terms(self, market: Market) -> dict[str, float]:
        """1 - exp(-2 a b / v) in the price now and in v; a price never crosses as they move."""
        if self.monitoring == "discrete":
            return {}
        terms = {name: 1e-5 * float(value_of(value)) for name, value in market.bridge().items()}
        return terms | {"start": 1e-5}

    def jump(self) -> str | None:
        """At the barrier, where it is looked at now and then."""
        if self.monitoring == "continuous":
            return None
        return (
            "the payoff jumps where a price passes the barrier at the end of a step; 'spa' "
            'smooths it, and with monitoring="continuous" it does not jump'
        )

    def cautions(self, market: Market) -> Iterable[str]:
        """That the barrier is passed already."""
        spot, barrier = value_of(market.dynamics.start()), value_of(self.barrier)
        down = self.style.startswith("down")
        passed = spot <= barrier if down else spot >= barrier
        if np.any(passed) and self.monitoring == "continuous":
            left = "the plain option" if self.style.endswith("in") else "worthless"
            return [f"the price now, {spot:g}, has passed the barrier {barrier:g}: it is {left}"]
        return []
