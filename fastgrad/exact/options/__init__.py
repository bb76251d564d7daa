"""Options with known prices, and their Greeks."""

from .american import american_call_one_dividend
from .averages import geometric_asian
from .barriers import barrier_option
from .best_of import best_of_option
from .black_scholes import black_scholes, digital_option, exchange_option
from .bonds import vasicek_bond
from .greeks import OptionValue
from .heston import heston
from .lookbacks import lookback_option
from .merton import merton_jumps

__all__ = [
    "OptionValue",
    "american_call_one_dividend",
    "barrier_option",
    "best_of_option",
    "black_scholes",
    "digital_option",
    "exchange_option",
    "geometric_asian",
    "heston",
    "lookback_option",
    "merton_jumps",
    "vasicek_bond",
]
