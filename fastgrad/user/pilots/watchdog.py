"""A watchdog against silent bias: does the output of a user's function jump, or bend?

IPA is unbiased only for an output that is continuous in θ on every path, and a user's code
does not say whether it is. So a pilot moves all parameters up and down at once with common
random numbers, path by path, and where the output changes it closes in on the change by
bisection (jumps.py); only if there is a jump is each parameter looked at by itself. For second
derivatives the same is asked of the first derivative along the path.

A jump that stands at one value of the parameter whatever the continuous draws are (whole
demand against a level) is none elsewhere: it is left out, and the window ends before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...kernels.random.philox import PILOT
from ..lines import place_of
from .directions import Allowance, Direction, allowance, blocks_of, direction_of, rows_of
from .finding import Finding
from .jumps import Along, Search, close_in
from .parting import parted
from .paths import LANES, Paths
from .remembered import remembered

if TYPE_CHECKING:
    from ...core.traced_model import Slot
    from ..described import Described

Output = Callable[[Paths], np.ndarray]
WINDOW = 0.05  # of the parameter, up and down
NARROWINGS = 6  # of the window, to look between the jumps that stand still
NUDGE = 1e-5  # of a uniform's way to 1/2: continuous draws move, discrete ones hardly ever
BESIDE = 1e-7  # of the window: a jump that stands still is still there
MANY, AWAY = 30, 0.3  # evenly spread jumps leave such a gap once in 40,000 pilots
HERE = 1e-6  # of the window: no further from θ than it can be told from it


def examine(model: Described, place: str, row: int, structural: bool) -> Finding | None:
    """Look for jumps of the output in one parameter; None if no path of the pilot has one.

    Parameters
    ----------
    row : int
        Of the parameter, in `Paths.structure` if structural, else in `Paths.parameters`.
    """
    words = ("the output", f"the derivative with respect to {place}")
    return _single(model, place, (row, structural), words, _output)


def examine_slope(model: Described, slots: list[Slot], a: int, b: int) -> Finding | None:
    """Look for jumps of the first derivative by slot a when slot b moves."""
    moved = slots[b].place
    row, structural = model.row(moved)
    if row is None:
        return None
    words = (
        f"the derivative by {slots[a].place}",
        f"the second derivative by {slots[a].place} and {moved}",
    )
    along = (row, structural)
    return _single(model, moved, along, words, lambda paths: paths.slopes(slots)[a])


def watched(model: Described, place: str, row: int, structural: bool) -> str | None:
    """What `examine` finds, in words."""
    rows = rows_of(model)
    if (row, structural) in rows and len(rows) > 1 and model.marks is None:
        if remembered(model, ("together",), lambda: not _jump_of(model, rows, _output)):
            return None
    found = remembered(model, ("jump", place), lambda: examine(model, place, row, structural))
    return str(found) if found else None


def watched_slopes(model: Described, slots: list[Slot]) -> str | None:
    """What `examine_slope` finds first, in words, among all pairs of slots.

    A kink that no pair of slots crosses in both directions leaves second derivatives right.
    """
    places = tuple(slot.place for slot in slots)
    rows = [(row, own) for row, own in map(model.row, places) if row is not None]

    def together(paths: Paths) -> np.ndarray:
        weights = [move.step for move in direction_of(model, rows, WINDOW).moves]
        moved = [slot for slot in slots if model.row(slot.place)[0] is not None]
        return np.einsum("k,kn->n", weights, paths.slopes(moved))

    if not rows or remembered(
        model, ("bends together", places), lambda: not _jump_of(model, rows, together)
    ):
        return None
    for a, first in enumerate(slots):
        for b in range(a, len(slots)):
            found = remembered(
                model,
                ("bend", first.place, slots[b].place),
                lambda a=a, b=b: examine_slope(model, slots, a, b),  # type: ignore[misc]
            )
            if found is not None:
                return str(found)
    return None


def _output(paths: Paths) -> np.ndarray:
    return paths.outputs()


def _jump_of(model: Described, rows: Sequence[tuple[int, bool]], output: Output) -> bool:
    """Whether any path jumps when all these parameters move."""
    _, found = search(model, direction_of(model, rows, WINDOW), output, allowance(model))
    return bool(found.jumps.any())


def _single(
    model: Described, place: str, row: tuple[int, bool], words: tuple[str, str], output: Output
) -> Finding | None:
    """What the pilot finds when one parameter moves by itself."""
    way, found = search(model, direction_of(model, [row], WINDOW), output, allowance(model))
    if not found.jumps.any():
        return None
    move = way.moves[0]
    per_path = np.where(found.jumps, found.change, 0.0) / (2.0 * move.step)
    numbers = np.flatnonzero(found.jumps)
    first = int(numbers[0])
    paths = len(per_path)
    return Finding(
        what=words[0],
        of=words[1],
        place=place,
        value=move.value,
        step=move.step,
        paths=paths,
        sizes=found.change[found.jumps],
        at=move.value + move.step * found.interval[0, found.jumps],
        replications=numbers,
        missing=float(per_path.mean()),
        missing_error=float(per_path.std(ddof=1) / np.sqrt(paths)),
        line=branch_at(model, way, first, found.interval[:, first]),
    )


def search(
    model: Described, way: Direction, output: Output, allowed: Allowance
) -> tuple[Direction, Search]:
    """Jumps at which the draws decide where they are, and the window in which they were sought."""

    def along(paths: Paths, points: np.ndarray) -> np.ndarray:
        way.go(paths, points)
        return output(paths)

    for _ in range(NARROWINGS):
        found, still = [], []
        for number, paths in enumerate(blocks_of(model, allowed.paths)):
            thorough = max(allowed.thorough - number * LANES, 0)
            with np.errstate(invalid="ignore"):
                one = close_in(along, paths, thorough)
                stays = _stands_still(along, paths, one)
            still.append(np.abs(one.interval[0, stays]))
            found.append(one._replace(jumps=one.jumps & ~stays))
        all_found = Search(*(np.concatenate(each, axis=-1) for each in zip(*found, strict=True)))
        nearest = min(np.min(np.concatenate(still), initial=np.inf), _beyond(all_found))
        if (all_found.jumps.any() and nearest <= AWAY) or not HERE < nearest <= 1.0:
            break
        way = way.narrowed(0.5 * nearest)
    return way, all_found


def _beyond(found: Search) -> float:
    """How far the nearest jump is, of so many that some would be near θ if any could be there."""
    at = np.abs(found.interval[0, found.jumps])
    return float(np.min(at)) if len(at) >= MANY else 0.0 if len(at) else np.inf


def _stands_still(along: Along, paths: Paths, found: Search) -> np.ndarray:
    """Which jumps are where they are whatever the continuous draws: (lanes,)."""
    still = np.zeros(paths.lanes, dtype=bool)
    if not found.jumps.any():
        return still
    moved = paths.chosen(found.jumps)
    for entry, u in zip(moved.entries, moved.uniforms, strict=True):
        distribution = entry.distribution
        if distribution.has("density") or not distribution.by_point:
            u += NUDGE * (0.5 - u)
    moved.renewed()
    low, high = found.interval[:, found.jumps]
    change = along(moved, high + BESIDE) - along(moved, low - BESIDE)
    still[found.jumps] = np.abs(change) > 0.5 * np.abs(found.change[found.jumps])
    return still


def branch_at(model: Described, way: Direction, replication: int, interval: np.ndarray) -> str:
    """The line at which the paths on both sides of a jump part; if none is seen, the function's."""
    paths = Paths(model, 0, PILOT + replication // LANES * LANES)
    calls = []
    for point in interval:
        way.go(paths, np.full(paths.lanes, point))
        calls.append(model.arguments(paths, replication % LANES))
    code = model.user.function.__code__
    return parted(model.user, calls) or place_of(code.co_filename, code.co_firstlineno)
