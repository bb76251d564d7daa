"""A network of stations as a heap of events with people in it. One path."""

import heapq


def people(gaps, entries, services, destinations, servers):
    """(system, wait at every station, last departure): lists by customer, by station, a time.

    services[s], destinations[s]: taken in the order of arrivals at station s; destinations[s]
    is a list or the number of the only station (-1 leaves).
    """
    stations = len(services)
    free = [[0.0] * count for count in servers]
    taken, waits = [0] * stations, [0.0] * stations
    now, events = 0.0, []
    came, left = [], {}
    for n in range(len(gaps) + 1):
        now += gaps[n - 1] if n else 0.0
        came.append(now)
        heapq.heappush(events, (now, n, entries[n]))
    while events:
        time, n, s = heapq.heappop(events)
        k, taken[s] = taken[s], taken[s] + 1
        start = max(time, heapq.heappop(free[s]))
        waits[s] += start - time
        heapq.heappush(free[s], start + services[s][k])
        to = destinations[s] if isinstance(destinations[s], int) else int(destinations[s][k])
        if to < 0:
            left[n] = start + services[s][k]
        else:
            heapq.heappush(events, (start + services[s][k], n, to))
    system = [left[n] - came[n] for n in range(len(came))]
    return system, waits, max(left.values())
