"""American and Bermudan options by a boundary of exercise."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.tracer import Traced
from ...kernels.marks.step import step
from ...models.model import Model
from ..by_function import paid_by_function
from ..checks import check_kind, check_number, real
from .base import KINDS, Market, Payoff


@dataclasses.dataclass(frozen=True, eq=False)
class American(Payoff):
    """A call or put that is exercised as soon as the price passes the threshold of the date.

    The dates are the ends of the steps; at the last one it is a European option. θ may stand in
    the thresholds: the derivative by one is the density of the price there times what is gained
    by holding the option on, from a restart at the threshold (Fu (2005), section 8; Fu and Hu
    1995). It is 0 at the best boundary, which `fg.maximize` finds. Whatever the boundary, the
    price is one that its holder can have: a lower bound of the American option's.

    Parameters
    ----------
    strike : float
        Above 0; may be a function of θ.
    kind : {"call", "put"}
    boundary : sequence of float
        One threshold for the end of each step but the last, above 0. A call is exercised above
        it, just before a dividend in cash is paid there; a put below it, just after.
    """

    strike: Any
    kind: str = "put"
    boundary: Sequence[Any] = ()

    def __post_init__(self) -> None:
        check_number("American: strike", self.strike, positive=True)
        check_kind("American: kind", self.kind, KINDS)
        if isinstance(self.boundary, (int, float, str, Traced)) or not np.ndim(self.boundary) == 1:
            raise TypeError(
                f"American: boundary must be a list of thresholds, got {self.boundary!r}"
            )
        for k, threshold in enumerate(self.boundary):
            check_number(f"American: boundary[{k}]", threshold, positive=True)

    def model(self, market: Market) -> Model:
        """The rule of exercise as a function of the path."""
        steps, dynamics, call = market.steps, market.dynamics, self.kind == "call"
        if len(self.boundary) != steps - 1 or steps < 2:
            raise ValueError(
                f"American: boundary needs a threshold for each of the {max(steps - 1, 1)} steps "
                f"but the last, got {len(self.boundary)}"
                + (" (and the option 2 steps or more)" if steps < 2 else "")
            )
        ends = [market.maturity * (k / steps) for k in range(1, steps)]
        parameters = {
            "strike": real(self.strike),
            "boundary": [*map(real, self.boundary)],
            "growth": [real(dynamics.growth(end, market.maturity)) for end in ends],
        }
        if call:
            paid = dynamics.paid_at_steps(market.maturity, steps)
            parameters["dividend"] = [*map(real, paid[:-1])]
        return paid_by_function(market, self, call_paid if call else put_paid, parameters)


def call_paid(path, p):  # type: ignore[no-untyped-def]
    """What a call pays at maturity, if what it paid earlier is put into the bank."""
    for k in range(len(p.boundary)):
        price = path[k] + p.dividend[k]
        if step(price > p.boundary[k]):
            return p.growth[k] * max(price - p.strike, 0.0)
    return max(path[-1] - p.strike, 0.0)


def put_paid(path, p):  # type: ignore[no-untyped-def]
    """The same for a put."""
    for k in range(len(p.boundary)):
        if step(path[k] < p.boundary[k]):
            return p.growth[k] * max(p.strike - path[k], 0.0)
    return max(p.strike - path[-1], 0.0)
