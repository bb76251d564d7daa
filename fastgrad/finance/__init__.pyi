"""Written by `python tests/stubs.py` from the tables of the package."""

from typing import Any

from .dynamics.correlated_assets import (
    CorrelatedAssets,
)
from .dynamics.geometric_brownian_motion import (
    GeometricBrownianMotion,
)
from .dynamics.heston import (
    Heston,
)
from .dynamics.merton_jumps import (
    MertonJumps,
)
from .greek_table import (
    Greeks,
)
from .mortgages.durations import (
    Durations,
    durations,
)
from .mortgages.prepayments import (
    PSA,
    Prepayment,
    RefinancingIncentive,
)
from .mortgages.security import (
    MortgageBackedSecurity,
)
from .mortgages.vasicek import (
    Vasicek,
)
from .option import (
    Option,
)
from .payoffs.american import (
    American,
)
from .payoffs.asian import (
    Asian,
)
from .payoffs.barrier import (
    Barrier,
)
from .payoffs.basket import (
    Basket,
)
from .payoffs.best_of import (
    BestOf,
    WorstOf,
)
from .payoffs.digital import (
    Digital,
)
from .payoffs.european import (
    European,
)
from .payoffs.lookback import (
    Lookback,
)
from .payoffs.own import (
    Payoff,
)
from .payoffs.spread import (
    Spread,
)
from .sensitivities import (
    greeks,
)

__all__ = [
    'American',
    'Asian',
    'Barrier',
    'Basket',
    'BestOf',
    'CorrelatedAssets',
    'Digital',
    'Durations',
    'European',
    'GeometricBrownianMotion',
    'Greeks',
    'Heston',
    'Lookback',
    'MertonJumps',
    'MortgageBackedSecurity',
    'Option',
    'PSA',
    'Payoff',
    'Prepayment',
    'RefinancingIncentive',
    'Spread',
    'Vasicek',
    'WorstOf',
    'durations',
    'greeks',
]

DYNAMICS_FILES: dict[str, str]
PAYOFF_FILES: dict[str, str]
MORTGAGE_FILES: dict[str, str]
_HOME: dict[str, str]