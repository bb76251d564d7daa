"""Tables of dX/dp by the uniform, for shapes whose derivative takes 100 ns: gamma's and beta's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.traced_model import MOST_TABLES, Slot, TracedModel


def slope_tables(traced: TracedModel, slots: list[Slot]) -> list[np.ndarray | None]:
    """The table of each slot's derivative, where there is one; none where they are too many."""

    def has_table(slot: Slot) -> bool:
        name = f"derivative_{slot.parameter}_by_table"
        return slot.which >= 0 and traced.inputs[slot.which].distribution.has(name)

    known = [has_table(slot) for slot in slots]
    if sum(known) > MOST_TABLES:
        return [None] * len(slots)
    return [
        traced.inputs[slot.which].distribution.slope_table(slot.parameter) if has else None
        for slot, has in zip(slots, known, strict=True)
    ]


def slopes_of(tables: list[np.ndarray | None]) -> dict[str, Any]:
    """The fields `slopes` and `first_slope` of a pathwise record."""
    lengths = [0 if table is None else len(table) for table in tables]
    present = [table for table in tables if table is not None]
    return {
        "slopes": np.concatenate([*present, np.zeros(1)]),
        "first_slope": np.cumsum([0, *lengths])[:-1].astype(np.int64),
    }


def no_slopes(slots: int) -> dict[str, Any]:
    """The same for slots without tables."""
    return slopes_of([None] * slots)
