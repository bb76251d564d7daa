"""Constant times that certainly tie: there E[Y] has a kink, and no method can be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.tracer import value_of
from ..inventory.lattice import is_multiple, moves
from ..model import Input

KINK = "where E[Y] has a kink: its left and right derivatives differ"


def line_tie(interarrival: Any, services: Sequence[Any], rooms: Sequence[int]) -> str | None:
    """Why customers of a line certainly arrive as the next server falls idle, or None.

    Behind constant stages customers are at least the largest of their times apart, and just so
    far while that stage is busy. A later one of the same time is then met at its end. Between
    limited buffers the same holds of small multiples.
    """
    spacing: Any = None
    for k, stage in enumerate((interarrival, *services)):
        if not stage.is_constant:
            spacing = None
            continue
        time = constant_value(stage)
        if spacing is not None and _tied(spacing, time):
            return _reason(k, time)
        if spacing is None or value_of(time) > value_of(spacing):
            spacing = time
        room = rooms[k - 1] if k > 0 else 0
        behind = services[k] if room else None
        if behind is not None and behind.is_constant:
            pairs = ((i, j) for i in range(1, room + 2) for j in range(1, room + 2))
            if any(_tied(i * time, j * constant_value(behind)) for i, j in pairs):
                return _reason(k + 1, constant_value(behind))
    return None


def _tied(first: Any, second: Any) -> bool:
    """Whether two times are the same, and θ moves them apart."""
    return value_of(first) == value_of(second) and moves(second - first)


def _reason(k: int, time: Any) -> str:
    return (
        f"the constant service time {value_of(time):g} at station {k} is that in front of it (or a "
        f"multiple), {KINK}"
    )


def lattice_tie(inputs: Sequence[Input]) -> str | None:
    """Why times that are all multiples of one unit tie, and θ moves one of them; or None."""
    units = [entry.distribution.unit() for entry in inputs]
    constant = all(entry.distribution.is_constant for entry in inputs)
    if constant or any(unit is None for unit in units):
        return None
    if not all(is_multiple(1000.0 * unit, units[0]) for unit in units if unit):  # type: ignore[arg-type]
        return None
    for entry in inputs:
        if any(moves(value) for _, value in entry.distribution.outcomes() or ()):
            return f"all times are multiples of one unit and {entry.name} moves: they tie, {KINK}"
    return None


def constant_value(constant: Any) -> Any:
    """The one value that a constant has."""
    return constant.outcomes()[0][1]
