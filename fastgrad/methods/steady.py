"""Steady state from regenerative cycles: the plans of all methods that have one.

A run finds the means of sums over a replication's cycles (kernels/estimators/regenerative.py)
and all their covariances; ratios are made of them afterwards (steady_ratio.py).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.chains import unit_chain
from ..core.engine import Plan
from ..core.quotient import Divided
from ..core.run import Budget
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import value_of
from ..errors import NotApplicable
from ..kernels.estimators.regenerative import Regenerative
from ..kernels.estimators.regenerative_differences import RegenerativeDifferences
from ..kernels.estimators.regenerative_tape import (
    PAIRS,
    PHANTOMS,
    SCORES,
    SLOPES,
    SMOOTHED,
    VALUE,
)
from ..models.measures import Tail
from ..models.second_smoothing import queue_smooths
from ..settings import Settings
from .auto import PREFERENCE, choose_second
from .differences import Differences
from .inside import inside
from .likelihood_ratio import second_score_name
from .method import Method
from .natural_scale import size_of
from .phantoms import constants
from .plans import fixed_plan, inputs_of, slot_pairs
from .second_weak_derivative import bend_constant, bend_name, is_linear
from .steady_ratio import DifferenceRatio, Ratio

MODES = {"ipa": SLOPES, "lr": SCORES, "wd": PHANTOMS}
SECOND_MODES = {"spa": SMOOTHED, "lr": SCORES, "wd": PAIRS}
OPERATION = {SLOPES: "derivative", SMOOTHED: "derivative", SCORES: "score"}
KINDS = {"natural": "natural", "hahn-jordan": "hahn_jordan"}
# Of a difference, relative to the scale of θ: queues of common cycles differ by as much as θ does,
# so that noise does not grow as the step shrinks; 1e-6 leaves ten digits above the rounding.
TINY = 1e-6
GROUPS = 200  # of a jackknife, at most
LANES = 8


def is_steady(model: Any) -> bool:
    """Whether the model is a steady state over cycles."""
    return bool(model.steady)


def is_cyclic(traced: TracedModel, settings: Settings) -> bool:
    """Whether a run goes over cycles, of which its settings are then checked."""
    if not is_steady(traced.model):
        if settings.interval == "jackknife":
            raise ValueError(
                "interval='jackknife' is for ratios over cycles, horizon=Cycles(…): other "
                "estimates are means of independent replications"
            )
        return False
    if settings.sampler != "pseudo":
        raise ValueError("a steady state over cycles needs sampler='pseudo'")
    return True


def make_plan(
    traced: TracedModel, method: Method, budget: Budget, settings: Settings, order: int
) -> tuple[Plan, dict[str, Any]]:
    """The method's own plan, or that of a steady state; of a ratio, that of its two measures."""
    if is_cyclic(traced, settings):
        made, choices = cyclic_plan(traced, method, order)
        return with_interval(made, budget, settings), choices
    plans = method.plan if order == 1 else method.second_plan
    made, choices = plans(traced, budget, settings)
    return with_quotient(traced, made), choices


def with_quotient(traced: TracedModel, made: Plan) -> Plan:
    """The plan of a run, and what is made of its means."""
    if traced.quotient is None:
        return made
    divided = Divided(traced.quotient, traced.components)
    return dataclasses.replace(made, finish=divided.finish, remarks=divided.remarks, reported=1)


def _best_first(traced: TracedModel) -> Method:
    """The first of the preference that is valid for all places: cycles have one method."""
    valid = [m for m in PREFERENCE if m.refusal(traced) is None]
    if not valid:
        raise NotApplicable("auto", "no one method is valid for all places of θ over cycles", ())
    return valid[0]


def value_plan(traced: TracedModel, budget: Budget, settings: Settings) -> Plan | None:
    """The plan of the value alone of a steady state; None for any other model."""
    if not is_cyclic(traced, settings):
        return None
    return with_interval(plan(traced), budget, settings)


def with_interval(made: Plan, budget: Budget, settings: Settings) -> Plan:
    """The same, or with intervals by a jackknife that leaves out groups of replications."""
    if settings.interval == "delta":
        return made
    groups = min(GROUPS, budget.planned)
    # Lanes are replications one by one here: as few, that groups are alike in size.
    lanes = 1 if budget.planned < LANES * GROUPS else LANES
    ratio = made.finish.__self__  # type: ignore[union-attr]
    return dataclasses.replace(
        made, problem=made.problem._replace(lanes=lanes), blocks=1, groups=groups,
        finish=ratio.finish_groups,
    )  # fmt: skip


def cyclic_plan(traced: TracedModel, method: Method, order: int) -> tuple[Plan, dict[str, Any]]:
    """The plan of a method over cycles."""
    if isinstance(method, Differences):
        return difference_plan(traced, method)
    if method.name != "auto":
        return plan(traced, method, order), {}
    chosen = choose_second(traced, traced.slots) if order == 2 else _best_first(traced)
    assert chosen is not None, "asked before"
    return plan(traced, chosen, order), {"methods": {s.place: chosen.name for s in traced.slots}}


def plan(traced: TracedModel, method: Any = None, order: int = 1) -> Plan:
    """One pass over cycles, and what is made of its means; the value alone without a method."""
    slots = [] if method is None else traced.slots
    pairs = slot_pairs(slots) if order == 2 else []
    mode = VALUE
    if method is not None:
        mode = SECOND_MODES[method.name] if order == 2 else MODES.get(method.name, SLOPES)
    kind = KINDS[method.representation] if mode in (PHANTOMS, PAIRS) else OPERATION.get(mode, "")
    model: Any = traced.model
    record = Regenerative(
        cycles=model.horizon.count,
        mode=mode,
        by_wait=model.output == "wait",
        tail=model.tail,
        limit=float(value_of(model.measure.y)) if isinstance(model.measure, Tail) else 0.0,
        which=inputs_of(slots),
        function=tuple(_operation(traced, s, f"{kind}_{s.parameter}") for s in slots),
        first=np.array([a for a, _ in pairs], dtype=np.int64),
        second=np.array([b for _, b in pairs], dtype=np.int64),
        curvature=tuple(_curvature(traced, slots[a], slots[b], mode) for a, b in pairs),
        **_pair_facts(traced, slots, kind, mode),
        **_smoothing(traced, slots, mode),
    )
    count = 2 + 2 * len(slots) + 2 * len(pairs)
    jumps = record.cycles if mode == SMOOTHED else 0
    made = Ratio(traced, slots, pairs, order, method is None, jumps)
    planned = fixed_plan(traced, unit_chain(count), record)
    return dataclasses.replace(planned, finish=made.finish)


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
    if mode != SMOOTHED:
        return {"smoothed": 0, "density": 0, "at": (None,) * len(slots)}
    which = queue_smooths(traced.model, slots)
    assert which is not None, "asked before"
    distribution = traced.inputs[which].distribution
    at = [s.which == which and distribution.derivative_at_points(s.parameter) for s in slots]
    return {
        "smoothed": which,
        "density": distribution.operation("density"),
        "at": tuple(distribution.operation(name) if name else None for name in at),
    }


def difference_plan(traced: TracedModel, method: Any) -> tuple[Plan, dict[str, Any]]:
    """Queues at θ and at one or two points for each component, in cycles that they share."""
    forward = method.name == "fd"
    if method.step is None:
        sizes = [size_of(traced, i)[0] for i in range(traced.components)]
        steps = inside(traced, TINY * np.array(sizes))
    else:
        steps = method._given(traced, forward)
    signs = (1.0,) if forward else (1.0, -1.0)
    moves = [s * c * e for c, e in zip(steps, np.eye(len(steps)), strict=True) for s in signs]
    design = traced.design([traced.theta.vector, *(traced.theta.vector + move for move in moves)])
    model: Any = traced.model
    record = RegenerativeDifferences(model.horizon.count, model.output == "wait")
    chunk = (record, design["parameters"], design["structure"])
    scale, shift = design["scale"][:, 0], design["shift"][:, 0]
    made = DifferenceRatio(traced, scale, shift, steps, forward)
    planned = Plan(
        traced.problem(record),
        unit_chain(2 + len(moves)),
        lambda first, count: chunk,
        finish=made.finish,
    )
    return planned, {"step": steps, "warnings": ()}
