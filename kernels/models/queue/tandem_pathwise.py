"""Derivatives of departure times: each is that of the largest of the times it is the maximum of.

The rows of work: arrival and waiting time, which of the times was the largest (twice), the ring
of departure times; then derivatives of the arrival, and a ring of those of departures, each
for every slot.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row
from .tandem_path import (
    BEFORE,
    BLOCKING,
    CUSTOMERS,
    DEPTH,
    OUTPUT,
    ROOM,
    STATIONS,
    TAIL,
    THROUGHPUT,
    UTILISATION,
    WAIT,
    add,
    add_wait,
    empty,
    finish,
    is_measured,
    last_row,
    machines,
    ring_row,
)

ARRIVAL, WAITED, SERVER, BEHIND, RING = range(5)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, output, slots = counts[CUSTOMERS], counts[OUTPUT], index[0]
    size = counts[DEPTH] * counts[STATIONS]
    ring = RING * lanes
    slopes = (RING + size) * lanes
    empty(lanes, counts, work, ring)
    for place in range(slots * (size + 1) * lanes):
        work[slopes + place] = 0.0
    for lane in range(lanes):
        y[lane] = work[ARRIVAL * lanes + lane] = 0.0
    for place in range(slots * lanes):
        out[place] = 0.0
    for n in range(customers):
        if n > 0:
            arrive(n, lanes, x, index, first, slopes, work)
        for lane in range(lanes):
            work[WAITED * lanes + lane] = 0.0
        for k in range(counts[STATIONS]):
            serve(n, k, lanes, counts, x, ring, work)
            carry(n, k, lanes, counts, index, first, slopes, work)
            if output == WAIT and not counts[TAIL]:
                add_service(n, k, lanes, -1.0, index, first, out)
            elif output == UTILISATION and is_measured(k, counts):
                add_service(n, k, lanes, 1.0, index, first, out)
        left = ring + last_row(n, counts) * lanes
        add(n, lanes, counts, structure, x, left, ARRIVAL * lanes, WAITED * lanes, y, work)
        if output not in (THROUGHPUT, UTILISATION) and not counts[TAIL]:  # 0 along the path
            add_slopes(n, lanes, counts, slots, slopes, out, work)
    last = last_row(customers - 1, counts)
    finish(lanes, counts, work, ring + last * lanes, y)
    for slot in range(slots):
        slope = slopes + ((last + 1) * slots + slot) * lanes
        for lane in range(lanes):
            place, end = slot * lanes + lane, work[ring + last * lanes + lane]
            if output == THROUGHPUT:
                out[place] = -y[lane] / end * work[slope + lane]
            elif output > THROUGHPUT:
                out[place] = (out[place] / machines(counts) - y[lane] * work[slope + lane]) / end
            else:
                out[place] /= customers


@device
def arrive(n, lanes, x, index, first, slopes, work):
    """Customer n's arrival, and its derivative by every slot."""
    for lane in range(lanes):
        work[ARRIVAL * lanes + lane] += x[(n - 1) * lanes + lane]
    for slot in range(index[0]):
        if input_of(index, slot) == 0:
            tangent, own = (tangent_row(index, slot) + n - 1) * lanes, slopes + slot * lanes
            for lane in range(lanes):
                work[own + lane] += first[tangent + lane]


@device
def serve(n, k, lanes, counts, x, ring, work):
    """D_n^k, and 1 in rows SERVER and BEHIND where that was what customer n waited for."""
    customers = counts[CUSTOMERS]
    own = ring + ring_row(n, k, counts) * lanes
    reached = ARRIVAL * lanes if k == 0 else own - lanes
    server = ring + ring_row(n - 1, k, counts) * lanes
    service = (customers - 1 + k * customers + n) * lanes
    waited, by_server, by_room = WAITED * lanes, SERVER * lanes, BEHIND * lanes
    room = counts[ROOM + k]
    behind = ring + ring_row(n - room, k + 1, counts) * lanes
    if counts[DEPTH] == 1:
        if counts[OUTPUT] == WAIT:
            add_wait(0, lanes, reached, own, waited, work)
        for lane in range(lanes):
            here, busy = work[reached + lane], work[own + lane]
            work[by_server + lane] = 1.0 if busy >= here else 0.0
            work[own + lane] = max(here, busy) + x[service + lane]
        return
    if room == 0:
        for lane in range(lanes):
            here, busy = work[reached + lane], work[server + lane]
            start = max(here, busy)
            work[by_server + lane] = 1.0 if busy >= here else 0.0
            work[waited + lane] += start - here
            work[own + lane] = start + x[service + lane]
        return
    before = counts[BLOCKING] == BEFORE
    for lane in range(lanes):
        here, busy, full = work[reached + lane], work[server + lane], work[behind + lane]
        start = max(here, busy)
        work[by_server + lane] = 1.0 if busy >= here else 0.0
        ready = start if before else start + x[service + lane]
        work[by_room + lane] = 1.0 if full >= ready else 0.0
        left = max(ready, full)
        work[waited + lane] += (start - here) + (left - ready)
        work[own + lane] = left + x[service + lane] if before else left


@device
def carry(n, k, lanes, counts, index, first, slopes, work):
    """The derivative of D_n^k by every slot: that of the largest, and of the service time.

    Rows of one station lie side by side for all slots. With the slot's rows together instead,
    LLVM looks once before the loop over slots whether any two rows overlap, finds that they do,
    and works lane by lane: 115 ns a customer of five stations and two slots, not 35.
    """
    slots, room, before = index[0], counts[ROOM + k], counts[BLOCKING] == BEFORE
    by_server, by_room = SERVER * lanes, BEHIND * lanes
    for slot in range(slots):
        if counts[DEPTH] == 1 and input_of(index, slot) > k + 1:
            continue  # a station further on is not felt here without a limited buffer
        now = slopes + ((ring_row(n, k, counts) + 1) * slots + slot) * lanes
        reached = slopes + slot * lanes if k == 0 else now - slots * lanes
        tangent = (tangent_row(index, slot) + n) * lanes
        if counts[DEPTH] == 1:
            own = input_of(index, slot) == k + 1
            follow(lanes, now, reached, by_server, own, first, tangent, work)
            continue
        last = slopes + ((ring_row(n - 1, k, counts) + 1) * slots + slot) * lanes
        for lane in range(lanes):
            held, here = work[last + lane], work[reached + lane]
            work[now + lane] = held if work[by_server + lane] > 0.0 else here
        full = slopes + ((ring_row(n - room, k + 1, counts) + 1) * slots + slot) * lanes
        if room > 0 and before:
            choose(lanes, by_room, full, now, work)
        if input_of(index, slot) == k + 1:
            for lane in range(lanes):
                work[now + lane] += first[tangent + lane]
        if room > 0 and not before:
            choose(lanes, by_room, full, now, work)


@device
def follow(lanes, now, reached, by_server, own, first, tangent, work):
    """The same in one pass where nobody is blocked."""
    if own:
        for lane in range(lanes):
            held, here = work[now + lane], work[reached + lane]
            held = held if work[by_server + lane] > 0.0 else here
            work[now + lane] = held + first[tangent + lane]
        return
    for lane in range(lanes):
        held, here = work[now + lane], work[reached + lane]
        work[now + lane] = held if work[by_server + lane] > 0.0 else here


@device
def choose(lanes, wanted, source, target, work):
    """Row `target` is row `source` where `wanted` is 1."""
    for lane in range(lanes):
        other, own = work[source + lane], work[target + lane]
        work[target + lane] = other if work[wanted + lane] > 0.0 else own


@device
def add_service(n, k, lanes, sign, index, first, out):
    """Customer n's service time at station k, derived: it is no waiting, but a server's work."""
    for slot in range(index[0]):
        if input_of(index, slot) == k + 1:
            tangent, total = (tangent_row(index, slot) + n) * lanes, slot * lanes
            for lane in range(lanes):
                out[total + lane] += sign * first[tangent + lane]


@device
def add_slopes(n, lanes, counts, slots, slopes, out, work):
    """Customer n's time in system, derived, added to every slot's sum."""
    left = slopes + (last_row(n, counts) + 1) * slots * lanes
    for place in range(slots * lanes):
        out[place] += work[left + place] - work[slopes + place]
