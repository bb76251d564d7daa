"""Asian calls and puts: on the mean of the prices."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

from ...kernels.models.option.payoffs import asian, geometric_asian
from ..checks import check_kind, check_number
from .base import KINDS, Market, Payoff, sign_of

AVERAGES = ("arithmetic", "geometric")


@dataclasses.dataclass(frozen=True, eq=False)
class Asian(Payoff):
    """(A - strike)⁺ with A the mean of the prices at the ends of all steps.

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    average : {"arithmetic", "geometric"}
    kind : {"call", "put"}
    """

    strike: Any
    average: str = "arithmetic"
    kind: str = "call"

    @property
    def kernel(self) -> ModuleType:  # type: ignore[override]
        """One for each mean."""
        return asian if self.average == "arithmetic" else geometric_asian

    def __post_init__(self) -> None:
        check_number("Asian: strike", self.strike, positive=True)
        check_kind("Asian: average", self.average, AVERAGES)
        check_kind("Asian: kind", self.kind, KINDS)

    def unit(self) -> Any:
        """The strike."""
        return self.strike

    def integers(self, market: Market) -> list[int]:
        """Call or put."""
        return [sign_of(self.kind)]
