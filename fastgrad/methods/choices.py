"""Conditioning on everything but a choice (Fu (2005), Example 1).

Given all uniforms but the one that chooses among outcomes with probabilities p_i, and given the
outcomes' own uniforms, E[Y | Z] = Σ p_i Y(the draw forced to outcome i): smooth in p, with
the derivative Y(outcome i) for p_i. Draws are forced one at a time, which is the product rule.
The nominal output is subtracted from each, because the tangents of probabilities sum to zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.shared import Shared, chained
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.likelihood_ratio import LikelihoodRatio as ScoreKernel
from .phantoms import all_phantoms
from .plans import fixed_plan
from .push_out import mixed

REASON = "conditional on all but the choice: the output with the draw forced to each outcome"


def is_choice(traced: TracedModel, slot: Slot) -> bool:
    """Whether the slot is a probability of an outcome that a draw can be forced to."""
    if slot.which < 0:
        return False
    return traced.inputs[slot.which].distribution.has(f"conditional_{slot.parameter}")


def plan(traced: TracedModel, others: Shared, smoothed: Any, choices: Shared) -> Plan:
    """One pass for slots that the model smooths, and for choices."""
    chain = chained(traced, [others, choices])
    weak = all_phantoms(traced, [], "natural", choices.slots)
    if not others.slots:
        return fixed_plan(traced, chain, weak)
    none = np.empty(0, dtype=np.int64)
    score = ScoreKernel(none, (), np.empty((traced.measures, 0)), none)
    return fixed_plan(traced, chain, mixed(traced, [], smoothed, weak, score))
