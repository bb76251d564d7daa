"""Directions of the methods that move all components at once, replication by replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Plan
from ..core.study import Study
from ..kernels.estimators.differences import Differences as DifferenceKernel
from ..kernels.random.philox import METHOD, ROLE, uniform_rows
from ..settings import Settings


def direction_plan(
    study: Study,
    steps: np.ndarray,
    directions: Callable[[int, int], np.ndarray],
    weights: Callable[[np.ndarray], np.ndarray],
    sides: tuple[float, ...] = (0.0, 1.0, -1.0),
) -> Plan:
    """A plan in which every replication moves θ in a direction of its own.

    sides: where outputs are taken, in steps along the direction; the last two are subtracted
    """
    d = study.components
    at = study.theta.vector[:, None]

    def chunk(first: int, count: int) -> tuple[Any, np.ndarray, np.ndarray]:
        delta = directions(first, count)
        move = steps[:, None] * delta
        design = study.design([at + side * move for side in sides])
        method = DifferenceKernel(design["scale"], design["shift"], weights(delta), True)
        return method, design["parameters"], design["structure"]

    width = sum(len(entry.distribution.parameters) for entry in study.inputs)
    width = 2 * d + len(sides) * (width + len(study.model.structure()))
    return Plan(study.problem(DifferenceKernel, shared=False), unit_chain(d), chunk, width=width)


def uniforms(study: Study, settings: Settings, first: int, count: int) -> np.ndarray:
    """(components, count) uniforms of the method itself, by replication."""
    d = study.components
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
