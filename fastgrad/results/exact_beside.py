"""Exact gradients beside estimates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..core.theta import Theta, upper_triangle


def with_exact(made: Any, exact: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an estimate with `exact` and `z_exact`, the distance in standard errors."""
    names = Theta(made.theta).names
    about = [(i,) for i in range(len(names))] if made.order == 1 else upper_triangle(len(names))
    return [
        row | {"exact": value, "z_exact": ratio(row["gradient"] - value, row["standard_error"])}
        for row, value in zip(rows, flat(exact, names, about), strict=True)
    ]


def flat(exact: Any, names: list[str], about: Sequence[tuple[int, ...]]) -> list[float]:
    """An exact gradient, in the shape of θ (twice for second derivatives), row by row."""

    def entry(given: Any, index: tuple[int, ...]) -> float:
        for i in index:
            if isinstance(given, Mapping):
                given = given[names[i]]
            elif np.ndim(given):
                given = given[i]
            elif len(names) > 1:
                raise ValueError(f"exact must have {len(names)} components, got {exact!r}")
        return float(given)

    try:
        return [entry(exact, index) for index in about]
    except (KeyError, IndexError, TypeError):
        raise ValueError(f"exact must have the shape of theta, got {exact!r}") from None


def ratio(off: float, error: float) -> float:
    """off / error, where no error at all means agreement or none."""
    if error > 0.0:
        return off / error
    return 0.0 if off == 0.0 else math.copysign(math.inf, off)
