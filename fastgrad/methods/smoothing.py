"""The record of the kernel that smooths: what each measure's operation reads and calls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..core.shared import Shared, told
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.smoothed import Smoothed
from ..kernels.jit.compile import Operation
from ..models.network.cuts import Smoothing
from .plans import inputs_of


def smoothed_record(
    traced: TracedModel, shared: Shared, given: Callable[[TracedModel, list[Slot]], Smoothing]
) -> Smoothed:
    """The kernel's record for these slots; `given(view, slots)` is what a measure says of them.

    A measure smooths all of the slots, or none of them: its operation has one row for each.
    """
    slots = shared.slots
    tables: list[np.ndarray] = []
    functions: list[Operation | None] = []
    first: list[tuple[int, int]] = []
    tangents = False
    for view, own in zip(traced.views, shared.own, strict=True):
        if view.model.operation("smoothed") is None:
            continue  # it has no reader
        if not own:
            first.append((-1, -1))
            continue
        smoothing = given(view, told(view, slots) if traced.measures > 1 else slots)
        first.append((sum(len(table) for table in tables), len(functions)))
        tables.append(smoothing.table)
        functions += smoothing.functions
        tangents = tangents or smoothing.tangents
    if not slots:
        first = []
    draws = [traced.inputs[s.which].draws if s.which >= 0 and tangents else 0 for s in slots]
    rows = np.cumsum([0, *draws], dtype=np.int64)
    return Smoothed(
        which=inputs_of(slots),
        derivative=tuple(
            traced.inputs[s.which].distribution.operation(f"derivative_{s.parameter}")
            if s.which >= 0
            and tangents
            and traced.inputs[s.which].distribution.has(f"derivative_{s.parameter}")
            else None
            for s in slots
        ),
        row=rows[:-1],
        rows=int(rows[-1]),
        index=np.concatenate(tables) if tables else np.empty(0, dtype=np.int64),
        functions=tuple(functions),
        first=np.array(first, dtype=np.int64).reshape(-1, 2),
    )
