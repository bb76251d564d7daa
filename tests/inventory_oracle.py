"""The (s, S) recursion written out period by period, for one path: shares nothing."""

import numpy as np


def path(s, S, demand, measure, prices=(0.0, 0.0, 0.0, 0.0), lead=0, mean=1.0):
    """Mean output over the periods. Orders arrive lead periods after the next demand."""
    holding, backlog, fixed, unit = prices
    level, position, under_way, total = S, S, [], 0.0
    for n, d in enumerate(demand):
        level += sum(quantity for due, quantity in under_way if due == n)
        before = level
        level -= d
        position -= d
        ordered = position < s
        quantity = S - position if ordered else 0.0
        if ordered:
            under_way.append((n + 1 + lead, quantity))
            position = S
        total += {
            "level": level,
            "cost": holding * max(level, 0.0)
            + backlog * max(-level, 0.0)
            + fixed * ordered
            + unit * quantity,
            "service": float(level >= 0.0),
            "stockout": float(level < 0.0),
            "fill": 1.0 - (max(-level, 0.0) - max(-before, 0.0)) / mean,
        }[measure]
    return total / len(demand)


def paths(s, S, demand, measure, **options):
    """The same for every column of demand, (periods, paths)."""
    return np.array([path(s, S, column, measure, **options) for column in demand.T])
