"""Mixtures of distributions (Fu (2005), Example 1)."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..core.tracer import Traced, tangent_of, value_of
from ..kernels.distributions import mixture
from ..kernels.distributions.parts.reasons import JUMP
from ..kernels.distributions.parts.rows import row_operation
from ..kernels.jit.compile import Operation
from .discrete import LEAST, NEVER, check_weights, listed
from .distribution import Distribution
from .mixture_facts import INNER, MixtureFacts, plain
from .relaxed import Relaxed
from .total_variation import excess

REPRESENTATIONS = ("labelled", "single")
# Nearer to the rest of the mixture than this, rejection takes more than 1,000 trials a draw.
NEAREST = 1e-3
_PLACE = r"(?:weights\[\d+\]|components\[\d+\]\.[a-z]+(?:\.[a-z]+)?)"
_VALUED = ("score", "second_score", "natural", "hahn_jordan", "natural_second")
_OPERATIONS: dict[tuple[str, str], Operation] = {}


class Mixture(MixtureFacts, Distribution):
    """Component i with probability w_i.

    Parameters
    ----------
    weights : sequence of positive numbers, which sum to one for every θ
    components : sequence of distributions
        Of any kind. Those with few values are taken apart: a Discrete, a Bernoulli and a
        Mixture stand for their values or components, each with its probability times w_i.
    representation : {"labelled", "single"}
        How a path is made. "labelled": the uniform first chooses the component, then makes
        its variate; a path jumps when the component changes, so there is no pathwise
        derivative in the weights. "single": uniform components on adjoining intervals, run
        through from below to above: the path is continuous, its derivative unbiased.
        The scores and weak derivatives are those of the distribution, the same for both.

    Raises
    ------
    TypeError, ValueError
        For what is no such list, and where the sum is not one, at θ or as θ moves.
    """

    kernel: Any = mixture  # an object's own has the names of its parameters

    def __init__(
        self,
        weights: Sequence[Any],
        components: Sequence[Distribution],
        representation: str = "labelled",
    ) -> None:
        given = listed("Mixture: weights", weights), listed("Mixture: components", components)
        if representation not in REPRESENTATIONS:
            known = ", ".join(map(repr, REPRESENTATIONS))
            raise ValueError(
                f"Mixture: representation must be one of {known}, got {representation!r}"
            )
        if len(given[0]) != len(given[1]):
            raise ValueError(
                f"Mixture: {len(given[1])} components need as many weights, got {len(given[0])}"
            )
        for i, weight in enumerate(given[0]):
            self._check(f"weights[{i}]", weight, "share")
        check_weights("Mixture: weights", given[0])
        parts = [part for pair in zip(*given, strict=True) for part in _apart(*pair)]
        self.weights, self.components = tuple(w for w, _ in parts), tuple(c for _, c in parts)
        self.representation = representation
        for i, weight in enumerate(self.weights):
            self._check(f"weights[{i}]", weight, "share")
        if representation == "single":
            self._put_in_order()
        self._made = mixture.of(representation, *self.families)
        names = [f"weights[{i}]" for i in range(len(self.weights))]
        for i, component in enumerate(self.components):
            names += [f"components[{i}].{name}" for name in component.kernel.PARAMETERS]
        domains = self._made.PARAMETERS.values()
        self.kernel = SimpleNamespace(
            PARAMETERS=dict(zip(names, domains, strict=True)), expectation=self._expectation
        )

    def _put_in_order(self) -> None:
        """Components from below to above; they must adjoin, also when θ moves."""
        if any(family != "uniform" for family in self.families):
            raise ValueError(
                "Mixture: representation='single' needs uniform components, got "
                f"{', '.join(dict.fromkeys(type(c).__name__ for c in self.components))}; "
                "'labelled' takes all"
            )
        ends = [component.parameters for component in self.components]
        order = sorted(range(len(ends)), key=lambda i: np.max(value_of(ends[i][0])))
        self.weights = tuple(self.weights[i] for i in order)
        self.components = tuple(self.components[i] for i in order)
        for below, above in itertools.pairwise(order):
            gap = ends[above][0] - ends[below][1]
            moving = isinstance(gap, Traced) and np.any(
                np.abs(tangent_of(gap, len(gap.tangent))) > 1e-12
            )
            if np.any(np.abs(value_of(gap)) > 1e-12) or moving:
                raise ValueError(
                    "Mixture: representation='single' needs adjoining intervals for every θ: one "
                    f"ends at {np.max(value_of(ends[below][1])):g}, the next begins at "
                    f"{np.max(value_of(ends[above][0])):g}"
                )

    @property
    def parameters(self) -> tuple:
        """The weights, then the parameters of each component."""
        return (*self.weights, *(p for component in self.components for p in component.parameters))

    @property
    def kind(self) -> tuple:
        """The class, the representation, the families."""
        return (type(self), self.representation, *self.families)

    @property
    def families(self) -> tuple[str, ...]:
        """The family of each component, by the name of its file."""
        return tuple(component.family or "" for component in self.components)

    def moved(self, values: Sequence[float]) -> Mixture:
        """The same mixture with these numbers for its parameters."""
        count = len(self.weights)
        rest, components = list(values[count:]), []
        for component in self.components:
            own = len(component.parameters)
            components.append(component.moved(rest[:own]))
            rest = rest[own:]
        return Mixture(values[:count], components, self.representation)

    def __repr__(self) -> str:
        weights = [float(np.max(value_of(w))) for w in self.weights]
        return f"Mixture({weights}, {list(self.components)})"

    @property
    def family(self) -> str | None:
        """As a component of another it is taken apart."""
        return None

    by_point = False

    def apart(self, weight: Any) -> Iterator[tuple[Any, Distribution]]:
        """Its components; a single path cannot be taken apart."""
        if self.representation != "labelled":
            raise ValueError(
                "Mixture: Mixture cannot be a component: its representation must be 'labelled'"
            )
        parts = zip(self.weights, self.components, strict=True)
        yield from ((weight * w, component) for w, component in parts)

    def soft(self, temperature: float, straight_through: bool) -> Distribution | None:
        """Every component with a soft share."""
        form = "straight_through" if straight_through else "relaxed"
        return Relaxed(self, temperature, mixture.of(form, *self.families))

    @staticmethod
    def plain(name: str) -> str:
        """A function's name in what is written for these families."""
        return plain(name)

    def _expectation(self, *values: float) -> float:
        """Σ weights · means, at any values of the parameters."""
        total, at = 0.0, len(self.weights)
        for weight, component in zip(values, self.components, strict=False):
            own = len(component.parameters)
            total += weight * component.kernel.expectation(*values[at : at + own])
            at += own
        return float(total)

    def highest_moment(self) -> float:
        """That of the heaviest component."""
        return min(component.highest_moment() for component in self.components)

    def constant(self, name: str) -> float:
        """The constant of a weak derivative."""
        weight = re.fullmatch(r"hahn_jordan_weights\[(\d+)\]_constant", name)
        if weight:
            weights, i = self.values[: len(self.weights)], int(weight[1])
            return sum(w for k, w in enumerate(weights) if k != i) * self._excess(i)
        function = getattr(self._made, plain(name)).py_func
        given = dict(zip(self._made.PARAMETERS, self.values, strict=True))
        return float(function(*(given[a] for a in inspect.signature(function).parameters)))

    def _excess(self, i: int) -> float:
        """How much of component i lies above the mixture of all others."""
        parts = [(c.operation("variate"), c.values) for c in self.components]
        others = tuple(part for k, part in enumerate(parts) if k != i)
        return excess(self.operation(f"excess_weights[{i}]"), self.values, parts[i], others)

    def has(self, name: str) -> bool:
        """Whether there is this function of one of the parameters."""
        weight = re.fullmatch(r"hahn_jordan_weights\[(\d+)\]", name)
        if weight and len(self.weights) > 1:
            return self._excess(int(weight[1])) > NEAREST
        if name.startswith(("score", "second_score")) and self._rare(name) is not None:
            return False
        if not hasattr(self._made, plain(name)):
            return False
        inner = INNER.findall(name)
        kind = name.partition("_components")[0]
        return all(self._knows(kind, int(i), p) for i, p in inner if kind in _VALUED)

    def _knows(self, kind: str, i: int, parameter: str) -> bool:
        """Whether a component has what a score or pair here is made of, at its parameters."""
        return self.components[i].has(f"{kind}_{parameter}")

    def _rare(self, name: str) -> str | None:
        """The first weight named that is too small for the component to be drawn."""
        named = re.findall(r"weights\[(\d+)\]", name)
        return next((i for i in named if value_of(self.weights[int(i)]) < LEAST), None)

    def derivative_at_points(self, parameter: str) -> str | None:
        """Along a path it depends on the component; at a point it is averaged over these."""
        name = f"point_derivative_{parameter}"
        return name if self.has(name) else None

    def operation(self, name: str) -> Operation:  # type: ignore[override]
        """The compiled row operation."""
        key = (self._made.sent_as, plain(name))
        if key not in _OPERATIONS:
            _OPERATIONS[key] = row_operation(self._made, key[1])
        return _OPERATIONS[key]

    def reason(self, kind: str, parameter: str) -> str:
        """Why there is no such function of this parameter, or of these two."""
        rare = self._rare(parameter) if kind.endswith("score") else None
        if rare is not None:
            return NEVER.format(f"weights[{rare}]", value_of(self.weights[int(rare)]), LEAST)
        places = re.findall(_PLACE, parameter)
        inner = [re.fullmatch(r"components\[(\d+)\]\.([\w.]+)", place) for place in places]
        for match in inner:
            if match and not self.components[int(match[1])].has(f"{kind}_{match[2]}"):
                return self.components[int(match[1])].reason(kind, match[2])
        if len(inner) == 2 and inner[0] and inner[1]:
            joint = f"{inner[0][2]}_{inner[1][2]}"
            return self.components[int(inner[0][1])].reason(kind, joint)
        if kind == "derivative":
            return "the path jumps when the component changes: " + JUMP.format(parameter)
        return (
            "the component is so near to the rest of the mixture that its Hahn-Jordan pair would "
            f"take more than {1.0 / NEAREST:,.0f} rejections a draw"
        )


def _apart(weight: Any, component: Any) -> Iterator[tuple[Any, Distribution]]:
    """The components that one component stands for, and their weights."""
    if not isinstance(component, Distribution):
        raise TypeError(f"Mixture: components must be distributions, got {component!r}")
    for share, part in component.apart(weight):
        known = part.family is not None and (part.has("density") or part.has("probability"))
        if not known:
            name = type(part).__name__
            raise ValueError(
                f"Mixture: {name} cannot be a component: neither its density nor its "
                "probabilities are known"
            )
        yield share, part
