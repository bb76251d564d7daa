"""Affine images of distributions: 2.0 + 6.0 * Beta(2.0, 3.0), 3 - Exponential(1.0)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..core.tracer import Traced, value_of
from ..kernels.distributions.parts.reasons import MOVING
from .derived import BASE, Derived, shown
from .discrete import Discrete
from .distribution import Distribution
from .facts import common_unit
from .forms import FORMS
from .mixture import Mixture
from .truncated import Truncated

# Of a score's mean: what rounding next to an end may hide of it.
NEGLIGIBLE = 1e-9
ROUNDING = 2.0**-51
_INFINITE = (
    "the score has no variance: at the end that moves with {0} the density vanishes like the "
    "distance to the power {1:.3g}, not more than {2}"
)
_UNBOUNDED = (
    "the density is unbounded at an end that moves with {0}, so that its derivative is no measure"
)
_LOST = (
    "so much of {0} lies next to its end that adding {1} rounds it away, and the score in {2} "
    "with it"
)


class Affine(Derived):
    """shift + scale · X, usually written so; of the family itself where that holds it.

    2 + 3 * Normal(0, 1) is Normal(2, 3), and -Triangular(0, 1, 4) another Triangular. Elsewhere a
    positive scale goes into the family if it can (2 + 3 * Exponential(1) is 2 + Exponential(3)),
    and the parameters are shift, scale and those of the family, base.mean and the like.

    Parameters
    ----------
    distribution : Distribution
    shift, scale : float
        Functions of θ, the scale other than 0 and of one sign.

    Raises
    ------
    TypeError, ValueError
        For a scale of 0, and what is no distribution or number.
    """

    def __new__(cls, distribution: Any, shift: Any = 0.0, scale: Any = 1.0) -> Any:
        """The same distribution as one of a family that has it, or the image itself."""
        if not isinstance(distribution, Distribution):
            raise TypeError(f"Affine: distribution must be a distribution, got {distribution!r}")
        for name, number in (("shift", shift), ("scale", scale)):
            distribution._check(name, number, "real", whose="Affine")
        positive = np.asarray(value_of(scale)) > 0.0
        if np.any(np.asarray(value_of(scale)) == 0.0) or np.any(positive != np.all(positive)):
            raise ValueError(f"Affine: scale must not be 0 or change its sign, got {scale}")
        made = simpler(distribution, shift, scale, bool(np.all(positive)))
        if made is not None:
            return made
        base, factor = absorbed(distribution, scale, bool(np.all(positive)))
        image = super().__new__(cls)
        image._set_up(f"affine[{base.family}]", base, {"shift": shift, "scale": factor})
        return image

    def __init__(self, distribution: Any, shift: Any = 0.0, scale: Any = 1.0) -> None:
        """Made by __new__, which may answer with another class."""

    def __repr__(self) -> str:
        shift, scale = self.own.values()
        factor = float(np.ravel(value_of(scale))[0])
        image = repr(self.base)
        image = f"{shown(abs(factor))} * {image}" if abs(factor) != 1.0 else image
        if not np.any(value_of(shift)):
            return image if factor > 0.0 else f"-{image}"
        return f"{shown(shift)} {'+' if factor > 0.0 else '-'} {image}"

    def moved(self, values: Sequence[float]) -> Distribution:
        """The same kind with these numbers for its parameters."""
        own, base = self._split(values)
        image = object.__new__(Affine)
        if own["scale"] == 0.0:
            raise ValueError("Affine: scale must not be 0")
        image._set_up(self._name, base, own)
        return image

    @property
    def _plain(self) -> tuple[float, float]:
        shift, scale = (float(value_of(x)) for x in self.own.values())
        return shift, scale

    def expectation(self) -> float:
        """shift + scale E[X]."""
        shift, scale = self._plain
        return shift + scale * self.base.expectation()

    def variance(self) -> float:
        """scale² Var X."""
        return self._plain[1] ** 2 * self.base.variance()

    @property
    def support(self) -> tuple[float, float]:
        """The image of the support."""
        shift, scale = self._plain
        low, high = sorted(shift + scale * end for end in self.base.support)
        return low, high

    def edge_orders(self) -> tuple[float, float]:
        """Those of the family, exchanged by a negative scale."""
        first, last = self.base.edge_orders()
        return (first, last) if self._plain[1] > 0.0 else (last, first)

    def unit(self) -> float | None:
        """That of shift and scaled unit together."""
        (shift, scale), unit = self._plain, self.base.unit()
        if unit is None:
            return None
        return common_unit([scale * unit, shift + scale * self.base.support[0]])

    def scaled(self) -> list[tuple[str, float]] | None:
        """(1 + ε) X has shift and scale larger by ε times themselves."""
        return list(zip(self.own, self._plain, strict=True))

    def shifted(self) -> list[str] | None:
        """X + ε has the shift larger by ε."""
        return ["shift"]

    def linear(self, first: str, second: str) -> bool:
        """In shift and scale together; in the shift and whatever else, whose mixed one is 0."""
        if {first, second} <= {"shift", "scale"}:
            return True
        if "shift" in (first, second):
            return first != second
        inner = [name.removeprefix(BASE) for name in (first, second)]
        return "scale" not in (first, second) and self.base.linear(*inner)

    def curvature(self, first: str, second: str) -> str | None:
        """Those of scale and a parameter inside are written scale first."""
        if second == "scale":
            first, second = second, first
        return super().curvature(first, second)

    @property
    def by_point(self) -> bool:  # type: ignore[override]
        """As the distribution inside."""
        return self.base.by_point

    @property
    def has_table(self) -> bool:
        """The table is that of the family."""
        return self.base.has_table

    def table(self) -> np.ndarray | None:
        """The table of the quantile of the family."""
        return self.base.table()

    def slope_table(self, parameter: str) -> np.ndarray | None:
        """The table of dX/dp of the family."""
        return self.base.slope_table(parameter.removeprefix(BASE))

    def unusable(self, name: str) -> str | None:
        """Why a score or a pair is wrong at these parameters, or None."""
        inner = self._inner(name)
        if not name.startswith(("score", "second_score", "natural", "hahn_jordan")):
            return None
        if "natural_second" in name and inner is None:
            return None
        if inner is not None and not name.startswith("second_score_scale"):
            if not self.base.has(inner):
                return self.base.unusable(inner)
            return self._lost(name) if "score" in name else None
        own = [p for p in self.own if p in name.split("_")]
        for order in self._moving(own):
            if "score" in name:
                least = 3.0 if name in ("second_score_shift", "second_score_scale") else 1.0
                if order <= 0.0:
                    return MOVING.format(own[0])
                if order <= least:
                    return _INFINITE.format(own[0], order, int(least))
            elif order < 0.0:
                return _UNBOUNDED.format(own[0])
        return None

    def _moving(self, names: Iterable[str]) -> list[float]:
        """The orders of the density at the ends that move with shift or scale."""
        ends = zip(self.base.support, self.base.edge_orders(), strict=True)
        finite = [(end, order) for end, order in ends if math.isfinite(end)]
        return [order for end, order in finite if "shift" in names or end != 0.0]

    def _lost(self, name: str) -> str | None:
        """Scores that are large next to an end of the family, where the image has no digits."""
        shift, scale = self._plain
        low, order = self.base.support[0], self.base.edge_orders()[0]
        if shift == 0.0 or order >= 0.0 or not math.isfinite(low) or not self.has("cdf"):
            return None
        reach = ROUNDING * abs(shift)
        here = shift + scale * low
        name_of_tail = "cdf" if scale > 0.0 else "survival"
        beyond = self.row(name_of_tail, np.array([here + math.copysign(reach, scale)]))
        if beyond[0] <= NEGLIGIBLE:
            return None
        place = name.partition(BASE)
        return _LOST.format(repr(self.base), f"{shift:g}", place[1] + place[2])


def simpler(distribution: Any, shift: Any, scale: Any, positive: bool) -> Distribution | None:
    """The image, if it is a family that is known by another name."""

    def image(value: Any) -> Any:
        return shift + scale * value

    if isinstance(distribution, Mixture):
        parts = [Affine(component, shift, scale) for component in distribution.components]
        return Mixture(distribution.weights, parts, distribution.representation)
    if isinstance(distribution, Affine):
        inner_shift, inner_scale = distribution.own.values()
        return Affine(distribution.base, image(inner_shift), scale * inner_scale)
    if isinstance(distribution, Truncated):
        ends = {name: image(end) for name, end in distribution.own.items()}
        low, high = (ends.get(n) for n in (("low", "high") if positive else ("high", "low")))
        return Truncated(Affine(distribution.base, shift, scale), low, high)
    outcomes = distribution.outcomes()
    if outcomes is not None:
        return finite(distribution, image, outcomes)
    return within(distribution, shift, scale, positive)


def finite(distribution: Any, image: Any, outcomes: Sequence[tuple[Any, Any]]) -> Distribution:
    """Few values: each is moved."""
    if isinstance(distribution, Discrete):
        return Discrete([image(v) for _, v in outcomes], [p for p, _ in outcomes])
    given = dict(zip(distribution.kernel.PARAMETERS, distribution.parameters, strict=True))
    moved = distribution.kernel.LINEAR  # the parameters that are values
    kind: Any = type(distribution)
    return kind(**{n: image(v) if n in moved else v for n, v in given.items()})


def within(distribution: Any, shift: Any, scale: Any, positive: bool) -> Distribution | None:
    """The image in the family itself, where its parameters say how; or None."""
    kernel = distribution.kernel
    made = dict(zip(kernel.PARAMETERS, distribution.parameters, strict=True))
    if not positive:
        mirrored = getattr(kernel, "MIRRORED", None)
        if mirrored is None:
            return None
        made |= {name: -made[other] for name, other in mirrored.items()}
    grown = magnified(distribution, made, scale if positive else -scale)
    if grown is None:
        return None
    if is_fixed(shift, 0.0):
        return type(distribution)(**grown)
    names = getattr(kernel, "SHIFTED", None)
    if names is None or not set(names) <= set(made):
        return None
    moved = {name: grown[name] + shift for name in names}
    return type(distribution)(**grown | moved)


def magnified(distribution: Any, given: dict[str, Any], scale: Any) -> dict[str, Any] | None:
    """The parameters of scale · X, scale positive; None if it is not of the family."""
    names = getattr(distribution.kernel, "SCALED", None)
    if is_fixed(scale, 1.0):
        return given
    if names is None or not set(names) <= set(given):
        return None
    by_one = getattr(distribution.kernel, "LOGARITHMIC", ())
    grown = {n: given[n] + np.log(scale) if n in by_one else given[n] * scale for n in names}
    return given | grown


def absorbed(distribution: Any, scale: Any, positive: bool) -> tuple[Distribution, Any]:
    """A distribution and a scale: the size of the scale goes into the family if that has one."""
    if distribution.family is None:
        raise TypeError(
            f"{type(distribution).__name__} cannot be scaled or shifted: change its values, or its "
            "components"
        )
    given = dict(zip(distribution.kernel.PARAMETERS, distribution.parameters, strict=True))
    grown = magnified(distribution, given, scale if positive else -scale)
    if grown is None:
        return distribution, scale
    return type(distribution)(**grown), 1.0 if positive else -1.0


def is_fixed(number: Any, value: float) -> bool:
    """Whether this is a plain number of this value, which θ does not move."""
    return not isinstance(number, Traced) and bool(np.all(number == value))


FORMS["affine"] = Affine
