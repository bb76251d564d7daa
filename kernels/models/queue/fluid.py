"""A fluid queue with on and off periods: loss and content along one path, and its derivatives.

The content x starts at 0, grows at rate u to the buffer B while on, and falls at rate d to 0
while off. What flows in at B is lost. Every piece of the path is linear, so that loss and area
are sums of closed forms, continuous in all lengths, rates and in B.

Rows of x: on periods, then off periods. counts: of each, output, whether the horizon is a time.
structure: u, d, B, the horizon (if it is a time). A path that the horizon has ended goes on
with periods of length 0.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, own_parameter, tangent_row

PERIODS, OUTPUT, TIMED = range(3)
LOSS, CONTENT = range(2)
UP, DOWN, BUFFER, HORIZON = range(4)
ON, OFF = range(2)
# Rows of work: the path, lengths of its on and off periods, whether the horizon cuts them, has
# ended the path; the derivative of a length; those of level and time for every slot.
LEVEL, ELAPSED, KINDS = range(3)
LENGTH, CUT, OVER, CHANGE, DERIVATIVES = 2, 4, 6, 7, 8


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    follow(lanes, 0, counts, structure, x, first, index, y, out, work)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Derivatives by lengths of periods, rates and the buffer, along every piece."""
    follow(lanes, index[0], counts, structure, x, first, index, y, out, work)


@device
def follow(lanes, slots, counts, structure, x, first, index, y, out, work):
    """All lanes, period by period; `slots` is 0 for the value alone."""
    apart()
    for place in range((DERIVATIVES + KINDS * slots) * lanes):
        work[place] = 0.0
    for lane in range(lanes):
        y[lane] = 0.0
    for place in range(slots * lanes):
        out[place] = 0.0
    for n in range(counts[PERIODS]):
        if begin(n, lanes, counts, structure, x, work) == 0:
            break
        for slot in range(slots):
            moves = lengthen(slot, ON, n, lanes, counts, index, first, work)
            rise(slot, moves, lanes, counts, index, structure, out, work)
        fill(lanes, counts, structure, y, work)
        for slot in range(slots):
            moves = lengthen(slot, OFF, n, lanes, counts, index, first, work)
            fall(slot, moves, lanes, counts, index, structure, out, work)
        drain(lanes, counts, structure, y, work)
    finish(lanes, slots, counts, structure, y, out, work)


@device
def begin(n, lanes, counts, structure, x, work):
    """The lengths of period n, as far as the horizon leaves any; how many paths still run."""
    on, off = n * lanes, (counts[PERIODS] + n) * lanes
    if not counts[TIMED]:
        for lane in range(lanes):
            work[LENGTH * lanes + lane] = x[on + lane]
            work[(LENGTH + OFF) * lanes + lane] = x[off + lane]
        return lanes
    running = 0
    for lane in range(lanes):
        elapsed, horizon = work[ELAPSED * lanes + lane], structure[HORIZON * lanes + lane]
        if work[(CUT + OFF) * lanes + lane] > 0.0:
            work[OVER * lanes + lane] = 1.0
        over = work[OVER * lanes + lane] > 0.0
        length = min(x[on + lane], horizon - elapsed)
        rest = min(x[off + lane], horizon - elapsed - length)
        cut, cut_off = (
            elapsed + x[on + lane] >= horizon,
            elapsed + length + x[off + lane] >= horizon,
        )
        work[LENGTH * lanes + lane] = 0.0 if over else length
        work[(LENGTH + OFF) * lanes + lane] = 0.0 if over else rest
        work[CUT * lanes + lane] = 1.0 if cut and not over else 0.0
        work[(CUT + OFF) * lanes + lane] = 1.0 if cut_off and not over else 0.0
        running += 0 if over else 1
    return running


@device
def lengthen(slot, which, n, lanes, counts, index, first, work):
    """The derivative of a period's length; of one that the horizon cuts, less what was before.

    False where all are 0 and not written.
    """
    elapsed = (DERIVATIVES + KINDS * slot + ELAPSED) * lanes
    own = input_of(index, slot) == which
    if not own and not counts[TIMED]:
        return False
    tangent = (tangent_row(index, slot) + n) * lanes if own else 0
    for lane in range(lanes):
        change = first[tangent + lane] if own else 0.0
        if counts[TIMED]:
            cut = work[(CUT + which) * lanes + lane] > 0.0
            change = -work[elapsed + lane] if cut else change
            change = 0.0 if work[OVER * lanes + lane] > 0.0 else change
        work[CHANGE * lanes + lane] = change
    for lane in range(lanes):
        work[elapsed + lane] += work[CHANGE * lanes + lane]
    return True


@device
def fill(lanes, counts, structure, y, work):
    """The path through an on period."""
    for lane in range(lanes):
        up, buffer = structure[UP * lanes + lane], structure[BUFFER * lanes + lane]
        level, on = work[LEVEL * lanes + lane], work[LENGTH * lanes + lane]
        full, rising = level + up * on, (buffer - level) / up
        capped = 0.5 * (level + buffer) * rising + buffer * (on - rising)
        area = 0.5 * (level + full) * on if full <= buffer else capped
        y[lane] += max(full - buffer, 0.0) if counts[OUTPUT] == LOSS else area
        work[ELAPSED * lanes + lane] += on
        work[LEVEL * lanes + lane] = min(full, buffer)


@device
def drain(lanes, counts, structure, y, work):
    """The path through an off period."""
    for lane in range(lanes):
        down, level = structure[DOWN * lanes + lane], work[LEVEL * lanes + lane]
        off = work[(LENGTH + OFF) * lanes + lane]
        left = level - down * off
        area = 0.5 * (level + left) * off if left >= 0.0 else 0.5 * level * level / down
        y[lane] += 0.0 if counts[OUTPUT] == LOSS else area
        work[ELAPSED * lanes + lane] += off
        work[LEVEL * lanes + lane] = max(left, 0.0)


@device
def rise(slot, moves, lanes, counts, index, structure, out, work):
    """Derivatives over an on period, before the path goes through it."""
    levels = (DERIVATIVES + KINDS * slot + LEVEL) * lanes
    d_up = 1.0 if own_parameter(index, slot) == UP else 0.0
    d_buffer = 1.0 if own_parameter(index, slot) == BUFFER else 0.0
    for lane in range(lanes):
        up, buffer = structure[UP * lanes + lane], structure[BUFFER * lanes + lane]
        level, on = work[LEVEL * lanes + lane], work[LENGTH * lanes + lane]
        d_level = work[levels + lane]
        d_on = work[CHANGE * lanes + lane] if moves else 0.0
        full, d_full = level + up * on, d_level + d_up * on + up * d_on
        below = full <= buffer
        if counts[OUTPUT] == LOSS:
            out[slot * lanes + lane] += 0.0 if below else d_full - d_buffer
        else:
            rising = (buffer - level) / up
            d_rising = (d_buffer - d_level - rising * d_up) / up
            free = 0.5 * (d_level + d_full) * on + 0.5 * (level + full) * d_on
            climb = 0.5 * (d_level + d_buffer) * rising + 0.5 * (level + buffer) * d_rising
            flat = d_buffer * (on - rising) + buffer * (d_on - d_rising)
            out[slot * lanes + lane] += free if below else climb
            out[slot * lanes + lane] += 0.0 if below else flat
        work[levels + lane] = d_full if below else d_buffer


@device
def fall(slot, moves, lanes, counts, index, structure, out, work):
    """Derivatives over an off period, before the path goes through it."""
    levels = (DERIVATIVES + KINDS * slot + LEVEL) * lanes
    d_down = 1.0 if own_parameter(index, slot) == DOWN else 0.0
    for lane in range(lanes):
        down, off = structure[DOWN * lanes + lane], work[(LENGTH + OFF) * lanes + lane]
        level, d_level = work[LEVEL * lanes + lane], work[levels + lane]
        d_off = work[CHANGE * lanes + lane] if moves else 0.0
        left, d_left = level - down * off, d_level - d_down * off - down * d_off
        if counts[OUTPUT] != LOSS:
            free = 0.5 * (d_level + d_left) * off + 0.5 * (level + left) * d_off
            ended = level / down * (d_level - 0.5 * level * d_down / down)
            out[slot * lanes + lane] += free if left >= 0.0 else ended
        work[levels + lane] = d_left if left >= 0.0 else 0.0


@device
def finish(lanes, slots, counts, structure, y, out, work):
    """Rates: what was summed, over the length of the path."""
    for lane in range(lanes):
        y[lane] /= work[ELAPSED * lanes + lane]
    for slot in range(slots):
        derivative = (DERIVATIVES + KINDS * slot + ELAPSED) * lanes
        for lane in range(lanes):
            change = 0.0 if counts[TIMED] else work[derivative + lane]
            total = out[slot * lanes + lane] - y[lane] * change
            out[slot * lanes + lane] = total / work[ELAPSED * lanes + lane]
    if counts[TIMED]:
        for lane in range(lanes):  # not a number where the periods were too few
            short = structure[HORIZON * lanes + lane] * (1.0 - 1e-9)
            y[lane] = y[lane] if work[ELAPSED * lanes + lane] >= short else float("nan")
