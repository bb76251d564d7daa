"""Stations in line: simulation, derivatives along the path, phantoms."""

from .tandem_path import simulate
from .tandem_pathwise import pathwise
from .tandem_phantoms import phantoms

__all__ = ["pathwise", "phantoms", "simulate"]
