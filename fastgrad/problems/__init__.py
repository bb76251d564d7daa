"""Problems of optimisation by simulation whose optimum is known, each with poor starts.

`PROBLEMS` is the table of them.
"""

from collections.abc import Callable

from .exercise import american_call
from .problem import Problem
from .project import NETWORK, network
from .queues import mm1, mm1_steady
from .stocks import base_stock, inventory, newsvendor

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "mm1": mm1,
    "mm1_steady": mm1_steady,
    "mm1_cycles": lambda: mm1_steady(cycles=20),
    "network": network,
    "inventory": inventory,
    "newsvendor": newsvendor,
    "base_stock": base_stock,
    "american_call": american_call,
}

__all__ = [
    "NETWORK",
    "PROBLEMS",
    "Problem",
    "american_call",
    "base_stock",
    "inventory",
    "mm1",
    "mm1_steady",
    "network",
    "newsvendor",
]
