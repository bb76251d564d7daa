"""Paths of prices as plain functions, compiled with users' own payoffs: see `Dynamics.walk`.

Each gets the records of the simulation: x.returns, all variates of the dynamics in order, and p.
"""

import numpy as np


def lognormal_prices(x, p):  # type: ignore[no-untyped-def]
    """The prices at the ends of all steps, from their log-returns."""
    made = np.empty(len(x.returns))
    log = 0.0
    for i in range(len(x.returns)):
        log += x.returns[i]
        made[i] = np.exp(log)
    return made


def escrowed_prices(x, p):  # type: ignore[no-untyped-def]
    """The same with what is known to be paid out later on top."""
    made = lognormal_prices(x, p)
    for i in range(len(made)):
        made[i] += p.dividends_to_come[i]
    return made
