"""Where does a path jump, when it moves from one end of an interval to the other? Bisection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .paths import Paths

HALVINGS = 30  # the interval shrinks to 1e-9 of itself
STAYS = 1e-4  # of the largest change: what is left of a continuous one is 1e-9 · its slope
ROUNDING = 1e-11  # of the output: changes below are not changes
STRAIGHT = 1e-3  # of the largest change: halves that differ by less hide no jump that counts

Along = Callable[[Paths, np.ndarray], np.ndarray]


class Search(NamedTuple):
    """What was found in each lane.

    jumps: whether there is a jump
    change: what is left of the change over the last interval
    interval: (2, lanes), the ends of that interval
    """

    jumps: np.ndarray
    change: np.ndarray
    interval: np.ndarray


def close_in(outputs: Along, paths: Paths, thorough: int) -> Search:
    """Halve the interval from -1 to 1, lane by lane, towards the larger change of the outputs.

    A continuous output changes less and less over a shrinking interval; a jump stays. A lane
    is given up as soon as both halves change alike, for then it has no jump larger than
    `STRAIGHT`: most smooth paths cost five simulations, not thirty-two. The first `thorough`
    lanes go on to the end: stairs of many small steps look straight from far away.
    """
    lanes = paths.lanes
    low, high = np.full(lanes, -1.0), np.full(lanes, 1.0)
    below, above = outputs(paths, low), outputs(paths, high)
    most = np.abs(above - below)
    typical = float(np.mean(np.abs(below)))
    on, left = paths, np.arange(lanes)  # the lanes that are still looked at
    for halving in range(HALVINGS):
        middle = 0.5 * (low[left] + high[left])
        there = outputs(on, middle)
        first, second = there - below[left], above[left] - there
        most[left] = np.fmax(most[left], np.fmax(np.abs(first), np.abs(second)))
        inside = np.abs(first) >= np.abs(second)
        high[left], above[left] = _chosen(inside, middle, high[left], there, above[left])
        low[left], below[left] = _chosen(~inside, middle, low[left], there, below[left])
        if halving:
            kept = (left < thorough) | (np.abs(first - second) > STRAIGHT * most[left])
            if 2 * np.count_nonzero(kept) < len(left):  # making a smaller block costs a little
                on, left = on.chosen(kept), left[kept]
        if not len(left):
            break
    change = above - below
    size = np.maximum(typical, np.maximum(np.abs(below), np.abs(above)))
    closed = high - low <= 2.0**2 * 2.0**-HALVINGS
    jumps = closed & (np.abs(change) > STAYS * most) & (np.abs(change) > ROUNDING * size)
    return Search(jumps, change, np.array([low, high]))


def _chosen(which: np.ndarray, *pairs: Any) -> tuple[np.ndarray, np.ndarray]:
    """One of each two arrays, by place."""
    return np.where(which, pairs[0], pairs[1]), np.where(which, pairs[2], pairs[3])
