"""What no loop can go below: the random numbers that a model takes, and its variates."""

import numpy as np
import rows


def inputs(model):
    """(distribution, draws) of every input of a model."""
    inner = getattr(model, "model", model)  # an option is a discounted model
    return [(entry.distribution, entry.draws) for entry in inner.inputs() if entry.draws]


def draws(model):
    """Variates of one replication."""
    return sum(count for _, count in inputs(model))


def contenders(model, replications, work):
    """ "random numbers" and "and variates" on one thread, as many as the replications take.

    Row after row of one input, in the L2 cache; work is that of the replications.
    """
    u, x = np.empty(rows.ROW), np.empty(rows.ROW)
    uniforms = rows.uniforms(u)
    uniforms()
    made = [(rows.variates(distribution, u, x), count) for distribution, count in inputs(model)]
    total = draws(model) * replications
    calls = -(-total // rows.ROW)

    def numbers():
        for _ in range(calls):
            uniforms()

    def variates():
        for transform, count in made:
            for _ in range(-(-count * replications // rows.ROW)):
                uniforms()
                transform()

    # Whole rows are a little more than was asked for.
    more = calls * rows.ROW / total
    each = sum(-(-count * replications // rows.ROW) for _, count in made) * rows.ROW / total
    return {"random numbers": (numbers, work * more), "and variates": (variates, work * each)}
