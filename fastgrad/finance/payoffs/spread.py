"""Options on the difference of two prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...kernels.models.option.payoffs import basket
from ..checks import check_kind, check_strike
from .base import KINDS, Market, Payoff, sign_of, strike_unit


@dataclasses.dataclass(frozen=True, eq=False)
class Spread(Payoff):
    """(S¹_T - S²_T - strike)⁺, or (strike - S¹_T + S²_T)⁺ for a put.

    Parameters
    ----------
    strike : float
        0 (the exchange of one asset for the other) or more; may be a function of θ.
    kind : {"call", "put"}
    """

    strike: Any = 0.0
    kind: str = "call"

    kernel = basket
    at_end = True
    several = True

    def __post_init__(self) -> None:
        check_strike("Spread", self.strike)
        check_kind("Spread: kind", self.kind, KINDS)

    def misfit(self, assets: int) -> str | None:
        """Two assets."""
        return None if assets == 2 else f"Spread pays on two assets, and there are {assets}"

    def unit(self) -> Any:
        """The strike, if there is one."""
        return strike_unit(self.strike)

    def terms(self, market: Market) -> Mapping[str, Any]:
        """Strike, and the weights of a basket."""
        return {"strike": self.strike / market.unit, "weights[0]": 1.0, "weights[1]": -1.0}

    def integers(self, market: Market) -> list[int]:
        """Call or put, two assets."""
        return [sign_of(self.kind), 2]
