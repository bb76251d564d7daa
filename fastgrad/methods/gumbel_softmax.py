"""Gumbel-Softmax: a discrete choice made soft, so that its path can be differentiated."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from ..core.engine import Plan
from ..core.run import Budget
from ..core.traced_model import Slot, TracedModel
from ..distributions.families import Distribution
from ..models.model import Input
from ..settings import Settings
from .ipa import IPA
from .method import Method, Verdict

BIASED = (
    "the choice is relaxed: the bias is of order temperature (of its square where the output is "
    "linear in the choice), the variance of order 1/temperature"
)
NO_CHOICE = "there is no choice (Bernoulli, Discrete, Mixture) to relax"
STRAIGHT = "straight-through: the derivative of a soft choice at a hard one, whose bias is unknown"


@dataclasses.dataclass(frozen=True)
class GumbelSoftmax(Method):
    """Pathwise derivative of a relaxed choice (Gumbel-Softmax, or Concrete).

    Every Bernoulli, Discrete and Mixture input is replaced by a soft one, in which each outcome
    has the share softmax((ln p_k + G_k)/τ), G_k standard Gumbel, and the path through the model
    is differentiated. Biased: as the temperature τ → 0 the bias vanishes like τ (like τ² where
    the output is linear in the choice) and the variance grows like 1/τ. `performance` is that of
    the relaxed model.

    The Gumbel variables are all made of the variate's one uniform u: a Discrete's first of u
    itself, the others (and all of a Mixture's, whose components have u) of Philox at the
    counter (bits of u, k). So common random numbers stay common; see
    `kernels/distributions/parts/further.py` for why that is sound.

    Parameters
    ----------
    temperature : float
    straight_through : bool
        Simulate with the hard choice and differentiate the soft one. Biased even in the mean
        of a linear output, and not by an amount that is known.
    """

    temperature: float = 0.5
    straight_through: bool = False
    name = "gs"

    def __post_init__(self) -> None:
        if not (isinstance(self.temperature, (int, float)) and 0 < self.temperature < float("inf")):
            raise ValueError(f"temperature must be a positive number, got {self.temperature!r}")

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid, but biased, for the parameters of a choice; elsewhere as IPA."""
        if all(self._relax(entry.distribution) is None for entry in traced.inputs):
            return Verdict(False, False, NO_CHOICE)
        hard = traced.inputs[slot.which].distribution if slot.which >= 0 else None
        soft = None if hard is None else self._relax(hard)
        if hard is not None and soft is not None:
            if traced.model.operation("pathwise") is None:
                return Verdict(False, False, "the model has no pathwise derivative")
            jump = traced.model.discontinuity(slot.place)
            if jump is not None:  # a soft choice crosses it too, at any temperature
                return Verdict(False, False, jump)
            if not soft.has(f"derivative_{slot.parameter}"):
                return Verdict(False, False, hard.reason("derivative", slot.parameter))
            return Verdict(True, False, STRAIGHT if self.straight_through else BIASED)
        verdict = IPA().check(traced, slot)
        return verdict._replace(unbiased=False) if verdict.valid else verdict

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """IPA of the same model with relaxed inputs."""
        soft = copy.copy(traced)
        soft.substitute = self._substitute
        soft.inputs = soft.inputs_of(traced.model)
        plan, _ = IPA().plan(soft, budget, settings)
        return plan, {}

    def _substitute(self, entry: Input) -> Input:
        soft = self._relax(entry.distribution)
        return entry if soft is None else entry._replace(distribution=soft)

    def _relax(self, hard: Distribution) -> Distribution | None:
        return hard.soft(float(self.temperature), self.straight_through)
