"""One cycle of `regenerative` after the other: its sums, and those of derivatives and scores."""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from .regenerative_tape import (
    BEFORE,
    DENSITY,
    FILLED,
    GAP,
    MARKS,
    MOVED,
    NEXT,
    PART,
    POINT,
    SCORES,
    SERVICE,
    SLOPES,
    SMOOTHED,
    TAPE,
    VALUE,
    WAITS,
    fill,
    jump_row,
)


@device
def reading(method, wait, service):
    """What a customer adds to the output."""
    time = wait if method.by_wait else wait + service
    if method.tail:
        return 1.0 if time > method.limit else 0.0
    return time


@subroutine
def cycle(problem, run, method, replication, mirrored, tape, fresh, sums, place):
    """One cycle into `sums`: Q, η, then for each slot T' and Σ T', or S; for each pair T'' and
    Σ T'', or Σ ∂² ln f. False at the end of the tape."""
    sums[:] = 0.0
    wait = total = count = 0.0
    while True:
        n = place[NEXT]
        if n == place[FILLED] and not fill(
            problem, run, method, replication, mirrored, tape, fresh, place
        ):
            return False
        service, gap = tape[SERVICE * TAPE + n], tape[GAP * TAPE + n]
        if method.mode != VALUE:
            tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n] = wait, total
        if method.mode == SMOOTHED:
            border = wait + service if method.smoothed == GAP else gap - wait
            tape[jump_row(method, POINT) * TAPE + n] = border
        if method.mode in (SLOPES, SMOOTHED):
            move(method, n, tape, sums)
        elif method.mode == SCORES:
            score(method, n, tape, sums)
        total += reading(method, wait, service)
        count += 1.0
        wait = wait + service - gap
        place[NEXT] = n + 1
        if wait <= 0.0:
            break
    sums[0], sums[1] = total, count
    return True


@device
def move(method, n, tape, sums):
    """T' of every slot, and T'' of every pair, from one customer to the next."""
    slots = method.which.shape[0]
    for slot in range(slots):
        at, tangent = 2 + 2 * slot, tape[(MARKS + 2 * slot) * TAPE + n]
        carry(method.by_wait, method.which[slot], tangent, at, sums)
        if method.mode == SMOOTHED:
            # (T_n - A_{n+1})' without the part of the smoothed draw itself, which `jumps` adds.
            own = method.which[slot] == method.smoothed
            found = sums[at]
            if own:
                found += tangent if method.smoothed == GAP else -tangent
            tape[jump_row(method, MOVED + slot) * TAPE + n] = found
    for pair in range(method.first.shape[0]):
        if method.mode == SMOOTHED and method.curvature[pair] != 0:
            bend = tape[(MARKS + 2 * slots + pair) * TAPE + n]
            which = method.which[method.first[pair]]
            carry(method.by_wait, which, bend, 2 + 2 * slots + 2 * pair, sums)


@device
def carry(by_wait, which, tangent, at, sums):
    """A derivative of the waiting time, from one customer to the next, and its sum."""
    if by_wait:
        sums[at + 1] += sums[at]
    sums[at] += tangent if which == SERVICE else 0.0
    if not by_wait:
        sums[at + 1] += sums[at]
    sums[at] -= tangent if which == GAP else 0.0


@device
def score(method, n, tape, sums):
    """Scores of every slot, and second ones of every pair."""
    slots = method.which.shape[0]
    for slot in range(slots):
        sums[2 + 2 * slot] += tape[(MARKS + 2 * slot) * TAPE + n]
    for pair in range(method.first.shape[0]):
        if method.curvature[pair] != 0:
            sums[2 + 2 * slots + 2 * pair] += tape[(MARKS + 2 * slots + pair) * TAPE + n]


@subroutine
def jumps(problem, run, method, begin, end, lane, tape, out):
    """Σ_n f (T_n - A_{n+1})^a (T_n - A_{n+1})^b over the customers of a cycle, for every pair.

    f is the density of the smoothed draw where customer n would end the busy period: T' then jumps
    by (T_n - A_{n+1})' for all customers of the next one, E[η] in the mean.
    """
    slots, which, count = method.which.shape[0], method.smoothed, end - begin
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    point = tape[jump_row(method, POINT) * TAPE + begin :]
    density = tape[jump_row(method, DENSITY) * TAPE + begin :]
    part = tape[jump_row(method, PART) * TAPE + begin :]
    call(method.density, count, 1, point, point, point, point, parameters, density, density)
    for slot in range(slots):
        if method.which[slot] == which:
            call(method.at[slot], count, 1, point, point, point, point, parameters, part, part)
            moved = tape[jump_row(method, MOVED + slot) * TAPE + begin :]
            for n in range(count):
                moved[n] += part[n] if which == SERVICE else -part[n]
    for pair in range(method.first.shape[0]):
        one = tape[jump_row(method, MOVED + method.first[pair]) * TAPE + begin :]
        other = tape[jump_row(method, MOVED + method.second[pair]) * TAPE + begin :]
        total = 0.0
        for n in range(count):
            if density[n] > 0.0:
                total += density[n] * one[n] * other[n]
        out[3 + 2 * slots + 2 * pair, lane] += total
