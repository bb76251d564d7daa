"""The plan of one pass over regenerative cycles, by every method that has one.

A run finds the means of sums over a replication's cycles (kernels/estimators/regenerative.py)
and all their covariances; ratios are made of them afterwards (steady_ratio.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Plan
from ..core.shared import share
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import value_of
from ..kernels.estimators.regenerative import Regenerative
from ..kernels.estimators.regenerative_tape import (
    CONDITIONED,
    PAIRS,
    PHANTOMS,
    SCORES,
    SLOPES,
    SMOOTHED,
    VALUE,
)
from ..models.measures import Tail
from ..models.second_smoothing import queue_smooths
from .likelihood_ratio import second_score_name
from .phantoms import constants
from .plans import fixed_plan, inputs_of, slot_pairs
from .push_out import pushed_out
from .second_weak_derivative import bend_constant, bend_name, is_linear
from .steady_rate import factor_of
from .steady_ratio import Ratio

MODES = {"ipa": SLOPES, "spa": CONDITIONED, "lr": SCORES, "wd": PHANTOMS}
SECOND_MODES = {"spa": SMOOTHED, "lr": SCORES, "wd": PAIRS}
KINDS = {"natural": "natural", "hahn-jordan": "hahn_jordan"}


def plan(traced: TracedModel, method: Any = None, order: int = 1) -> Plan:
    """One pass over cycles, and what is made of its means; the value alone without a method."""
    mode = VALUE
    if method is not None:
        mode = SECOND_MODES[method.name] if order == 2 else MODES[method.name]
    shared = share(traced, [_followed(view, method, mode) for view in traced.views])
    slots = shared.slots
    pairs = slot_pairs(slots) if order == 2 else []
    kind = "derivative"
    if mode in (PHANTOMS, PAIRS):
        kind = KINDS[method.representation]
    elif mode == SCORES:
        kind = "score"
    models: list[Any] = [view.model for view in traced.views]
    record = Regenerative(
        cycles=models[0].horizon.count,
        mode=mode,
        read=models[0].read,
        **tails_of(models),
        which=inputs_of(slots),
        function=tuple(
            _operation(traced, s, f"{kind}_{s.parameter}") if s.which >= 0 else None for s in slots
        ),
        first=np.array([a for a, _ in pairs], dtype=np.int64),
        second=np.array([b for _, b in pairs], dtype=np.int64),
        curvature=tuple(_curvature(traced, slots[a], slots[b], mode) for a, b in pairs),
        **_pair_facts(traced, slots, kind, mode),
        **_smoothing(traced, slots, mode),
    )
    count = (len(models) + 1) * (1 + len(slots) + len(pairs))
    jumps = record.cycles if mode == SMOOTHED else 0
    made = Ratio(traced, shared, pairs, order, method is None, factor_of(traced), jumps)
    planned = fixed_plan(traced, unit_chain(count), record)
    reported = 1 if traced.quotient is not None else len(models)
    return dataclasses.replace(planned, finish=made.finish, remarks=made.remarks, reported=reported)


def tails_of(models: list[Any]) -> dict[str, np.ndarray]:
    """Which readings are tails, and of which limit."""
    limits = [m.measure.y if isinstance(m.measure, Tail) else 0.0 for m in models]
    return {
        "tail": np.array([m.tail for m in models], dtype=np.int64),
        "limit": np.array([float(value_of(limit)) for limit in limits]),
    }


def _followed(view: TracedModel, method: Any, mode: int) -> list[Slot]:
    """The slots of one measure: its threshold is smoothed, or pushed into the distributions."""
    if method is None:
        return []
    return pushed_out(view, view.slots, method)[1] if mode in (SCORES, PHANTOMS) else view.slots


def _operation(traced: TracedModel, slot: Slot, name: str) -> Any:
    return traced.inputs[slot.which].distribution.operation(name)


def _curvature(traced: TracedModel, first: Slot, second: Slot, mode: int) -> Any:
    """The function of ∂²X or ∂² ln f of two slots, or None where it is 0."""
    if mode == SCORES:
        name = second_score_name(first, second)
        return None if name is None else _operation(traced, first, name)
    if mode == PAIRS or first.which != second.which:
        return None
    distribution = traced.inputs[first.which].distribution
    name = distribution.curvature(first.parameter, second.parameter)
    return distribution.operation(name) if name else None


def _pair_facts(traced: TracedModel, slots: list[Slot], kind: str, mode: int) -> dict[str, Any]:
    """Constants of phantoms, and second pairs."""
    bends: list[Any] = [None] * len(slots)
    second = np.zeros(len(slots))
    if mode == PAIRS:
        for k, slot in enumerate(slots):
            name = bend_name(traced.inputs[slot.which].distribution, slot, kind)
            if name is not None and not is_linear(traced, slot, kind):
                bends[k] = _operation(traced, slot, name)
                second[k] = bend_constant(traced, slot, kind)
    found = constants(traced, slots, kind) if mode in (PHANTOMS, PAIRS) else [1.0] * len(slots)
    return {"constant": np.array(found), "bend": tuple(bends), "bend_constant": second}


def _smoothing(traced: TracedModel, slots: list[Slot], mode: int) -> dict[str, Any]:
    """The smoothed input, its density, and its derivatives at points."""
    which: Any = None
    if mode == SMOOTHED:
        which = queue_smooths(traced.views[0].model, slots)
    elif mode == CONDITIONED:
        models: list[Any] = [view.model for view in traced.views if view.model.tail]  # type: ignore[attr-defined]
        which = models[0].smoother() if models else None
    if which is None:
        return {"smoothed": 0, "density": 0, "at": (None,) * len(slots)}
    distribution = traced.inputs[which].distribution
    at = [s.which == which and distribution.derivative_at_points(s.parameter) for s in slots]
    return {
        "smoothed": which,
        "density": distribution.operation("density"),
        "at": tuple(distribution.operation(name) if name else None for name in at),
    }
