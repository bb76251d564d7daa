"""A line of stations as a list of events: who sits where, and who may move. One path."""

import heapq


def departures(arrivals, services, buffers, blocking):
    """When every customer leaves the last station.

    arrivals: time of each customer; services[k][n]; buffers: places before station k + 1, or
    None. Customers wait in queues[k]; at_server[k] is (customer, done or not) or None.
    """
    stations = len(services)
    queues = [[] for _ in range(stations)]
    at_server = [None] * stations
    events = [(time, 0, n) for n, time in enumerate(arrivals)]  # (time, kind, what)
    heapq.heapify(events)
    left = [None] * len(arrivals)
    passed = [0] * stations

    def held(k):
        return len(queues[k]) + (at_server[k] is not None)

    def room(k):
        return k == stations or buffers[k - 1] is None or held(k) <= buffers[k - 1]

    def move(time):
        moved = True
        while moved:
            moved = False
            for k in reversed(range(stations)):
                if at_server[k] is not None and at_server[k][1] and room(k + 1):
                    n = at_server[k][0]
                    at_server[k], moved = None, True
                    if k + 1 == stations:
                        left[n] = time
                    else:
                        queues[k + 1].append(n)
                may = blocking == "after" or room(k + 1)
                if at_server[k] is None and queues[k] and may:
                    n = queues[k].pop(0)
                    at_server[k], moved = (n, False), True
                    heapq.heappush(events, (time + services[k][passed[k]], 1, k))
                    passed[k] += 1

    while events:
        time, kind, what = heapq.heappop(events)
        if kind == 0:
            queues[0].append(what)
        else:
            at_server[what] = (at_server[what][0], True)
        move(time)
    return left
