"""The distribution of the last iterate, or of the mean of iterates: the linear recursion around θ*.

With e_n the error, e_{n+1} = (I - A_n H) e_n - A_n ξ_n, noise ξ_n of covariance Σ. The answer is
Σ_j W_j ξ_j + P e_0, the W_j exactly known from the gains. For n → ∞ this is H⁻¹ΣH⁻¹/n of an
average, and V/n with (aH - ½)V + V(aH - ½)ᵀ = aΣa for gains a/n; after 320 iterations the average
varies by a tenth more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .gains import Gains


class Way(NamedTuple):
    """How a descent went.

    Attributes
    ----------
    gains : list of (int, Gains)
        Each with the iteration from which it holds.
    iterations : int
    skipped : int
        Iterates that are not in the mean; all but the last where there is none.
    start : (d,) array
        Where it began.
    """

    gains: list[tuple[int, Gains]]
    iterations: int
    skipped: int
    start: np.ndarray

    @property
    def steps(self) -> np.ndarray:
        """(iterations, d) a_n of each."""
        made = np.empty((self.iterations, len(self.start)))
        for since, gains in self.gains:
            n = np.arange(since, self.iterations)[:, None]
            made[since:] = gains.a / (n + 1.0 + gains.A) ** gains.alpha
        return made


def covariance(way: Way, bent: np.ndarray, noise: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """(d, d) of the answer.

    bent : (d, d) H
    noise : (d, d) covariance of one iteration's gradient

    What is left of the error at the beginning, P e_0, counts as a deviation: e_0 is seen.
    """
    d = len(bent)
    if d == 1:
        return _of_one(way, float(bent[0, 0]), float(noise[0, 0]), float(answer[0]))
    one, made = np.eye(d), np.zeros((d, d))
    ahead = np.zeros((d, d))  # Σ over counted iterates behind j of the products up to them
    for j, step in zip(range(way.iterations - 1, -1, -1), way.steps[::-1], strict=True):
        if j >= way.skipped:
            ahead = ahead + one
        weight = ahead * step
        made += weight @ noise @ weight.T
        ahead = ahead - weight @ bent
    left = ahead @ (way.start - answer)
    found: np.ndarray = (made + np.outer(left, left)) / (way.iterations - way.skipped) ** 2
    return found


def _of_one(way: Way, bent: float, noise: float, answer: float) -> np.ndarray:
    """The same of one component, in plain numbers: 0.2 µs an iteration, where arrays take 6."""
    made = ahead = 0.0
    skipped = way.skipped
    steps = way.steps[:, 0].tolist()
    for j in range(way.iterations - 1, -1, -1):
        if j >= skipped:
            ahead += 1.0
        weight = ahead * steps[j]
        made += weight * noise * weight
        ahead -= weight * bent
    left = ahead * (float(way.start[0]) - answer)
    return np.array([[(made + left * left) / (way.iterations - skipped) ** 2]])
