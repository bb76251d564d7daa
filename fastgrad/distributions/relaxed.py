"""The soft forms of choices: what Gumbel-Softmax puts in their place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ..kernels.distributions.parts.rows import base_name, row_operation
from ..kernels.jit.compile import Operation
from .distribution import Distribution

_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Relaxed(Distribution):
    """The soft form of a discrete distribution or a mixture: its parameters, then the temperature.

    Parameters
    ----------
    hard : Discrete or Mixture
    temperature : positive number
    functions : what its operations are made of
    """

    def __init__(self, hard: Any, temperature: float, functions: Any) -> None:
        self.hard, self.temperature, self._functions = hard, temperature, functions
        names = {**hard.kernel.PARAMETERS, "temperature": "positive"}
        self.kernel: Any = SimpleNamespace(PARAMETERS=names)

    @property
    def parameters(self) -> tuple:
        """Those of the choice, and the temperature."""
        return (*self.hard.parameters, self.temperature)

    def _name(self, name: str) -> str:
        return self.hard.plain(name)

    def has(self, name: str) -> bool:
        """Whether there is this function of one of the parameters."""
        return hasattr(self._functions, base_name(self._name(name))[0])

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        sent_as = getattr(self._functions, "sent_as", self._functions.__name__)
        key = (sent_as, self._name(name))
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(self._functions, key[1])
        return _OPERATIONS[key]
