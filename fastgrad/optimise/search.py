"""The way from a poor start to where noise begins: steps by the signs of the gradient.

Far from the optimum a gradient says little about how far to go: it is 400 at the steep wall of a
queue with too little service and 1e-6 on the plateau behind a demand. Its sign says where. Each
component has a step of its own, which grows while the sign stays and is halved when it turns
(resilient propagation: Riedmiller and Braun 1993), so that scales that differ by 10⁶ do not matter.
A sign counts only where the gradient stands out from its noise; samples are averaged until it
does. The search ends where no component moves further.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from .region import Region
from .sampling import Sample

FIRST_STEP = 0.2  # of the size of θ
GROWTH, TURN = 1.6, 0.4
SEEN = 3.0  # standard errors: a sign below this is noise, as one in 400 above it is
SHORT = 0.02  # of the size of θ: turns with such a step are the optimum itself
STALE = 20  # samples without a sign

Gradient = Callable[[np.ndarray, int], Sample]


@dataclasses.dataclass
class Found:
    """Where the search ended, and the length of the last steps there."""

    x: np.ndarray
    step: np.ndarray
    batch: int
    moved: bool


def sizes(x: np.ndarray, region: Region) -> np.ndarray:
    """(d,) the size of each component: its own, or that of its box where it is 0."""
    width = region.high - region.low
    size = np.where(x == 0.0, np.where(np.isfinite(width), width, 1.0), np.abs(x))
    return np.minimum(size, np.where(np.isfinite(width), np.maximum(width, 1e-300), np.inf))


def search(
    gradient: Gradient,
    exists: Callable[[np.ndarray], bool],
    region: Region,
    start: np.ndarray,
    batch: int,
    left: Callable[[], float],
    least: np.ndarray,
) -> Found:
    """Go downhill until noise hides the way or the steps are short.

    Parameters
    ----------
    gradient : callable
        (x, replications) -> Sample, with fresh numbers.
    exists : callable
        Whether there is a model at a point.
    left : callable
        What share of the search's budget is left.
    least : (d,) array
        Sizes that components keep when they pass through 0.
    """
    x, size = start, np.maximum(sizes(start, region), least)
    step = FIRST_STEP * size
    evidence = _Evidence(len(x))
    before = np.zeros(len(x))
    moved = False
    while left() > 0.0:
        sign = evidence.sign(gradient(x, batch))
        blocked = ((x <= region.low) & (sign > 0)) | ((x >= region.high) & (sign < 0))
        going = np.where(blocked, 0.0, sign)
        turned = going * before < 0.0
        step = np.where(turned, TURN * step, np.where(going * before > 0.0, GROWTH * step, step))
        size = np.maximum(np.abs(x), np.where(x == 0.0, size, least))
        done = blocked | (step < SHORT * size) | (evidence.stale & (going == 0.0))
        if (moved or blocked.any()) and done.all():
            break
        if not going.any():
            continue
        x, length = _inside(exists, region, x, going * step, size)
        step = np.where(going != 0.0, np.minimum(step, np.maximum(length, 1e-300)), step)
        evidence.used(sign != 0.0)
        # After a turn the next sign starts afresh; one that is not seen yet changes nothing.
        before = np.where(turned, 0.0, np.where(sign != 0.0, going, before))
        moved = True
    return Found(x, np.maximum(step, SHORT * size), batch, moved)


def search_along(
    gradient: Gradient,
    exists: Callable[[np.ndarray], bool],
    region: Region,
    start: np.ndarray,
    batch: int,
    left: Callable[[], float],
    least: np.ndarray,
) -> Found:
    """The same where a projection couples the components: one step for all, along the gradient.

    It grows while moves agree in direction, and shrinks when they turn back.
    """
    x, size = start, np.maximum(sizes(start, region), least)
    length, before = FIRST_STEP, np.zeros(len(x))
    moved = False
    while left() > 0.0 and length >= SHORT:
        slope = size * gradient(x, batch).gradient
        steep = float(np.linalg.norm(slope))
        if steep == 0.0:
            break
        there, _ = _inside(exists, region, x, length * size * slope / steep, size)
        move = (there - x) / size
        along = float(move @ before)
        length *= GROWTH if along > 0.0 else TURN if along < 0.0 else 1.0
        if np.linalg.norm(move) < 0.1 * SHORT:
            break
        x, before, moved = there, move, True
    return Found(x, np.maximum(length, SHORT) * size, batch, moved)


class _Evidence:
    """The gradient of each component, averaged since it last decided a step."""

    def __init__(self, d: int) -> None:
        self.mean, self.variance, self.count = np.zeros(d), np.zeros(d), np.zeros(d)

    def sign(self, sample: Sample) -> np.ndarray:
        """-1, 0 or 1 for each component, with one more sample: 0 where noise may have made it."""
        self.count += 1.0
        self.mean = self.mean + (sample.gradient - self.mean) / self.count
        share = 1.0 - 1.0 / self.count
        self.variance = share**2 * self.variance + sample.variance / self.count**2
        seen = np.abs(self.mean) > SEEN * np.sqrt(self.variance)
        return np.where(seen, np.sign(self.mean), 0.0)

    def used(self, which: np.ndarray) -> None:
        """These have decided a step."""
        self.count = np.where(which, 0.0, self.count)

    @property
    def stale(self) -> np.ndarray:
        """Where many samples have shown no sign."""
        found: np.ndarray = self.count >= STALE
        return found


def _inside(
    exists: Callable[[np.ndarray], bool],
    region: Region,
    x: np.ndarray,
    move: np.ndarray,
    size: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """x - move in the region, the move halved until there is a model; and its largest lengths."""
    for _ in range(60):
        there = region.project(x - move, size)
        if exists(there):
            return there, np.abs(move)
        move = 0.5 * move
    return x, np.abs(move)
