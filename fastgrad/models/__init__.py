"""The models, one file each."""

from .model import Affine, Input, Model
from .single_server_queue import SingleServerQueue

__all__ = ["Affine", "Input", "Model", "SingleServerQueue"]
