"""θ as the user gives it: a float, a 1-D array or a dict of floats."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .tracer import Traced


class _Named(dict[str, Any]):
    """A dict that says which names there are when asked for another one."""

    def __missing__(self, name: str) -> Any:
        raise KeyError(f"theta has no component {name!r}, only {', '.join(map(repr, self))}")


def upper_triangle(components: int) -> list[tuple[int, int]]:
    """Pairs (i, j), i ≤ j, in the order in which second derivatives are laid out."""
    return [(i, j) for i in range(components) for j in range(i, components)]


@functools.lru_cache(maxsize=32)
def _directions(components: int) -> np.ndarray:
    """The unit vectors."""
    unit = np.eye(components)
    unit.flags.writeable = False
    return unit


def _only(components: Any) -> Any:
    """The only component, for a θ that is a number."""
    return components[0]


class Theta:
    """A point in parameter space that remembers the shape it was given in.

    Parameters
    ----------
    at : float, array of shape (d,), or mapping of names to floats

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or has a component that is not finite.
    """

    def __init__(self, at: Any) -> None:
        if isinstance(at, np.ndarray) and at.ndim == 0:
            at = at.item()
        if isinstance(at, Mapping):
            self.names = [str(name) for name in at]
            self.rebuild: Callable[[Any], Any] = self._as_dict
            values = list(at.values())
        elif isinstance(at, (list, tuple, np.ndarray)) and np.ndim(at) > 0:
            if np.ndim(at) != 1:
                raise ValueError(
                    f"theta must be a float, 1-D array or dict, got shape {np.shape(at)}"
                )
            self.names = [f"theta[{i}]" for i in range(len(at))]
            self.rebuild = np.asarray
            values = list(at)
        else:
            self.names = ["theta"]
            self.rebuild = _only
            values = [at]
        if not values:
            raise ValueError("theta has no components")
        for name, value in zip(self.names, values, strict=True):
            if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
                raise TypeError(f"{name} must be a number, got {value!r}")
            if not np.isfinite(value):
                raise ValueError(f"{name} must be finite, got {value}")
        self.vector = np.array(values, dtype=float)

    def _as_dict(self, components: Any) -> dict[str, Any]:
        return _Named(zip(self.names, components, strict=True))

    def shaped(self, components: Any) -> Any:
        """Components in the shape of θ: plain floats, an array of floats, or a dict."""
        values = np.asarray(components, dtype=float)
        if self.rebuild == np.asarray:
            return values.copy()
        return self.rebuild([float(value) for value in values])

    def second_names(self) -> list[str]:
        """Names of the second derivatives, in the order of `upper_triangle`."""
        pairs = upper_triangle(len(self.names))
        return [f"{self.names[i]}, {self.names[j]}" for i, j in pairs]

    def matrix(self, upper: Any) -> Any:
        """Second derivatives in the shape of θ twice: a float, (d, d), or a dict of dicts."""
        d = len(self.vector)
        full = np.empty((d, d))
        for (i, j), value in zip(upper_triangle(d), upper, strict=True):
            full[i, j] = full[j, i] = value
        if self.rebuild == np.asarray:
            return full
        if d == 1 and self.names == ["theta"]:
            return float(full[0, 0])
        return self.rebuild([self.shaped(row) for row in full])

    def traced(self, order: int = 1) -> Any:
        """θ as numbers that carry their first, or first and second, derivatives."""
        numbers = []
        directions = _directions(len(self.vector))
        for value, direction in zip(self.vector.tolist(), directions, strict=True):
            inner: Any = value
            for _ in range(order):
                inner = Traced(inner, direction)
            numbers.append(inner)
        return self._given(numbers)

    def at(self, vector: np.ndarray) -> Any:
        """θ at other values: (d,) for one point, (d, replications) for many at once."""
        none = np.zeros(len(self.vector))
        if vector.ndim == 1:
            return self._given([Traced(float(v), none) for v in vector])
        return self._given([Traced(row, none) for row in vector])

    def _given(self, numbers: list[Traced]) -> Any:
        if self.rebuild == np.asarray:
            boxed = np.empty(len(numbers), dtype=object)
            boxed[:] = numbers
            return boxed
        return self.rebuild(numbers)
