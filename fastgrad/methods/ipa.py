"""Infinitesimal perturbation analysis."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import chained, share
from ..core.traced_model import Slot, TracedModel
from ..distributions.slope_tables import slope_tables, slopes_of
from ..kernels.estimators.pathwise import Pathwise
from ..settings import Settings
from . import second_pathwise
from .method import Method, Verdict
from .plans import fixed_plan, inputs_of


@dataclasses.dataclass(frozen=True)
class IPA(Method):
    """Infinitesimal perturbation analysis, or the pathwise derivative (Fu (2005), eq. 14-15).

    Estimates dE[Y]/dθ by Σ (∂Y/∂X)(dX/dθ) along each path. Unbiased when the output is a
    continuous, almost surely differentiable function of θ with an integrable Lipschitz
    constant. Costs little more than the simulation itself, for any number of parameters.

    Second derivatives (`order=2`) are those along the path too, for users' functions. They
    are unbiased when the first derivative is continuous on every path as well: without
    kinks, as those of max, abs and a branch.
    """

    name = "ipa"
    second_reason = "the first derivative is continuous and differentiable along the path"

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid where variates are differentiable in θ and the output is continuous."""
        if traced.model.operation("pathwise") is None:
            return Verdict(False, False, "the model has no pathwise derivative")
        jump = traced.model.discontinuity(slot.place)
        if jump is not None:
            return Verdict(False, False, jump)
        if slot.which >= 0:
            distribution = traced.inputs[slot.which].distribution
            if not distribution.has(f"derivative_{slot.parameter}"):
                return Verdict(False, False, distribution.reason("derivative", slot.parameter))
        return Verdict(True, True, "the output is continuous and differentiable along the path")

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass; every slot's derivative is carried along."""
        along = share(traced, [view.slots for view in traced.views])
        return fixed_plan(traced, chained(traced, [along]), pathwise(traced, along.slots)), {}

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """Users' functions only, where variates have second derivatives and paths no kinks."""
        return second_pathwise.refusal(traced, slots)

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass on duals of duals."""
        return second_pathwise.second_plan(
            traced, pathwise(traced, traced.slots, by_table=False)
        ), {}


def pathwise(traced: TracedModel, slots: list[Slot], by_table: bool = True) -> Pathwise:
    """The kernel's record for these slots; derivatives may be looked up in tables."""
    tables: list[np.ndarray | None] = [None] * len(slots)
    if by_table:
        tables = slope_tables(traced, slots)
    draws = [traced.inputs[s.which].draws if s.which >= 0 else 0 for s in slots]
    first = np.cumsum([0, *draws])
    places = [(s.which, s.number, row) for s, row in zip(slots, first, strict=False)]
    return Pathwise(
        which=inputs_of(slots),
        derivative=tuple(
            traced.inputs[s.which].distribution.operation(
                f"derivative_{s.parameter}" + ("" if table is None else "_by_table")
            )
            if s.which >= 0 and traced.inputs[s.which].distribution.has(f"derivative_{s.parameter}")
            else None
            for s, table in zip(slots, tables, strict=True)
        ),
        index=np.array([(len(slots), 0, 0), *places], dtype=np.int64),
        rows=int(first[-1]),
        **slopes_of(tables),
    )
