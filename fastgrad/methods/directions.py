"""Directions of the methods that move all components at once, replication by replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.chains import alike, unit_chain
from ..core.engine import Plan
from ..core.traced_model import TracedModel
from ..kernels.estimators.differences import Differences as DifferenceKernel
from ..kernels.random.philox import METHOD, ROLE, uniform_rows
from ..settings import Settings
from .difference_plan import StepSets


def direction_plan(
    traced: TracedModel,
    steps: StepSets,
    directions: Callable[[int, int], np.ndarray],
    weights: Callable[[np.ndarray, np.ndarray], np.ndarray],
    sides: tuple[float, ...] = (1.0, -1.0),
    centre: bool = True,
) -> Plan:
    """A plan in which every replication moves θ in a direction of its own.

    weights: (steps, directions) -> the factors of the difference; sides: where outputs are taken,
    in steps along the direction (the second is subtracted from the first, or one is all);
    centre: whether the first output is that at θ itself
    """
    d = traced.components
    at = traced.theta.vector[:, None]
    firsts = [centre + k * len(sides) for k in steps.which]
    lasts = [first + 1 if len(sides) > 1 else -1 for first in firsts]
    pair = np.array([steps.which, firsts, lasts], dtype=np.int64).T
    columns = [one[:, None] for one in steps.distinct]

    def chunk(first: int, count: int) -> tuple[Any, np.ndarray, np.ndarray]:
        delta = directions(first, count)
        points = [np.broadcast_to(at, delta.shape)] if centre else []
        points += [at + side * (one * delta) for one in columns for side in sides]
        design = traced.design(points)
        factors = np.vstack([weights(one, delta) for one in columns])
        method = DifferenceKernel(design["scale"], design["shift"], factors, pair, True)
        return method, design["parameters"], design["structure"]

    numbers = sum(len(entry.distribution.parameters) for entry in traced.inputs)
    points = centre + len(steps.distinct) * len(sides)
    width = (1 + len(steps.distinct)) * d + points * (numbers + len(traced.whole.structure()))
    chain = alike(unit_chain(d), traced.measures)
    return Plan(
        traced.problem(DifferenceKernel, shared=False),
        chain,
        chunk,
        width=width,
        paths=traced.model.paths(),
    )


def uniforms(traced: TracedModel, settings: Settings, first: int, count: int) -> np.ndarray:
    """(components, count) uniforms of the method itself, by replication."""
    d = traced.components
    out = np.empty((d + 1, count))
    uniform_rows.compiled.ctypes(
        count, d, 0, METHOD * ROLE, first, settings.key, 0, count,
        out.ctypes.data_as(uniform_rows.compiled.ctypes.argtypes[-1]),
    )  # fmt: skip
    return out[:d]


def hadamard_signs(components: int, first: int, count: int) -> np.ndarray:
    """(components, count) columns of a Hadamard matrix, in turn by replication."""
    size = 1 << components.bit_length()
    from scipy import linalg  # 0.05 s of every start, for Hadamard directions alone

    matrix = linalg.hadamard(size).astype(float)[1 : components + 1]
    return matrix[:, (first + np.arange(count)) % size]
