"""Smoothed perturbation analysis."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import Shared, chained, share, share_told
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.smoothed import Smoothed
from ..models.model import Model, check_count
from ..models.network.cuts import Smoothing
from ..settings import Settings
from . import choices, second_spa
from .method import Method, Verdict
from .plans import fixed_plan
from .smoothing import smoothed_record


@dataclasses.dataclass(frozen=True)
class SPA(Method):
    """Smoothed perturbation analysis, or conditional Monte Carlo (Fu (2005), eq. 20-21).

    Estimates dE[Y]/dθ by dE[Y | Z]/dθ, where the model knows which Z makes the conditional
    expectation smooth although the output jumps. Unbiased, for one simulation and a few
    densities; the variance is usually far below that of a likelihood ratio.

    In the weights of a mixture, and in the probabilities of a discrete distribution or a
    Bernoulli, Z is everything but the choice, for any model: the output with each draw in turn
    forced to each outcome, made of the draw's own uniform.

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
        chosen at random and weighted accordingly.

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    cut: Any = None
    steady: bool = False
    marks: int = 8
    name = "spa"
    second_reason = "the derivative of a conditional expectation is smooth"
    second_after_first = False  # the mean of a continuous output needs no smoothing at first

    def __post_init__(self) -> None:
        check_count("SPA: marks", self.marks)

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid where the model knows what to condition on, and for choices of a draw."""
        reason = self.smoothing_refusal(traced, slot)
        if reason is None:
            why = "a conditional expectation of the output is smooth"
            return Verdict(True, not self.steady, why)  # the steady form is biased
        if choices.is_choice(traced, slot):
            return Verdict(True, True, choices.REASON)
        return Verdict(False, False, reason)

    def smoothing_refusal(self, traced: TracedModel, slot: Slot) -> str | None:
        """Why the model cannot smooth the output in this slot, or None."""
        if traced.model.operation("smoothed") is None:
            return traced.model.unsmoothed
        foreign = self.foreign(traced.model)
        if foreign:
            return f"{foreign}= of SPA says nothing to {type(traced.model).__name__}"
        return traced.model.smoothing_refusal(slot, self.options(traced.model))

    def options(self, model: Model) -> Any:
        """What is said to this model, in its own words."""
        asked = model.smoothing_options
        return asked(*(getattr(self, name) for name in asked._fields))

    def foreign(self, model: Model) -> str | None:
        """An option that is given and that the model does not know, or None."""
        known = model.smoothing_options._fields
        given = (f.name for f in dataclasses.fields(self) if getattr(self, f.name) != f.default)
        return next((name for name in given if name not in known), None)

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        divided = [self.divided(view, view.slots) for view in traced.views]
        smooth = share_told(traced, [slots for slots, _ in divided])
        forced = share(traced, [slots for _, slots in divided])
        record = smoothed(traced, smooth, self)
        if forced.slots:
            return choices.plan(traced, smooth, record, forced), {}
        return fixed_plan(traced, chained(traced, [smooth]), record), {}

    def divided(self, traced: TracedModel, slots: list[Slot]) -> tuple[list[Slot], list[Slot]]:
        """Slots that the model smooths, and choices that are forced."""
        forced = [
            choices.is_choice(traced, s) and self.smoothing_refusal(traced, s) is not None
            for s in slots
        ]
        smooth = [s for s, is_forced in zip(slots, forced, strict=True) if not is_forced]
        return smooth, [s for s, is_forced in zip(slots, forced, strict=True) if is_forced]

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """The model knows what to smooth."""
        return second_spa.refusal(traced, slots)

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        return second_spa.second_plan(traced), {}


def smoothed(traced: TracedModel, shared: Shared, method: SPA) -> Smoothed:
    """The kernel's record for these slots."""

    def given(view: TracedModel, slots: list[Slot]) -> Smoothing:
        made: Smoothing = view.model.smoothing(slots, method.options(view.model))
        return made

    return smoothed_record(traced, shared, given)


def no_smoothing(traced: TracedModel) -> Smoothed:
    """The record in a mix that smooths nothing."""
    return smoothed(traced, share(traced, [[]] * traced.measures), SPA())
