"""Mixtures of distributions (section 3, Example 1)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from .discrete import check_weights, listed
from .distribution import Distribution
from .kernels.compile import Operation
from .kernels.variates import mixture
from .kernels.variates.reasons import JUMP, SECOND_SAMPLER
from .kernels.variates.rows import row_operation
from .tracer import Traced, tangent_of, value_of

REPRESENTATIONS = ("labelled", "single")
_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Mixture(Distribution):
    """Component i with probability w_i.

    Parameters
    ----------
    weights : sequence of positive numbers, which sum to one for every θ
    components : sequence of continuous distributions
    representation : {"labelled", "single"}
        How a path is made. "labelled": the uniform first chooses the component, then makes
        its variate; a path jumps when the component changes, so there is no pathwise
        derivative in the weights. "single": uniform components on adjoining intervals, run
        through from below to above: the path is continuous, its derivative unbiased.
        The scores and weak derivatives are those of the law, the same for both.
    """

    def __init__(
        self,
        weights: Sequence[Any],
        components: Sequence[Distribution],
        representation: str = "labelled",
    ) -> None:
        self.weights = listed("Mixture: weights", weights)
        self.components = listed("Mixture: components", components)
        self.representation = representation
        if representation not in REPRESENTATIONS:
            known = ", ".join(map(repr, REPRESENTATIONS))
            raise ValueError(f"Mixture: representation must be one of {known}")
        if len(self.weights) != len(self.components):
            raise ValueError(
                f"Mixture: {len(self.components)} components need as many weights, "
                f"got {len(self.weights)}"
            )
        families = [_family(component) for component in self.components]
        for i, weight in enumerate(self.weights):
            self._check(f"weights[{i}]", weight, "share")
        check_weights("Mixture: weights", self.weights)
        if representation == "single":
            self._put_in_order()
        self._made = mixture.of(representation, *families)
        names = [f"weights[{i}]" for i in range(len(self.weights))]
        for i, component in enumerate(self.components):
            names += [f"components[{i}].{name}" for name in component.kernel.PARAMETERS]
        domains = self._made.PARAMETERS.values()
        self.kernel: Any = _Kernel(dict(zip(names, domains, strict=True)))

    def _put_in_order(self) -> None:
        """Components from below to above; they must adjoin, also when θ moves."""
        if any(_family(component) != "uniform" for component in self.components):
            raise ValueError("Mixture: the single representation needs uniform components")
        order = sorted(
            range(len(self.weights)), key=lambda i: np.max(value_of(self.components[i].low))
        )
        self.weights = tuple(self.weights[i] for i in order)
        self.components = tuple(self.components[i] for i in order)
        for below, above in zip(self.components[:-1], self.components[1:], strict=True):
            gap = above.low - below.high
            moving = isinstance(gap, Traced) and np.any(
                np.abs(tangent_of(gap, len(gap.tangent))) > 1e-12
            )
            if np.any(np.abs(value_of(gap)) > 1e-12) or moving:
                raise ValueError("Mixture: the single representation needs adjoining intervals")

    @property
    def parameters(self) -> tuple:
        """The weights, then the parameters of each component."""
        return (*self.weights, *(p for component in self.components for p in component.parameters))

    def moved(self, values: Sequence[float]) -> Mixture:
        """The same mixture with these numbers for its parameters."""
        count = len(self.weights)
        rest, components = list(values[count:]), []
        for component in self.components:
            own = len(component.parameters)
            components.append(component.moved(rest[:own]))
            rest = rest[own:]
        return Mixture(values[:count], components, self.representation)

    def expectation(self) -> float:
        """E[X]."""
        means = [component.expectation() for component in self.components]
        return float(np.dot([value_of(w) for w in self.weights], means))

    def constant(self, name: str) -> float:
        """The constant of a weak derivative."""
        function = getattr(self._made, _plain(name)).py_func
        given = dict(zip(self._made.PARAMETERS, self.values, strict=True))
        return float(function(*(given[a] for a in inspect.signature(function).parameters)))

    def has(self, name: str) -> bool:  # type: ignore[override]
        """Whether there is this function of one of the parameters."""
        return hasattr(self._made, _plain(name))

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        key = (self._made.sent_as, _plain(name))
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(self._made, key[1])
        return _OPERATIONS[key]

    def reason(self, kind: str, parameter: str) -> str:  # type: ignore[override]
        """Why there is no such function of this parameter."""
        inner = re.fullmatch(r"components\[(\d+)\]\.(\w+)", parameter)
        if inner and not self.components[int(inner[1])].has(f"{kind}_{inner[2]}"):
            return self.components[int(inner[1])].reason(kind, inner[2])
        if kind == "derivative":
            return "the path jumps when the component changes: " + JUMP.format(parameter)
        return SECOND_SAMPLER.replace("second ", "").format(parameter)


class _Kernel:
    """What other parts read of a distribution's file: its parameters."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self.PARAMETERS = parameters


def _plain(name: str) -> str:
    """score_components[1].mean → score_components_1_mean."""
    return re.sub(r"\[(\d+)\]\.?", r"_\1_", name).replace("__", "_").rstrip("_")


def _family(component: Any) -> str:
    if not isinstance(component, Distribution):
        raise TypeError(f"Mixture: components must be distributions, got {component!r}")
    family = getattr(component.kernel, "__name__", "").rpartition(".")[2]
    if family not in mixture.FAMILIES:
        raise ValueError(
            f"Mixture: {type(component).__name__} cannot be a component; "
            f"known are {', '.join(sorted(mixture.FAMILIES))}"
        )
    return family
