"""Phantoms of a network: two copies of the state that differ in one draw, until they have met.

Both copies run from where the draw is used. They meet when a customer enters an empty network
in both at once: whoever came before is gone, and every station is at the same draw, because
how often it was visited depends on the destinations drawn and not on the order.

Forced to a destination, a customer goes on with draws of its own (the same in both copies), so
that all others keep theirs: otherwise one visit more would give every later customer another
service time, and the copies would never meet.
"""

from ...jit.compile import device, procedure
from ..operation import model_operation
from .network_state import (
    COUNT,
    CUSTOMERS,
    ENTRY,
    EVENT,
    GAP,
    LAST,
    NAN,
    NEXT,
    OUTPUT,
    ROUTE,
    SERVERS,
    SERVICE,
    STATION,
    SUM,
    THROUGHPUT,
    TIME,
    VALUE,
    clear,
    enters,
    entry_of,
    events_of,
    field,
    free_of,
    is_over,
    size_of,
    total_of,
    used_of,
)
from .network_step import step


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over the draws of one input that are used."""
    size = size_of(counts)
    for lane in range(lanes):
        clear(0, counts, 0, 0, lane, structure, work)
        total = 0.0
        while not is_over(0, counts, work):
            draw = draw_at_hand(index[0], lane, lanes, counts, x, work)
            if draw >= 0:
                plus, minus = first[draw * lanes + lane], second[draw * lanes + lane]
                if plus != minus:
                    total += difference(
                        size, index[0], plus, minus, lane, lanes, counts, x, index, y, work
                    )
            step(0, VALUE, -1, 0.0, lane, lanes, counts, x, x, index, y, work)
        if counts[OUTPUT] >= THROUGHPUT:
            y[lane], out[lane] = total_of(0, counts, work) / work[LAST], total
        else:
            y[lane], out[lane] = work[SUM] / counts[CUSTOMERS], total / counts[CUSTOMERS]
        if work[NAN] > 0.0:
            y[lane] = out[lane] = float("nan")


@device
def draw_at_hand(which, lane, lanes, counts, x, work):
    """The draw of an input that the next event uses, or -1."""
    entering = enters(0, counts, 0, 0, work)
    customer = int(work[NEXT])
    if which == GAP:
        return customer if entering and customer < counts[CUSTOMERS] - 1 else -1
    if which == counts[ENTRY]:
        return customer if entering else -1
    if entering:
        station = entry_of(0, counts, lane, lanes, x, work)
    else:
        last = events_of(0, counts, 0, 0) + EVENT * (int(work[COUNT]) - 1)
        station = int(work[last + STATION])
    if which != field(counts, station, SERVICE) and which != field(counts, station, ROUTE):
        return -1
    return int(work[used_of(0) + station])


@procedure
def difference(size, which, plus, minus, lane, lanes, counts, x, index, y, work):
    """Y⁺ - Y⁻ (of times their sums), each copy waiting for the other to come as far."""
    one, other = size, 2 * size
    end = events_of(0, counts, 0, 0) + EVENT * int(work[COUNT])
    for place in range(end):
        work[one + place] = work[other + place] = work[place]
    step(one, VALUE, which, plus, lane, lanes, counts, x, x, index, y, work)
    step(other, VALUE, which, minus, lane, lanes, counts, x, x, index, y, work)
    until_empty(one, lane, lanes, counts, x, index, y, work)
    until_empty(other, lane, lanes, counts, x, index, y, work)
    while work[one + NEXT] != work[other + NEXT]:
        behind = one if work[one + NEXT] < work[other + NEXT] else other
        step(behind, VALUE, -1, 0.0, lane, lanes, counts, x, x, index, y, work)
        until_empty(behind, lane, lanes, counts, x, index, y, work)
    if work[one + NAN] + work[other + NAN] > 0.0:
        return float("nan")
    if counts[OUTPUT] < THROUGHPUT:
        return work[one + SUM] - work[other + SUM]
    if not is_over(other, counts, work):
        later, before = work[one + TIME] - work[other + TIME], work[other + SUM]
        while not is_over(other, counts, work):
            step(other, VALUE, -1, 0.0, lane, lanes, counts, x, x, index, y, work)
        work[one + LAST] = work[other + LAST] + later
        work[one + SUM] += work[other + SUM] - before
    found = total_of(one, counts, work) / work[one + LAST]
    return found - total_of(other, counts, work) / work[other + LAST]


@device
def until_empty(at, lane, lanes, counts, x, index, y, work):
    """Go on until the next customer enters an empty network, or all have left."""
    while not is_over(at, counts, work) and not empty(at, counts, work):
        step(at, VALUE, -1, 0.0, lane, lanes, counts, x, x, index, y, work)


@device
def empty(at, counts, work):
    """Whether the next event is that a customer enters and finds nobody."""
    if work[at + COUNT] > 0.0:
        return False
    free = free_of(at, counts)
    latest = work[free]
    for server in range(1, counts[SERVERS]):
        latest = max(latest, work[free + server])
    return latest <= work[at + TIME]
