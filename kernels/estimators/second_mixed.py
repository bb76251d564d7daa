"""Second derivatives by a method for every pair of slots, on common replications.

Each part has rows for its pairs, then for its slots: scores and a smoothed output, scores and the
path, scores alone. A part without slots is left out.
"""

from typing import NamedTuple

from ..jit.compile import subroutine
from .loop import allocate, derive, estimator
from .scored_pathwise import ScoredPathwise, ScoredSmoothed
from .second_score import SecondScore


class SecondMixed(NamedTuple):
    """The three records, in the order of their rows."""

    NEEDS = ("simulate", "pathwise", "smoothed")  # of the model's operations

    smooth: ScoredSmoothed
    path: ScoredPathwise
    score: SecondScore


def _allocate(problem, run, method):
    return tuple(allocate(problem, run, part) for part in method)


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    smooth, path, score = method.smooth, method.path, method.score
    second = smooth.scored.shape[0] + smooth.which.shape[0]
    third = second + path.scored.shape[0] + path.which.shape[0]
    if score.which.shape[0] > 0:
        derive(problem, run, score, offset, mirrored, scratch[2], y, slots[third:])
    if path.which.shape[0] > 0:
        derive(problem, run, path, offset, mirrored, scratch[1], y, slots[second:third])
    if smooth.which.shape[0] > 0:
        derive(problem, run, smooth, offset, mirrored, scratch[0], y, slots[:second])


estimator(SecondMixed, _allocate, _derive)
