"""Where marked thresholds stand in a user's code, and what may be wrong with one, in words."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING

from ...kernels.marks.root import (
    BENT,
    ELSEWHERE,
    JUMPS,
    KINKED,
    OFTEN,
    RAISED,
    SEVERAL,
    STILL,
    UNREACHED,
)
from ...kernels.marks.step import site_of
from ..lines import shown

if TYPE_CHECKING:
    from ..described import Described

REASONS = {
    UNREACHED: "{draw} decides whether or how this mark is reached; write max(a, b) instead of a "
    "branch, or marks side by side instead of one inside the other",
    ELSEWHERE: "the margin moves with other draws where it does not move with {draw}",
    JUMPS: "the margin itself jumps when {draw} moves",
    RAISED: "the function fails at the threshold",
    KINKED: "the two sides are equal with positive probability, and θ moves them apart",
    SEVERAL: "the margin changes its sign more than once when {draw} moves: write several marks, "
    "fg.step(x > a) and fg.step(x < -a) for |x| > a",
    OFTEN: "a ratio of densities needs exactly one mark on every path",
    BENT: "the margin has a kink in {draw}: a ratio of densities would be biased",
    STILL: "the margin does not move with its latest draw on every path",
}


def sites(model: Described) -> dict[int, str]:
    """The line of every site that a mark may have."""
    made = {}
    for function in model.user.functions:
        code = function.__code__
        for line in sorted({number for *_, number in code.co_lines() if number}):
            text = linecache.getline(code.co_filename, line).strip()
            if "step(" in text:
                site = site_of(function.__qualname__, line - code.co_firstlineno)
                made[site] = shown(code.co_filename, line)
    return made


def lines(model: Described) -> str:
    """Where the marks stand."""
    found = list(sites(model).values())
    more = f" (or one of {len(found)} marks)" if len(found) > 1 else ""
    return found[0] + more if found else "a marked threshold"


def status_of(code: float) -> tuple[int, int, int]:
    """(status, site, draw), see `code_of` in `kernels/marks/smoothed.py`."""
    whole = int(code)
    return whole >> 48, whole >> 16 & 0xFFFFFFFF, whole & 0xFFFF


def explained(model: Described, code: float) -> str:
    """A code in words, with the mark's line."""
    status, site, rank = status_of(code)
    names = [entry.name for entry in model.sources]
    draw = f"{names[(rank - 1) % len(names)]}[{(rank - 1) // len(names)}]" if rank else "a draw"
    where = sites(model).get(site, "a marked threshold")
    return f"{where}: {REASONS[status].format(draw=draw)}"
