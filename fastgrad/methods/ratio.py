"""The generalised likelihood ratio: parameters of a user's function with a marked threshold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.shared import Shared
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.smoothed import Smoothed
from ..models.network.cuts import Smoothing
from ..user.free import free_functions, index_of, lacking
from .method import Verdict
from .smoothing import smoothed_record


def has_ratio(traced: TracedModel, slot: Slot) -> bool:
    """Whether the slot is a parameter of a function with marks."""
    model = traced.model
    return slot.which < 0 and bool(model.marks or model.free)


def verdict(traced: TracedModel, slot: Slot) -> Verdict:
    """Whether the ratio is valid there."""
    if traced.model.free:
        return free_verdict(traced, slot, "score")
    reason = traced.model.ratio_refusal(slot)
    if reason is not None:
        return Verdict(False, False, reason)
    return Verdict(True, True, "the latest draw moves along with θ, and its density tells")


def divided(traced: TracedModel, slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Slots with a generalised ratio, and all others."""
    own = [slot for slot in slots if has_ratio(traced, slot)]
    return own, [slot for slot in slots if not has_ratio(traced, slot)]


def record(traced: TracedModel, shared: Shared, baseline: bool | float) -> Smoothed:
    """The kernel's record: an operation of the model does it all.

    baseline: a number; or the mean of a pilot (True), or nothing (False)
    """

    def given(view: TracedModel, slots: list[Slot]) -> Smoothing:
        model: Any = view.model
        if model.free:
            return free_smoothing(view, slots, "score", baseline)
        marks = model.marks
        mean = baseline
        if baseline is True:
            mean = view.memory.pilot(("mean output", view.number), marks.mean_output)
        return marks.ratio(slots, float(mean))

    return smoothed_record(traced, shared, given)


def free_verdict(traced: TracedModel, slot: Slot, kind: str) -> Verdict:
    """Whether scores, or weak derivatives, of draws that depend on the state are right there."""
    model: Any = traced.model
    reason = lacking(model, kind) or model.frozen_jump(slot.place)
    if reason is not None:
        return Verdict(False, False, reason)
    return Verdict(True, True, "draws move with θ by their parameters, the rest along the path")


def free_smoothing(
    view: TracedModel, slots: list[Slot], kind: str, baseline: bool | float
) -> Smoothing:
    """What the operation reads: scores, or natural pairs, of draws whose parameters move."""
    model: Any = view.model
    mean = baseline
    if baseline is True:
        mean = view.memory.pilot(("mean output", view.number), model.mean_output)
    table = index_of([slot.number for slot in slots], kind == "natural", float(mean))
    return Smoothing(table, tuple(free_functions(model.free, kind)), False)


def free_record(
    traced: TracedModel, shared: Shared, kind: Callable[[TracedModel], str]
) -> Smoothed:
    """The kernel's record of draws that depend on the state; the kind of each measure."""

    def given(view: TracedModel, slots: list[Slot]) -> Smoothing:
        return free_smoothing(view, slots, kind(view), kind(view) == "score")

    return smoothed_record(traced, shared, given)


def divided_free(traced: TracedModel, slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
    """Parameters of a function whose draws depend on the state, and all other slots."""
    if not traced.model.free:
        return [], slots
    return [s for s in slots if s.which < 0], [s for s in slots if s.which >= 0]
