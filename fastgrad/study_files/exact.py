"""`exact` of a study file: exact gradients, one for all points or one for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.theta import Theta


def check_exact(given: Any, theta: Any, points: list[Any] | None) -> None:
    """Numbers in the shape of θ, tables of them by output, or a list with one for each point."""
    if given is None or isinstance(given, bool):
        return
    if points is not None and len(points) > 1:
        if not isinstance(given, list) or len(given) != len(points):
            raise ValueError(
                f"exact must be a list with one entry for each of {len(points)} points"
            )
        for number, one in enumerate(given):
            _check(f"exact[{number}]", one, theta)
    else:
        _check("exact", given, theta)


def _check(where: str, given: Any, theta: Any) -> None:
    names = Theta(theta).names
    if isinstance(given, Mapping) and not (isinstance(theta, Mapping) and set(given) == set(names)):
        for output, one in given.items():  # which outputs there are, the model says
            if isinstance(one, Mapping) and not isinstance(theta, Mapping):
                raise ValueError(f"{where}.{output} must be in the shape of theta, got {one!r}")
            _check(f"{where}.{output}", one, theta)
        return
    values = list(given.values()) if isinstance(given, Mapping) else given
    values = values if isinstance(values, list) else [values]
    real = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
    if not real or len(values) != len(names):
        raise ValueError(f"{where} must be numbers in the shape of theta, got {given!r}")
