"""The generalised likelihood ratio: parameters of a user's function with a marked threshold."""

from __future__ import annotations

import numpy as np

from ..core.study import Slot, Study
from ..kernels.estimators.smoothed import Smoothed
from .method import Verdict, inputs_of


def has_ratio(study: Study, slot: Slot) -> bool:
    """Whether the slot is a parameter of a function with marks."""
    return slot.which < 0 and getattr(study.model, "marks", None) is not None


def verdict(study: Study, slot: Slot) -> Verdict:
    """Whether the ratio is valid there."""
    reason = study.model.ratio_refusal(slot)  # type: ignore[attr-defined]
    if reason is not None:
        return Verdict(False, False, reason)
    return Verdict(True, True, "the latest draw moves along with θ, and its density tells")


def divided(study: Study, slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Slots with a generalised ratio, and all others."""
    own = [slot for slot in slots if has_ratio(study, slot)]
    return own, [slot for slot in slots if not has_ratio(study, slot)]


def record(study: Study, slots: list[Slot], baseline: bool | float) -> Smoothed:
    """The kernel's record: an operation of the model does it all.

    baseline: a number; or the mean of a pilot (True), or nothing (False)
    """
    marks = study.model.marks  # type: ignore[attr-defined]
    if baseline is True:
        baseline = study.memory.pilot("mean output", marks.mean_output)
    given = marks.ratio(slots, float(baseline))
    none = np.zeros(len(slots), dtype=np.int64)
    return Smoothed(
        which=inputs_of(slots),
        derivative=(None,) * len(slots),
        row=none,
        rows=0,
        index=given.table,
        functions=given.functions,
    )
