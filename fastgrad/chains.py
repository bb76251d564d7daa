"""Sparse chains from what an estimator makes (slots) to the outputs of a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kernels.estimators.problem import Chain
from .tracer import value_of


def chain_of(
    rows: np.ndarray, scale: Any, shift: Any, by_scale: np.ndarray, by_shift: np.ndarray
) -> Chain:
    """Weights by (output, slot), and the model's own scale and shift with their derivatives."""
    output, slot = np.nonzero(rows)
    return Chain(
        slots=rows.shape[1],
        start=np.searchsorted(output, np.arange(len(rows) + 1)),
        slot=slot.astype(np.int64),
        value=rows[output, slot],
        scale=float(value_of(scale)),
        shift=float(value_of(shift)),
        scale_gradient=by_scale.astype(float),
        shift_gradient=by_shift.astype(float),
    )


def sparse_chain(slots: int, rows: list[list[tuple[int, float]]]) -> Chain:
    """A chain that gives each output as a weighed sum of slots: rows of (slot, weight)."""
    entries = [entry for row in rows for entry in row]
    none = np.zeros(len(rows))
    return Chain(
        slots=slots,
        start=np.cumsum([0, *map(len, rows)]),
        slot=np.array([slot for slot, _ in entries], dtype=np.int64),
        value=np.array([weight for _, weight in entries], dtype=float),
        scale=1.0,
        shift=0.0,
        scale_gradient=none,
        shift_gradient=none,
    )


def unit_chain(slots: int) -> Chain:
    """A chain whose outputs are the slots themselves."""
    return sparse_chain(slots, [[(slot, 1.0)] for slot in range(slots)])
