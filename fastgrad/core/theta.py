"""θ as the user gives it: a float, a 1-D array or a dict of floats and arrays."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .numbers import checked_number
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


class Entry(NamedTuple):
    """One entry of a dict: its name, and its shape, () for a number."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def components(self) -> list[str]:
        """Their names: slots[0], slots[1], …"""
        if not self.shape:
            return [self.name]
        return [f"{self.name}[{', '.join(map(str, at))}]" for at in np.ndindex(*self.shape)]


class Theta:
    """A point in parameter space that remembers the shape it was given in.

    Parameters
    ----------
    at : float, array of shape (d,), or mapping of names to floats and to arrays of them

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or has a component that is not finite.
    """

    def __init__(self, at: Any) -> None:
        if isinstance(at, np.ndarray) and at.ndim == 0:
            at = at.item()
        self.entries: list[Entry] | None = None
        if isinstance(at, Mapping):
            self.entries = [
                Entry(str(name), _shape(str(name), given)) for name, given in at.items()
            ]
            self.names = [name for entry in self.entries for name in entry.components()]
            self.rebuild: Callable[[Any], Any] = self._as_dict
            values = [value for given in at.values() for value in _flat(given)]
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
            if not np.isfinite(float(checked_number(name, value))):
                raise ValueError(f"{name} must be finite, got {value}")
        self.vector = np.array(values, dtype=float)

    def moved(self, vector: np.ndarray) -> Theta:
        """The same shape at other values, unchecked: for loops over many points."""
        made = Theta.__new__(Theta)
        made.names, made.rebuild, made.vector = self.names, self.rebuild, vector
        return made

    def _as_dict(self, components: Any) -> dict[str, Any]:
        assert self.entries is not None
        made, rest = _Named(), list(components)
        for entry in self.entries:
            own, rest = rest[: entry.size], rest[entry.size :]
            made[entry.name] = _boxed(own).reshape(entry.shape) if entry.shape else own[0]
        return made

    def shaped(self, components: Any) -> Any:
        """Components in the shape of θ: plain floats, an array of floats, or a dict."""
        values = np.asarray(components, dtype=float)
        if self.rebuild == np.asarray:
            return values.copy()
        return _plain(self.rebuild([float(value) for value in values]))

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
        return self._blocks(full)

    def _blocks(self, full: np.ndarray) -> dict[str, Any]:
        """The block of each pair of names: an array of the one's shape, then the other's."""
        assert self.entries is not None
        ends = np.cumsum([0, *(entry.size for entry in self.entries)])
        made = _Named()
        for entry, first, last in zip(self.entries, ends[:-1], ends[1:], strict=True):
            made[entry.name] = _Named()
            for other, begin, end in zip(self.entries, ends[:-1], ends[1:], strict=True):
                shape = entry.shape + other.shape
                block = full[first:last, begin:end].reshape(shape)
                made[entry.name][other.name] = block.copy() if shape else float(block)
        return made

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

    def traced_through(self, numbers: list[Any]) -> Any:
        """The same with these in the place of its numbers: what stands for a float."""
        directions = _directions(len(self.vector))
        return self._given([Traced(*one) for one in zip(numbers, directions, strict=True)])

    def at(self, vector: np.ndarray) -> Any:
        """θ at other values: (d,) for one point, (d, replications) for many at once."""
        none = np.zeros(len(self.vector))
        if vector.ndim == 1:
            return self._given([Traced(float(v), none) for v in vector])
        return self._given([Traced(row, none) for row in vector])

    def _given(self, numbers: list[Traced]) -> Any:
        return _boxed(numbers) if self.rebuild == np.asarray else self.rebuild(numbers)


def _boxed(numbers: list) -> np.ndarray:
    """Numbers of any kind as an array of objects."""
    boxed = np.empty(len(numbers), dtype=object)
    boxed[:] = numbers
    return boxed


def _plain(entries: Any) -> Any:
    """A dict whose arrays hold floats."""
    if not isinstance(entries, dict):
        return entries
    return _Named(
        (name, given.astype(float) if isinstance(given, np.ndarray) else given)
        for name, given in entries.items()
    )


def _shape(name: str, given: Any) -> tuple[int, ...]:
    """() for a number; the shape of an array or a list of numbers."""
    if isinstance(given, Mapping):
        raise TypeError(
            f"theta[{name!r}] must be a number or an array of numbers, got a dict: "
            "dicts do not nest"
        )
    if not isinstance(given, (list, tuple, np.ndarray)):
        return ()
    try:
        shape = np.shape(given)
    except ValueError:
        raise ValueError(f"theta[{name!r}] has rows of different lengths: {given!r}") from None
    if 0 in shape:
        raise ValueError(f"theta[{name!r}] is empty")
    return shape


def _flat(given: Any) -> list:
    """The numbers of an entry in a row."""
    if isinstance(given, (list, tuple, np.ndarray)):
        return list(np.array(given, dtype=object).ravel())
    return [given]
