"""Exact values to test estimates against, one file for each model."""

from .single_server_queue import QueueValue, gamma_queue, mg1, mm1

__all__ = ["QueueValue", "gamma_queue", "mg1", "mm1"]
