"""The soft forms of choices: what Gumbel-Softmax puts in their place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ..kernels.distributions import mixture
from ..kernels.distributions.parts import (
    relaxed_bernoulli,
    relaxed_discrete,
    straight_through_bernoulli,
    straight_through_discrete,
)
from ..kernels.distributions.parts.rows import base_name, row_operation
from ..kernels.jit.compile import Operation
from .discrete import Discrete
from .distribution import Distribution, make_distribution
from .families import DISTRIBUTIONS
from .mixture import Mixture, plain

_RELAXED = make_distribution("RelaxedBernoulli", relaxed_bernoulli)
_STRAIGHT = make_distribution("StraightThroughBernoulli", straight_through_bernoulli)
_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Relaxed(Distribution):
    """The soft form of a discrete law or a mixture: its parameters, then the temperature.

    Parameters
    ----------
    hard : Discrete or Mixture
    temperature : positive number
    functions : what its operations are made of
    """

    def __init__(self, hard: Distribution, temperature: float, functions: Any) -> None:
        self.hard, self.temperature, self._functions = hard, temperature, functions
        names = {**hard.kernel.PARAMETERS, "temperature": "positive"}
        self.kernel: Any = SimpleNamespace(PARAMETERS=names)

    @property
    def parameters(self) -> tuple:
        """Those of the choice, and the temperature."""
        return (*self.hard.parameters, self.temperature)

    def _name(self, name: str) -> str:
        return plain(name) if isinstance(self.hard, Mixture) else name

    def has(self, name: str) -> bool:  # type: ignore[override]
        """Whether there is this function of one of the parameters."""
        return hasattr(self._functions, base_name(self._name(name))[0])

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        sent_as = getattr(self._functions, "sent_as", self._functions.__name__)
        key = (sent_as, self._name(name))
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(self._functions, key[1])
        return _OPERATIONS[key]


def is_choice(distribution: Distribution) -> bool:
    """Whether there is something to relax."""
    return isinstance(distribution, (DISTRIBUTIONS["Bernoulli"], Discrete, Mixture))


def relaxed(hard: Any, temperature: float, straight_through: bool) -> Distribution:
    """The soft form of a choice, or a hard choice with the derivative of the soft one."""
    if isinstance(hard, Discrete):
        functions = straight_through_discrete if straight_through else relaxed_discrete
        return Relaxed(hard, temperature, functions)
    if isinstance(hard, Mixture):
        form = "straight_through" if straight_through else "relaxed"
        return Relaxed(hard, temperature, mixture.of(form, *hard.families))
    kind: Any = _STRAIGHT if straight_through else _RELAXED
    return kind(*hard.parameters, temperature)
