"""Importance sampling by a tilt: normal scores of random numbers are shifted, and weighed.

A row of uniforms u becomes Φ(Φ⁻¹(u) + h), whose normal score z is N(h, 1), and the replication gets
the weight Π exp(-h z + h²/2), the ratio of densities. Every estimator is a function of its
random numbers, so that its weighed mean is what it was: E[Y] and any derivative.
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from scipy.special import ndtr, ndtri

from ..kernels.estimators.problem import Problem
from ..settings import Settings
from .calls import uniform_block
from .quasi import SMALLEST

NO_RATIO = np.empty(0)


@dataclasses.dataclass(frozen=True, eq=False)
class Tilt:
    """The shift h of the normal score of every row of variates, (rows,)."""

    shift: np.ndarray

    def applied(
        self, problem: Problem, settings: Settings, first: int, count: int, points: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Tilted points (rows, count) and the weights (count,) of these replications.

        points: quasi-random ones, or (0, 0) for the random numbers of the run
        """
        if not points.size:
            points = random_points(problem, settings.key, first, count)
        return tilted(points, self.shift)


def tilted(points: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights, element by element: the same bits whatever the number of points."""
    made, logs = points.copy(), np.zeros(points.shape[1])
    for row in np.flatnonzero(shift):
        score = ndtri(points[row]) + shift[row]
        made[row] = np.clip(ndtr(score), SMALLEST, 1.0 - SMALLEST)
        logs += shift[row] * (0.5 * shift[row] - score)
    return made, np.exp(logs)


def random_points(problem: Problem, seed: int, first: int, count: int) -> np.ndarray:
    """The run's own uniforms, (rows, count), input after input."""
    firsts = [*problem.first_row.tolist(), problem.rows]
    made = np.empty((problem.rows, count))
    for which, (low, high) in enumerate(itertools.pairwise(firsts)):
        made[low:high] = uniform_block(which, high - low, seed, first, count)
    return made
