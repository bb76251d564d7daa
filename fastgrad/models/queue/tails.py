"""Tails of queues: what smooths them, how their threshold leaves the model, where they jump."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import Distribution
from ..change_of_variables import PushOut, divided
from ..inventory.lattice import is_multiple, moves
from ..measures import Tail, mean_or_tail
from ..model import Input
from ..network.cuts import Smoothing

STEP = (
    "the share of customers with a time above y is a step function of every time and of y: its "
    "derivative along the path is 0"
)
MOST_SUMS = 10_000  # of outcomes of several services
OF_MEANS = ("number", "utilisation", "throughput")


def check_choice(whose: str, value: Any, known: Sequence[str]) -> None:
    """One of these words, or a clear error."""
    if value not in known:
        raise ValueError(f"{whose} must be one of {', '.join(map(repr, known))}, got {value!r}")


def check_queue_measure(whose: str, output: str) -> Callable[[Any], Any]:
    """A check of one measure of this output."""
    known = mean_or_tail(whose)

    def check(given: Any) -> Any:
        measure = known(given)
        if isinstance(measure, Tail) and output.partition(" at ")[0] in OF_MEANS:
            raise ValueError(
                f"{whose}: output={output!r} has no Tail: it is an average over time, not a time "
                "of each customer (Little's law speaks of means); a Tail needs output='system' or "
                "output='wait'"
            )
        return measure

    return check


def divided_threshold(measure: Tail, times: Sequence[tuple[int, Input]]) -> list[PushOut]:
    """The push-out of y by division of all times (with their numbers), where their families
    scale."""
    theta = float(np.max(value_of(measure.y)))
    if theta <= 0.0:
        return []
    found: list[tuple[int, str, float]] = []
    for which, entry in times:
        moved = divided(entry.distribution, which, theta)
        if moved is None:
            return []
        found += moved
    return [PushOut("division", found, False)]


def with_density(inputs: Sequence[Input], candidates: Sequence[int]) -> int | str:
    """The first of these inputs that can smooth a tail; or why none of them can."""
    for which in candidates:
        if inputs[which].distribution.has("density"):
            return which
    named = (f"{inputs[w].name} ({type(inputs[w].distribution).__name__})" for w in candidates)
    return f"a tail is smoothed by {' or '.join(named)}, which has no density: use lr or wd"


def in_steps(distribution: Distribution) -> bool:
    """Whether its values are separate points: none of them moves across a threshold elsewhere."""
    return distribution.outcomes() is not None or distribution.unit() is not None


def unsmoothed(which: int, slot: Any, inputs: Sequence[Input]) -> str | None:
    """Why a tail cannot be smoothed by input `which` for θ in this place, or None."""
    if slot.which < 0:
        return None
    distribution = inputs[slot.which].distribution
    unknown = not distribution.has(f"derivative_{slot.parameter}")
    if unknown or (
        slot.which == which and distribution.derivative_at_points(slot.parameter) is None
    ):
        return distribution.reason("derivative", slot.parameter)
    return None


def smoothed_by(which: int, slots: Sequence[Any], inputs: Sequence[Input]) -> Smoothing:
    """What the smoothed operations of queues read: the slots as for IPA (input -1: y), the
    smoothed input and the place of its parameters."""
    place = sum(len(entry.distribution.parameters) for entry in inputs[:which])
    index, row = [len(slots), 0, 0], 0
    own = inputs[which].distribution
    functions: list[Any] = [own.operation("density")]
    for slot in slots:
        index += [slot.which, slot.number, row]
        row += inputs[slot.which].draws if slot.which >= 0 else 0
        name = own.derivative_at_points(slot.parameter) if slot.which == which else None
        functions.append(own.operation(name) if name else None)
    index += [which, place]
    return Smoothing(np.array(index, dtype=np.int64), tuple(functions), True)


def tail_kink(
    y: Any, services: Sequence[Distribution], inputs: Sequence[Input], by_wait: bool
) -> str | None:
    """Why the tail itself has no derivative: a time is y with positive probability, or customers
    who do not wait, and stay for the sum of these services, have a density that jumps there."""
    at = value_of(y)
    jump = f"at y = {np.max(at):g}, where P(T_n > y) jumps"
    if by_wait and np.any(at < 0.0):
        return None  # it is 1
    if by_wait and np.any(at == 0.0) and moves(y):
        return f"customers do not wait with positive probability: a waiting time is 0, {jump}"
    used = [e.distribution for e in inputs if e.draws > 0] or [e.distribution for e in inputs]
    units = [distribution.unit() for distribution in used]
    if all(unit is not None for unit in units):
        least = min(unit for unit in units if unit is not None)
        alike = all(is_multiple(1000.0 * unit, least) for unit in units if unit)
        moved = moves(y) or any(moves(v) for d in used for _, v in d.outcomes() or ())
        if alike and moved and is_multiple(y, least):
            return f"all times are whole multiples of {least:g}: one is met {jump}"
    return None if by_wait else _shortest_stay(y, services, jump)


def _shortest_stay(y: Any, services: Sequence[Distribution], jump: str) -> str | None:
    """Why P(T_n > y) of a customer who does not wait has no derivative at y."""
    constant = [service.outcomes() for service in services if service.is_constant]
    for outcomes in constant:
        y = y - outcomes[0][1]  # type: ignore[index]
    others = [service for service in services if not service.is_constant]
    at = value_of(y)
    met = f"a customer who does not wait may stay for just as long, {jump}"
    if all(service.outcomes() is not None for service in others):
        sums = [0.0]
        for service in others:
            values = [value for _, value in service.outcomes() or ()]
            sums = [a + b for a in sums for b in values][:MOST_SUMS]
        return met if any(value_of(y - s) == 0.0 and moves(y - s) for s in sums) else None
    if len(others) > 1:
        return None
    unit = others[0].unit()
    if unit is not None and moves(y) and is_multiple(y, unit):
        return met
    if not others[0].has("density"):
        return None
    for end, order in zip(others[0].support, others[0].edge_orders(), strict=True):
        moved = moves(y) or (end != 0.0 and any(moves(p) for p in others[0].parameters))
        if np.any(at == end) and order <= 0.0 and moved:
            return (
                f"y = {end:g} is an end of the service times, where their density jumps: "
                "P(T_n > y) has a kink"
            )
    return None
