"""The models, one file each."""

from .expectation import Expectation
from .model import Affine, Input, Model
from .simulation import Simulation
from .single_server_queue import SingleServerQueue

__all__ = ["Affine", "Expectation", "Input", "Model", "Simulation", "SingleServerQueue"]
