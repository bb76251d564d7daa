"""Smoothed perturbation analysis."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.study import Slot, Study
from ..kernels.estimators.smoothed import Smoothed
from ..models.model import check_count
from ..settings import Settings
from . import choices, second_spa
from .method import Method, Verdict, fixed_plan, inputs_of


@dataclasses.dataclass(frozen=True)
class SPA(Method):
    """Smoothed perturbation analysis, or conditional Monte Carlo (section 4.1, eq. 20-21).

    Estimates dE[Y]/dθ by dE[Y | Z]/dθ, where the model knows which Z makes the conditional
    expectation smooth although the output jumps. Unbiased, for one simulation and a few
    densities; the variance is usually far below that of a likelihood ratio.

    In the weights of a mixture, and in the probabilities of a discrete law or a Bernoulli, Z is
    everything but the choice, for any model: the output with each draw in turn forced to each
    outcome, made of the draw's own uniform.

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
    marks : int
        For a function with marked thresholds: how many of the marks that a path reaches are
        smoothed, each for about two more simulations. On a path with more of them some are
        chosen at random and weighed accordingly.
    """

    cut: Any = None
    steady: bool = False
    marks: int = 8
    name = "spa"
    second_reason = "the derivative of a conditional expectation is smooth"
    second_after_first = False  # the mean of a continuous output needs no smoothing at first

    def __post_init__(self) -> None:
        check_count("SPA: marks", self.marks)

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid where the model knows what to condition on, and for choices of a draw."""
        reason = self.smoothing_refusal(study, slot)
        if reason is None:
            why = "a conditional expectation of the output is smooth"
            return Verdict(True, not self.steady, why)
        if choices.is_choice(study, slot):
            return Verdict(True, True, choices.REASON)
        return Verdict(False, False, reason)

    def smoothing_refusal(self, study: Study, slot: Slot) -> str | None:
        """Why the model cannot smooth the output in this slot, or None."""
        if study.model.operation("smoothed") is None:
            return study.model.unsmoothed
        return study.model.smoothing_refusal(slot, self)  # type: ignore[attr-defined]

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        slots, chosen = self.divided(study, study.slots)
        record = smoothed(study, slots, self)
        if chosen:
            return choices.plan(study, slots, record, chosen), {}
        return fixed_plan(study, study.chain(slots), record), {}

    def divided(self, study: Study, slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
        """Slots that the model smooths, and choices that are forced."""
        forced = [
            choices.is_choice(study, s) and self.smoothing_refusal(study, s) is not None
            for s in slots
        ]
        smooth = [s for s, is_forced in zip(slots, forced, strict=True) if not is_forced]
        return smooth, [s for s, is_forced in zip(slots, forced, strict=True) if is_forced]

    def check_second(self, study: Study, slots: list[Slot]) -> str | None:
        """The model knows what to smooth."""
        return second_spa.refusal(study, slots)

    def second_plan(
        self, study: Study, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        return second_spa.second_plan(study), {}


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
