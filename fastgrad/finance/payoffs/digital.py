"""Digital calls and puts."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...kernels.models.option.payoffs import digital
from ..checks import check_kind, check_number
from .base import KINDS, Market, Payoff, sign_of

PAYS = ("cash", "asset")


@dataclasses.dataclass(frozen=True, eq=False)
class Digital(Payoff):
    """1, or the asset itself, if S_T > strike (below it for a put).

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    kind : {"call", "put"}
    pays : {"cash", "asset"}
    """

    strike: Any
    kind: str = "call"
    pays: str = "cash"

    kernel = digital
    at_end = True

    def __post_init__(self) -> None:
        check_number("Digital: strike", self.strike, positive=True)
        check_kind("Digital: kind", self.kind, KINDS)
        check_kind("Digital: pays", self.pays, PAYS)

    @property
    def degree(self) -> int:  # type: ignore[override]
        """Cash is not counted in strikes."""
        return int(self.pays == "asset")

    def unit(self) -> Any:
        """The strike."""
        return self.strike

    def integers(self, market: Market) -> list[int]:
        """Call or put; cash or asset."""
        return [sign_of(self.kind), int(self.pays == "asset")]

    def jump(self) -> str | None:
        """At the strike."""
        return (
            "the payoff jumps where S_T passes the strike, and its derivative along the path is 0"
        )
