"""Records of the kernels of weak derivatives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.study import Slot, Study
from ..kernels.estimators.random_phantom import RandomPhantom
from ..kernels.estimators.weak_derivative import WeakDerivative as WeakKernel
from .method import inputs_of, taken_rows


def all_phantoms(
    study: Study, slots: list[Slot], kind: str, choices: Sequence[Slot] = ()
) -> WeakKernel:
    """The kernel's record with a phantom for every draw; then that of choices to be forced."""
    both = [*slots, *choices]
    draws = np.array([study.inputs[s.which].draws for s in both], dtype=np.int64)
    at_once = study.knows("all_phantoms")
    return WeakKernel(
        which=inputs_of(both),
        pair=(*_pairs(study, slots, kind), *_pairs(study, choices, "conditional")),
        draws=draws,
        most=int(draws.sum() if at_once else draws.max(initial=0)),
        kept=sum(entry.draws for entry in study.inputs) if choices else 0,
        taken=taken_rows(study, both),
    )


def random_phantom(study: Study, slots: list[Slot], kind: str) -> RandomPhantom:
    """The kernel's record with one phantom; every slot must have draws to choose from."""
    draws = [study.inputs[s.which].draws for s in slots]
    return RandomPhantom(
        which=inputs_of(slots),
        pair=_pairs(study, slots, kind),
        first=np.cumsum([0, *draws]),
    )


def _pairs(study: Study, slots: Sequence[Slot], kind: str) -> tuple:
    return tuple(
        study.inputs[s.which].distribution.operation(f"{kind}_{s.parameter}") for s in slots
    )


def constants(study: Study, slots: list[Slot], kind: str) -> list[float]:
    """The constant c of each slot's pair."""
    return [
        study.inputs[s.which].distribution.constant(f"{kind}_{s.parameter}_constant") for s in slots
    ]
