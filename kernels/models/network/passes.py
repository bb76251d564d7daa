"""Passes over an acyclic network, shared by the operations of `activity_network`.

Nodes are numbered in topological order, the source first, the sink last. Arc k (in the
order of its tail) is counts[HEADER + 3 k …]: its row of x, tail and head; after these
follow tail and head of each row. The shortest path is the longest with all durations
negated: `sign` is -1 then, and every length below is signed.
"""

from math import inf

from ...jit.compile import device

NODES, ARCS, SIGN, TAIL, LEVELS, HEADER = range(6)


@device
def arc_of(counts, k):
    """Row of x, tail and head of arc k in the order of tails."""
    place = HEADER + 3 * k
    return counts[place], counts[place + 1], counts[place + 2]


@device
def ends_of(counts, row):
    """Tail and head of the arc whose duration is this row of x."""
    place = HEADER + 3 * counts[ARCS] + 2 * row
    return counts[place], counts[place + 1]


@device
def fill(start, stop, value, work):
    for place in range(start, stop):
        work[place] = value


@device
def forward(lanes, counts, x, work):
    """Length of the best path from the source to each node, in rows 0 … nodes - 1."""
    sign = float(counts[SIGN])
    fill(0, lanes, 0.0, work)
    fill(lanes, counts[NODES] * lanes, -inf, work)
    for k in range(counts[ARCS]):
        row, tail, head = arc_of(counts, k)
        for lane in range(lanes):
            through = work[tail * lanes + lane] + sign * x[row * lanes + lane]
            work[head * lanes + lane] = max(work[head * lanes + lane], through)


@device
def backward(lanes, counts, x, work, first):
    """Length of the best path from each node to the sink, in rows first, first + 1, …"""
    sign = float(counts[SIGN])
    nodes = counts[NODES]
    fill(first * lanes, (first + nodes - 1) * lanes, -inf, work)
    fill((first + nodes - 1) * lanes, (first + nodes) * lanes, 0.0, work)
    for k in range(counts[ARCS] - 1, -1, -1):
        row, tail, head = arc_of(counts, k)
        tail, head = (first + tail) * lanes, (first + head) * lanes
        for lane in range(lanes):
            through = work[head + lane] + sign * x[row * lanes + lane]
            work[tail + lane] = max(work[tail + lane], through)


@device
def begin_path(lanes, nodes, first, work):
    """The best path is followed back from the sink: 1 in the row of the node it is at."""
    fill(first * lanes, (first + nodes - 1) * lanes, 0.0, work)
    fill((first + nodes - 1) * lanes, (first + nodes) * lanes, 1.0, work)


@device
def follow(lanes, counts, k, x, work, first, on):
    """One step back along the best path: 1 in `on` where it takes arc k; the arc's row of x.

    Uses the forward lengths, and the nodes' rows from `first` on. One path where several tie.
    The comparison is exact: it repeats the addition that gave the length.
    """
    sign = float(counts[SIGN])
    row, tail, head = arc_of(counts, k)
    before, after = (first + tail) * lanes, (first + head) * lanes
    # Two loops: with five rows of one array LLVM gives up its overlap tests, and vectors.
    for lane in range(lanes):
        through = work[tail * lanes + lane] + sign * x[row * lanes + lane]
        met = through == work[head * lanes + lane]
        on[lane] = work[after + lane] if met else 0.0
    for lane in range(lanes):
        work[after + lane] -= on[lane]
        work[before + lane] += on[lane]
    return row


@device
def mark(lanes, counts, x, work, first, marks, on):
    """1 for every arc of the best path, else 0, in row marks + row. `on`: (lanes,) of scratch."""
    begin_path(lanes, counts[NODES], first, work)
    for k in range(counts[ARCS] - 1, -1, -1):
        row = follow(lanes, counts, k, x, work, first, on)
        for lane in range(lanes):
            work[(marks + row) * lanes + lane] = on[lane]


@device
def give_output(lanes, counts, structure, work, y):
    """The path's length, or whether it exceeds y (the tail's threshold)."""
    sign = float(counts[SIGN])
    sink = (counts[NODES] - 1) * lanes
    for lane in range(lanes):
        y[lane] = sign * work[sink + lane]
    if counts[TAIL]:
        for lane in range(lanes):
            y[lane] = 1.0 if y[lane] > structure[lane] else 0.0


@device
def detours(lanes, counts, x, work, onward, marks, table):
    """Best length of the paths without the optimal path's arc, at every cut between nodes.

    Cut p lies behind node p. Every path crosses it exactly once, so the best path that
    avoids the optimal path's arc there is the best of the other arcs across it. An arc from
    a to b crosses cuts a … b - 1: it is entered in two overlapping ranges of a sparse table,
    which is then pushed down level by level. Row table + p gets the answer for cut p.
    """
    sign = float(counts[SIGN])
    nodes, levels = counts[NODES], counts[LEVELS]
    fill(table * lanes, (table + levels * nodes) * lanes, -inf, work)
    for k in range(counts[ARCS]):
        row, tail, head = arc_of(counts, k)
        level = 0
        while 2 << level <= head - tail:
            level += 1
        left = (table + level * nodes + tail) * lanes
        right = (table + level * nodes + head - (1 << level)) * lanes
        at, ahead = (marks + row) * lanes, (onward + head) * lanes
        for lane in range(lanes):
            through = work[tail * lanes + lane] + sign * x[row * lanes + lane] + work[ahead + lane]
            through = -inf if work[at + lane] > 0.0 else through
            work[left + lane] = max(work[left + lane], through)
            work[right + lane] = max(work[right + lane], through)
    for level in range(levels - 1, 0, -1):
        half = 1 << (level - 1)
        for node in range(nodes - 2 * half):
            above = (table + level * nodes + node) * lanes
            left = (table + (level - 1) * nodes + node) * lanes
            right = left + half * lanes
            for lane in range(lanes):
                work[left + lane] = max(work[left + lane], work[above + lane])
                work[right + lane] = max(work[right + lane], work[above + lane])


@device
def rest_and_best(lane, tail, at, lanes, counts, work, table):
    """Best length without an arc, for one lane: of the cut if it is on the path, else of all."""
    on = work[at + lane] > 0.0
    best = work[(counts[NODES] - 1) * lanes + lane]
    return work[(table + tail) * lanes + lane] if on else best
