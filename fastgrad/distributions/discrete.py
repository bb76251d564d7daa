"""A distribution on finitely many values, θ in the probabilities or in the values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..core.tracer import Traced, tangent_of, value_of
from ..kernels.distributions import discrete
from ..kernels.distributions.parts import relaxed_discrete, straight_through_discrete
from ..kernels.distributions.parts.rows import base_name, row_operation
from ..kernels.jit.compile import Operation
from .distribution import Distribution

TOLERANCE = 1e-9
# A score of an outcome of probability p has variance 1/p, all of it from the few variates that
# have this outcome: before one of them is seen, the estimate is wrong and looks exact.
LEAST = 1e-10
NEVER = (
    "{0} is {1:.3g} (less than {2:.0e}): most runs never see its outcome, which a score would miss"
)
_OPERATIONS: dict[str, Operation] = {}


def check_weights(whose: str, weights: Sequence[Any]) -> None:
    """Probabilities must sum to one, at θ and when θ moves."""
    total: Any = sum(np.asarray(value_of(w), dtype=float) for w in weights)
    if np.any(np.abs(total - 1.0) > TOLERANCE):
        raise ValueError(f"{whose} must sum to 1, got a sum of {total}")
    tangents = [tangent_of(w, len(w.tangent)) for w in weights if isinstance(w, Traced)]
    if tangents:
        largest = max(float(np.max(np.abs(t), initial=0.0)) for t in tangents)
        if np.any(np.abs(sum(tangents)) > TOLERANCE * max(largest, 1.0)):
            raise ValueError(
                f"{whose} must sum to 1 for every θ: their derivatives sum to {sum(tangents)}, "
                "not 0; divide them by their sum, for example"
            )


def listed(whose: str, given: Any) -> tuple:
    """A sequence or array of numbers as a tuple."""
    if isinstance(given, (str, Traced)) or not hasattr(given, "__len__"):
        raise TypeError(f"{whose} must be a sequence of numbers, got {given!r}")
    if len(given) == 0:
        raise ValueError(f"{whose} must not be empty")
    return tuple(given)


def _expectation(count: float, *given: float) -> float:
    """Σ values · probabilities."""
    return float(np.dot(given[: int(count)], given[int(count) :]))


class Discrete(Distribution):
    """Value i with probability p_i.

    Parameters
    ----------
    values : sequence of distinct finite numbers
    probabilities : sequence of positive numbers, which sum to one for every θ

    Raises
    ------
    TypeError, ValueError
        For what is no such list, and where the sum is not one, at θ or as θ moves.
    """

    kernel: Any = discrete  # an object's own has the names of its parameters

    def __init__(self, values: Sequence[Any], probabilities: Sequence[Any]) -> None:
        self.points = listed("Discrete: values", values)
        self.probabilities = listed("Discrete: probabilities", probabilities)
        count = len(self.points)
        if len(self.probabilities) != count:
            raise ValueError(
                f"Discrete: {count} values need {count} probabilities, "
                f"got {len(self.probabilities)}"
            )
        names = {"count": "count"}
        names |= {f"values[{i}]": "real" for i in range(count)}
        names |= {f"probabilities[{i}]": "share" for i in range(count)}
        self.kernel = SimpleNamespace(PARAMETERS=names, expectation=_expectation)
        for name, given, domain in zip(names, self.parameters, names.values(), strict=True):
            self._check(name, given, domain)
        check_weights("Discrete: probabilities", self.probabilities)
        plain = [np.broadcast_arrays(*(value_of(x) for x in self.points))]
        if any(len(set(point)) < count for point in np.reshape(plain, (count, -1)).T):
            raise ValueError(f"Discrete: values must be distinct, got {self.points}")

    def __repr__(self) -> str:
        both = (self.points, self.probabilities)
        numbers = ([float(np.max(value_of(x))) for x in given] for given in both)
        return f"Discrete({', '.join(map(str, numbers))})"

    family = None  # a mixture takes its values one by one

    def outcomes(self) -> list[tuple[Any, Any]]:
        """(probability, value) of each."""
        return list(zip(self.probabilities, self.points, strict=True))

    def variance(self) -> float:
        """Σ p (x - E[X])²."""
        mean = self.expectation()
        return float(sum(value_of(p) * (value_of(x) - mean) ** 2 for p, x in self.outcomes()))

    def linear(self, first: str, second: str) -> bool:
        """A path has the one value or the other."""
        return first.startswith("values[") and second.startswith("values[")

    def soft(self, temperature: float, straight_through: bool) -> Distribution | None:
        """Every value with a soft share."""
        from .relaxed import Relaxed  # it imports this file

        functions = straight_through_discrete if straight_through else relaxed_discrete
        return Relaxed(self, temperature, functions)

    @property
    def parameters(self) -> tuple:
        """The count, the values, the probabilities."""
        return (len(self.points), *self.points, *self.probabilities)

    def moved(self, values: Sequence[float]) -> Discrete:
        """The same distribution with these numbers for count, values and probabilities."""
        count = len(self.points)
        return Discrete(values[1 : 1 + count], values[1 + count :])

    def constant(self, name: str) -> float:
        """The constant of a weak derivative."""
        function, index = base_name(name.removesuffix("_constant"))
        if function.startswith("natural_second"):
            return 0.0
        if function.startswith("hahn_jordan"):
            return float(sum(p for i, p in enumerate(self._plain) if i != index))
        return 1.0

    @property
    def _plain(self) -> list[float]:
        return [value_of(p) for p in self.probabilities]

    @staticmethod
    def plain(name: str) -> str:
        """A function's name in the kernel's file of the soft form."""
        return name

    @staticmethod
    def _function(name: str) -> str:
        """The kernel's name of a function; ∂²/∂p_i∂p_j is the same for all i and j."""
        mixed = name.startswith("second_score") and name.count("[") == 2 and "values" not in name
        return "mixed_score_probabilities" if mixed else name

    def has(self, name: str) -> bool:
        """Whether there is this function of one of the parameters."""
        function, index = base_name(self._function(name).removesuffix("_constant"))
        if not hasattr(discrete, function) or self._rare(name) is not None:
            return False
        return index is None or index < len(self.points)

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        name = self._function(name)
        if name not in _OPERATIONS:
            _OPERATIONS[name] = row_operation(discrete, name)
        return _OPERATIONS[name]

    def reason(self, kind: str, parameter: str) -> str:
        """Why there is no such function of this parameter."""
        if parameter == "count":
            return "count is a whole number, so there is no derivative in it"
        moving = re.search(r"values\[\d+\]", parameter)
        rare = None if moving else self._rare(f"{kind}_{parameter}")
        if rare is not None:
            return NEVER.format(f"probabilities[{rare}]", self._plain[rare], LEAST)
        place = moving[0] if moving else parameter
        family = place.partition("[")[0]
        return discrete.NOT_APPLICABLE[f"{kind}_{family}"].replace(family, place)

    def _rare(self, name: str) -> int | None:
        """The first probability, of those that a score names, too small for a score."""
        named = map(int, re.findall(r"probabilities\[(\d+)\]", name))
        small = (i for i in named if i < len(self.points) and self._plain[i] < LEAST)
        return next(small, None) if name.startswith(("score", "second_score")) else None
