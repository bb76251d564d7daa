"""A fluid queue with on and off periods: loss and content along one path, and its derivatives.

The content x starts at 0, grows at rate u to the buffer B while on, and falls at rate d to 0
while off. What flows in at B is lost. Every piece of the path is linear, so that loss and area
are sums of closed forms, continuous in all lengths, rates and in B.

Rows of x: on periods, then off periods. counts: of each, output, whether the horizon is a time.
structure: u, d, B, the horizon (if it is a time).
"""

from ...jit.compile import device
from ..operation import model_operation

PERIODS, OUTPUT, TIMED = range(3)
LOSS, CONTENT = range(2)
UP, DOWN, BUFFER, HORIZON = range(4)
ON, OFF = range(2)
LEVEL, LOST, AREA, ELAPSED, KINDS = range(5)  # numbers of each slot: derivatives of these


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    for lane in range(lanes):
        follow(lane, lanes, 0, counts, structure, x, first, index, y, out, work)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Derivatives by lengths of periods, rates and the buffer, along every piece."""
    for lane in range(lanes):
        follow(lane, lanes, index[0], counts, structure, x, first, index, y, out, work)


@device
def follow(lane, lanes, slots, counts, structure, x, first, index, y, out, work):
    """One replication; `slots` is 0 for the value alone."""
    up, down = structure[UP * lanes + lane], structure[DOWN * lanes + lane]
    buffer, periods = structure[BUFFER * lanes + lane], counts[PERIODS]
    horizon = structure[HORIZON * lanes + lane]
    level = lost = area = elapsed = 0.0
    for place in range(KINDS * slots):
        work[place] = 0.0
    for n in range(periods):
        on, off = x[n * lanes + lane], x[(periods + n) * lanes + lane]
        cut = cut_off = False
        if counts[TIMED]:
            cut = elapsed + on >= horizon
            on = min(on, horizon - elapsed)
            cut_off = elapsed + on + off >= horizon
            off = min(off, horizon - elapsed - on)
        for slot in range(slots):
            rise(slot, n, lane, lanes, index, first, up, buffer, level, on, cut, work)
        full = level + up * on
        area += grown(level, full, up, buffer, on)
        lost += max(full - buffer, 0.0)
        level, elapsed = min(full, buffer), elapsed + on
        for slot in range(slots):
            fall(slot, n, lane, lanes, index, first, down, level, off, cut_off, work)
        left = level - down * off
        area += 0.5 * (level + left) * off if left >= 0.0 else 0.5 * level * level / down
        level, elapsed = max(left, 0.0), elapsed + off
        if cut_off:
            break
    total = lost if counts[OUTPUT] == LOSS else area
    y[lane] = total / elapsed
    kind = LOST if counts[OUTPUT] == LOSS else AREA
    for slot in range(slots):
        at = KINDS * slot
        change = 0.0 if counts[TIMED] else work[at + ELAPSED]
        out[slot * lanes + lane] = (work[at + kind] - y[lane] * change) / elapsed
    if counts[TIMED] and elapsed < horizon * (1.0 - 1e-9):  # the periods were too few
        y[lane] = float("nan")


@device
def grown(level, full, up, buffer, on):
    """Area under the content in an on period."""
    if full <= buffer:
        return 0.5 * (level + full) * on
    rising = (buffer - level) / up
    return 0.5 * (level + buffer) * rising + buffer * (on - rising)


@device
def moved(slot, which, n, lane, lanes, index, first, cut, elapsed):
    """The derivative of a period's length; of one that the horizon cuts, less what was before."""
    if cut:
        return -elapsed
    if index[3 * slot + 3] == which:
        return first[(index[3 * slot + 5] + n) * lanes + lane]
    return 0.0


@device
def rise(slot, n, lane, lanes, index, first, up, buffer, level, on, cut, work):
    """Derivatives over an on period."""
    at, own = KINDS * slot, index[3 * slot + 4]
    d_up = 1.0 if own == UP else 0.0
    d_buffer = 1.0 if own == BUFFER else 0.0
    d_level = work[at + LEVEL]
    d_on = moved(slot, ON, n, lane, lanes, index, first, cut, work[at + ELAPSED])
    full = level + up * on
    d_full = d_level + d_up * on + up * d_on
    work[at + ELAPSED] += d_on
    if full <= buffer:
        work[at + AREA] += 0.5 * (d_level + d_full) * on + 0.5 * (level + full) * d_on
        work[at + LEVEL] = d_full
        return
    rising = (buffer - level) / up
    d_rising = (d_buffer - d_level - rising * d_up) / up
    work[at + AREA] += 0.5 * (d_level + d_buffer) * rising + 0.5 * (level + buffer) * d_rising
    work[at + AREA] += d_buffer * (on - rising) + buffer * (d_on - d_rising)
    work[at + LOST] += d_full - d_buffer
    work[at + LEVEL] = d_buffer


@device
def fall(slot, n, lane, lanes, index, first, down, level, off, cut, work):
    """Derivatives over an off period."""
    at = KINDS * slot
    d_down = 1.0 if index[3 * slot + 4] == DOWN else 0.0
    d_level = work[at + LEVEL]
    d_off = moved(slot, OFF, n, lane, lanes, index, first, cut, work[at + ELAPSED])
    work[at + ELAPSED] += d_off
    left = level - down * off
    if left >= 0.0:
        d_left = d_level - d_down * off - down * d_off
        work[at + AREA] += 0.5 * (d_level + d_left) * off + 0.5 * (level + left) * d_off
        work[at + LEVEL] = d_left
        return
    work[at + AREA] += level / down * (d_level - 0.5 * level * d_down / down)
    work[at + LEVEL] = 0.0
