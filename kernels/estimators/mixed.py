"""Four direct estimators on the same replications, each for its own slots of θ.

Every place of θ has the method that suits it ("mixed approach": Fu (2005), section 4): first the
pathwise slots, then the smoothed, the weak ones, and those with a score. Any may be empty.
"""

from typing import NamedTuple

from ..jit.compile import subroutine
from .likelihood_ratio import LikelihoodRatio
from .loop import allocate, derive, estimator
from .pathwise import Pathwise
from .smoothed import Smoothed
from .weak_derivative import WeakDerivative


class Mixed(NamedTuple):
    """The four records, in the order of their slots."""

    pathwise: Pathwise
    smooth: Smoothed
    weak: WeakDerivative
    score: LikelihoodRatio


def _allocate(problem, run, method):
    return tuple(allocate(problem, run, part) for part in method)


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    pathwise, smooth, weak, score = method.pathwise, method.smooth, method.weak, method.score
    second = problem.measures * pathwise.which.shape[0]
    third = second + problem.measures * smooth.which.shape[0]
    fourth = third + problem.measures * weak.which.shape[0]
    derive(problem, run, pathwise, offset, mirrored, scratch[0], y, slots[:second])
    derive(problem, run, smooth, offset, mirrored, scratch[1], y, slots[second:third])
    derive(problem, run, weak, offset, mirrored, scratch[2], y, slots[third:fourth])
    derive(problem, run, score, offset, mirrored, scratch[3], y, slots[fourth:])


estimator(Mixed, _allocate, _derive)
