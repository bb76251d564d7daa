"""Options on the largest or smallest price."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.payoffs import lookback
from ...models.model import Input
from ..checks import check_kind, check_number
from ..dynamics.base import Dynamics
from ..smoothers.base import Smoother
from ..smoothers.extremes import ExtremeDensity
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

    @property
    def smoother(self) -> Smoother | None:
        """Of a fixed one with its bridges."""
        fixed = self.strike is not None and self.monitoring == "continuous"
        return ExtremeDensity() if fixed else None

    def unit_in(self, dynamics: Dynamics) -> Any:
        """The price now: then it stands beside the strike alone, and not in the bridge.

        Where there is none, and the strike is beyond the price now, which then is no extreme that
        pays: the strike, so that the spot stands in a distribution.
        """
        return dynamics.start() if self._from_now(dynamics) else self.strike

    def _from_now(self, dynamics: Dynamics) -> bool:
        """Whether the price now may be the extreme that pays."""
        if self.strike is None or self.monitoring == "continuous":
            return True
        spot, strike = np.asarray(value_of(dynamics.start())), np.asarray(value_of(self.strike))
        return not np.all(spot < strike if self.kind == "call" else spot > strike)

    def refusal(self, market: Market) -> str | None:
        """The bridge needs lognormal steps."""
        if self.monitoring == "continuous":
            return market.dynamics.bridge_refusal()
        return None

    def inputs(self, market: Market) -> list[Input]:
        """-2 v ln U for the extreme within each step, v its variance: exponential."""
        if self.monitoring == "discrete":
            return []
        exponential: Any = DISTRIBUTIONS["Exponential"]
        variances = market.dynamics.variances(market.maturity, market.steps)
        draws = market.steps if len(variances) == 1 else 1
        return [
            Input("bridge" if draws > 1 or market.steps == 1 else f"bridge[{i}]",
                  exponential(2.0 * variance), draws)
            for i, variance in enumerate(variances)
        ]  # fmt: skip

    def terms(self, market: Market) -> Mapping[str, Any]:
        """The strike."""
        return {"strike": 1.0 if self.strike is None else self.strike / market.unit}

    def integers(self, market: Market) -> list[int]:
        """Side, fixed or floating, monitoring, whether the price now counts."""
        fixed = self.strike is not None
        largest = (self.kind == "call") if fixed else (self.kind == "put")
        return [1 if largest else -1, int(fixed), int(self.monitoring == "continuous"),
                int(self._from_now(market.dynamics))]  # fmt: skip

    def smooth_terms(self, market: Market) -> dict[str, float]:
        """A strike that the extreme is beyond from the start is never passed."""
        if self.strike is None:
            return {}
        strike, spot = value_of(self.strike), value_of(market.dynamics.start())
        beyond = strike < spot if self.kind == "call" else strike > spot
        return {"strike": 1e-5} if np.all(beyond) else {}
