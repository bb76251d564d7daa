"""Distributions that are made of another one: images and parts of it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from ..core.tracer import value_of
from ..kernels.distributions.parts.families import family
from ..kernels.distributions.parts.rows import row_operation
from ..kernels.jit.compile import Operation
from .distribution import Distribution

BASE = "base."
_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Derived(Distribution):
    """Own parameters, then those of the distribution inside: base.shape, base.scale …

    Attributes
    ----------
    base : Distribution
        The one inside.
    own : dict
        Names and values of the parameters of its own.
    """

    base: Distribution
    own: dict[str, Any]
    kernel: Any = SimpleNamespace(PARAMETERS={})  # an object's own has the names

    def _set_up(self, name: str, base: Distribution, own: dict[str, Any]) -> None:
        """The functions of the family `name`, and the parameters checked."""
        self.base, self.own, self._name = base, own, name
        for parameter, value in own.items():
            self._check(parameter, value, "real", whose=type(self).__name__)
        self._made: ModuleType = family(name)
        inner = {f"{BASE}{p}": domain for p, domain in base.kernel.PARAMETERS.items()}
        facts: dict[str, Any] = {"PARAMETERS": dict.fromkeys(own, "real") | inner}
        facts["NOT_APPLICABLE"] = getattr(self._made, "NOT_APPLICABLE", {})
        self.kernel = SimpleNamespace(expectation=self._expectation, **facts)

    @property
    def family(self) -> str | None:
        """What it is made of, as a component of a mixture has it."""
        return self._name

    @property
    def kind(self) -> tuple:
        """The class and the families."""
        return (type(self), self._name)

    @property
    def parameters(self) -> tuple:
        """Its own, then those inside."""
        return (*self.own.values(), *self.base.parameters)

    def _expectation(self, *values: float) -> float:
        """E[X] at any values of the parameters."""
        return self.moved(values).expectation()

    def _split(self, values: Sequence[float]) -> tuple[dict[str, float], Distribution]:
        count = len(self.own)
        own = dict(zip(self.own, values[:count], strict=True))
        return own, self.base.moved(values[count:])

    def has(self, name: str) -> bool:
        """Whether there is this function, at these parameters."""
        return hasattr(self._made, plain(name)) and self.unusable(name) is None

    def _inner(self, name: str) -> str | None:
        """The function of the distribution inside that one of the same kind here is made of."""
        return name.replace(BASE, "") if BASE in name else None

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        key = (self._name, plain(name))
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(self._made, key[1])
        return _OPERATIONS[key]

    def constant(self, name: str) -> float:
        """A number made of the parameters, such as the constant of a weak derivative."""
        return float(self.row(name, np.array([0.5]))[0])

    def row(self, name: str, x: np.ndarray) -> np.ndarray:
        """One of the row operations (not a pair) at these numbers."""
        block = np.array([float(v) for v in self.values])
        x, out = np.ascontiguousarray(x, dtype=float), np.empty(len(x))
        pointer = ctypes.POINTER(ctypes.c_double)
        arrays = (x, x, x, x, block, out, out)
        function = self.operation(name).compiled.ctypes
        function(len(x), 1, *(a.ctypes.data_as(pointer) for a in arrays))
        return out

    def reason(self, kind: str, parameter: str) -> str:
        """Why there is no such function of this parameter, or of these two."""
        unusable = self.unusable(f"{kind}_{parameter}")
        if unusable is not None:
            return unusable
        given: str | None = self.kernel.NOT_APPLICABLE.get(f"{kind}_{parameter}")
        if given is not None:
            return given
        inner = parameter.replace(BASE, "")
        if parameter == BASE + inner and not self.base.has(f"{kind}_{inner}"):
            return self.base.reason(kind, inner)
        return f"no {kind.replace('_', ' ')} of {self!r} in {parameter} is known"


def plain(name: str) -> str:
    """score_base.shape → score_base_shape."""
    return name.replace(".", "_")


def shown(number: Any) -> str:
    """A parameter as it is printed."""
    return f"{float(np.ravel(value_of(number))[0]):.6g}"
