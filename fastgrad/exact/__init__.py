"""Exact values to test estimates against, one file for each model."""

from .activity_network import NetworkValue, activity_network
from .discrete_inventory import discrete_inventory
from .fluid_queue import FluidValue, fluid_queue
from .inventory import InventoryValue, inventory
from .jackson import JacksonValue, jackson
from .multi_server_queue import mmm
from .options import (
    OptionValue,
    american_call_one_dividend,
    barrier_option,
    best_of_option,
    black_scholes,
    digital_option,
    exchange_option,
    geometric_asian,
    heston,
    lookback_option,
    merton_jumps,
    vasicek_bond,
)
from .single_server_queue import QueueValue, gamma_queue, mg1, mm1

__all__ = [
    "FluidValue",
    "InventoryValue",
    "JacksonValue",
    "NetworkValue",
    "OptionValue",
    "QueueValue",
    "activity_network",
    "american_call_one_dividend",
    "barrier_option",
    "best_of_option",
    "black_scholes",
    "digital_option",
    "discrete_inventory",
    "exchange_option",
    "fluid_queue",
    "gamma_queue",
    "geometric_asian",
    "heston",
    "inventory",
    "jackson",
    "lookback_option",
    "merton_jumps",
    "mg1",
    "mm1",
    "mmm",
    "vasicek_bond",
]
