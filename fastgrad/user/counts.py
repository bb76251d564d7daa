"""The integers of a user's model, which say where everything stands (`kernels/user/record.py`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..kernels.user.record import EVERY_LANE


class Group(NamedTuple):
    """One name among the inputs: what the function gets, and of how many distributions."""

    name: str
    form: int | str
    sources: int


def counts_of(
    groups: Sequence[Group],
    draws: Sequence[int],
    shapes: Sequence[tuple[int, ...]],
    wholes: Sequence[int | np.ndarray],
) -> np.ndarray:
    """Where every input, parameter and source stands.

    draws: of each source; shapes: of each real parameter, () for a number
    """
    rows = np.cumsum([0, *draws]).tolist()
    made, source, own = [0, EVERY_LANE, 0], 0, 0
    for group in groups:
        last = source + group.sources
        made += [rows[source], rows[last] - rows[source]]
        source = last
    for shape in shapes:
        made += [own, *shape]
        own += math.prod(shape)
    arrays = [np.asarray(whole) for whole in wholes]
    tail = [own, len(draws), *draws, *rows[:-1]]
    values = len(made) + sum(1 + array.ndim for array in arrays) + len(tail)
    lists: list[Any] = []
    for array in arrays:
        made += [values, *array.shape] if array.ndim else [int(array)]
        if array.ndim:
            lists += array.ravel().tolist()
            values += array.size
    return np.array([*made, *tail, *lists], dtype=np.int64)
