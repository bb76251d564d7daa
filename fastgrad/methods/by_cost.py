"""Scores in the place of weak derivatives, where these cost more than they save.

A weak derivative follows a phantom for every draw. Models of the library follow each only until
it meets the nominal path; a user's function is simulated anew, twice a draw. What counts is
variance times simulations, which are counted and not timed, so that the choice depends on
arguments and seed alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Moments, make_replications
from ..core.run import Budget
from ..core.traced_model import Slot, TracedModel
from ..kernels.random.philox import PILOT
from ..settings import Settings
from .likelihood_ratio import best_baseline, score
from .phantoms import all_phantoms, constants
from .pilots import LEAST, pilot_replications
from .plans import fixed_plan

COSTLY = 20  # simulations a replication; below that a weak derivative is taken as it is
CLEARLY = 0.5  # a score must be so much better: variances of a pilot are not exact
ENOUGH = 30.0  # samples that make up the pilot's variance of a score (see `Moments.effective`)


def simulations(traced: TracedModel, slots: Sequence[Slot]) -> int:
    """Of one replication with a phantom for every draw; 1 where the model shortens them."""
    if traced.model.operation("all_phantoms") is not None or not slots:
        return 1
    return 1 + 2 * sum(traced.inputs[slot.which].draws for slot in slots)


def better_scored(
    traced: TracedModel, slots: Sequence[Slot], budget: Budget, settings: Settings
) -> list[str]:
    """Places, of those with both, where variance x simulations is clearly less with a score."""
    both = [s for s in slots if traced.inputs[s.which].distribution.has(f"score_{s.parameter}")]
    cost = simulations(traced, both)
    if cost < COSTLY:
        return []
    own = dataclasses.replace(settings, sampler="pseudo", antithetic=False, progress=False)
    weak = _variances(
        traced, both, all_phantoms(traced, both, "natural"),
        pilot_replications(budget, own, 2.0 * cost), own, constants(traced, both, "natural"),
    )  # fmt: skip
    count = pilot_replications(budget, own, 2.0)
    baseline = best_baseline(traced, both, budget, settings)
    scored = _variances(traced, both, score(traced, both, baseline), count, own)
    each = [1 + 2 * traced.inputs[s.which].draws for s in both]
    weak_cost, score_cost = weak.variance[1:] * each, scored.variance[1:]
    clear = (score_cost < CLEARLY * weak_cost) & (scored.effective[1:] > ENOUGH)
    return [slot.place for slot, better in zip(both, clear, strict=True) if better]


def _variances(
    traced: TracedModel,
    slots: Sequence[Slot],
    record: object,
    count: int,
    settings: Settings,
    factors: Sequence[float] | None = None,
) -> Moments:
    """Moments of each slot's estimate."""
    chain = unit_chain(len(slots))
    if factors is not None:
        chain = chain._replace(value=np.asarray(factors, dtype=float))
    plan = fixed_plan(traced, chain, record)
    moments = Moments(np.zeros((4, plan.outputs)))
    make_replications(plan, settings, PILOT, 0, max(count, LEAST), moments.total)
    return moments
