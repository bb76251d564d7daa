"""How long one replication of a queue is, or of what it is the steady state."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from ..model import check_count


@dataclasses.dataclass(frozen=True)
class Cycles:
    """A number of cycles: busy periods with the idle times behind them, or on and off periods.

    Parameters
    ----------
    count : int
    """

    count: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", check_count("Cycles: count", self.count))


@dataclasses.dataclass(frozen=True)
class Customers:
    """A long run of customers, of which the first are served and not counted.

    Parameters
    ----------
    count : int
        Customers that are counted.
    warmup : int
        Customers before them, while the queue forgets that it began empty.
    """

    count: int
    warmup: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", check_count("Customers: count", self.count))
        warmup = check_count("Customers: warmup", self.warmup, least=0)
        object.__setattr__(self, "warmup", warmup)


@dataclasses.dataclass(frozen=True)
class Time:
    """A stretch of time.

    Parameters
    ----------
    length : float
        In the unit of the model's times.
    """

    length: float

    def __post_init__(self) -> None:
        value: Any = self.length
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
            raise TypeError(f"Time: length must be a number, got {value!r}")
        if not 0.0 < value < math.inf:
            raise ValueError(f"Time: length must be positive and finite, got {value}")
        object.__setattr__(self, "length", float(value))
