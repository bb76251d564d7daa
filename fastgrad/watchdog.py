"""A watchdog against silent bias: does the output of a user's function jump?

IPA is unbiased only for an output that is continuous in θ on every path, and a user's code
does not say whether it is. So a pilot moves one parameter up and down with common random
numbers, path by path, and where the output changes it closes in on the change by bisection.
A continuous output changes less and less over a shrinking interval; a jump stays as it is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import linecache
import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .kernels.random import PILOT
from .models.paths import LANES, Paths
from .tracer import value_of

if TYPE_CHECKING:
    from .models.user_model import UserModel

BLOCKS = 16  # of 256 paths
WINDOW = 0.05  # of the parameter, up and down
HALVINGS = 30  # the interval shrinks to 1e-9 of itself
STAYS = 1e-4  # of the largest change: what is left of a continuous one is 1e-9 · its slope
ROUNDING = 1e-11  # of the output: changes below are not changes
NEAR = 0.5  # a finding holds for parameters that differ by no more than this


@dataclasses.dataclass(frozen=True)
class Finding:
    """What the pilot saw when one parameter moved by ± step.

    Attributes
    ----------
    place : str
        The parameter.
    paths, jumps : int
        Paths looked at, and how many of them jump.
    sizes : array of shape (jumps,)
        Y just above the jump less Y just below it.
    replications : array of shape (jumps,)
        Their numbers in the pilot.
    missing, missing_error : float
        The part of dE[Y]/d(parameter) that IPA would not see, and its standard error.
    branch : str
        Which line of the user's code decides, at the first of the jumps.
    """

    place: str
    value: float
    step: float
    paths: int
    sizes: np.ndarray
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
        return (
            f"the output jumps: {self.jumps} of {self.paths} pilot paths jump when {self.place} "
            f"moves within {self.value:.4g} ± {self.step:.2g}, by {size.mean():.3g} on average "
            f"(at most {size.max():.3g}); IPA would miss about {self.missing:.3g} "
            f"± {self.missing_error:.1g} of the derivative with respect to {self.place}; "
            f"{self.branch}"
        )


def examine(model: UserModel, place: str, row: int, structural: bool) -> Finding | None:
    """Look for jumps of the output in one parameter; None if no path of the pilot has one.

    Parameters
    ----------
    row : int
        Of the parameter, in `Paths.structure` if structural, else in `Paths.parameters`.
    """
    step = _step(model, row, structural)
    found = [_close_in(model, block, row, structural, step) for block in range(BLOCKS)]
    change = np.concatenate([after for _, after, _ in found])
    jumping = np.concatenate([jumps for jumps, _, _ in found])
    if not jumping.any():
        return None
    at = np.concatenate([interval for _, _, interval in found], axis=1)
    per_path = np.where(jumping, change, 0.0) / (2.0 * step)
    first = int(np.flatnonzero(jumping)[0])
    return Finding(
        place=place,
        value=_value(model, row, structural),
        step=step,
        paths=len(change),
        sizes=change[jumping],
        replications=np.flatnonzero(jumping),
        missing=float(per_path.mean()),
        missing_error=float(per_path.std(ddof=1) / np.sqrt(len(per_path))),
        branch=_branch(model, row, structural, first, at[:, first]),
    )


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
    known = _FINDINGS.setdefault(
        (model.user.digest, model.layout, *model.counts(), place), _Known()
    )
    here = _everything(model)
    number = known.near(here)
    if number is None:
        known.found.append((here, examine(model, place, row, structural)))
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


def _close_in(
    model: UserModel, block: int, row: int, structural: bool, step: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which lanes jump, the change of Y over the last interval, and that interval."""
    paths = Paths(model, 0, PILOT + block * LANES)
    moved = _rows(paths, structural)
    value = moved[row].copy()

    def outputs(at: np.ndarray) -> np.ndarray:
        moved[row] = at
        return paths.outputs()

    low, high = value - step, value + step
    below, above = outputs(low), outputs(high)
    most = np.abs(above - below)
    typical = float(np.mean(np.abs(below)))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        there = outputs(middle)
        lower, upper = np.abs(there - below), np.abs(above - there)
        most = np.maximum(most, np.maximum(lower, upper))
        left = lower >= upper
        high, above = np.where(left, middle, high), np.where(left, there, above)
        low, below = np.where(left, low, middle), np.where(left, below, there)
    change = above - below
    size = np.maximum(typical, np.maximum(np.abs(below), np.abs(above)))
    jumps = (np.abs(change) > STAYS * most) & (np.abs(change) > ROUNDING * size)
    return jumps, change, np.array([low, high])


def _branch(
    model: UserModel, row: int, structural: bool, replication: int, interval: np.ndarray
) -> str:
    """The line at which the paths on both sides of a jump part."""
    paths = Paths(model, 0, PILOT + replication // LANES * LANES)
    lane = replication % LANES
    traces = []
    for at in interval:
        _rows(paths, structural)[row] = at
        traces.append(_trace(model, paths, lane))
    before: tuple[CodeType, int] | None = None
    for one, other in zip(*traces, strict=False):
        if one != other and before is not None:
            code, line = before
            text = linecache.getline(code.co_filename, line).strip()
            return f"the branch at {code.co_filename}:{line} goes another way there: {text}"
        before = one
    return "no branch goes another way there: a comparison or rounding in an expression jumps"


def _trace(model: UserModel, paths: Paths, lane: int) -> list[tuple[CodeType, int]]:
    """The lines that the function runs through in this replication."""
    lines: list[tuple[CodeType, int]] = []

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            lines.append((frame.f_code, frame.f_lineno))
        return watch

    arguments, before = model.arguments(paths, lane), sys.gettrace()
    sys.settrace(watch)
    try:
        with contextlib.suppress(Exception):  # an overflow in Python is an infinity compiled
            model.user.function(*arguments)
    finally:
        sys.settrace(before)
    return lines
