"""A network of FCFS stations, one event at a time, for one replication.

An event is the arrival of a customer at a station. Stations are first come first served, so
the start and the end of its service are known then, and with the end the next event. The k-th
arrival at a station gets the station's k-th service time and k-th destination, whoever it is:
two customers who arrive together may be exchanged, and nothing that is measured changes.

A customer whose destination was forced (see `network_phantoms`) is private from then on: it
takes draws from the end of each station's rows, so that all others keep theirs.
"""

from ...jit.compile import device, procedure
from ..slots import input_of, tangent_row
from .network_state import (
    COUNT,
    CUSTOMERS,
    DESTINATION,
    ENTRY,
    EVENT,
    FREE,
    GAP,
    LAST,
    LIMIT,
    MEASURED,
    NAN,
    NEXT,
    NUMBER,
    OUTPUT,
    ROUTE,
    ROUTE_ROW,
    ROWS,
    SCORES,
    SERVERS_OF,
    SERVICE,
    SERVICE_ROW,
    SLOPES,
    STATION,
    STATIONS,
    SUM,
    SYSTEM,
    TAIL,
    TIME,
    UTILISATION,
    VALUE,
    WAIT,
    WAITED,
    enters,
    entry_of,
    events_of,
    field,
    free_of,
    station_of,
    sums_of,
    used_of,
)


@device
def score(which, draw, mode, lane, lanes, first, index, sums, work):
    """Add the scores of a draw that is used now."""
    if mode == SCORES:
        for slot in range(index[0]):
            if input_of(index, slot) == which:
                work[sums + slot] += first[(tangent_row(index, slot) + draw) * lanes + lane]


@procedure
def step(
    at, mode, forced, value, lane, lanes, counts, x, first, index, out, work
):  # fmt: skip
    """One event. The draw of input `forced` that it uses has this value; -1 for none.

    mode: VALUE, SLOPES (derivatives by every slot) or SCORES
    """
    slots = index[0] if mode == SLOPES else 0
    kept = index[0] if mode != VALUE else 0
    width = EVENT + 2 * slots
    sums = sums_of(at, counts, slots)
    events = events_of(at, counts, slots, kept)
    entering = enters(at, counts, slots, kept, work)
    here = events + int(work[at + COUNT]) * width  # a place for the event at hand
    if entering:
        private = enter(
            at, here, sums, mode, forced, value, lane, lanes, counts, x, first, index, work
        )
    else:
        work[at + COUNT] -= 1.0
        here -= width
        private = work[here + STATION] >= counts[STATIONS]
    station = int(work[here + STATION]) - (counts[STATIONS] if private else 0)
    used = used_of(at) + station
    draw = int(work[used])
    left = field(counts, station, ROWS) - draw - int(work[used + counts[STATIONS]])
    if left <= 0:
        work[at + NAN] = 1.0
        work[at + NEXT], work[at + COUNT] = counts[CUSTOMERS], 0.0
        return
    if private:
        draw = field(counts, station, ROWS) - 1 - int(work[used + counts[STATIONS]])
        work[used + counts[STATIONS]] += 1.0
    else:
        work[used] += 1.0
    serve(
        at, here, station, draw, sums, mode, forced, value, lane, lanes, counts, x, first, index,
        out, work,
    )  # fmt: skip
    destination = field(counts, station, DESTINATION)
    if field(counts, station, ROUTE) >= 0:
        row = field(counts, station, ROUTE_ROW) + draw
        if forced == field(counts, station, ROUTE):
            destination, private = station_of(value, counts), True
        else:
            destination = station_of(x[row * lanes + lane], counts)
        score(field(counts, station, ROUTE), draw, mode, lane, lanes, first, index, sums, work)
    if destination < 0:
        leave(at, here, sums, mode, lane, lanes, counts, index, out, work)
    else:
        work[here + STATION] = destination + (counts[STATIONS] if private else 0)
        insert(at, here, events, width, work)


@device
def enter(at, here, sums, mode, forced, value, lane, lanes, counts, x, first, index, work):
    """The next customer as an event at `here`, and when the one after it enters."""
    slots = index[0] if mode == SLOPES else 0
    customer = int(work[at + NEXT])
    private = counts[ENTRY] >= 0 and forced == counts[ENTRY]
    station = entry_of(at, counts, lane, lanes, x, work)
    if private:
        station = max(station_of(value, counts), 0)
    if counts[ENTRY] >= 0:
        score(counts[ENTRY], customer, mode, lane, lanes, first, index, sums, work)
    work[here] = work[here + 1] = work[at + TIME]
    work[here + STATION] = station + (counts[STATIONS] if private else 0)
    work[here + WAITED] = 0.0
    for slot in range(slots):
        work[here + EVENT + slot] = work[here + EVENT + slots + slot] = work[sums + slot]
    work[at + NEXT] += 1.0
    if customer < counts[CUSTOMERS] - 1:
        gap = value if forced == GAP else x[customer * lanes + lane]
        work[at + TIME] += gap
        for slot in range(slots):
            if input_of(index, slot) == GAP:
                work[sums + slot] += first[(tangent_row(index, slot) + customer) * lanes + lane]
        score(GAP, customer, mode, lane, lanes, first, index, sums, work)
    return private


@device
def serve(
    at, here, station, draw, sums, mode, forced, value, lane, lanes, counts, x, first, index,
    out, work,
):  # fmt: skip
    """The event's time becomes the end of the service that begins when a server is free."""
    slots = index[0] if mode == SLOPES else 0
    own, wide = field(counts, station, SERVICE), 1 + slots
    free = free_of(at, counts) + field(counts, station, FREE) * wide
    measured = counts[MEASURED] < 0 or counts[MEASURED] == station
    waits = work[free] > work[here]
    at_station = counts[OUTPUT] == NUMBER and counts[MEASURED] == station
    if at_station:
        stay(-1.0, at, here, slots, lane, lanes, out, work)
    if counts[OUTPUT] == WAIT and measured and waits:
        wait = work[free] - work[here]
        if counts[TAIL]:
            work[here + WAITED] += wait
        else:
            work[at + SUM] += wait
            for slot in range(slots):
                out[slot * lanes + lane] += work[free + 1 + slot] - work[here + EVENT + slot]
            if mode == SCORES:
                for slot in range(index[0]):
                    out[slot * lanes + lane] += wait * work[sums + slot]
    if waits:
        for place in range(wide):
            work[here + (EVENT + place - 1 if place else 0)] = work[free + place]
    service = x[(field(counts, station, SERVICE_ROW) + draw) * lanes + lane]
    service = value if forced == own else service
    work[here] += service
    works = counts[OUTPUT] == UTILISATION and measured
    work[at + SUM] += service if works else 0.0
    for slot in range(slots):
        if input_of(index, slot) == own:
            moved = first[(tangent_row(index, slot) + draw) * lanes + lane]
            work[here + EVENT + slot] += moved
            out[slot * lanes + lane] += moved if works else 0.0
    if at_station:
        stay(1.0, at, here, slots, lane, lanes, out, work)
    score(own, draw, mode, lane, lanes, first, index, sums, work)
    place = free
    for _ in range(field(counts, station, SERVERS_OF) - 1):
        if work[place + wide] >= work[here]:
            break
        for k in range(wide):
            work[place + k] = work[place + wide + k]
        place += wide
    work[place] = work[here]
    for slot in range(slots):
        work[place + 1 + slot] = work[here + EVENT + slot]


@device
def stay(sign, at, here, slots, lane, lanes, out, work):
    """The time of the event, and its derivatives by all slots, added to the sum of the output."""
    work[at + SUM] += sign * work[here]
    for slot in range(slots):
        out[slot * lanes + lane] += sign * work[here + EVENT + slot]


@device
def leave(at, here, sums, mode, lane, lanes, counts, index, out, work):
    """The event's customer leaves the network at its time."""
    slots = index[0] if mode == SLOPES else 0
    if work[here] > work[at + LAST]:
        work[at + LAST] = work[here]
        for slot in range(slots):
            work[sums + slots + slot] = work[here + EVENT + slot]
    in_all = counts[OUTPUT] == NUMBER and counts[MEASURED] < 0
    if counts[OUTPUT] != SYSTEM and not in_all and not counts[TAIL]:
        return
    time = work[here] - work[here + 1]
    if counts[TAIL]:  # its derivative along the path is 0
        time = work[here + WAITED] if counts[OUTPUT] == WAIT else time
        time = 1.0 if time > work[at + LIMIT] else 0.0
    else:
        for slot in range(slots):
            moved = work[here + EVENT + slot] - work[here + EVENT + slots + slot]
            out[slot * lanes + lane] += moved
    work[at + SUM] += time
    if mode == SCORES:
        for slot in range(index[0]):
            out[slot * lanes + lane] += time * work[sums + slot]
            out[(index[0] + slot) * lanes + lane] += work[sums + slot]


@device
def insert(at, here, events, width, work):
    """The event at the end of the list goes where its time says, latest first."""
    place = here
    while place > events and work[place - width] < work[here]:
        place -= width
    if place < here:
        for k in range(width):
            work[here + width + k] = work[here + k]
        for k in range(here - 1, place - 1, -1):
            work[k + width] = work[k]
        for k in range(width):
            work[place + k] = work[here + width + k]
    work[at + COUNT] += 1.0
