"""The generalised likelihood ratio: parameters of a user's function with a marked threshold."""

from __future__ import annotations

from ..core.shared import Shared
from ..core.study import Slot, Study
from ..kernels.estimators.smoothed import Smoothed
from ..models.network.cuts import Smoothing
from .method import Verdict
from .smoothing import smoothed_record


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


def record(study: Study, shared: Shared, baseline: bool | float) -> Smoothed:
    """The kernel's record: an operation of the model does it all.

    baseline: a number; or the mean of a pilot (True), or nothing (False)
    """

    def given(view: Study, slots: list[Slot]) -> Smoothing:
        marks = view.model.marks  # type: ignore[attr-defined]
        mean = baseline
        if baseline is True:
            mean = view.memory.pilot(("mean output", view.number), marks.mean_output)
        return marks.ratio(slots, float(mean))

    return smoothed_record(study, shared, given)
