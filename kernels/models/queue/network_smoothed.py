"""Tails of a network in which customers never meet, smoothed by the last service time.

Given everything but the service time X at the station from which customer n leaves, it stays
longer than y with probability F̄(y - S), S the time from its entry to the beginning of that
service, which moves as S' along the path. With f for the density, X' for dX/dθ at X = y - S:

    d/dθ P(T_n > y) = f(y - S) (X' + S' - y')

index: the slots as for IPA (input -1 for y), then where the parameters of each station's service
time stand. functions: the density of each station's service time, then of each slot of a service
time its derivative at a point.
"""

from ...jit.compile import device
from ..operation import model_operation
from ..second_index import apply
from .network_state import (
    COUNT,
    CUSTOMERS,
    EVENT,
    LIMIT,
    NAN,
    SERVICE,
    SERVICE_ROW,
    SLOPES,
    STATION,
    STATIONS,
    SUM,
    clear,
    enters,
    events_of,
    field,
    is_over,
    used_of,
)
from .network_step import step

THRESHOLD = -1


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    slots = index[0]
    width, events = EVENT + 2 * slots, events_of(0, counts, slots, slots)
    point = events + width * (counts[CUSTOMERS] + 2)  # then the density there, and what it moves by
    for lane in range(lanes):
        clear(0, counts, slots, slots, lane, structure, work)
        for slot in range(slots):
            out[slot * lanes + lane] = 0.0
        while not is_over(0, counts, work):
            left = int(work[COUNT]) - (0 if enters(0, counts, slots, slots, work) else 1)
            step(0, SLOPES, -1, 0.0, lane, lanes, counts, x, first, index, out, work)
            if int(work[COUNT]) == left and work[NAN] == 0.0:
                here = events + left * width
                observe(
                    here, point, lane, lanes, counts, functions, parameters, x, first, index, out,
                    work,
                )  # fmt: skip
        y[lane] = work[SUM] / counts[CUSTOMERS]
        for slot in range(slots):
            out[slot * lanes + lane] /= counts[CUSTOMERS]
        if work[NAN] > 0.0:
            y[lane] = float("nan")


@device
def observe(here, point, lane, lanes, counts, functions, parameters, x, first, index, out, work):
    """Add what the conditional probability of the customer who has just left moves by."""
    slots, station = index[0], int(work[here + STATION])
    draw = int(work[used_of(0) + station]) - 1
    own, row = field(counts, station, SERVICE), field(counts, station, SERVICE_ROW) + draw
    place = index[3 * slots + 3 + station]
    begun = work[here] - x[row * lanes + lane] - work[here + 1]
    work[point] = work[LIMIT] - begun
    apply(functions[station], 1, parameters, place, work, point, point + 1)
    density = work[point + 1]
    if not density > 0.0:
        return
    for slot in range(slots):
        which = index[3 * slot + 3]
        moved = work[here + EVENT + slot] - work[here + EVENT + slots + slot]
        if which == THRESHOLD:
            moved = -1.0
        elif which == own:
            apply(functions[counts[STATIONS] + slot], 1, parameters, place, work, point, point + 2)
            tangent = first[(index[3 * slot + 5] + draw) * lanes + lane]
            moved += work[point + 2] - tangent
        out[slot * lanes + lane] += density * moved
