"""European calls and puts."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...kernels.models.option.payoffs import european
from ..checks import check_kind, check_number
from .base import KINDS, Market, Payoff, sign_of


@dataclasses.dataclass(frozen=True, eq=False)
class European(Payoff):
    """(S_T - strike)⁺, or (strike - S_T)⁺ for a put.

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    kind : {"call", "put"}
    """

    strike: Any
    kind: str = "call"

    kernel = european
    at_end = True

    def __post_init__(self) -> None:
        check_number("European: strike", self.strike, positive=True)
        check_kind("European: kind", self.kind, KINDS)

    def unit(self) -> Any:
        """The strike."""
        return self.strike

    def integers(self, market: Market) -> list[int]:
        """Call or put."""
        return [sign_of(self.kind)]
