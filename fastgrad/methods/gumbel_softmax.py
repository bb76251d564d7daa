"""Gumbel-Softmax: a discrete choice made soft, so that its path can be differentiated."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

from ..distribution import make_distribution
from ..distributions import DISTRIBUTIONS
from ..engine import Plan, Settings
from ..kernels.variates import relaxed_bernoulli, straight_through_bernoulli
from ..models.model import Input
from ..run import Budget
from ..study import Slot, Study
from .ipa import IPA
from .method import Method, Verdict

RelaxedBernoulli = make_distribution("RelaxedBernoulli", relaxed_bernoulli)
StraightThroughBernoulli = make_distribution("StraightThroughBernoulli", straight_through_bernoulli)
BIASED = "the choice is relaxed: the bias is of order temperature², the variance 1/temperature"


@dataclasses.dataclass(frozen=True)
class GumbelSoftmax(Method):
    """Pathwise derivative of a relaxed choice (binary Gumbel-Softmax, or Concrete).

    Every Bernoulli input is replaced by a soft one, and the path through the model is
    differentiated. Biased: as the temperature τ → 0 the bias vanishes like τ² and the variance
    grows like 1/τ. `performance` is that of the relaxed model.

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

    def check(self, study: Study, slot: Slot) -> Verdict:
        """Valid, but biased, for a Bernoulli's probability; elsewhere as IPA."""
        if slot.which >= 0 and _is_choice(study.inputs[slot.which]):
            if study.model.operation("pathwise") is None:
                return Verdict(False, False, "the model has no pathwise derivative")
            return Verdict(True, False, BIASED)
        if not any(map(_is_choice, study.inputs)):
            return Verdict(False, False, "there is no Bernoulli choice to relax")
        verdict = IPA().check(study, slot)
        return verdict._replace(unbiased=False) if verdict.valid else verdict

    def plan(self, study: Study, budget: Budget, settings: Settings) -> tuple[Plan, dict[str, Any]]:
        """IPA of the same model with relaxed inputs."""
        relaxed = copy.copy(study)
        relaxed.substitute = self._relax
        relaxed.inputs = relaxed.inputs_of(study.model)
        plan, _ = IPA().plan(relaxed, budget, settings)
        return plan, {}

    def _relax(self, entry: Input) -> Input:
        if not _is_choice(entry):
            return entry
        kind: Any = StraightThroughBernoulli if self.straight_through else RelaxedBernoulli
        return entry._replace(
            distribution=kind(*entry.distribution.parameters, float(self.temperature))
        )


def _is_choice(entry: Input) -> bool:
    return isinstance(entry.distribution, DISTRIBUTIONS["Bernoulli"])
