"""Second derivatives by a score and a derivative along the path."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.run import Budget
from ..core.shared import share
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.scored_pathwise import ScoredPathwise as PathKernel
from ..kernels.estimators.scored_pathwise import ScoredSmoothed as SmoothKernel
from ..settings import Settings
from .ipa import IPA, pathwise
from .likelihood_ratio import LikelihoodRatio
from .method import Method, Verdict
from .plans import fixed_plan, slot_pairs, taken_rows
from .spa import SPA, smoothed

# The score of a location or scale is f(Z) / s with s this parameter.
SCALES = {
    "Cauchy": "scale",
    "Erlang": "scale",
    "Exponential": "mean",
    "Gamma": "scale",
    "Gumbel": "scale",
    "Logistic": "scale",
    "Normal": "sd",
    "Weibull": "scale",
}
FIRST = ("score", "path")
NO_STEP = "the model has no step that is integrated out after all others"


@dataclasses.dataclass(frozen=True)
class ScorePathwise(Method):
    """Second derivatives by a score, then along the path ("LR–pathwise", "pathwise–LR").

    E[Y S_a] is derived along the path with the standardised inputs fixed: the estimate is
    (∂Y/∂b) S_a + Y ∂S_a/∂b. Unbiased where first derivatives along the path are and one
    of each two parameters is a location or scale with a score; the other may be any, a barrier
    for example. The output may have kinks, as the payoff of a call. Varies much less than two
    scores.

    Parameters
    ----------
    first : {"score", "path"}
        Where ∂²(parameter)/∂θ² calls for a first derivative, take the score's or the path's: for
        the gamma of a call these are LR–pathwise, D 1{S > K} K Z / (S₀² σ √T), and pathwise–LR.
    """

    first: str = "score"
    name = "lr-ipa"
    second_reason = (
        "a score needs no smooth output, and the path's derivative is continuous in mean"
    )
    second_after_first = False

    def __post_init__(self) -> None:
        if self.first not in FIRST:
            raise ValueError(f"first must be 'score' or 'path', got {self.first!r}")

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Second derivatives only."""
        return Verdict(False, False, "it gives second derivatives only: order=2")

    def _joint_refusal(
        self, traced: TracedModel, slots: list[Slot] | None, order: int
    ) -> str | None:
        return "it gives the second derivatives of one measure at a time"

    def followed(self, traced: TracedModel, slot: Slot) -> str | None:
        """Why a slot has no first derivative along the path, or None."""
        verdict = IPA().check(traced, slot)
        return None if verdict.valid else verdict.reason

    def scored(self, traced: TracedModel, slot: Slot) -> str | None:
        """Why a slot has no score, or None."""
        if slot.which < 0:
            return "θ is an argument of the model, not of a distribution"
        verdict = LikelihoodRatio().check(traced, slot)
        return None if verdict.valid else verdict.reason

    def _located(self, traced: TracedModel, slot: Slot) -> str | None:
        """Why its score is not f(Z) / s, or None."""
        distribution = traced.inputs[slot.which].distribution
        family = type(distribution).__name__
        if family not in SCALES or not distribution.linear(slot.parameter, slot.parameter):
            return f"the score of {family} in {slot.parameter} is not one of a location or scale"
        return None

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """A derivative along the path of all, and a score of one of every two."""
        for a, b in slot_pairs(slots):
            if (reason := self.pair_refusal(traced, slots[a], slots[b])) is not None:
                return f"{slots[a].place} and {slots[b].place}: {reason}"
        return None

    def _own_smooth(self, traced: TracedModel, first: Slot, second: Slot) -> float:
        """The step in two of the model's own parameters in which it is smooth; 0 if it is not."""
        terms = traced.model.smooth_terms()
        if first.which >= 0 or second.which >= 0 or first.place not in terms:
            return 0.0
        return float(terms.get(second.place, 0.0))

    def _order(
        self, traced: TracedModel, slots: list[Slot], a: int, b: int
    ) -> tuple[int, int] | None:
        """Which of two slots is scored, and which followed: the one of fewer draws is scored."""

        def cost(slot: int) -> tuple[int, bool]:
            one = slots[slot]
            draws = traced.inputs[one.which].draws if one.which >= 0 else 0
            scale = one.which >= 0 and one.parameter == self._scale(traced, one)
            return draws, scale

        for p, q in sorted({(a, b), (b, a)}, key=lambda pair: cost(pair[0])):
            if self.scored(traced, slots[p]) or self.followed(traced, slots[q]):
                continue
            if slots[q].which != slots[p].which:
                return p, q  # a score does not move with other inputs
            names = (slots[p].parameter, slots[q].parameter)
            linear = traced.inputs[slots[p].which].distribution.linear(*names)
            if linear and self._located(traced, slots[p]) is None:
                return p, q
        if self._own_smooth(traced, slots[a], slots[b]) > 0.0:
            return -1 - a, b
        return None

    def _scale(self, traced: TracedModel, slot: Slot) -> str | None:
        return SCALES.get(type(traced.inputs[slot.which].distribution).__name__)

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """One pass."""
        slots = traced.slots
        pairs = slot_pairs(slots)
        record = self.record(traced, slots, pairs)
        return fixed_plan(traced, traced.second_chain(slots, pairs), record), {}

    def pair_refusal(self, traced: TracedModel, first: Slot, second: Slot) -> str | None:
        """Why two places (or one, twice) have no second derivative, or None.

        Parameters
        ----------
        traced : TracedModel
        first, second : Slot
            Places of θ; which of them is scored is chosen here.
        """
        if any(row >= 0 for row in taken_rows(traced, [first, second])):
            return "the number of draws depends on the path"
        if self._order(traced, [first, second], 0, 1 if first.place != second.place else 0):
            return None
        for slot in (first, second):
            if (reason := self.followed(traced, slot)) is not None:
                return reason
        for slot in (first, second):
            if (reason := self.scored(traced, slot) or self._located(traced, slot)) is not None:
                return reason
        return "no derivative of the score is known"

    def record(self, traced: TracedModel, slots: list[Slot], pairs: list[tuple[int, int]]) -> Any:
        """What the kernel is told.

        Parameters
        ----------
        traced : TracedModel
        slots : list of Slot
        pairs : list of (int, int)
            Numbers of the two slots of every second derivative.
        """
        return self._kernel(traced, slots, self._own(traced, slots, pairs))

    def _kernel(self, traced: TracedModel, slots: list[Slot], own: dict[str, Any]) -> Any:
        return PathKernel(**pathwise(traced, slots)._asdict(), **own)

    def _own(
        self, traced: TracedModel, slots: list[Slot], pairs: list[tuple[int, int]]
    ) -> dict[str, Any]:
        """The kernel's fields beyond those of the derivative along the path."""
        sizes = [len(entry.distribution.parameters) for entry in traced.inputs]
        places = np.cumsum([0, *sizes])
        ordered = [self._order(traced, slots, a, b) for a, b in pairs]
        scale = []
        for p, q in (pair for pair in ordered if pair is not None):
            if p < 0:
                scale.append(-1)
                continue
            name = self._scale(traced, slots[p])
            same = slots[p].which == slots[q].which and slots[q].parameter == name
            names = list(traced.inputs[slots[p].which].distribution.kernel.PARAMETERS)
            scale.append(int(places[slots[p].which] + names.index(str(name))) if same else -1)
        both = np.array(ordered, dtype=np.int64).reshape(-1, 2)
        known = [self.scored(traced, slot) is None for slot in slots]
        return {
            "score": tuple(
                traced.inputs[s.which].distribution.operation(f"score_{s.parameter}")
                if ok
                else None
                for s, ok in zip(slots, known, strict=True)
            ),
            # A slot without a score is passed over as one that is taken later: never.
            "taken": np.array([-1 if ok else 0 for ok in known], dtype=np.int64),
            "scored": np.ascontiguousarray(both[:, 0]),
            "followed": np.ascontiguousarray(both[:, 1]),
            "scale": np.array(scale, dtype=np.int64),
            "step": np.array([self._own_smooth(traced, slots[a], slots[b]) for a, b in pairs]),
            "by_score": np.array(
                [
                    ok and (self.first == "score" or self.followed(traced, slot) is not None)
                    for slot, ok in zip(slots, known, strict=True)
                ],
                dtype=np.int64,
            ),
        }


@dataclasses.dataclass(frozen=True)
class ScoreSmoothed(ScorePathwise):
    """Second derivatives by a score, then of a smoothed output.

    As `ScorePathwise`, with E[Y | all but the last step] in the place of Y: jumps of the output
    do not matter, and kinks do not add to the variance. One of every two parameters must stand
    in an input other than that step.
    """

    name = "lr-spa"
    second_reason = "a score of what is conditioned on, times the derivative of a smooth output"

    def _own_smooth(self, traced: TracedModel, first: Slot, second: Slot) -> float:
        return 0.0

    def followed(self, traced: TracedModel, slot: Slot) -> str | None:
        """Why a slot cannot be smoothed, or None."""
        left = traced.model.scores_the_rest()
        return SPA().smoothing_refusal(traced, slot) if left else NO_STEP

    def scored(self, traced: TracedModel, slot: Slot) -> str | None:
        """Not the step that is integrated out."""
        if not traced.model.scores_the_rest():
            return NO_STEP
        if slot.which == traced.model.smoothed_input():  # type: ignore[attr-defined]
            return f"{traced.inputs[slot.which].name} is integrated out, and has no score then"
        return super().scored(traced, slot)

    def _kernel(self, traced: TracedModel, slots: list[Slot], own: dict[str, Any]) -> Any:
        return SmoothKernel(**smoothed(traced, share(traced, [slots]), SPA())._asdict(), **own)
