"""A queue with several servers: simulation, derivatives along the path, phantoms, tails."""

from .multi_server_path import simulate
from .multi_server_pathwise import pathwise
from .multi_server_phantoms import phantoms
from .multi_server_smoothed import smoothed

__all__ = ["pathwise", "phantoms", "simulate", "smoothed"]
