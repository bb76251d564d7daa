"""Four direct estimators on the same replications, each for its own slots of θ.

Every place of θ has the method that suits it (section 4, "the mixed approach"): first the
pathwise slots, then the smoothed, the weak ones, and those with a score. Any may be empty.
"""

from collections import namedtuple

from ..jit.compile import subroutine
from .likelihood_ratio import LikelihoodRatio
from .loop import allocate, derive, estimator
from .pathwise import Pathwise
from .smoothed import Smoothed
from .weak_derivative import WeakDerivative

PARTS = (Pathwise, Smoothed, WeakDerivative, LikelihoodRatio)

# One flat record, because the parallel loop does not take a tuple inside a tuple.
Mixed = namedtuple("Mixed", [f"{part.__name__}_{name}" for part in PARTS for name in part._fields])
_SMOOTH = len(Pathwise._fields)
_WEAK = _SMOOTH + len(Smoothed._fields)
_SCORE = _WEAK + len(WeakDerivative._fields)


@subroutine
def _parts(method):
    flat = tuple(method)
    return (
        Pathwise(*flat[:_SMOOTH]),
        Smoothed(*flat[_SMOOTH:_WEAK]),
        WeakDerivative(*flat[_WEAK:_SCORE]),
        LikelihoodRatio(*flat[_SCORE:]),
    )


@subroutine
def _allocate(problem, run, method):
    pathwise, smooth, weak, score = _parts(method)
    return (
        allocate(problem, run, pathwise),
        allocate(problem, run, smooth),
        allocate(problem, run, weak),
        allocate(problem, run, score),
    )


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    pathwise, smooth, weak, score = _parts(method)
    second = problem.measures * pathwise.which.shape[0]
    third = second + problem.measures * smooth.which.shape[0]
    fourth = third + problem.measures * weak.which.shape[0]
    derive(problem, run, pathwise, offset, mirrored, scratch[0], y, slots[:second])
    derive(problem, run, smooth, offset, mirrored, scratch[1], y, slots[second:third])
    derive(problem, run, weak, offset, mirrored, scratch[2], y, slots[third:fourth])
    derive(problem, run, score, offset, mirrored, scratch[3], y, slots[fourth:])


estimator(Mixed, _allocate, _derive)
