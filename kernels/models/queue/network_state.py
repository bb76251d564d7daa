"""The state of a network, and what its integers say (see `network_step`).

The state is a run of numbers in `work`, from `at` on:

    NEXT      customers that have entered       TIME    when the next one does
    COUNT     events to come                    SUM     of the output, so far
    LAST      the last departure so far         NAN     1 if a station's draws were used up
    LIMIT     y of a tail
    arrivals at every station, then those of private customers
    for every server when it is free, ascending by station, and its derivatives
    the derivatives of TIME and of LAST, or the scores of all draws so far
    events, the earliest last: time, entry into the network, station, waited so far, derivatives of
    both times

counts: N, S, servers in all, output, station measured (-1 for all), entry input (or -1) and fixed
entry, whether a tail (the share of the customers with a longer time in system, or longer waits in
all), then for each station: servers, the first of them, input, row and number of its service
times; input and row of its destinations (or -1) and the fixed one (-1 leaves).

Until LAST, averages over time follow by Little's law: throughput N / LAST, number Σ T_n / LAST (or
of stays at one station), utilisation Σ X / (m LAST) of all servers (or of one station's).
"""

from ...jit.compile import device, procedure

CUSTOMERS, STATIONS, SERVERS, OUTPUT, MEASURED, ENTRY, FIXED_ENTRY, TAIL, FIRST = range(9)
SERVERS_OF, FREE, SERVICE, SERVICE_ROW, ROWS, ROUTE, ROUTE_ROW, DESTINATION = range(8)
FIELDS = 8  # of a station
SYSTEM, WAIT, THROUGHPUT, NUMBER, UTILISATION = range(5)
NEXT, TIME, COUNT, SUM, LAST, NAN, LIMIT, HEAD = range(8)
STATION, WAITED, EVENT = 2, 3, 4  # of an event, which begins with two times
VALUE, SLOPES, SCORES = range(3)
GAP = 0


@device
def used_of(at):
    return at + HEAD


@device
def free_of(at, counts):
    return at + HEAD + 2 * counts[STATIONS]


@device
def sums_of(at, counts, slots):
    """Derivatives of TIME, then of LAST; or scores."""
    return free_of(at, counts) + counts[SERVERS] * (1 + slots)


@device
def events_of(at, counts, slots, kept):
    return sums_of(at, counts, slots) + 2 * kept


@device
def size_of(counts):
    """Numbers of a state without derivatives."""
    return events_of(0, counts, 0, 0) + EVENT * (counts[CUSTOMERS] + 1)


@procedure
def clear(at, counts, slots, kept, lane, structure, work):
    """Nobody has come."""
    for place in range(at, events_of(at, counts, slots, kept)):
        work[place] = 0.0
    if counts[TAIL]:
        work[at + LIMIT] = structure[lane]


@device
def is_over(at, counts, work):
    return work[at + NEXT] == counts[CUSTOMERS] and work[at + COUNT] == 0.0


@device
def machines(counts):
    """How many servers work, over which a utilisation is the mean."""
    if counts[OUTPUT] != UTILISATION:
        return 1
    if counts[MEASURED] < 0:
        return counts[SERVERS]
    return field(counts, counts[MEASURED], SERVERS_OF)


@device
def total_of(at, counts, work):
    """What is divided by the last departure: customers, or (Little's law) times of theirs."""
    if counts[OUTPUT] == THROUGHPUT:
        return float(counts[CUSTOMERS])
    return work[at + SUM] / machines(counts)


@device
def enters(at, counts, slots, kept, work):
    """Whether the next event is that a customer enters."""
    if work[at + NEXT] == counts[CUSTOMERS]:
        return False
    events = events_of(at, counts, slots, kept)
    last = events + (int(work[at + COUNT]) - 1) * (EVENT + 2 * slots)
    return work[at + COUNT] == 0.0 or work[at + TIME] <= work[last]


@device
def station_of(value, counts):
    """A drawn destination; what is none leaves (lanes beyond the run hold any number)."""
    return int(value) if 0.0 <= value < counts[STATIONS] else -1


@device
def entry_of(at, counts, lane, lanes, x, work):
    """The station at which the next customer enters."""
    if counts[ENTRY] < 0:
        return counts[FIXED_ENTRY]
    row = counts[CUSTOMERS] - 1 + int(work[at + NEXT])
    return max(station_of(x[row * lanes + lane], counts), 0)


@device
def field(counts, station, which):
    return counts[FIRST + station * FIELDS + which]
