"""Exact values to test estimates against, one file for each model."""

from .activity_network import NetworkValue, activity_network
from .discrete_inventory import discrete_inventory
from .inventory import InventoryValue, inventory
from .single_server_queue import QueueValue, gamma_queue, mg1, mm1

__all__ = [
    "InventoryValue",
    "NetworkValue",
    "QueueValue",
    "activity_network",
    "discrete_inventory",
    "gamma_queue",
    "inventory",
    "mg1",
    "mm1",
]
