"""The tape of `regenerative`: the draws of one replication, with all that belongs to them.

A replication has as many draws as its cycles need. They are made in strips, and kept as long as
a phantom may ask for them. Rows of the tape:

    GAPS, SERVICES                  the draws
    WAITS, BEFORE                   waiting time of each customer, sum of the output before it
    MARKS + 2 slot                  dX/dslot or the score; X⁺ and, in the next row, X⁻
    then one row for each pair      ∂²X/∂a∂b or ∂² ln f/∂a∂b
    then two for each slot          X⁺⁺ and X⁻⁻
    then POINT, DENSITY, MOVED and  where a draw would end a busy period (or where a time would be
    one row for each slot           y), its density there, how far it is moved (and the part of
                                    one slot)

All is passed on as pointers: each use of an array of a record counts references, and of the time
of a queue that is soon empty that was a fifth. `draws` is what makes random numbers:

    addresses of variates, first parameter and first table of each input, all parameters, seed,
    replication, whether it is mirrored

`marks` is what belongs to them: mode, numbers of slots and of pairs, pointers to the input and the
function of each slot, to the first slot and the function of each pair, to the function of X⁺⁺.
`room` is the tape, scratch for one strip, and places on the tape.
"""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..jit.pointers import beyond, real_at, whole_at
from ..random.philox import ROLE, WEAK
from ..random.strip import uniform_run, uniform_strip

GAP, SERVICE = 0, 1
VALUE, SLOPES, SCORES, PHANTOMS, SMOOTHED, PAIRS, CONDITIONED = range(7)
STRIP = 64  # draws made at a time
TAPE = (1 << 14) + 40  # draws kept: a longer cycle is an error; rows no power of two apart
WAITS, BEFORE, MARKS = 2, 3, 4
POINT, DENSITY, PART, MOVED = range(4)
NEXT, FILLED, FIRST = range(3)  # on the tape: this customer, the end of what is made, its number


@device
def bend_row(slots, pairs, slot):
    """The row of X⁺⁺; that of X⁻⁻ is the next one."""
    return MARKS + 2 * slots + pairs + 2 * slot


@device
def jump_row(slots, pairs, which):
    """POINT, DENSITY, PART, or MOVED + slot: written anew for each cycle."""
    return MARKS + 4 * slots + pairs + which


@device
def draws_of(problem, run, replication, mirrored):
    """`draws` of one replication."""
    return (
        whole_at(problem.variate.ctypes.data), whole_at(problem.first_parameter.ctypes.data),
        whole_at(problem.first_table.ctypes.data), real_at(run.parameters.ctypes.data), run.seed,
        replication, mirrored,
    )  # fmt: skip


@device
def marks_of(method):
    """`marks` of the method's record."""
    return (
        method.mode, method.which.shape[0], method.first.shape[0],
        whole_at(method.which.ctypes.data), whole_at(method.function.ctypes.data),
        whole_at(method.first.ctypes.data), whole_at(method.curvature.ctypes.data),
        whole_at(method.bend.ctypes.data),
    )  # fmt: skip


@subroutine
def rewind(marks, room):
    """Move what is made and not used to the beginning of the tape."""
    tape, _, place = room
    left = place[FILLED] - place[NEXT]
    for row in range(jump_row(marks[1], marks[2], 0)):
        for k in range(left):
            tape[row * TAPE + k] = tape[row * TAPE + place[NEXT] + k]
    place[FIRST] += place[NEXT]
    place[NEXT], place[FILLED] = 0, left


@subroutine
def fill(draws, marks, room):
    """One more strip of draws, with what belongs to them; False at the end of the tape."""
    variate, first_parameter, first_table, numbers, seed, replication, mirrored = draws
    mode, slots, pairs, which, _, first, curvature, _ = marks
    tape, fresh, place = room
    at, draw = place[FILLED], place[FIRST] + place[FILLED]
    if at + STRIP > TAPE:
        return False
    for kind in range(2):
        target = beyond(tape, kind * TAPE + at)
        parameters, table = (
            beyond(numbers, first_parameter[kind]),
            beyond(numbers, first_table[kind]),
        )
        uniform_strip(STRIP // 2, draw // 2, kind, replication, seed, mirrored, fresh, 2 * STRIP)
        call(variate[kind], STRIP, 1, fresh, table, fresh, fresh, parameters, target, target)
        for pair in range(pairs):
            if curvature[pair] != 0 and which[first[pair]] == kind:
                out = beyond(tape, (MARKS + 2 * slots + pair) * TAPE + at)
                call(curvature[pair], STRIP, 1, fresh, target, target, target, parameters, out, out)
        for slot in range(slots):
            if which[slot] == kind and mode != VALUE:
                mark(draws, marks, slot, draw, at, parameters, tape, fresh)
    place[FILLED] += STRIP
    return True


@subroutine
def mark(draws, marks, slot, draw, at, parameters, tape, fresh):
    """dX/dslot, score, or pairs of one strip; `fresh` begins with its uniforms."""
    mode, slots, pairs, which, function, _, _, bend = marks
    seed, replication = draws[4], draws[5]
    x = beyond(tape, which[slot] * TAPE + at)
    plus = beyond(tape, (MARKS + 2 * slot) * TAPE + at)
    if mode not in (PHANTOMS, PAIRS):
        call(function[slot], STRIP, 1, fresh, x, x, x, parameters, plus, plus)
        return
    minus = beyond(plus, TAPE)
    v, w = beyond(fresh, 2 * STRIP), beyond(fresh, 3 * STRIP)
    stream = which[slot] + WEAK * ROLE
    uniform_run(STRIP, draw, stream, replication, seed, 0, fresh, 2 * STRIP, 3 * STRIP)
    call(function[slot], STRIP, 1, fresh, x, v, w, parameters, plus, minus)
    if bend[slot] != 0:
        plus = beyond(tape, bend_row(slots, pairs, slot) * TAPE + at)
        call(bend[slot], STRIP, 1, x, x, v, w, parameters, plus, beyond(plus, TAPE))
