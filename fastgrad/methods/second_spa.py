"""Second derivatives by smoothing: what they need, and their plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.traced_model import Slot, TracedModel
from ..distributions.families import Distribution
from ..kernels.estimators.second_smoothed import STEPS, SecondSmoothed
from ..models.second_smoothing import SecondSmoothing
from .plans import fixed_plan, inputs_of, slot_pairs

STEP = 1e-3  # of differences of fourth order, relative to the parameter


def refusal(traced: TracedModel, slots: list[Slot]) -> str | None:
    """Why the model cannot smooth second derivatives in these slots, or None."""
    return traced.model.second_smoothing_refusal(slots)


def second_plan(traced: TracedModel) -> Plan:
    """One pass."""
    slots = traced.slots
    pairs = slot_pairs(slots)
    sizes = [len(entry.distribution.parameters) for entry in traced.inputs]
    places = np.cumsum([0, *sizes])
    numbers = [value for entry in traced.inputs for value in entry.distribution.values]
    draws = [traced.inputs[s.which].draws if s.which >= 0 else 0 for s in slots]
    first = np.cumsum([0, *draws])
    bends = _Bends(numbers)
    slot_rows = [
        (s.which, s.number, row, places[s.which]) for s, row in zip(slots, first, strict=False)
    ]
    head = [len(slots), len(pairs), *np.ravel(slot_rows)]
    functions = [f for s in slots for f in _functions(traced, s)]
    index: list[int] = []
    called: list[Any] = []
    told: list[SecondSmoothing] = []
    begin = []
    for view in traced.views:
        begin.append((len(index), len(called)))
        told.append(view.model.second_smoothing(view.slots))
        rows = [(a, b, *bends.add(traced, slots[a], slots[b], told[-1].moved)) for a, b in pairs]
        index += [*head, *np.ravel(rows), *told[-1].numbers]
        called += [*functions, *told[-1].functions]
    method = SecondSmoothed(
        which=inputs_of(slots),
        derivative=tuple(functions[1::3]),
        row=first[:-1],
        rows=int(first[-1]),
        bend=np.array(bends.entries, dtype=np.int64).reshape(-1, 4),
        bend_derivative=tuple(bends.derivatives),
        bend_variate=tuple(bends.variates),
        bend_rows=bends.rows,
        parameters=np.array(numbers, dtype=float),
        operation=tuple(one.operation for one in told),  # addresses in the kernel
        index=np.array(index, dtype=np.int64),
        functions=tuple(called),
        first=np.array(begin, dtype=np.int64),
        work=max(one.work for one in told),
    )
    return fixed_plan(traced, traced.second_chain(slots, pairs), method)


def _functions(traced: TracedModel, slot: Slot) -> list:
    """Density, derivative and score, where there are: not of a parameter of the model's own."""
    if slot.which < 0:
        return [None] * 3
    distribution = traced.inputs[slot.which].distribution
    names = ("density", f"derivative_{slot.parameter}", f"score_{slot.parameter}")
    return [distribution.operation(name) if distribution.has(name) else None for name in names]


class _Bends:
    """What pairs of slots of one input need: moved parameters, and rows of ∂²X/∂p∂q."""

    def __init__(self, numbers: list[float]) -> None:
        self.numbers = numbers  # grows by the moved parameters
        self.entries: list[tuple[int, int, int, int]] = []
        self.derivatives: list[Any] = []
        self.variates: list[Any] = []
        self.rows = 0

    def add(self, traced: TracedModel, a: Slot, b: Slot, at_points: bool) -> tuple[int, int, int]:
        """First row of ∂²X/∂a∂b or -1, place of the moved parameters or -1, their count."""
        if a.which != b.which or a.which < 0:
            return -1, -1, 0
        entry = traced.inputs[a.which]
        linear = entry.distribution.linear(a.parameter, b.parameter)
        count = len(entry.distribution.parameters)
        if linear and not at_points:
            return -1, -1, count
        place = len(self.numbers)
        self.numbers += moved_parameters(entry.distribution, b.parameter)
        if at_points:
            return -1, place, count
        row = self.rows
        self.entries.append((a.which, row, place, count))
        self.derivatives.append(entry.distribution.operation(f"derivative_{a.parameter}"))
        self.variates.append(entry.distribution.operation("variate"))
        self.rows += entry.draws
        return row, place, count


def moved_parameters(distribution: Distribution, parameter: str) -> Sequence[float]:
    """The step h, then all parameters with this one moved by -2h, -h, h, 2h."""
    values = [float(value) for value in distribution.values]
    at = list(distribution.kernel.PARAMETERS).index(parameter)
    step = STEP * (abs(values[at]) or 1.0)
    for _ in range(20):
        moves = [step * k for k in (-2.0, -1.0, 1.0, 2.0)]
        points = [[v + move * (k == at) for k, v in enumerate(values)] for move in moves]
        try:
            for point in points:
                distribution.moved(point)
        except ValueError:  # out of the parameter's domain
            step *= 0.1
            continue
        assert len(points) == STEPS
        return [step, *(number for point in points for number in point)]
    raise ValueError(f"{type(distribution).__name__}: {parameter} is at the end of its domain")
