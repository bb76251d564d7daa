"""Options on the largest or smallest of several prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from ...kernels.models.option.payoffs import best_of
from ..checks import check_kind, check_strike
from .base import KINDS, Market, Payoff, sign_of, strike_unit


@dataclasses.dataclass(frozen=True, eq=False)
class BestOf(Payoff):
    """(max S_T - strike)⁺ over the assets, or (strike - max S_T)⁺ for a put.

    Parameters
    ----------
    strike : float
        0 (the best asset itself) or more; may be a function of θ.
    kind : {"call", "put"}
    """

    strike: Any
    kind: str = "call"

    kernel = best_of
    at_end = True
    several = True
    side: ClassVar[int] = 1

    def __post_init__(self) -> None:
        whose = type(self).__name__
        check_strike(whose, self.strike)
        check_kind(f"{whose}: kind", self.kind, KINDS)

    def unit(self) -> Any:
        """The strike, if there is one."""
        return strike_unit(self.strike)

    def terms(self, market: Market) -> Mapping[str, Any]:
        """The strike."""
        return {"strike": self.strike / market.unit}

    def integers(self, market: Market) -> list[int]:
        """Call or put, how many assets, largest or smallest (the same for one)."""
        assets = market.dynamics.assets
        return [sign_of(self.kind), assets, self.side if assets > 1 else 1]


@dataclasses.dataclass(frozen=True, eq=False)
class WorstOf(BestOf):
    """(min S_T - strike)⁺ over the assets, or (strike - min S_T)⁺ for a put.

    Parameters
    ----------
    strike : float
        0 or more; may be a function of θ.
    kind : {"call", "put"}
    """

    side: ClassVar[int] = -1
