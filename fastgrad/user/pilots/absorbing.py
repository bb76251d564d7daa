"""Can the first draw of an input take a function's parameter upon itself?

Where Y(θ', x, …) = Y(θ, T(x), …) for all draws, with T(x) = c(θ') + d(θ') x, moving the parameter
is moving the distribution of that one draw: a spot price that multiplies exp(m + s z), with
T(z) = z + log(θ'/θ)/s. Then E[Y] has scores in the parameter whatever the function does. T is
found from a few paths by solving for x, and has to hold on all paths of the pilot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .directions import blocks_of
from .paths import Paths
from .remembered import remembered

if TYPE_CHECKING:
    from ...distributions.families import Distribution
    from ..described import Described

STEP = 5e-3  # of the parameter: differences of sixth order are then good to 1e-10
NODES = (-3, -2, -1, 1, 2, 3)
FIRST = np.array([-1.0, 9.0, -45.0, 45.0, -9.0, 1.0]) / 60.0
SECOND = np.array([2.0, -27.0, 270.0, 270.0, -27.0, 2.0]) / 180.0
MIDDLE = -490.0 / 180.0
SOLVES = 20  # steps of the secant method
SOLVED = 1e-12  # of the output
HOLDS = 1e-8
FEWEST = 8  # paths that tell T
PATHS = 512
SOLVING = 64  # paths that T is told from
CANDIDATES = 8  # inputs that are tried


class Absorbed(NamedTuple):
    """The input whose first draw absorbs a parameter; c', c'', d', d'' at the parameter's value."""

    which: int
    shift: tuple[float, float]
    scale: tuple[float, float]


def absorbed(model: Described, name: str) -> Absorbed | None:
    """How one of the function's own parameters is absorbed, or None."""
    return remembered(model, ("absorbed", name), lambda: _absorbed(model, name))


def moved_names(distribution: Distribution) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parameters that a scaling and a shift of a draw move, where scores are known."""
    known = list(distribution.kernel.PARAMETERS)

    def scored(names: tuple[str, ...]) -> tuple[str, ...]:
        there = (n in known and distribution.has(f"score_{n}") for n in names)
        return names if distribution.by_point and all(there) else ()

    scaled = tuple(name for name, _ in distribution.scaled() or ())
    return scored(scaled), scored(tuple(distribution.shifted() or ()))


def _absorbed(model: Described, name: str) -> Absorbed | None:
    number = list(model.reals).index(name)
    blocks = blocks_of(model, PATHS)
    row = tried = 0
    for which, entry in enumerate(model.sources):
        scaled, shifted = moved_names(entry.distribution)
        if (scaled or shifted) and tried < CANDIDATES:
            tried += 1
            with np.errstate(all="ignore"):
                maps = _maps(blocks, number, row)
            if maps is not None:
                (c1, c2), (d1, d2) = maps
                if (scaled or d1 == d2 == 0.0) and (shifted or c1 == c2 == 0.0):
                    return Absorbed(which, (c1, c2), (d1, d2))
        row += entry.draws
    return None


def _maps(
    blocks: list[Paths], number: int, row: int
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """(c', c''), (d', d'') of a draw in this row of variates, or None."""
    value = float(blocks[0].structure[number, 0])
    step = STEP * (abs(value) or 1.0)
    found = []
    for node in NODES:
        one = _map(blocks, number, row, value + node * step)
        if one is None:
            return None
        found.append(one)
    shift, scale = np.array(found).T
    spread = float(np.ptp(blocks[0].variates()[row])) or 1.0
    shift[np.abs(shift) < HOLDS * spread * STEP] = 0.0
    scale = np.where(np.abs(scale - 1.0) < HOLDS * STEP, 0.0, scale - 1.0)
    if not shift.any() and not scale.any():
        return None  # the output does not move with the parameter at all
    return tuple(  # type: ignore[return-value]
        (float(FIRST @ moved) / step, float(SECOND @ moved) / step**2) for moved in (shift, scale)
    )


def _map(blocks: list[Paths], number: int, row: int, there: float) -> tuple[float, float] | None:
    """(c, d) for the parameter's value `there`, if T holds on all paths."""
    paths = blocks[0].chosen(np.arange(blocks[0].lanes) < SOLVING)
    x = paths.variates()[row].copy()
    wanted = _at(paths, number, there, row, x)
    solved, told = _solve(paths, number, row, x, wanted)
    if np.count_nonzero(told) < FEWEST:
        return None
    order = np.argsort(x[told])
    low, high = np.array_split(order, 2)
    size = min(len(low), len(high))
    x_told, y_told = x[told], solved[told]
    low, high = low[:size], high[-size:]
    d = float(np.median((y_told[high] - y_told[low]) / (x_told[high] - x_told[low])))
    c = float(np.median(y_told - d * x_told))
    near = np.abs(y_told - c - d * x_told) <= 1e-6 * (np.ptp(x) or 1.0)
    if np.count_nonzero(near) < FEWEST:
        return None
    d, c = (float(k) for k in np.polyfit(x_told[near], y_told[near], 1))
    if abs(d - 1.0) < HOLDS * STEP:
        d, c = 1.0, float(np.median(y_told[near] - x_told[near]))
    elif abs(c) < HOLDS * STEP * (np.ptp(x) or 1.0):
        d, c = float(np.median(y_told[near] / x_told[near])), 0.0
    return (c, d) if all(_holds(p, number, row, there, c, d) for p in blocks) else None


def _holds(paths: Paths, number: int, row: int, there: float, c: float, d: float) -> bool:
    """Whether Y(there, x) = Y(here, c + d x) on all these paths."""
    x = paths.variates()[row].copy()
    value = float(paths.structure[number, 0])
    one = _at(paths, number, there, row, x)
    other = _at(paths, number, value, row, c + d * x)
    size = np.abs(one) + np.mean(np.abs(one))
    return bool(np.all(np.abs(one - other) <= HOLDS * size))


def _solve(
    paths: Paths, number: int, row: int, x: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the output is as wanted at the parameter's own value; on which paths that is found."""
    value = float(paths.structure[number, 0])
    before = x.copy()
    at = x + 1e-3 * (np.ptp(x) or 1.0)
    miss_before = _at(paths, number, value, row, before) - wanted
    moved = np.zeros(len(x), dtype=bool)
    for _ in range(SOLVES):
        miss = _at(paths, number, value, row, at) - wanted
        slope = (miss - miss_before) / (at - before)
        go = np.isfinite(slope) & (slope != 0.0) & (miss != 0.0)
        moved |= go
        if not go.any():
            break
        new = np.where(go, at - miss / np.where(go, slope, 1.0), at)
        before, miss_before = np.where(go, at, before), np.where(go, miss, miss_before)
        at = new
    miss = np.abs(_at(paths, number, value, row, at) - wanted)
    told = moved & (miss <= SOLVED * (np.abs(wanted) + np.mean(np.abs(wanted)))) & (wanted != 0.0)
    return at, told


def _at(paths: Paths, number: int, value: float, row: int, x: np.ndarray) -> np.ndarray:
    """Outputs with this value of the parameter and of the draw; all is put back afterwards."""
    paths.variates()
    own, kept = paths.structure[number].copy(), paths.x[row].copy()
    paths.structure[number], paths.x[row] = value, x
    y = paths.outputs()
    paths.structure[number], paths.x[row] = own, kept
    return y
