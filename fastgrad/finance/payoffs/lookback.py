"""Options on the largest or smallest price."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.payoffs import lookback
from ...models.model import Input
from ..checks import check_kind, check_number
from .barrier import MONITORING
from .base import KINDS, Market, Payoff


@dataclasses.dataclass(frozen=True, eq=False)
class Lookback(Payoff):
    """max S - S_T (put), S_T - min S (call); with a strike (max S - K)⁺ (call), (K - min S)⁺ (put).

    Parameters
    ----------
    kind : {"put", "call"}
    strike : float, optional
        Of a fixed lookback; above 0, may be a function of θ.
    monitoring : {"continuous", "discrete"}
        The extreme of the whole path, drawn from the Brownian bridge between the steps: exact
        for any number of steps; or of the price now and at the ends of the steps.
    """

    kind: str = "put"
    strike: Any = None
    monitoring: str = "continuous"

    kernel = lookback

    def __post_init__(self) -> None:
        check_kind("Lookback: kind", self.kind, KINDS)
        check_kind("Lookback: monitoring", self.monitoring, MONITORING)
        if self.strike is not None:
            check_number("Lookback: strike", self.strike, positive=True)

    def unit(self) -> Any:
        """The strike, if there is one."""
        return 1.0 if self.strike is None else self.strike

    def refusal(self, market: Market) -> str | None:
        """The bridge needs lognormal steps."""
        if self.monitoring == "continuous":
            return market.dynamics.bridge_refusal()
        return None

    def inputs(self, market: Market) -> list[Input]:
        """A uniform for the extreme within each step."""
        if self.monitoring == "discrete":
            return []
        uniform: Any = DISTRIBUTIONS["Uniform"]
        return [Input("bridge", uniform(0.0, 1.0), market.steps)]

    def terms(self, market: Market) -> Mapping[str, Any]:
        """Price now and variances of the steps, for the bridge."""
        between = market.bridge()
        if self.monitoring == "discrete":
            between = {"start": between["start"], "variance[0]": 1.0}
        return {"strike": 1.0, **between}

    def integers(self, market: Market) -> list[int]:
        """Side, fixed or floating, monitoring."""
        fixed = self.strike is not None
        largest = (self.kind == "call") if fixed else (self.kind == "put")
        watched = int(self.monitoring == "continuous")
        return [1 if largest else -1, int(fixed), watched, len(self.terms(market)) - 2]
