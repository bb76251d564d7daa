"""How many draws the stations of a network need."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

UNSEEN = math.log(1e-18)  # of the probability that a replication needs more


def draws_needed(entry: np.ndarray, routing: np.ndarray, customers: int) -> Sequence[int]:
    """Visits of each station by all customers: at most so many, but for a probability of 1e-18.

    A customer visits station s with probability h and comes back with probability r each time,
    so that its visits have the generating function 1 - h + h (1 - r) z/(1 - r z); Chernoff's
    bound over N customers is the least over z. Where nobody comes back each visits once.

    Raises
    ------
    ValueError
        If some customers never leave.
    """
    size = len(entry)
    if np.max(np.abs(np.linalg.eigvals(routing)), initial=0.0) > 1.0 - 1e-9:
        raise ValueError(
            "QueueNetwork: routing: some customers never leave; every station needs a way out: "
            "probabilities that sum to less than 1 somewhere behind it"
        )
    visits = np.linalg.inv(np.eye(size) - routing)  # from s: expected visits of t
    needed = []
    for s in range(size):
        back = 1.0 - 1.0 / visits[s, s]
        ever = min(1.0, float(entry @ visits[:, s]) / visits[s, s])
        needed.append(customers if back < 1e-12 else _bound(ever, back, customers))
    return needed


def _bound(ever: float, back: float, customers: int) -> int:
    logs = np.linspace(0.0, -math.log(back), 2002)[1:-1]
    z = np.exp(logs)
    single = np.log1p(ever * ((1.0 - back) * z / (1.0 - back * z) - 1.0))
    return max(customers, math.ceil(1.1 * float(np.min((customers * single - UNSEEN) / logs))))
