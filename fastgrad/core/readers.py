"""What reads the paths of a model: its operations, each by a reader for every measure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from ..models.model import Model

# In the order of kernels/estimators/problem.py.
OPERATIONS = ("simulate", "pathwise", "phantoms", "smoothed", "all_phantoms")
OF_ALL = ("phantoms", "all_phantoms")  # which every measure has, or none of them uses


class Readers(NamedTuple):
    """The operations of a model as the kernels see them (see kernels/estimators/problem.py)."""

    first_reader: tuple[int, ...]
    reader: tuple[tuple[int, int, int, int], ...]
    operation: tuple
    counts: tuple[int, ...]
    functions: tuple


def readers(
    whole: Model, members: Sequence[Model], first_own: Sequence[int], needed: Collection[str]
) -> Readers:
    """Of the model with each of its measures alone (`members`), or of `whole` where an operation
    writes all measures at once.

    first_own: where the parameters of each member's own stand; needed: names of operations
    """
    counts = [member.counts().tolist() for member in members]
    functions = [member.functions() for member in members]
    places = list(zip(
        np.cumsum([0, *map(len, counts)]).tolist(),
        np.cumsum([0, *map(len, functions)]).tolist(),
        first_own,
        range(len(members)),
        strict=False,
    ))  # fmt: skip
    first, rows, operations = [0], [], []
    for name in OPERATIONS:
        found: list = []
        if name in needed:
            at_once = whole.operation(name) if len(members) > 1 else None
            found = [at_once] if at_once else [member.operation(name) for member in members]
        if name not in OF_ALL or None not in found:
            some = [(one, row) for one, row in zip(found, places, strict=False) if one is not None]
            operations += [one for one, _ in some]
            rows += [row for _, row in some]
        first.append(len(rows))
    return Readers(
        first_reader=tuple(first),
        reader=tuple(rows),
        operation=tuple(operations),
        counts=tuple(number for each in counts for number in each),
        functions=tuple(one for each in functions for one in each),
    )
