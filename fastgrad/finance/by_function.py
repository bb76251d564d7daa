"""Options whose payoff is an ordinary function of the path: simulations of the user's kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..kernels.user.record import MANY
from ..user.arguments import checked_function, checked_parameters
from ..user.counts import Group
from ..user.model import UserModel
from .payoffs.base import Market


@dataclasses.dataclass(frozen=True, eq=False)
class PaidByFunction(UserModel):
    """What a function pays for the path, as a model.

    Attributes
    ----------
    market : Market
        Dynamics, maturity and steps.
    payoff : Payoff
    """

    market: Any = None
    payoff: Any = None

    @property
    def dynamics(self) -> Any:
        """Of the prices."""
        return self.market.dynamics

    @property
    def maturity(self) -> Any:
        """In years."""
        return self.market.maturity

    @property
    def steps(self) -> int:
        """Of the path."""
        steps: int = self.market.steps
        return steps

    def discontinuity(self, place: str) -> str | None:
        """Where the prices jump, as the dynamics know; then what a pilot finds."""
        jump: str | None = self.dynamics.jump(place)
        return jump or super().discontinuity(place)

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """The same, as that jump has no mark; and that the last price may not move any more."""
        jump: str | None = self.dynamics.jump(slot.place)
        jump = jump or (self.dynamics.may_stand() if self.marks else None)
        return jump or super().smoothing_refusal(slot, options)

    def kink(self) -> str | None:
        """Where prices jump as θ moves."""
        jump: str | None = self.dynamics.kink(self.maturity, self.steps)
        return jump or super().kink()

    def paths(self) -> Sequence[Sequence[int]]:
        """Those of the dynamics."""
        found: Sequence[Sequence[int]] = self.dynamics.paths(self.steps)
        return found


def paid_by_function(
    market: Market,
    payoff: Any,
    pay: Callable[..., Any],
    parameters: Mapping[str, Any],
    debug: bool = False,
) -> PaidByFunction:
    """The model of a payoff pay(path) or pay(path, p), under any dynamics that say how to walk."""
    whose = type(payoff).__name__
    walk, own = market.dynamics.walk(market.maturity, market.steps, market.unit)
    taken = sorted(set(own) & set(parameters))
    if taken:
        raise ValueError(f"{whose}: parameters: {taken[0]!r} is the name of one of the dynamics'")
    sources = market.dynamics.inputs(market.maturity, market.steps, market.unit)
    return PaidByFunction(
        user=checked_function(f"{whose}: function", walked(walk, pay)),
        sources=sources,
        groups=[Group("returns", MANY, len(sources))],
        given=checked_parameters(f"{whose}: parameters", {**parameters, **own}),
        record=True,
        output=None,
        debug=debug,
        market=market,
        payoff=payoff,
    )


def walked(walk: Callable[..., Any], pay: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """One function of both records: first the path, then what is paid for it."""
    if arguments(pay) == 1:

        def paid(x: Any, p: Any) -> Any:
            return pay(walk(x, p))

    else:

        def paid(x: Any, p: Any) -> Any:
            return pay(walk(x, p), p)

    return paid


def arguments(function: Any) -> int:
    """How many a function takes; functions that were compiled already too."""
    code = getattr(getattr(function, "py_func", function), "__code__", None)
    return -1 if code is None else int(code.co_argcount)
