"""Asian calls and puts: on the mean of the prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...kernels.models.option.payoffs import asian
from ..checks import check_kind, check_number
from .base import KINDS, Payoff, sign_of

AVERAGES = ("arithmetic", "geometric")


@dataclasses.dataclass(frozen=True, eq=False)
class Asian(Payoff):
    """(A - strike)⁺ with A the mean of the prices at the ends of all steps.

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    average : {"arithmetic"}
    kind : {"call", "put"}
    """

    strike: Any
    average: str = "arithmetic"
    kind: str = "call"

    kernel = asian

    def __post_init__(self) -> None:
        check_number("Asian: strike", self.strike, positive=True)
        check_kind("Asian: average", self.average, AVERAGES)
        check_kind("Asian: kind", self.kind, KINDS)

    def terms(self) -> Mapping[str, Any]:
        """The strike."""
        return {"strike": self.strike}

    def integers(self) -> list[int]:
        """Call or put."""
        return [sign_of(self.kind)]
