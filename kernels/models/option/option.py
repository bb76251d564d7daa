"""An option: the dynamics make a path of prices, the payoff reads it.

counts: where the integers of the payoff begin, rows of variates, rows of the path, parameters
of the dynamics, inputs, rows of work that the dynamics keep; then the first row of each input; how
many variates are the payoff's own (they are the last, and stand behind the path too); then the
integers of the dynamics (steps first), then those of the payoff (steps first). structure:
parameters of the dynamics, then of the payoff. functions: walk, unwind, value, slope, conditional,
spread.
"""

from ...jit.compile import device
from ...jit.intrinsics import call
from ...jit.pointers import beyond
from ..operation import model_operation
from ..slots import input_of, own_parameter, tangent_row

PAYOFF, ROWS, PATH, DYNAMICS, INPUTS, KEPT, FIRST_ROWS = range(7)
WALK, UNWIND, VALUE, SLOPE, CONDITIONAL, SPREAD = range(6)


@device
def own_counts(counts):
    """The integers of the dynamics, and those of the payoff."""
    return beyond(counts, FIRST_ROWS + counts[INPUTS] + 1), beyond(counts, counts[PAYOFF])


@device
def append_own(lanes, counts, x, path):
    """The payoff's own variates behind the path."""
    extra = counts[FIRST_ROWS + counts[INPUTS]]
    source, target = (counts[ROWS] - extra) * lanes, (counts[PATH] - extra) * lanes
    for place in range(extra * lanes):
        path[target + place] = x[source + place]


@device
def take_own(lanes, counts, slope, by_variate):
    """The derivatives by the payoff's own variates, which stand behind those by the path."""
    extra = counts[FIRST_ROWS + counts[INPUTS]]
    source, target = (counts[PATH] - extra) * lanes, (counts[ROWS] - extra) * lanes
    for place in range(extra * lanes):
        by_variate[target + place] = slope[source + place]


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    dynamics, payoff = own_counts(counts)
    memory = beyond(work, counts[PATH] * lanes)
    scratch = beyond(memory, counts[KEPT] * lanes)
    call(functions[WALK], lanes, dynamics, structure, x, work, memory)
    append_own(lanes, counts, x, work)
    terms = beyond(structure, counts[DYNAMICS] * lanes)
    call(functions[VALUE], lanes, payoff, terms, work, y, scratch)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """∂Y/∂path backwards to ∂Y/∂x and ∂Y/∂structure, then along the slots: one pass for all."""
    dynamics, payoff = own_counts(counts)
    path, variates, kept = counts[PATH], counts[ROWS], counts[DYNAMICS]
    slope = beyond(work, path * lanes)
    by_variate = beyond(slope, path * lanes)
    by_structure = beyond(by_variate, variates * lanes)
    by_terms = beyond(by_structure, kept * lanes)
    memory = beyond(by_terms, payoff[1] * lanes)
    scratch = beyond(memory, counts[KEPT] * lanes)
    terms = beyond(structure, kept * lanes)
    call(functions[WALK], lanes, dynamics, structure, x, work, memory)
    append_own(lanes, counts, x, work)
    call(functions[SLOPE], lanes, payoff, terms, work, y, slope, by_terms, scratch)
    call(
        functions[UNWIND], lanes, dynamics, structure, x, work, slope, by_variate, by_structure,
        memory,
    )  # fmt: skip
    take_own(lanes, counts, slope, by_variate)
    for slot in range(index[0]):
        target = beyond(out, slot * lanes)
        which, number, tangent = (
            input_of(index, slot),
            own_parameter(index, slot),
            tangent_row(index, slot),
        )
        if which < 0:
            source = beyond(by_structure, number * lanes)
            for lane in range(lanes):
                target[lane] = source[lane]
            continue
        begin = counts[FIRST_ROWS + which]
        draws = (counts[FIRST_ROWS + which + 1] if which + 1 < counts[INPUTS] else variates) - begin
        along(
            lanes, draws, beyond(first, tangent * lanes), beyond(by_variate, begin * lanes), target
        )


@device
def along(lanes, draws, tangent, slope, target):
    """Σ over draws of tangent · slope, lane by lane."""
    for lane in range(lanes):
        target[lane] = 0.0
    for draw in range(draws):
        for lane in range(lanes):
            target[lane] += tangent[draw * lanes + lane] * slope[draw * lanes + lane]


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """The derivative of E[Y | all variates but the last], which is normal.

    It is N in the last price S e^(a N). With m, s of aN and Y_m, Y_s the derivatives by them, a
    moves the expectation as it moves the path at N = (m + s Y_s / Y_m) / a: there the path is
    unwound.

    index: number of slots, place of the last step's parameters, number of its input; then for
    each slot its input or -1, its number, its first row of tangents, and which parameter of the
    last step it is (0 mean, 1 sd, -1 neither).
    """
    dynamics, payoff = own_counts(counts)
    path, variates, kept = counts[PATH], counts[ROWS], counts[DYNAMICS]
    slope = beyond(work, path * lanes)
    by_moments = beyond(slope, path * lanes)
    by_variate = beyond(by_moments, 2 * lanes)
    by_structure = beyond(by_variate, variates * lanes)
    by_terms = beyond(by_structure, kept * lanes)
    moments = beyond(by_terms, payoff[1] * lanes)
    spread = beyond(moments, 2 * lanes)
    steps = beyond(spread, lanes)
    memory = beyond(steps, variates * lanes)
    scratch = beyond(memory, counts[KEPT] * lanes)
    terms = beyond(structure, kept * lanes)
    last = (variates - 1) * lanes
    for place in range(last):
        steps[place] = x[place]
    for lane in range(lanes):
        steps[last + lane] = 0.0  # the price before the last step stands in its row
    call(functions[WALK], lanes, dynamics, structure, steps, work, memory)
    call(functions[SPREAD], lanes, dynamics, structure, steps, work, spread, memory)
    for lane in range(lanes):
        moments[lane] = spread[lane] * parameters[index[1]]
        moments[lanes + lane] = spread[lane] * parameters[index[1] + 1]
    call(functions[CONDITIONAL], lanes, payoff, terms, work, moments, y, slope, by_terms, scratch)
    for lane in range(lanes):
        by_mean = by_moments[lane]
        ratio = by_moments[lanes + lane] / by_mean if by_mean != 0.0 else 0.0
        steps[last + lane] = (moments[lane] + ratio * moments[lanes + lane]) / spread[lane]
    call(
        functions[UNWIND], lanes, dynamics, structure, steps, work, slope, by_variate, by_structure,
        memory,
    )  # fmt: skip
    for slot in range(index[0]):
        target = beyond(out, slot * lanes)
        which, number = index[4 * slot + 3], index[4 * slot + 4]
        tangent, moved = index[4 * slot + 5], index[4 * slot + 6]
        if which < 0:
            for lane in range(lanes):
                target[lane] = by_structure[number * lanes + lane]
            continue
        begin = counts[FIRST_ROWS + which]
        draws = (counts[FIRST_ROWS + which + 1] if which + 1 < counts[INPUTS] else variates) - begin
        draws -= which == index[2]
        along(
            lanes, draws, beyond(first, tangent * lanes), beyond(by_variate, begin * lanes), target
        )
        if moved >= 0:
            for lane in range(lanes):
                target[lane] += by_moments[moved * lanes + lane] * spread[lane]
