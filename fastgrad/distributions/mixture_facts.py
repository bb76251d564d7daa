"""What a mixture declares about itself: all of it follows from its components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..core.tracer import value_of
from .distribution import Distribution
from .facts import VANISHES, Facts, common_unit

INNER = re.compile(r"components\[(\d+)\]\.([a-z]+(?:\.[a-z]+)?)")


class MixtureFacts(Facts):
    """Facts of component i with probability w_i."""

    weights: tuple
    components: tuple[Distribution, ...]

    def _weighed(self) -> Iterator[tuple[float, Distribution]]:
        return zip((float(value_of(w)) for w in self.weights), self.components, strict=True)

    def variance(self) -> float:
        """Σ weights · (variances + (means - mean)²)."""
        mean = self.expectation()
        parts = ((w, c.variance(), c.expectation()) for w, c in self._weighed())
        return float(sum(w * (v + (m - mean) ** 2) for w, v, m in parts))

    def outcomes(self) -> list[tuple[Any, Any]] | None:
        """Those of the components, if all have few values."""
        parts = [component.outcomes() for component in self.components]
        if any(part is None for part in parts):
            return None
        both = zip(self.weights, parts, strict=True)
        return [(w * p, value) for w, part in both for p, value in part or ()]

    def unit(self) -> float | None:
        """The common unit of all components."""
        units = [component.unit() for component in self.components]
        known = [unit for unit in units if unit is not None]
        return common_unit(known) if len(known) == len(units) else None

    @property
    def support(self) -> tuple[float, float]:
        """From the lowest to the highest end."""
        ends = [component.support for component in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def edge_orders(self) -> tuple[float, float]:
        """The least of those components that reach the end."""
        ends, orders = self.support, [(c.support, c.edge_orders()) for c in self.components]
        first, last = (
            min(order[k] for support, order in orders if support[k] == ends[k]) for k in (0, 1)
        )
        return first, last

    def scaled(self) -> list[tuple[str, float]] | None:
        """(1 + ε) X, if every component knows it."""
        parts = [component.scaled() for component in self.components]
        if any(part is None for part in parts):
            return None
        return [
            (f"components[{i}].{name}", weight)
            for i, part in enumerate(parts)
            for name, weight in part or ()
        ]

    def shifted(self) -> list[str] | None:
        """X + ε, if every component knows it."""
        parts = [component.shifted() for component in self.components]
        if any(part is None for part in parts):
            return None
        return [f"components[{i}].{name}" for i, part in enumerate(parts) for name in part or ()]

    def curvature(self, first: str, second: str) -> str | None:
        """That of the component both stand in; a path has the one component or the other."""
        one, other = (INNER.fullmatch(name) for name in (first, second))
        if not (one and other):
            return super().curvature(first, second)
        if one[1] != other[1]:
            return VANISHES
        inner = self.components[int(one[1])].curvature(one[2], other[2])
        if not inner:
            return inner
        joint = inner.removeprefix("second_derivative_")
        return f"second_derivative_{plain(f'components[{one[1]}].{joint}')}"


def plain(name: str) -> str:
    """score_components[1].mean → score_components_1_mean."""
    flat = re.sub(r"\[(\d+)\]\.?", r"_\1_", name).replace(".", "_")
    return flat.replace("__", "_").rstrip("_")
