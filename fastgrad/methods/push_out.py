"""Pushing θ out of the model into the distributions, by a change of variables.

Where θ is an argument of the model itself, its inputs can be transformed so that θ leaves the
model and enters their distributions: with X̃ = X/θ for all of them (division) or X̃ = X - θ for
some (subtraction), P(Y > θ) is P(Ỹ > 1) or P(Ỹ > 0) (Fu (2005), section 5.1). In terms of slots
this is

    ∂/∂θ = (∂/∂θ + Σ w_p ∂/∂p) - Σ w_p ∂/∂p,

p being scale or location parameters of the inputs: the bracket moves everything together,
so that no step of the output is crossed and the derivative along the path is right; what
is subtracted is a derivative of distributions, for likelihood ratios and weak derivatives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.mixed import Mixed
from ..kernels.estimators.smoothed import Smoothed
from ..models.change_of_variables import ALONG, PushOut
from .ipa import pathwise
from .method import Verdict

WAYS = ("division", "subtraction")


def check_way(way: Any) -> None:
    """None or the name of a push-out, or a clear error."""
    if way is not None and way not in WAYS:
        raise ValueError(f"push_out must be None, 'division' or 'subtraction', got {way!r}")


def way_out(traced: TracedModel, slot: Slot, method: Any) -> tuple[PushOut | None, str]:
    """The first push-out of a structural slot that the method can differentiate, or why none."""
    options = traced.model.push_outs(slot.place)
    reasons = []
    for option in options:
        if method.push_out is not None and option.way not in (method.push_out, ALONG):
            continue
        refused = None
        for which, parameter, _ in option.moves:
            verdict = method.check(traced, _moved(traced, slot, which, parameter, 1.0))
            if not verdict.valid:
                refused = f"{option.way}: {traced.inputs[which].name}: {verdict.reason}"
                break
        if refused is None:
            return option, ""
        reasons.append(refused)
    if reasons:
        return None, "; ".join(reasons)
    own = traced.model.unpushed(slot.place)
    return (
        None,
        own or "θ is not a parameter of a distribution there, and cannot be pushed into one",
    )


def pushed_verdict(traced: TracedModel, slot: Slot, method: Any) -> Verdict:
    """What a method of distributions says about a structural slot."""
    option, reason = way_out(traced, slot, method)
    if option is None:
        return Verdict(False, False, reason)
    if option.way == ALONG:
        return Verdict(True, True, "the output is continuous there: followed along the path")
    return Verdict(True, True, f"θ is pushed out of the model by {option.way}")


def _moved(traced: TracedModel, slot: Slot, which: int, parameter: str, weight: float) -> Slot:
    return slot._replace(which=which, parameter=parameter, number=-1, tangent=weight * slot.tangent)


def pushed_out(
    traced: TracedModel, slots: list[Slot], method: Any
) -> tuple[list[Slot], list[Slot]]:
    """Slots to follow along the path, and slots of distributions, both by their inputs."""
    along: list[Slot] = []
    moved: list[Slot] = []
    for slot in slots:
        if slot.which >= 0:
            moved.append(slot)
            continue
        option, reason = way_out(traced, slot, method)
        if option is None:
            raise ValueError(f"{slot.place}: {reason}")
        if option.joint:
            along.append(slot)
        for which, parameter, weight in option.moves:
            moved.append(_moved(traced, slot, which, parameter, -weight))
            if option.joint:
                along.append(_moved(traced, slot, which, parameter, weight))
    return sorted(along, key=_by_input), sorted(moved, key=_by_input)


def _by_input(slot: Slot) -> float:
    return slot.which if slot.which >= 0 else np.inf


def mixed(traced: TracedModel, along: list[Slot], smooth: Smoothed, weak: Any, score: Any) -> Mixed:
    """The record of the mixed kernel: its slots in this order."""
    return Mixed(pathwise(traced, along), smooth, weak, score)
