"""Exact values to test estimates against, one file for each model."""

from .activity_network import NetworkValue, activity_network
from .discrete_inventory import discrete_inventory
from .fluid_queue import FluidValue, fluid_queue
from .inventory import InventoryValue, inventory
from .jackson import JacksonValue, jackson
from .multi_server_queue import mmm
from .single_server_queue import QueueValue, gamma_queue, mg1, mm1

__all__ = [
    "FluidValue",
    "InventoryValue",
    "JacksonValue",
    "NetworkValue",
    "QueueValue",
    "activity_network",
    "discrete_inventory",
    "fluid_queue",
    "gamma_queue",
    "inventory",
    "jackson",
    "mg1",
    "mm1",
    "mmm",
]
