"""What the gradients on the way say of how much better the answer is than the start.

A comparison of outputs at the start and at the answer has the noise of the outputs: of an option,
15 where early exercise is worth 0.7. The gradients that led from one to the other have much less.
Each is summed over the step that led to its point, Σ gᵢ · (xᵢ₋₁ - xᵢ): its noise is not that of
the step, so the sum is unbiased for itself, and where the objective is convex a lower bound of
the improvement, loose where steps are long.
"""

from __future__ import annotations

import numpy as np

from .path import Path

FRESH = ("search", "descent")  # phases whose every gradient has random numbers of its own


def gained_on_the_way(path: Path, answer: np.ndarray) -> tuple[float, float]:
    """The improvement from the first step to the answer, and its standard error.

    It is infinite where a gradient was not seen.
    """
    steps = [step for step in path if step.sample is not None]
    if len(steps) < 2:
        return 0.0, np.inf
    x = np.array([step.x for step in steps])
    seen = [step.sample for step in steps[1:] if step.sample is not None]
    gradient = np.array([sample.gradient for sample in seen])
    variance = np.array([sample.variance for sample in seen])
    moves = x[:-1] - x[1:]
    gain = float(np.sum(gradient * moves)) + float(gradient[-1] @ (x[-1] - answer))
    fresh = np.array([step.phase in FRESH for step in steps[1:]])
    noise = float(np.sum(moves[fresh] ** 2 * variance[fresh]))
    shared = float(np.sum(np.abs(moves[~fresh]) * np.sqrt(variance[~fresh])))  # frozen numbers
    error = float(np.sqrt(noise)) + shared
    return (gain, error) if np.isfinite(gain + error) else (0.0, np.inf)
