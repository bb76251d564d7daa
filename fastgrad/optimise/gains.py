"""Gains from a pilot: how curved the objective is in each component where the descent begins.

a_n = a / (n + A)^α is best for a = 1/H, and a·H < 1/2 loses the rate itself (Robbins and Monro
1951; Chung 1954). H is unknown, so it is measured: the gradient at both sides of a component, with
the same random numbers, over a step that the search has left.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .region import Region
from .sampling import Sample

PROBES = 12  # more components are probed in this many random directions, together
SAFE = 1.5  # a·H: 1 is best, and below 1/2 the rate is lost
PROBE = 0.1  # of the size of θ

Same = Callable[[np.ndarray], Sample]


@dataclasses.dataclass(frozen=True)
class Gains:
    """a_n = a / (n + A)^α for each component, and the step c_n = c / n^γ of differences.

    Attributes
    ----------
    a, c : (d,) arrays
    A, alpha, gamma : float
    curvature : (d, d) array or None
        Of the objective, as the pilot saw it; off the diagonal nan where it was not measured.
    diagonal : (d,) array or None
        What was made of it: positive, and bounded.
    """

    a: np.ndarray
    A: float
    alpha: float
    c: np.ndarray
    gamma: float
    curvature: np.ndarray | None = None
    diagonal: np.ndarray | None = None

    def step(self, n: int) -> np.ndarray:
        """a_n, n = 0, 1, …"""
        return self.a / (n + 1.0 + self.A) ** self.alpha

    def perturbation(self, n: int) -> np.ndarray:
        """c_n, n = 0, 1, …"""
        return self.c / (n + 1.0) ** self.gamma

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists."""
        return {
            "a": self.a.tolist(),
            "A": self.A,
            "alpha": self.alpha,
            "c": self.c.tolist(),
            "gamma": self.gamma,
        }


def curvature(
    same: Same, exists: Callable[[np.ndarray], bool], region: Region, x: np.ndarray,
    step: np.ndarray, generator: np.random.Generator, probes: int = PROBES,
) -> np.ndarray:  # fmt: skip
    """(d, d) second derivatives by differences of gradients.

    same: gradients at any θ, always from the same replications
    probes: pairs of them that may be made; for more components than that only a diagonal, by
    random directions
    """
    d = len(x)
    if d > probes:
        return _by_directions(same, exists, region, x, step, generator, probes)
    found = np.empty((d, d))
    for i in range(d):
        up, down = _ends(exists, region, x, step, i)
        width = up[i] - down[i]
        if width <= 0.0:
            found[i] = np.nan
            continue
        found[i] = (same(up).gradient - same(down).gradient) / width
    return 0.5 * (found + found.T)


def _ends(
    exists: Callable[[np.ndarray], bool], region: Region, x: np.ndarray, step: np.ndarray, i: int
) -> tuple[np.ndarray, np.ndarray]:
    """Two points around x in direction i, in the box and in the model."""
    ends = []
    for sign in (1.0, -1.0):
        move = step[i]
        for _ in range(40):
            point = x.copy()
            point[i] = np.clip(x[i] + sign * move, region.low[i], region.high[i])
            if exists(point):
                break
            move *= 0.5
        else:
            point = x
        ends.append(point)
    return ends[0], ends[1]


def _by_directions(
    same: Same, exists: Callable[[np.ndarray], bool], region: Region, x: np.ndarray,
    step: np.ndarray, generator: np.random.Generator, probes: int,
) -> np.ndarray:  # fmt: skip
    """The diagonal by random signs: E[Δ_i (∇J(x + cΔ) - ∇J(x - cΔ))_i / 2c_i] = H_ii."""
    rows = []
    for _ in range(probes):
        delta = generator.choice([-1.0, 1.0], len(x))
        up = np.clip(x + step * delta, region.low, region.high)
        down = np.clip(x - step * delta, region.low, region.high)
        if not (exists(up) and exists(down)):
            continue
        width = np.where(up != down, up - down, np.nan)
        rows.append((same(up).gradient - same(down).gradient) / width)
    found = np.full((len(x), len(x)), np.nan)
    if rows:
        mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0) / np.sqrt(len(rows))
        np.fill_diagonal(found, np.maximum(np.abs(mean), spread))  # rather too short steps
    return found


def usable(found: np.ndarray, slope: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(d,) positive curvatures: those found, bounded where noise or concavity spoils them.

    A curvature is at least such that a step 1/H by the gradient's own size stays within `size`,
    and at least a tenth of the typical one in units of `size`.
    """
    diagonal = np.abs(np.diag(found))
    diagonal = np.where(np.isfinite(diagonal), diagonal, 0.0)
    least = np.abs(slope) / size
    scaled = diagonal * size * size
    typical = float(np.median(scaled[scaled > 0.0])) if (scaled > 0.0).any() else 0.0
    floor = np.maximum(least, 0.1 * typical / (size * size))
    return np.where(np.maximum(diagonal, floor) > 0.0, np.maximum(diagonal, floor), 1.0 / size**2)


def seen(slope: Sample) -> np.ndarray:
    """The gradient where it stands out from its noise, else 0."""
    return np.where(np.abs(slope.gradient) > 2.0 * np.sqrt(slope.variance), slope.gradient, 0.0)
