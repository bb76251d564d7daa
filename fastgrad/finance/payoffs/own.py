"""A payoff of the user's own: an ordinary function of the path."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from ...models.model import Model
from ...user.arguments import checked_debug
from ..by_function import arguments, paid_by_function
from . import base


@dataclasses.dataclass(frozen=True, eq=False)
class Payoff(base.Payoff):
    """What an ordinary function of the path pays at maturity, compiled like `fg.Simulation`.

    Parameters
    ----------
    function : callable
        path -> amount, or (path, p) -> amount: path is the array of the prices at the ends of
        all steps, for several assets with one row each; p holds the parameters by name. It may
        use what functions of `fg.Simulation` may. Where it jumps `fg.step(path[-1] > p.strike)`
        says so: scores and weak derivatives need no marks, smoothing and "auto" do, and the
        path's own derivative is refused there.
    parameters : mapping of names to numbers, or to arrays of them
        Strikes, barriers, …; θ may stand in those that are not of type int.
    debug : bool
        Run it as plain Python.

    Raises
    ------
    TypeError, ValueError
        For what cannot be run; for code that cannot be compiled, when it is first needed.
    """

    function: Callable[..., Any]
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    debug: bool = False

    several = True

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(
                f"Payoff: function must be a function of the path, got {self.function!r}"
            )
        if arguments(self.function) not in (1, 2):
            raise TypeError(
                "Payoff: function must take the path, or the path and the parameters, got "
                f"{self.function!r}"
            )
        checked_debug("Payoff", self.debug)

    def model(self, market: base.Market) -> Model:
        """The function, after the walk."""
        return paid_by_function(market, self, self.function, self.parameters, self.debug)
