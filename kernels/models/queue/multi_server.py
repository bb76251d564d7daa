"""A queue with several servers: simulation, derivatives along the path, phantoms."""

from .multi_server_path import simulate
from .multi_server_pathwise import pathwise
from .multi_server_phantoms import phantoms

__all__ = ["pathwise", "phantoms", "simulate"]
