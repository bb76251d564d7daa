"""What is measured on a path: a mean, a tail, or several measures of one run."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..core.numbers import checked_number
from ..core.tracer import Traced, value_of
from .model import Model


@dataclasses.dataclass(frozen=True)
class Mean:
    """The expected output, E[Y]: of a network its length, of a queue the mean over customers."""


@dataclasses.dataclass(frozen=True, eq=False)
class Tail:
    """The probability that a time is longer than a threshold.

    P(Y > y) for the path through a network; for a queue the mean over its customers of
    P(T_n > y), the expected share of them that stay (or wait) longer than y.

    Parameters
    ----------
    y : float
        In the unit of the model's times. May be a function of θ.
    """

    y: Any

    def __post_init__(self) -> None:
        value = value_of(self.y)
        if not isinstance(self.y, Traced):
            value = checked_number("Tail: y", value)
            object.__setattr__(self, "y", value)
        if not np.all(np.isfinite(value)):
            raise ValueError(f"Tail: y must be finite, got {value}")


class Measured(Model):
    """A model whose `measure` is one, or several that are read on the same paths."""

    measure: Any

    def outputs(self) -> tuple | None:
        """Names of the measures: keys of the dict, or 0, 1, … of the list."""
        return tuple(self.measure) if isinstance(self.measure, Mapping) else None

    def choosing(self, output: Any) -> Measured:
        """The same model with one of its measures alone."""
        if not isinstance(self.measure, Mapping) or output not in self.measure:
            known = ", ".join(map(repr, self.outputs() or ()))
            there = f"there are {known}" if known else "there is one, unnamed"
            raise ValueError(f"{type(self).__name__}: no measure {output!r}; {there}")
        made = copy.copy(self)
        object.__setattr__(made, "measure", self.measure[output])
        return made

    def cure_of_several(self, output: Any) -> str:
        """How the user asks for one of them."""
        return f"one measure={self.measure[output]!r}"

    @property
    def tail(self) -> bool:
        """Whether what is measured is an indicator (or a mean of indicators)."""
        return isinstance(self.measure, Tail)

    def structure(self) -> Mapping[str, Any]:
        """The threshold of a tail."""
        return {"y": self.measure.y} if self.tail else {}

    of_measure: ClassVar[tuple[str, ...]] = ("y",)


def checked_measures(given: Any, check: Callable[[Any], Any], whose: str) -> Any:
    """One measure, or a dict of several by name (0, 1, … for a list), each checked.

    Raises
    ------
    TypeError, ValueError
        For none at all, or what `check` says.
    """
    if isinstance(given, Mapping):
        several = dict(given)
    elif isinstance(given, (list, tuple)):
        several = dict(enumerate(given))
    else:
        return check(given)
    if not several:
        raise ValueError(f"{whose}: measure needs at least one measure, got {given!r}")
    return {name: check(one) for name, one in several.items()}


def mean_or_tail(whose: str) -> Callable[[Any], Any]:
    """A check that takes Mean() or Tail(y)."""

    def check(given: Any) -> Any:
        measure = given() if given is Mean else given
        if not isinstance(measure, (Mean, Tail)):
            raise TypeError(
                f"{whose}: measure must be Mean() or Tail(y), or a list or dict of them, "
                f"got {given!r}"
            )
        return measure

    return check
