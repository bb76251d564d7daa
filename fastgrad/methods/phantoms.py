"""Records of the kernels of weak derivatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.random_phantom import RandomPhantom
from ..kernels.estimators.weak_derivative import WeakDerivative as WeakKernel
from .plans import inputs_of, taken_rows


def all_phantoms(
    traced: TracedModel, slots: list[Slot], kind: str, choices: Sequence[Slot] = ()
) -> WeakKernel:
    """The kernel's record with a phantom for every draw; then that of choices to be forced."""
    both = [*slots, *choices]
    draws = np.array([traced.inputs[s.which].draws for s in both], dtype=np.int64)
    at_once = traced.knows("all_phantoms")
    return WeakKernel(
        which=inputs_of(both),
        pair=(*_pairs(traced, slots, kind), *_pairs(traced, choices, "conditional")),
        draws=draws,
        most=int(draws.sum() if at_once else draws.max(initial=0)),
        kept=sum(entry.draws for entry in traced.inputs) if choices else 0,
        taken=taken_rows(traced, both),
    )


def random_phantom(traced: TracedModel, slots: list[Slot], kind: str) -> RandomPhantom:
    """The kernel's record with one phantom; every slot must have draws to choose from."""
    draws = [traced.inputs[s.which].draws for s in slots]
    return RandomPhantom(
        which=inputs_of(slots),
        pair=_pairs(traced, slots, kind),
        first=np.cumsum([0, *draws]),
    )


def _pairs(traced: TracedModel, slots: Sequence[Slot], kind: str) -> tuple:
    return tuple(
        traced.inputs[s.which].distribution.operation(f"{kind}_{s.parameter}") for s in slots
    )


def constants(traced: TracedModel, slots: list[Slot], kind: str) -> list[float]:
    """The constant c of each slot's pair."""
    return [
        traced.inputs[s.which].distribution.constant(f"{kind}_{s.parameter}_constant")
        for s in slots
    ]
