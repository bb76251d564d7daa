"""A watchdog against silent bias: does the output of a user's function jump, or bend?

IPA is unbiased only for an output that is continuous in θ on every path, and a user's code
does not say whether it is. So a pilot moves one parameter up and down with common random
numbers, path by path, and where the output changes it closes in on the change by bisection
(jumps.py). For second derivatives the same is asked of the first derivative along the path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .jumps import Search, close_in
from .kernels.random import PILOT
from .models.paths import LANES, Paths
from .parting import parted
from .tracer import value_of

if TYPE_CHECKING:
    from .models.user_model import UserModel
    from .study import Slot

BLOCKS = 16  # of 256 paths
WINDOW = 0.05  # of the parameter, up and down
NEAR = 0.5  # a finding holds for parameters that differ by no more than this
SHOWN = 3  # jumps that a message lists


@dataclasses.dataclass(frozen=True)
class Finding:
    """What the pilot saw when one parameter moved by ± step.

    Attributes
    ----------
    what, of : str
        What jumps, and which derivative IPA would get wrong for it.
    place : str
        The parameter that moved.
    value, step : float
        It moved within value ± step.
    paths, jumps : int
        Paths looked at, and how many of them jump.
    sizes, at : array of shape (jumps,)
        What jumps just above the jump less just below it; where the parameter was then.
    replications : array of shape (jumps,)
        Their numbers in the pilot.
    missing, missing_error : float
        The part of the derivative that IPA would not see, and its standard error.
    branch : str
        Which line of the user's code decides, at the first of the jumps.
    """

    what: str
    of: str
    place: str
    value: float
    step: float
    paths: int
    sizes: np.ndarray
    at: np.ndarray
    replications: np.ndarray
    missing: float
    missing_error: float
    branch: str

    @property
    def jumps(self) -> int:
        """How many of the paths jump."""
        return len(self.sizes)

    def __str__(self) -> str:
        size = np.abs(self.sizes)
        shown = zip(self.replications, self.at, self.sizes, strict=True)
        first = [f"{n} (at {at:.6g} by {by:+.3g})" for n, at, by in list(shown)[:SHOWN]]
        more = ", …" if self.jumps > SHOWN else ""
        return (
            f"{self.what} jumps: {self.jumps} of {self.paths} pilot paths jump when {self.place} "
            f"moves within {self.value:.4g} ± {self.step:.2g}, by {size.mean():.3g} on average "
            f"(at most {size.max():.3g}); replication{'s' * (self.jumps > 1)} "
            f"{', '.join(first)}{more}; IPA would miss about {self.missing:.3g} "
            f"± {self.missing_error:.1g} of {self.of}; {self.branch}"
        )


def examine(model: UserModel, place: str, row: int, structural: bool) -> Finding | None:
    """Look for jumps of the output in one parameter; None if no path of the pilot has one.

    Parameters
    ----------
    row : int
        Of the parameter, in `Paths.structure` if structural, else in `Paths.parameters`.
    """
    words = ("the output", f"the derivative with respect to {place}", "jumps")
    return _pilot(model, place, row, structural, words, lambda paths: paths.outputs())


def examine_slope(model: UserModel, slots: list[Slot], a: int, b: int) -> Finding | None:
    """Look for jumps of the first derivative by slot a when slot b moves."""
    moved = slots[b].place
    row, structural = model.row(moved)
    if row is None:
        return None
    words = (
        f"the derivative along the path by {slots[a].place}",
        f"the second derivative by {slots[a].place} and {moved}",
        "has a kink",
    )
    return _pilot(model, moved, row, structural, words, lambda paths: paths.slopes(slots)[a])


def _pilot(
    model: UserModel,
    place: str,
    row: int,
    structural: bool,
    words: tuple[str, str, str],
    outputs: Callable[[Paths], np.ndarray],
) -> Finding | None:
    """Blocks of paths, each with its own places of change."""
    step = _step(model, row, structural)
    found = [_block(model, block, row, structural, step, outputs) for block in range(BLOCKS)]
    jumps, change, at = (
        np.concatenate([search[k] for search in found], axis=-1) for k in range(3)
    )  # fmt: skip
    if not jumps.any():
        return None
    per_path = np.where(jumps, change, 0.0) / (2.0 * step)
    numbers = np.flatnonzero(jumps)
    what, of, verb = words
    return Finding(
        what=what,
        of=of,
        place=place,
        value=_value(model, row, structural),
        step=step,
        paths=len(change),
        sizes=change[jumps],
        at=at[0, jumps],
        replications=numbers,
        missing=float(per_path.mean()),
        missing_error=float(per_path.std(ddof=1) / np.sqrt(len(per_path))),
        branch=_branch(model, row, structural, int(numbers[0]), at[:, numbers[0]])
        or f"no branch goes another way there: something in an expression {verb}",
    )


def _block(
    model: UserModel,
    block: int,
    row: int,
    structural: bool,
    step: float,
    outputs: Callable[[Paths], np.ndarray],
) -> Search:
    paths = Paths(model, 0, PILOT + block * LANES)
    moved = _rows(paths, structural)
    value = moved[row].copy()

    def at(point: np.ndarray) -> np.ndarray:
        moved[row] = point
        return outputs(paths)

    return close_in(at, value - step, value + step)


_FINDINGS: dict[tuple, _Known] = {}


class _Known:
    """What was found for one parameter of one model, where; and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.found: list[tuple[np.ndarray, Finding | None]] = []

    def near(self, here: np.ndarray) -> int | None:
        """The number of the finding that holds here; None if a pilot is due.

        An optimisation asks at ever new points: pilots are run the 1st, 2nd, 4th, 8th … time.
        """
        self.asked += 1
        distance = [np.max(np.abs(here - there) / (NEAR * np.abs(there) + 1e-300))
                    for there, _ in self.found]  # fmt: skip
        due = self.asked & (self.asked - 1) == 0
        if not distance or (due and min(distance) > 1.0):
            return None
        return int(np.argmin(distance))


def watched(model: UserModel, place: str, row: int, structural: bool) -> str | None:
    """What `examine` finds, in words; asked again only when parameters have moved far."""
    return _remembered(model, (place,), lambda: examine(model, place, row, structural))


def watched_slopes(model: UserModel, slots: list[Slot]) -> str | None:
    """What `examine_slope` finds first, in words, among all pairs of slots.

    A kink that no pair of slots crosses in both directions leaves second derivatives right.
    """
    for a, first in enumerate(slots):
        for b in range(a, len(slots)):
            found = _remembered(
                model,
                (first.place, slots[b].place),
                lambda a=a, b=b: examine_slope(model, slots, a, b),  # type: ignore[misc]
            )
            if found is not None:
                return found
    return None


def _remembered(
    model: UserModel, places: tuple[str, ...], look: Callable[[], Finding | None]
) -> str | None:
    kinds = (entry.distribution.kind for entry in model.sources)
    key = (model.user.digest, model.layout, *model.counts(), places, *kinds)
    known, here = _FINDINGS.setdefault(key, _Known()), _everything(model)
    number = known.near(here)
    if number is None:
        known.found.append((here, look()))
        number = -1
    finding = known.found[number][1]
    return str(finding) if finding else None


def _everything(model: UserModel) -> np.ndarray:
    values = [v for entry in model.sources for v in entry.distribution.values]
    return np.array([*values, *map(value_of, model.reals.values())], dtype=float)


def _rows(paths: Paths, structural: bool) -> np.ndarray:
    return paths.structure if structural else paths.parameters


def _value(model: UserModel, row: int, structural: bool) -> float:
    return float(_rows(Paths(model, 0, PILOT, 1), structural)[row, 0])


def _step(model: UserModel, row: int, structural: bool) -> float:
    value = _value(model, row, structural)
    step = WINDOW * (abs(value) or 1.0)
    while not structural and not (
        model.takes(row, value - step) and model.takes(row, value + step)
    ):
        step *= 0.5
    return step


def _branch(
    model: UserModel, row: int, structural: bool, replication: int, interval: np.ndarray
) -> str | None:
    """The line at which the paths on both sides of a jump part."""
    paths = Paths(model, 0, PILOT + replication // LANES * LANES)
    calls = []
    for at in interval:
        _rows(paths, structural)[row] = at
        calls.append(model.arguments(paths, replication % LANES))
    return parted(model.user.function, calls)
