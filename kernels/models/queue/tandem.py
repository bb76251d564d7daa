"""Stations in line: simulation, derivatives along the path, phantoms, tails."""

from .tandem_path import simulate
from .tandem_pathwise import pathwise
from .tandem_phantoms import phantoms
from .tandem_smoothed import smoothed

__all__ = ["pathwise", "phantoms", "simulate", "smoothed"]
