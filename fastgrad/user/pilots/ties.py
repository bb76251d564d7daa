"""Does a user's function jump or bend at θ itself, on paths of positive probability?

Then E[Y] has no derivative there, and no method a right answer: whole demand against a level
that is whole, max(clock, start) of two equal constants. On a smooth path the two one-sided
slopes over a step h differ by h · Y''; on one that bends exactly at θ by a constant, and on one
that jumps there by a multiple of 1/h. Kinks of other paths come within h with a probability
of that order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .directions import Direction, allowance, blocks_of, by_component, theta_places, together
from .paths import Paths
from .remembered import remembered
from .watchdog import branch_at

if TYPE_CHECKING:
    from ..described import Described

NEAR = 2.0**-24  # of the parameter
CLOSER = 0.25
STAYS = 0.6  # of the difference between the slopes at a quarter of the step; a smooth one: 0.25
LEAST = 1e-5  # of the slopes and of the output: rounding leaves 1e-8 of them
SHARE = 0.01  # of the paths
FEWEST = 2
MOST_PATHS, FEWEST_PATHS = 256, 8
PART = 4  # of the paths of the watchdog's pilot: each costs five simulations here too


def tie(model: Described) -> str | None:
    """Why E[Y] has no derivative at the model's parameters; None if nothing speaks against it."""
    return remembered(model, ("tie",), lambda: _tie(model))


def _tie(model: Described) -> str | None:
    moved = theta_places(model, lambda place: place.which < 0 or _chooses(model, place.which))
    if not moved or _ties(model, together(model, moved, NEAR)) is None:
        return None
    for way, name in by_component(model, moved, NEAR):
        found = _ties(model, way)
        if found is not None:
            first = int(np.flatnonzero(found)[0])
            where = branch_at(model, way, first, np.array([-1.0, 1.0]))
            return (
                f"E[Y] has no derivative at {name} = {way.moves[0].value:.6g}: two sides are equal "
                f"on {np.mean(found):.0%} of the paths, at {where or 'a max, min or comparison'}; "
                f"move {name} off that value"
            )
    return None


def _ties(model: Described, way: Direction) -> np.ndarray | None:
    """Which paths jump or bend this way at θ; None if too few do."""
    blocks = blocks_of(
        model, int(np.clip(allowance(model).paths // PART, FEWEST_PATHS, MOST_PATHS))
    )
    bends = np.concatenate([bending(way, block) for block in blocks])
    return bends if enough(bends) else None


def enough(bends: np.ndarray) -> bool:
    """Whether so many paths bend that it has a positive probability."""
    return bool(np.count_nonzero(bends) >= max(FEWEST, SHARE * len(bends)))


def _chooses(model: Described, which: int) -> bool:
    """Whether an input takes a parameter itself as its value, with positive probability."""
    return not model.sources[which].distribution.has("density")


def bending(way: Direction, paths: Paths) -> np.ndarray:
    """Which paths jump or bend at θ."""

    def at(t: float) -> np.ndarray:
        way.go(paths, np.full(paths.lanes, t))
        return paths.outputs()

    with np.errstate(invalid="ignore"):
        here = at(0.0)
        slopes = []
        for t in (1.0, CLOSER):
            slopes.append(((at(t) - here) / t, (here - at(-t)) / t))
        wide, close = (np.abs(right - left) for right, left in slopes)
        size = np.max(np.abs(slopes), axis=(0, 1))
        return (close > STAYS * wide) & (close > LEAST * (size + NEAR * np.abs(here)))
