"""The tape of `regenerative`: the draws of one replication, with all that belongs to them.

A replication has as many draws as its cycles need. They are made in strips, and kept as long as
a phantom may ask for them. Rows of the tape:

    GAPS, SERVICES                  the draws
    WAITS, BEFORE                   waiting time of each customer, sum of the output before it
    MARKS + 2 slot                  dX/dslot or the score; X⁺ and, in the next row, X⁻
    then one row for each pair      ∂²X/∂a∂b or ∂² ln f/∂a∂b
    then two for each slot          X⁺⁺ and X⁻⁻
    then POINT, DENSITY, MOVED and  where a draw would end a busy period, its density there, how
    one row for each slot           far it is moved (and the part of one slot)
"""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..random.philox import ROLE, WEAK
from ..random.strip import uniform_run, uniform_strip

GAP, SERVICE = 0, 1
VALUE, SLOPES, SCORES, PHANTOMS, SMOOTHED, PAIRS = range(6)
STRIP = 64  # draws made at a time
TAPE = (1 << 14) + 40  # draws kept: a longer cycle is an error; rows no power of two apart
WAITS, BEFORE, MARKS = 2, 3, 4
POINT, DENSITY, PART, MOVED = range(4)
NEXT, FILLED, FIRST = range(3)  # on the tape: this customer, the end of what is made, its number


@device
def bend_row(method, slot):
    """The row of X⁺⁺; that of X⁻⁻ is the next one."""
    return MARKS + 2 * method.which.shape[0] + method.first.shape[0] + 2 * slot


@device
def jump_row(method, which):
    """POINT, DENSITY, PART, or MOVED + slot: written anew for each cycle."""
    return MARKS + 4 * method.which.shape[0] + method.first.shape[0] + which


@subroutine
def rewind(method, tape, place):
    """Move what is made and not used to the beginning of the tape."""
    left = place[FILLED] - place[NEXT]
    for row in range(jump_row(method, 0)):
        for k in range(left):
            tape[row * TAPE + k] = tape[row * TAPE + place[NEXT] + k]
    place[FIRST] += place[NEXT]
    place[NEXT], place[FILLED] = 0, left


@subroutine
def fill(problem, run, method, replication, mirrored, tape, fresh, place):
    """One more strip of draws, with what belongs to them; False at the end of the tape."""
    at, draw = place[FILLED], place[FIRST] + place[FILLED]
    if at + STRIP > TAPE:
        return False
    slots = method.which.shape[0]
    for which in range(2):
        target = tape[which * TAPE + at :]
        uniform_strip(
            STRIP // 2, draw // 2, which, replication, run.seed, mirrored, fresh, 2 * STRIP
        )
        parameters = run.parameters[0, problem.first_parameter[which] :, 0]
        table = run.parameters[0, problem.first_table[which] :, 0]
        call(
            problem.variate[which], STRIP, 1, fresh, table, fresh, fresh, parameters, target, target
        )
        for pair in range(method.first.shape[0]):
            if method.curvature[pair] != 0 and method.which[method.first[pair]] == which:
                out = tape[(MARKS + 2 * slots + pair) * TAPE + at :]
                call(
                    method.curvature[pair], STRIP, 1,
                    fresh, target, target, target, parameters, out, out,
                )  # fmt: skip
        for slot in range(slots):
            if method.which[slot] == which and method.mode != VALUE:
                mark(run, method, slot, draw, at, replication, parameters, tape, fresh)
    place[FILLED] += STRIP
    return True


@subroutine
def mark(run, method, slot, draw, at, replication, parameters, tape, fresh):
    """dX/dslot, score, or pairs of one strip; `fresh` begins with its uniforms."""
    which = method.which[slot]
    x = tape[which * TAPE + at :]
    plus = tape[(MARKS + 2 * slot) * TAPE + at :]
    if method.mode not in (PHANTOMS, PAIRS):
        call(method.function[slot], STRIP, 1, fresh, x, x, x, parameters, plus, plus)
        return
    minus = tape[(MARKS + 2 * slot + 1) * TAPE + at :]
    v, w = fresh[2 * STRIP :], fresh[3 * STRIP :]
    stream = which + WEAK * ROLE
    uniform_run(STRIP, draw, stream, replication, run.seed, 0, 1, fresh, 2 * STRIP, 3 * STRIP)
    call(method.function[slot], STRIP, 1, fresh, x, v, w, parameters, plus, minus)
    if method.bend[slot] != 0:
        row = bend_row(method, slot) * TAPE + at
        plus, minus = tape[row:], tape[row + TAPE :]
        call(method.bend[slot], STRIP, 1, x, x, v, w, parameters, plus, minus)
