"""Points for sweeps: grids, factorial designs, Latin hypercubes and Sobol points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.numbers import checked_number

DESIGNS = ("factorial", "lhs", "sobol")
MOST = 1_000_000  # points
LOG = "log"


class Design(Sequence[dict[str, float]]):
    """Points of named parameters: a sequence of dicts, for the `at` of `sweep`.

    Attributes
    ----------
    kind : str
        "grid", "factorial", "lhs" or "sobol".
    names : list of str
    values : (points, parameters) array
    shape : tuple of int, or None
        Levels of each parameter, where all their combinations are there.
    """

    def __init__(
        self, kind: str, names: list[str], values: np.ndarray, shape: tuple[int, ...] | None = None
    ) -> None:
        self.kind, self.names, self.values, self.shape = kind, names, values, shape
        values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Design(self.kind, self.names, self.values[index].copy())
        return dict(zip(self.names, self.values[index].tolist(), strict=True))

    def to_frame(self) -> Any:
        """The points as a pandas DataFrame (needs the extra `tables`)."""
        from ..extras import require

        return require("pandas", "to_frame()").DataFrame(self.values, columns=self.names)

    def __repr__(self) -> str:
        return f"Design({self.kind}, {len(self)} points of {', '.join(self.names)})"


def grid(levels: Mapping[str, Any] | None = None, /, **more: Any) -> Design:
    """All combinations of given levels: a full factorial of values of your own.

    Parameters
    ----------
    levels : mapping of names to levels, optional
    **more
        A list of levels for each parameter, or one number to hold it fixed.

    Returns
    -------
    Design
        The last parameter moves fastest.

    Raises
    ------
    TypeError, ValueError
        For levels that are not numbers, or a parameter without any.
    """
    given = _named("grid", levels, more)
    listed = {name: _levels(name, each) for name, each in given.items()}
    shape = tuple(len(each) for each in listed.values())
    _check_points("grid", math.prod(shape))
    points = np.array(list(itertools.product(*listed.values())), dtype=float)
    return Design("grid", list(listed), points, shape)


def design(
    kind: str,
    ranges: Mapping[str, Any] | None = None,
    /,
    *,
    points: int,
    seed: int = 0,
    **more: Any,
) -> Design:
    """Points that fill ranges of named parameters.

    Parameters
    ----------
    kind : {"factorial", "lhs", "sobol"}
        All combinations of equally spaced levels; a Latin hypercube; scrambled Sobol points.
    ranges : mapping of names to ranges, optional
    points : int
        Levels of each parameter for "factorial", else points in all (a power of two keeps Sobol
        points balanced).
    seed : int
        Of the hypercube and the scrambling.
    **more
        For each parameter (low, high), or (low, high, "log") for equal steps of its logarithm;
        or one number to hold it fixed.

    Returns
    -------
    Design

    Raises
    ------
    TypeError, ValueError
        For a range that is none.
    """
    if kind not in DESIGNS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, DESIGNS))}, got {kind!r}")
    given = _named("design", ranges, more)
    count = checked_number("design: points", points)
    if isinstance(points, bool) or count != int(count) or count < 1:
        raise ValueError(f"design: points must be a whole number, 1 or more, got {points!r}")
    count = int(count)
    parsed = {name: _range(name, each) for name, each in given.items()}
    shape = tuple(1 if low == high else count for low, high, _ in parsed.values())
    _check_points("design", math.prod(shape) if kind == "factorial" else count)
    unit = _factorial(shape) if kind == "factorial" else _filled(kind, len(parsed), count, seed)
    columns = [_placed(unit[:, k], *each) for k, each in enumerate(parsed.values())]
    whole = shape if kind == "factorial" else None
    return Design(kind, list(parsed), np.column_stack(columns), whole)


def _factorial(shape: tuple[int, ...]) -> np.ndarray:
    levels = [np.linspace(0.0, 1.0, n) if n > 1 else np.array([0.5]) for n in shape]
    return np.array(list(itertools.product(*levels)))


def _filled(kind: str, dimensions: int, count: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if kind == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=generator).random(count))
    exponent = max(count - 1, 0).bit_length()  # scrambled in whole nets, and cut
    return np.asarray(qmc.Sobol(dimensions, rng=generator).random_base2(exponent))[:count]


def _placed(unit: np.ndarray, low: float, high: float, logarithmic: bool) -> np.ndarray:
    if low == high:
        return np.full(len(unit), low)
    if logarithmic:
        return np.exp(np.log(low) + unit * (np.log(high) - np.log(low)))
    return low + unit * (high - low)


def _named(where: str, given: Mapping[str, Any] | None, more: dict[str, Any]) -> dict[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"{where}: give parameters by name, {where}(a=[0.2, 0.4]), got {given!r}")
    both = {**(given or {}), **more}
    if not both:
        raise ValueError(f"{where} needs at least one parameter: {where}(a=…)")
    return {str(name): each for name, each in both.items()}


def _number(where: str, value: Any) -> float:
    number = float(checked_number(where, value))
    if not math.isfinite(number):
        raise ValueError(f"{where} must be finite, got {value!r}")
    return number


def _levels(name: str, given: Any) -> list[float]:
    if isinstance(given, str) or not isinstance(given, (Iterable, int, float, np.number)):
        raise TypeError(f"grid: {name} must be a list of levels, got {given!r}")
    each = list(given) if isinstance(given, Iterable) else [given]
    if not each:
        raise ValueError(f"grid: {name} has no levels")
    made = [_number(f"grid: {name}", value) for value in each]
    if len(set(made)) < len(made):
        raise ValueError(f"grid: {name} has the same level twice")
    return made


def _range(name: str, given: Any) -> tuple[float, float, bool]:
    if isinstance(given, (int, float, np.number)) and not isinstance(given, bool):
        value = _number(f"design: {name}", given)
        return value, value, False
    if isinstance(given, str) or not isinstance(given, Sequence) or not 2 <= len(given) <= 3:
        raise TypeError(f'design: {name} must be (low, high) or (low, high, "log"), got {given!r}')
    low, high = (_number(f"design: {name}", end) for end in given[:2])
    logarithmic = len(given) == 3
    if logarithmic and given[2] != LOG:
        raise ValueError(f'design: {name} must be (low, high, "log"), got {given!r}')
    if not low < high:
        raise ValueError(f"design: {name} must have low below high, got {given!r}")
    if logarithmic and low <= 0.0:
        raise ValueError(f'design: {name} with "log" must be positive, got {given!r}')
    return low, high, logarithmic


def _check_points(where: str, count: int) -> None:
    if count > MOST:
        raise ValueError(f"{where}: {count:,} points, at most {MOST:,}")
