"""Correlation matrices: what one is, and how returns are made of independent ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tracer import Traced, tangent_of, value_of
from ..checks import check_number

ROUNDING = 1e-12  # of entries that should be equal, and of a variance that should be 0
Matrix = list[list[Any]]


def check_correlation(whose: str, given: Any, size: int) -> Matrix:
    """A correlation matrix (from a number: of all pairs), or a clear error before any work."""
    rows = _rows(whose, given, size)
    for i in range(size):
        for j in range(size):
            check_number(f"{whose}: correlation[{i}][{j}]", rows[i][j])
    values = np.array(np.broadcast_arrays(*[value_of(x) for row in rows for x in row]), dtype=float)
    matrices = np.moveaxis(values.reshape(size, size, -1), -1, 0)
    if np.any(np.abs(matrices[:, range(size), range(size)] - 1.0) > ROUNDING):
        raise ValueError(f"{whose}: correlation must have 1 in its diagonal")
    if np.any(np.abs(matrices) > 1.0 + ROUNDING):
        worst = matrices.flat[np.argmax(np.abs(matrices))]
        raise ValueError(f"{whose}: correlation must lie between -1 and 1, got {worst:g}")
    if np.any(np.abs(matrices - np.swapaxes(matrices, 1, 2)) > ROUNDING):
        raise ValueError(f"{whose}: correlation must be symmetric")
    for i in range(size):
        for j in range(i):
            if _slope(rows[i][j], rows[j][i]) != _slope(rows[j][i], rows[i][j]):
                raise ValueError(
                    f"{whose}: θ in correlation[{i}][{j}] must stand in correlation[{j}][{i}] too"
                )
    least = float(np.linalg.eigvalsh(matrices).min())
    if least < -1e-10:
        raise ValueError(
            f"{whose}: correlation is no correlation matrix: it has a negative eigenvalue, "
            f"{least:.3g}, so that some portfolio would have a negative variance"
        )
    return rows


def _rows(whose: str, given: Any, size: int) -> Matrix:
    if isinstance(given, (int, float, np.number, Traced)) and not isinstance(given, bool):
        return [[1.0 if i == j else given for j in range(size)] for i in range(size)]
    try:
        rows = [list(row) for row in given]
    except TypeError:
        raise TypeError(
            f"{whose}: correlation must be a number or a matrix such as [[1.0, 0.5], [0.5, 1.0]], "
            f"got {given!r}"
        ) from None
    if len(rows) != size or any(len(row) != size for row in rows):
        shape = f"{len(rows)} x {len(rows[0]) if rows else 0}"
        raise ValueError(f"{whose}: correlation must be {size} x {size}, got {shape}")
    return rows


def _slope(number: Any, other: Any) -> list[float]:
    """Its derivative; `other` knows by how many components, if it has none."""
    for one in (number, other):
        if isinstance(one, Traced):
            return [float(x) for x in tangent_of(number, len(one.tangent))]
    return []


def factored(matrix: Matrix) -> tuple[Matrix, list[Any]]:
    """R = L D Lᵀ, L with 1 in its diagonal (its lower rows) and D diagonal; D is 0 where an
    asset is a function of those before it."""
    lower: Matrix = []
    diagonal: list[Any] = []
    for i, row in enumerate(matrix):
        made: list[Any] = []
        for j in range(i):
            left = row[j]
            for k in range(j):
                left = left - made[k] * lower[j][k] * diagonal[k]
            made.append(left / diagonal[j] if is_positive(diagonal[j]) else 0.0)
        rest: Any = row[i]
        for k in range(i):
            rest = rest - made[k] * made[k] * diagonal[k]
        lower.append(made)
        diagonal.append(rest if is_positive(rest) else 0.0)
    return lower, diagonal


def is_positive(variance: Any) -> bool:
    """Whether a variance is not 0, rounding aside."""
    return bool(np.all(np.asarray(value_of(variance)) > ROUNDING))
