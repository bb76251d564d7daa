"""Where does a path jump, when a parameter moves? Bisection, replication by replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

HALVINGS = 30  # the interval shrinks to 1e-9 of itself
STAYS = 1e-4  # of the largest change: what is left of a continuous one is 1e-9 · its slope
ROUNDING = 1e-11  # of the output: changes below are not changes


class Search(NamedTuple):
    """What was found in each lane.

    jumps: whether there is a jump
    change: what is left of the change over the last interval
    interval: (2, lanes), the ends of that interval
    """

    jumps: np.ndarray
    change: np.ndarray
    interval: np.ndarray


def close_in(
    outputs: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray
) -> Search:
    """Halve the intervals [low, high], lane by lane, towards the larger change of the outputs.

    A continuous output changes less and less over a shrinking interval; a jump stays.
    """
    below, above = outputs(low), outputs(high)
    most = np.abs(above - below)
    typical = float(np.mean(np.abs(below)))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        there = outputs(middle)
        lower, upper = np.abs(there - below), np.abs(above - there)
        most = np.maximum(most, np.maximum(lower, upper))
        left = lower >= upper
        high, above = np.where(left, middle, high), np.where(left, there, above)
        low, below = np.where(left, low, middle), np.where(left, below, there)
    change = above - below
    size = np.maximum(typical, np.maximum(np.abs(below), np.abs(above)))
    jumps = (np.abs(change) > STAYS * most) & (np.abs(change) > ROUNDING * size)
    return Search(jumps, change, np.array([low, high]))
