"""Smoothed perturbation analysis."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..engine import Plan, Settings
from ..kernels.estimators.smoothed import Smoothed
from ..run import Budget
from ..study import Slot, Study
from .method import Method, Verdict, fixed_plan, inputs_of


@dataclasses.dataclass(frozen=True)
class SPA(Method):
    """Smoothed perturbation analysis, or conditional Monte Carlo (section 4.1, eq. 20-21).

    Estimates dE[Y]/dθ by dE[Y | Z]/dθ, where the model knows which Z makes the conditional
    expectation smooth although the output jumps. Unbiased, for one simulation and a few
    densities; the variance is usually far below that of a likelihood ratio.

    Parameters
    ----------
    cut : None, "smallest", or list of arcs
        For a network's tail: condition on everything but the arc in which θ stands; on
        everything but the smallest cut it lies in; or but these arcs (numbers or
        (from, to)), of which every path must have exactly one. For a threshold the
        smallest cut is used by default.
    steady : bool
        For an inventory: the form for the steady state, of smaller variance, but biased by
        O(1/periods) for a finite horizon.
    """

    cut: Any = None
    steady: bool = False
    name = "spa"

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid where the model knows what to condition on."""
        if study.model.operation("smoothed") is None:
            return Verdict(False, False, "the model has no smoothed derivative")
        reason = study.model.smoothing_refusal(slot, self)  # type: ignore[attr-defined]
        if reason is not None:
            return Verdict(False, False, reason)
        return Verdict(True, not self.steady, "a conditional expectation of the output is smooth")

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        slots = study.slots
        return fixed_plan(study, study.chain(slots), smoothed(study, slots, self)), {}


def smoothed(study: Study, slots: list[Slot], method: SPA) -> Smoothed:
    """The kernel's record for these slots."""
    if not slots:
        none = np.empty(0, dtype=np.int64)
        return Smoothed(none, (), none, 0, none, ())
    given = study.model.smoothing(slots, method)  # type: ignore[attr-defined]
    draws = [study.inputs[s.which].draws if s.which >= 0 and given.tangents else 0 for s in slots]
    first = np.cumsum([0, *draws])
    return Smoothed(
        which=inputs_of(slots),
        derivative=tuple(
            study.inputs[s.which].distribution.operation(f"derivative_{s.parameter}")
            if s.which >= 0 and given.tangents
            else None
            for s in slots
        ),
        row=first[:-1],
        rows=int(first[-1]),
        index=given.table,
        functions=given.functions,
    )
