"""Functions of the study files beside it: run those with --allow-code."""


def g(x, u):
    """An integrand."""
    return max(x - u, 0.0)


def clinic(x, p):
    """Mean waiting time of a day on which patients are booked every `interval` minutes."""
    free = 0.0
    waiting = 0.0
    for i in range(len(x.visit)):
        arrival = max(i * p.interval + x.lateness[i], 0.0)
        waiting += max(free - arrival, 0.0)
        free = max(arrival, free) + x.visit[i]
    return waiting / len(x.visit)
