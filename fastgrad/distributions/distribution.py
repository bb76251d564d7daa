"""What an input distribution is to the rest of the library."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ..core.numbers import checked_number
from ..core.tracer import Traced, is_number, value_of
from ..kernels.distributions.parts.rows import row_operation
from ..kernels.jit.compile import Operation
from ..kernels.special.quantile_table import SIZE
from .facts import Facts
from .forms import FORMS

# In words, and as a condition on a number or on each of an array.
DOMAINS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "real": ("a finite number", lambda x: True),
    "positive": ("a positive number", lambda x: x > 0),
    "probability": ("between 0 and 1, both excluded", lambda x: (x > 0) & (x < 1)),
    "share": ("positive and at most 1", lambda x: (x > 0) & (x <= 1)),
    "count": ("a whole number, 1 or more", lambda x: (x >= 1) & (x == np.floor(x))),
}

_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Repeated(NamedTuple):
    """`draws` independent variates of one distribution, as an array or taken one by one."""

    distribution: Distribution
    draws: int
    on_demand: bool = False


class Free(NamedTuple):
    """Draws of a family whose parameters are given when they are taken."""

    family: type[Distribution]
    draws: int


class _Stream:
    """Variates taken one by one: of a distribution, or of a family with free parameters.

    fg.Exponential(2.0).stream(50) gives x.name.next(); fg.Exponential.stream(50) gives
    x.name.next(mean), whatever the mean is by then. At most so many are taken.
    """

    def __get__(self, one: Distribution | None, family: type[Distribution]) -> Any:
        if one is None:
            return lambda most: Free(family, most)
        return lambda most: Repeated(one, most, on_demand=True)


class Distribution(Facts):
    """Base of all input distributions: immutable, validated when made.

    Its parameters may be plain numbers or functions of θ. Raises ValueError for a parameter
    outside its domain (NaN and infinities included) and TypeError for something that is not
    a number.
    """

    kernel: ModuleType

    def __post_init__(self) -> None:
        for name, domain in self.kernel.PARAMETERS.items():
            self._check(name, getattr(self, name), domain)
        invalid = getattr(self.kernel, "invalid", None)
        if invalid is not None:
            values = np.broadcast_arrays(*(value_of(x) for x in self.parameters))
            for point in zip(*(np.ravel(v) for v in values), strict=True):
                complaint = invalid(*(float(p) for p in point))
                if complaint:
                    raise ValueError(f"{type(self).__name__}: {complaint}")

    def _check(self, name: str, given: Any, domain: str, whose: str | None = None) -> None:
        value = value_of(given)
        kept, whose = whose is None, f"{whose or type(self).__name__}: {name}"
        if not isinstance(given, Traced):
            if isinstance(value, np.ndarray) and value.ndim:
                raise TypeError(f"{whose} must be one number, got an array of shape {value.shape}")
            value = checked_number(whose, value)
            if kept and value is not given:
                object.__setattr__(self, name, value)
        wanted, holds = DOMAINS[domain]
        if isinstance(value, (int, float)):  # 1,000 of these should not take 10 ms
            right = math.isfinite(value) and holds(value)
        else:
            right = np.all(np.isfinite(value)) and np.all(holds(value))
        if not right:
            raise ValueError(f"{whose} must be {wanted}, got {value}")

    @property
    def kind(self) -> tuple:
        """What distributions of the same numbers may differ in."""
        return (type(self),)

    def moved(self, values: Sequence[float]) -> Distribution:
        """The same distribution with these numbers for its parameters."""
        return type(self)(*values)

    def _image(self, shift: Any, scale: Any) -> Distribution:
        """shift + scale · X."""
        made: Distribution = FORMS["affine"](self, shift, scale)
        return made

    def __add__(self, other: Any) -> Distribution:
        return self._image(other, 1.0) if is_number(other) else NotImplemented

    def __mul__(self, other: Any) -> Distribution:
        return self._image(0.0, other) if is_number(other) else NotImplemented

    def __sub__(self, other: Any) -> Distribution:
        return self._image(-other, 1.0) if is_number(other) else NotImplemented

    def __rsub__(self, other: Any) -> Distribution:
        return self._image(other, -1.0) if is_number(other) else NotImplemented

    def __truediv__(self, other: Any) -> Distribution:
        return self._image(0.0, 1.0 / other) if is_number(other) else NotImplemented

    def __neg__(self) -> Distribution:
        return self._image(0.0, -1.0)

    __radd__ = __add__
    __rmul__ = __mul__
    __array_ufunc__ = None  # NumPy numbers leave the operator to the distribution

    def repeat(self, draws: int) -> Repeated:
        """This many independent variates of it: an input of `fastgrad.Simulation`."""
        return Repeated(self, draws)

    stream: Any = _Stream()

    @property
    def family(self) -> str | None:
        """The name of its file, as a component of a mixture has it; None if it cannot be one."""
        return self.kernel.__name__.rpartition(".")[2]

    def apart(self, weight: Any) -> Iterator[tuple[Any, Distribution]]:
        """The components of a mixture that it stands for: itself, or each of its few values."""
        outcomes = self.outcomes()
        if outcomes is None or self.has("probability"):
            yield weight, self
            return
        point = FORMS["point"]
        yield from ((weight * probability, point(value)) for probability, value in outcomes)

    def soft(self, temperature: float, straight_through: bool) -> Distribution | None:
        """The relaxed form, where the file names one in SOFT."""
        forms = getattr(self.kernel, "SOFT", None)
        if forms is None:
            return None
        name = forms[1 if straight_through else 0]
        home = self.kernel.__name__.rpartition(".")[0]
        kind: Any = make_distribution(name, importlib.import_module(f"{home}.parts.{name}"))
        return kind(*self.parameters, temperature)

    @property
    def has_table(self) -> bool:
        """Whether a table of its quantile may pay."""
        return hasattr(self.kernel, "TABLE")

    def highest_moment(self) -> float:
        """The order below which E|X|^k is finite: infinite for all but heavy tails."""
        known = getattr(self.kernel, "highest_moment", None)
        return np.inf if known is None else float(known(*self.values))

    def table(self) -> np.ndarray | None:
        """The table of its quantile, for a distribution whose inversion is costly."""
        fill = getattr(self.kernel, "TABLE", None)
        return None if fill is None else _filled(fill, self.values)

    def slope_table(self, parameter: str) -> np.ndarray | None:
        """The table of dX/dp, for a parameter whose derivative is costly."""
        fill = getattr(self.kernel, "SLOPE_TABLES", {}).get(parameter)
        return None if fill is None else _filled(fill, self.values)

    def constant(self, name: str) -> float:
        """A number made of the parameters, such as the constant of a weak derivative."""
        function = getattr(self.kernel, name).py_func
        asked = inspect.signature(function).parameters
        return float(function(*(value_of(getattr(self, parameter)) for parameter in asked)))

    def has(self, name: str) -> bool:
        """Whether there is this function (for example score_mean), at these parameters."""
        return hasattr(self.kernel, name) and self.unusable(name) is None

    def unusable(self, name: str) -> str | None:
        """Why a function that the file defines is wrong at these parameters, or None."""
        reason = getattr(self.kernel, "unusable", None)
        if reason is None or not name.startswith(("score", "second_score", "natural", "hahn")):
            return None
        values = np.broadcast_arrays(*self.values)
        points = zip(*(np.ravel(v) for v in values), strict=True)
        return next((why for point in points if (why := reason(name, *map(float, point)))), None)

    def derivative_at_points(self, parameter: str) -> str | None:
        """The name of E[dX/dp | X = x], a function of x alone, or None."""
        name = f"derivative_{parameter}"
        return name if self.has(name) else None

    @classmethod
    def operation(cls, name: str) -> Operation:
        """The compiled row operation of one of the kernel's functions."""
        key = (cls.kernel.__name__, name)
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(cls.kernel, name)
        return _OPERATIONS[key]

    def reason(self, kind: str, parameter: str) -> str:
        """Why there is no such function of this parameter."""
        return self.unusable(f"{kind}_{parameter}") or self.missing(kind, parameter)

    @classmethod
    def missing(cls, kind: str, parameter: str) -> str:
        """Why the family's file has no such function."""
        reasons = getattr(cls.kernel, "NOT_APPLICABLE", {})
        first_order = kind.replace("second_", "").replace("_second", "")
        for known in (kind, first_order):
            if f"{known}_{parameter}" in reasons:
                return reasons[f"{known}_{parameter}"]
        if cls.kernel.PARAMETERS.get(parameter) == "count":
            return f"{parameter} is a whole number, so there is no derivative in it"
        return f"no {kind.replace('_', ' ')} of {cls.__name__} in {parameter} is known"


@functools.lru_cache(maxsize=64)
def _filled(fill: Operation, values: tuple) -> np.ndarray:
    """A table from the operation that fills it, 108 KB in about 5 ms; the last 64 are kept."""
    shape, table = np.array(values, dtype=float), np.empty(SIZE)
    function = fill.compiled.ctypes
    function(*(a.ctypes.data_as(t) for a, t in zip((shape, table), function.argtypes, strict=True)))
    return table


@functools.cache
def make_distribution(name: str, kernel: ModuleType) -> type[Distribution]:
    """The public class of one kernel file."""
    defaults = getattr(kernel, "DEFAULTS", {})
    fields = [
        (parameter, Any, dataclasses.field(default=defaults[parameter]))
        if parameter in defaults
        else (parameter, Any)
        for parameter in kernel.PARAMETERS
    ]
    made: Any = dataclasses.make_dataclass(
        name, fields, bases=(Distribution,), frozen=True, eq=False
    )
    made.kernel = kernel
    made.__doc__ = f"{kernel.__doc__}\n\nParameters\n----------\n" + "\n".join(
        f"{parameter} : {DOMAINS[domain][0]}" for parameter, domain in kernel.PARAMETERS.items()
    )
    made.__doc__ += (
        "\n\nRaises\n------\nTypeError, ValueError\n    For parameters that are none of these."
    )
    made.__module__ = f"{__package__}.families"
    return made
