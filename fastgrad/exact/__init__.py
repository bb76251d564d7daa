"""Exact values to test estimates against, one file for each model."""

from .activity_network import NetworkValue, activity_network
from .single_server_queue import QueueValue, gamma_queue, mg1, mm1

__all__ = ["NetworkValue", "QueueValue", "activity_network", "gamma_queue", "mg1", "mm1"]
