"""How long pilots are: in proportion to the run, so that they cost at most a tenth of it."""

from __future__ import annotations

from ..core.run import Budget
from ..settings import Settings

MOST = 4096  # replications: more would not choose better
LEAST = 32
SHARE = 0.1  # of the simulations of the run


def pilot_replications(budget: Budget, settings: Settings, cost: float) -> int:
    """Replications of each pilot.

    Parameters
    ----------
    cost : float
        Simulations of all pilots for one of their replications, over those of one replication
        of the run.
    """
    if settings.pilot_replications is not None:
        return int(settings.pilot_replications)
    return int(min(MOST, max(LEAST, SHARE * budget.planned / cost)))
