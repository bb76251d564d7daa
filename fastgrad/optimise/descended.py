"""How a descent ended: what the last look starts from."""

from __future__ import annotations

import dataclasses

import numpy as np

from .gains import Gains
from .recursion import Way
from .search import Found


@dataclasses.dataclass
class Descended:
    """How a descent ended."""

    x: np.ndarray
    gains: Gains
    found: Found
    way: Way
    moved: bool
