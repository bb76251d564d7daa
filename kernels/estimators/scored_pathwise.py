"""Second derivatives by a score and a derivative along the path, or of a smoothed output.

E Y has the derivative E Y S_a, which is derived once more along the path: with the standardised
variates fixed, E Y''_ab = E [ (∂Y/∂b) S_a + Y ∂S_a/∂b ]. The score of a location or scale is
f(Z) / s, so that ∂S_a/∂b is -S_a / s for the scale s itself and 0 otherwise. ∂Y/∂b may be that of
E[Y | all but the last step] where S_a does not score that step.
"""

from collections import namedtuple

from ..jit.compile import subroutine
from ..jit.records import leading
from .block import operate, zeros
from .likelihood_ratio import add_scores
from .loop import derive, estimator
from .pathwise import Pathwise, allocate_scratch
from .problem import PATHWISE
from .smoothed import Smoothed

# score, taken: (slots,) as in LikelihoodRatio; pairs: the slot that is scored, the one
# that is followed; scale: (pairs,) where s stands among the parameters, -1 if the score does not
# feel the second slot; by_score: (slots,) whether first derivatives come from the score, too.
# Where both slots are the model's own, scored is -1 - (the first one) and step: (pairs,) how far
# the other is moved: the derivative along the path is differenced, its error is of order step².
OWN = ("score", "taken", "scored", "followed", "scale", "by_score", "step")

# The fields of the method along the path come first, so that its record leads this one.
ScoredPathwise = namedtuple("ScoredPathwise", [*Pathwise._fields, *OWN])
ScoredPathwise.NEEDS = Pathwise.NEEDS
ScoredSmoothed = namedtuple("ScoredSmoothed", [*Smoothed._fields, *OWN])
ScoredSmoothed.NEEDS = Smoothed.NEEDS


def _allocate(problem, run, method):
    lanes = problem.lanes
    inner = allocate_scratch(problem, run, method)
    slots = method.which.shape[0]
    totals = zeros(slots, lanes).reshape((slots, lanes))
    moved = zeros(slots + 1, lanes).reshape((slots + 1, lanes))
    return inner, zeros(problem.strip, lanes), totals, moved


@subroutine
def _derive_path(problem, run, method, offset, mirrored, scratch, y, slots):
    pairs = method.scored.shape[0]
    part = leading(method, Pathwise)
    derive(problem, run, part, offset, mirrored, scratch[0], y, slots[pairs:])
    multiply(problem, run, method, scratch, y, slots)
    move_structure(problem, run, method, scratch, slots)


@subroutine
def _derive_smoothed(problem, run, method, offset, mirrored, scratch, y, slots):
    pairs = method.scored.shape[0]
    part = leading(method, Smoothed)
    derive(problem, run, part, offset, mirrored, scratch[0], y, slots[pairs:])
    multiply(problem, run, method, scratch, y, slots)


@subroutine
def multiply(problem, run, method, scratch, y, slots):
    """Scores times derivatives into the rows of the pairs."""
    inner, scores, totals, _ = scratch
    x, pairs, lanes = inner[1], method.scored.shape[0], problem.lanes
    totals[:] = 0.0
    begin = 0
    for strip in range(problem.strips.shape[0]):
        begin = add_scores(problem, run, method, strip, begin, x, scores, totals)
    for pair in range(pairs):
        if method.scored[pair] < 0:
            continue
        scored, followed = totals[method.scored[pair]], slots[pairs + method.followed[pair]]
        place = method.scale[pair]
        inverse = 1.0 / run.parameters[0, place, 0] if place >= 0 else 0.0
        for lane in range(lanes):
            slots[pair, lane] = scored[lane] * (followed[lane] - inverse * y[0, lane])
    for slot in range(method.which.shape[0]):
        if method.by_score[slot]:
            for lane in range(lanes):
                slots[pairs + slot, lane] = totals[slot, lane] * y[0, lane]


@subroutine
def move_structure(problem, run, method, scratch, slots):
    """Pairs of the model's own parameters: ∂Y/∂a at b + h and b - h, the variates fixed."""
    inner, _, _, moved = scratch
    x, tangents, structure, work = inner[1], inner[2], inner[3], inner[4]
    lanes = problem.lanes
    for pair in range(method.scored.shape[0]):
        if method.scored[pair] >= 0:
            continue
        first, second, step = -1 - method.scored[pair], method.followed[pair], method.step[pair]
        row = structure[method.index[1 + second, 1] * lanes :]
        for sign in (1.0, -1.0):
            for lane in range(lanes):
                row[lane] += sign * step
            operate(
                problem, PATHWISE, run.parameters, structure,
                x, tangents, tangents, method.index, moved[:1], moved[1:], work,
            )  # fmt: skip
            for lane in range(lanes):
                row[lane] -= sign * step
                before = slots[pair, lane] if sign < 0.0 else 0.0
                slots[pair, lane] = before + sign * 0.5 / step * moved[1 + first, lane]


estimator(ScoredPathwise, _allocate, _derive_path)
estimator(ScoredSmoothed, _allocate, _derive_smoothed)
