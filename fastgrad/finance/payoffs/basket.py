"""Options on a weighted sum of prices."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...kernels.models.option.payoffs import basket
from ..checks import check_kind, check_number
from .base import KINDS, Market, Payoff, sign_of


@dataclasses.dataclass(frozen=True, eq=False)
class Basket(Payoff):
    """(Σ w S_T - strike)⁺, or (strike - Σ w S_T)⁺ for a put.

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    weights : list of float, optional
        One for each asset, other than 0; may be functions of θ. By default all are 1/assets.
    kind : {"call", "put"}
    """

    strike: Any
    weights: Any = None
    kind: str = "call"

    kernel = basket
    at_end = True
    several = True

    def __post_init__(self) -> None:
        check_number("Basket: strike", self.strike, positive=True)
        check_kind("Basket: kind", self.kind, KINDS)
        if self.weights is None:
            return
        if not isinstance(self.weights, (list, tuple, np.ndarray)):
            raise TypeError(f"Basket: weights must be a list of numbers, got {self.weights!r}")
        for i, weight in enumerate(self.weights):
            check_number(f"Basket: weights[{i}]", weight)
            if np.any(np.asarray(value_of(weight)) == 0.0):
                raise ValueError(f"Basket: weights[{i}] must not be 0: leave the asset out")

    def misfit(self, assets: int) -> str | None:
        """As many weights as assets."""
        if self.weights is None or len(self.weights) == assets:
            return None
        return f"Basket has {len(self.weights)} weights for {assets} assets"

    def unit(self) -> Any:
        """The strike."""
        return self.strike

    def terms(self, market: Market) -> Mapping[str, Any]:
        """Strike and weights."""
        assets = market.dynamics.assets
        weights = [1.0 / assets] * assets if self.weights is None else self.weights
        return {"strike": 1.0, **{f"weights[{i}]": weight for i, weight in enumerate(weights)}}

    def integers(self, market: Market) -> list[int]:
        """Call or put, how many assets."""
        return [sign_of(self.kind), market.dynamics.assets]
