"""Scores of the past alone: Σ_n (Y_n - b) Σ_{k used before Y_n} S_k.

What a draw does after Y_n is known has nothing to do with it: E[Y_n S_k] = 0. Leaving such
terms out, and draws that a path never used, leaves less variance. A model with an attribute
`causal` adds both Σ Y_n S and Σ S along the path; the chain puts the baseline between them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.chains import sparse_chain
from ..core.engine import Moments, Plan, make_replications
from ..core.run import Budget
from ..core.traced_model import Slot, TracedModel
from ..distributions.slope_tables import slopes_of
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.random.philox import PILOT
from ..settings import Settings
from .plans import fixed_plan, inputs_of

PILOT_SAMPLES = 4096


def is_causal(traced: TracedModel) -> bool:
    """Whether the model adds up scores as its draws are used."""
    alone = traced.measures == 1 and all(slot.which >= 0 for slot in traced.slots)
    return alone and traced.model.causal


def plan(
    traced: TracedModel, baseline: bool | float, budget: Budget, settings: Settings
) -> tuple[Plan, dict[str, Any]]:
    """A pilot for the baseline, then one pass."""
    slots = traced.slots
    record = scores(traced, slots)
    if baseline is True:
        places = tuple(slot.place for slot in slots)
        best = traced.memory.pilot(
            ("causal baseline", places), lambda: lowest(traced, record, budget, settings)
        )
    else:
        best = np.full(len(slots), float(baseline))
    chain = traced.chain([*slots, *slots], [*np.ones(len(slots)), *-best])
    used = {slot.place: float(b) for slot, b in zip(slots, best, strict=True)}
    return fixed_plan(traced, chain, record), {"baseline": used}


def scores(traced: TracedModel, slots: list[Slot]) -> Pathwise:
    """Scores in the place of derivatives; the model is told by a 1 at index[1]."""
    draws = [traced.inputs[s.which].draws for s in slots]
    first = np.cumsum([0, *draws])
    rows = [(s.which, s.number, row) for s, row in zip(slots, first, strict=False)]
    return Pathwise(
        which=inputs_of(slots),
        derivative=tuple(
            traced.inputs[s.which].distribution.operation(f"score_{s.parameter}") for s in slots
        ),
        index=np.array([(len(slots), 1, 0), *rows], dtype=np.int64),
        rows=int(first[-1]),
        **slopes_of([None] * len(slots)),
    )


def lowest(traced: TracedModel, record: Pathwise, budget: Budget, settings: Settings) -> np.ndarray:
    """The b of least variance for each slot: three points on a parabola give its lowest."""
    count = len(record.which)
    samples = int(min(PILOT_SAMPLES, max(64, budget.planned // 10)))
    settings = dataclasses.replace(settings, sampler="pseudo", progress=False)

    def pilot(b: float) -> Moments:
        chain = sparse_chain(2 * count, [[(s, 1.0), (count + s, -b)] for s in range(count)])
        made = fixed_plan(traced, chain, record)
        moments = Moments(np.zeros((3, made.outputs)))
        make_replications(made, settings, PILOT, 0, samples, moments.total)
        return moments

    none = pilot(0.0)
    step = float(none.mean[0]) or 1.0
    v0, v1, v2 = (m.variance[1:] for m in (none, pilot(step), pilot(2.0 * step)))
    curvature = v0 - 2.0 * v1 + v2
    with np.errstate(divide="ignore", invalid="ignore"):
        best = 0.5 * step * (3.0 * v0 - 4.0 * v1 + v2) / curvature
    return np.where(curvature > 0.0, best, 0.0)
