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

from ..marks.table import places_of
from .directions import Direction, allowance, blocks_of, direction_of
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
    places = [
        place for place in places_of(model) if place.which < 0 or _chooses(model, place.which)
    ]
    rows = {place.name: (row, own) for place in places
            for row, own in [model.row(place.name)] if row is not None}  # fmt: skip
    if not rows or _ties(model, list(rows.values())) is None:
        return None
    for name, row in rows.items():
        found = _ties(model, [row])
        if found is not None:
            way, bends = found
            first = int(np.flatnonzero(bends)[0])
            where = branch_at(model, way, first, np.array([-1.0, 1.0]))
            return (
                f"E[Y] has no derivative at {name} = {way.moves[0].value:.6g}: two sides are equal "
                f"on paths of positive probability ({np.count_nonzero(bends)} of {len(bends)} jump "
                f"or bend there); {where or 'in a max, min or comparison'}; move {name} off that "
                "value"
            )
    return None


def _ties(model: Described, rows: list[tuple[int, bool]]) -> tuple[Direction, np.ndarray] | None:
    """The way of these parameters and which paths jump or bend on it at θ; None if too few do."""
    way = direction_of(model, rows, NEAR)
    blocks = blocks_of(
        model, int(np.clip(allowance(model).paths // PART, FEWEST_PATHS, MOST_PATHS))
    )
    bends = np.concatenate([_bends(way, block) for block in blocks])
    enough = np.count_nonzero(bends) >= max(FEWEST, SHARE * len(bends))
    return (way, bends) if enough else None


def _chooses(model: Described, which: int) -> bool:
    """Whether an input takes a parameter itself as its value, with positive probability."""
    return not model.sources[which].distribution.has("density")


def _bends(way: Direction, paths: Paths) -> np.ndarray:
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
