"""A plain description of a model that is a user's function: what pilots and marks look at."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.tracer import value_of
from ..kernels.user.function import UserFunction
from ..kernels.user.pathwise import Directions
from ..kernels.user.simulation import Layout
from ..models.model import Input, Model


class Described(Model):
    """What is known of a user's function without running it; `UserModel` is one.

    Attributes
    ----------
    user : UserFunction
    sources : list of Input
    output : int, str, tuple or None
        Which entry of the result is the output.
    debug : bool
        Whether it runs as plain Python.
    planned : int or None
        The replications that were asked for.
    memory : Memory or None
        Of a prepared estimator.
    frozen : bool
        Whether draws with free parameters stay as they are when θ moves.
    """

    user: UserFunction
    sources: list[Input]
    output: int | str | tuple | None
    debug: bool
    planned: int | None
    memory: Any
    frozen: bool

    @functools.cached_property
    def numbers(self) -> tuple:
        """Every number that the paths depend on, and whether θ moves it: as a key.

        It is asked for by every pilot: 400 inputs and parameters cost 12 ms each time.
        """
        sources = [
            (e.name, e.distribution.kind, np.array(e.distribution.values, dtype=float).tobytes(),
             tuple(map(self.moves, e.distribution.parameters)))
            for e in self.sources
        ]  # fmt: skip
        reals = [
            (name, np.float64(value_of(value)).tobytes(), self.moves(value))
            for name, value in self.reals.items()
        ]
        return tuple(self.counts().tolist()), tuple(sources), tuple(reals)

    @property
    def reals(self) -> dict[str, Any]:
        """Parameters that θ may stand in, place by place."""
        raise NotImplementedError

    @property
    def layout(self) -> Layout:
        """How the function is called."""
        raise NotImplementedError

    @property
    def directions(self) -> Directions:
        """The arguments that θ stands in, for the pathwise derivative."""
        raise NotImplementedError

    @property
    def quiet(self) -> Any:
        """The same model, whose function prints nothing."""
        raise NotImplementedError

    @property
    def marks(self) -> Any:
        """Its marked thresholds, if it has any."""
        raise NotImplementedError

    def choosing(self, output: Any) -> Described:
        """The same model with one of its outputs."""
        raise NotImplementedError

    def draws_taken(self, which: int) -> float:
        """How many draws of an input a path takes, on the mean of some paths of the pilot."""
        raise NotImplementedError

    @staticmethod
    def moves(argument: Any) -> bool:
        """Whether θ stands in an argument."""
        raise NotImplementedError

    def row(self, place: str) -> tuple[int | None, bool]:
        """Where a parameter stands among all of its kind; None if no variate moves with it."""
        raise NotImplementedError

    def takes(self, moved: Mapping[int, float]) -> bool:
        """Whether the distributions accept these values of parameters."""
        raise NotImplementedError

    def arguments(self, paths: Any, lane: int) -> list[Any]:
        """What the function is called with in one replication."""
        raise NotImplementedError
