"""How distributions move when inputs are divided by θ or θ is subtracted (Fu (2005), section 5.1).

X/θ has parameters that fall as θ grows: where X scales, θ is a rate; X - θ has location -θ.
"""

from __future__ import annotations

from typing import NamedTuple

from ..distributions.families import Distribution

ALONG = "the path itself"  # nothing to push out: the output is continuous there


class PushOut(NamedTuple):
    """One way to push a slot of a model out.

    moves: (input, parameter, w_p) for each parameter that takes θ up
    joint: whether the output moves along the bracket; a tail does not
    """

    way: str
    moves: list[tuple[int, str, float]]
    joint: bool


def divided(distribution: Distribution, which: int, theta: float) -> list | None:
    """The moves of one input when everything is divided by θ, or None."""
    scaled = distribution.scaled()
    if scaled is None or theta == 0.0:
        return None
    return [(which, name, value / theta) for name, value in scaled if value != 0.0]


def subtracted(distribution: Distribution, which: int) -> list | None:
    """The moves of one input when θ is subtracted from it, or None."""
    names = distribution.shifted()
    return None if names is None else [(which, name, 1.0) for name in names]
