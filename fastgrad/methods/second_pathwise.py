"""Second derivatives along the path: what they need, and their plan."""

from __future__ import annotations

import numpy as np

from ..core.engine import Plan
from ..core.traced_model import Slot, TracedModel
from ..distributions.facts import VANISHES
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.estimators.second_pathwise import SecondPathwise
from .plans import fixed_plan, slot_pairs

_BY_PATH = (
    "first derivatives along the path jump where a maximum or a branch changes (only users' "
    "functions are derived twice)"
)


def refusal(traced: TracedModel, slots: list[Slot]) -> str | None:
    """Why the model has no second derivative along the path in these slots, or None."""
    if traced.model.free:
        return "distributions of draws depend on the state: no second derivative along the path"
    if traced.model.operation("second_pathwise") is None:
        return _BY_PATH
    for a, b in slot_pairs(slots):
        first, second = slots[a], slots[b]
        if first.which == second.which >= 0:
            distribution = traced.inputs[first.which].distribution
            if distribution.curvature(first.parameter, second.parameter) is None:
                kind = type(distribution).__name__
                where = f"{first.parameter} and {second.parameter}"
                return f"{first.place}, {second.place}: no ∂²X of {kind} in {where} is known"
    bend = traced.model.bend(slots)
    return None if bend is None else bend


def second_plan(traced: TracedModel, along: Pathwise) -> Plan:
    """One pass on duals of duals; `along` is the record for first derivatives."""
    slots = traced.slots
    pairs = slot_pairs(slots)
    index, inputs, operations, rows = [(len(slots), len(pairs), 0), *along.index[1:]], [], [], 0
    for a, b in pairs:
        which = slots[a].which if slots[a].which == slots[b].which else -1
        name = VANISHES
        if which >= 0:
            distribution = traced.inputs[which].distribution
            name = distribution.curvature(slots[a].parameter, slots[b].parameter) or VANISHES
        index.append((a, b, rows if name else -1))
        inputs.append(which)
        operations.append(distribution.operation(name) if name else None)
        rows += traced.inputs[which].draws if name else 0
    method = SecondPathwise(
        which=along.which,
        derivative=along.derivative,
        input_of=np.array(inputs, dtype=np.int64),
        curvature=tuple(operations),
        index=np.array(index, dtype=np.int64),
        rows=along.rows,
        curved=rows,
        operation=traced.model.operation("second_pathwise"),  # an address in the kernel
    )
    return fixed_plan(traced, traced.second_chain(slots, pairs), method)
