"""Second derivatives along the path: what they need, and their plan."""

from __future__ import annotations

import re

import numpy as np

from ..core.engine import Plan
from ..core.study import Slot, Study
from ..distributions.families import Distribution
from ..distributions.mixture import plain
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.estimators.second_pathwise import SecondPathwise
from .method import fixed_plan, slot_pairs
from .second_spa import LINEAR

VANISHES = ""  # the second derivative of the variate
_COMPONENT = re.compile(r"components\[(\d+)\]\.(\w+)")
_BY_PATH = (
    "only users' functions are derived twice along the path: the built-in models follow "
    "first derivatives, which jump where the maximum or the branch behind them changes"
)


def refusal(study: Study, slots: list[Slot]) -> str | None:
    """Why the model has no second derivative along the path in these slots, or None."""
    if study.model.operation("second_pathwise") is None:
        return _BY_PATH
    for a, b in slot_pairs(slots):
        first, second = slots[a], slots[b]
        if first.which == second.which >= 0:
            distribution = study.inputs[first.which].distribution
            if curvature(distribution, first.parameter, second.parameter) is None:
                kind = type(distribution).__name__
                where = f"{first.parameter} and {second.parameter}"
                return f"{first.place}, {second.place}: no ∂²X of {kind} in {where} is known"
    bend = study.model.bend(slots)
    return None if bend is None else bend


def curvature(distribution: Distribution, first: str, second: str) -> str | None:
    """The row function of ∂²X/∂p∂q at a fixed uniform; VANISHES; None if it is not known."""
    if first.startswith("values[") and second.startswith("values["):
        return VANISHES  # a discrete law has the one value or the other
    one, other = _COMPONENT.fullmatch(first), _COMPONENT.fullmatch(second)
    if one and other:
        if one[1] != other[1]:
            return VANISHES  # a path has the one component or the other
        component = distribution.components[int(one[1])]  # type: ignore[attr-defined]
        inner = curvature(component, one[2], other[2])
        name = f"components[{one[1]}].{inner.removeprefix('second_derivative_')}" if inner else ""
        return f"second_derivative_{plain(name)}" if name else inner
    if {first, second} <= LINEAR.get(type(distribution).__name__, set()):
        return VANISHES
    pair = first if first == second else f"{first}_{second}"
    for name in (pair, f"{second}_{first}"):
        if distribution.has(f"second_derivative_{name}"):
            return f"second_derivative_{name}"
    return None


def second_plan(study: Study, along: Pathwise) -> Plan:
    """One pass on duals of duals; `along` is the record for first derivatives."""
    slots = study.slots
    pairs = slot_pairs(slots)
    index, inputs, operations, rows = [(len(slots), len(pairs), 0), *along.index[1:]], [], [], 0
    for a, b in pairs:
        which = slots[a].which if slots[a].which == slots[b].which else -1
        name = VANISHES
        if which >= 0:
            distribution = study.inputs[which].distribution
            name = curvature(distribution, slots[a].parameter, slots[b].parameter) or VANISHES
        index.append((a, b, rows if name else -1))
        inputs.append(which)
        operations.append(distribution.operation(name) if name else None)
        rows += study.inputs[which].draws if name else 0
    method = SecondPathwise(
        which=along.which,
        derivative=along.derivative,
        input_of=np.array(inputs, dtype=np.int64),
        curvature=tuple(operations),
        index=np.array(index, dtype=np.int64),
        rows=along.rows,
        curved=rows,
        operation=study.model.operation("second_pathwise"),  # an address in the kernel
    )
    return fixed_plan(study, study.second_chain(slots, pairs), method)
