"""What plans of methods have in common, below all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.problem import Chain


def fixed_plan(traced: TracedModel, chain: Chain, method: Any) -> Plan:
    """A plan whose every chunk has the same method and the same parameters."""
    parameters, structure = traced.values()
    return Plan(
        traced.problem(method),
        chain,
        lambda first, count: (method, parameters, structure),
        paths=traced.model.paths(),
    )


def inputs_of(slots: list[Slot]) -> np.ndarray:
    """(slots,) the number of the input of each."""
    return np.array([slot.which for slot in slots], dtype=np.int64)


def slot_pairs(slots: list[Slot]) -> list[tuple[int, int]]:
    """All pairs of slots, each once, the same slot twice included."""
    return [(a, b) for a in range(len(slots)) for b in range(a, len(slots))]


def taken_rows(traced: TracedModel, slots: Sequence[Slot]) -> np.ndarray:
    """Where the model notes how many draws were taken of each slot's input, (slots,)."""
    return np.array([traced.taken_row(s.which) for s in slots], dtype=np.int64)
