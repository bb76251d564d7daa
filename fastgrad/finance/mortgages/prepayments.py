"""How much is prepaid, one rule a class; the functions stand in `cash_flows.py`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ...core.tracer import value_of
from ...user.arguments import checked_debug
from ..by_function import arguments
from ..checks import check_number, real
from .cash_flows import benchmark, refinancing


class PrepaymentRule:
    """Base of all rules: immutable dataclasses, validated when made."""

    smooth: ClassVar[bool] = True  # in everything that θ may stand in
    debug = False

    def rule(self) -> Callable[..., Any]:
        """The function of (rate, age, left, p): see `cash_flows.py`."""
        raise NotImplementedError

    def terms(self) -> Mapping[str, Any]:
        """The parameters that it reads."""
        return {
            f"prepay_{field.name}": real(getattr(self, field.name))
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }


def check_share(whose: str, given: Any, least: float = 0.0) -> None:
    """A number between `least` and 1, or a clear error."""
    check_number(whose, given)
    values = np.asarray(value_of(given))
    if np.any(values < least) or np.any(values > 1.0):
        raise ValueError(f"{whose} must be between {least:g} and 1, got {value_of(given)}")


@dataclasses.dataclass(frozen=True, eq=False)
class RefinancingIncentive(PrepaymentRule):
    """base + span / (1 + exp(-steepness (coupon - rate - threshold))): S-shaped in what is saved.

    Times min(age / seasoning, 1), where loans season, and times 1 - burnout (1 - left), as those
    who refinance easily leave first: `left` is the share of the scheduled balance still there.

    Parameters
    ----------
    base, span : float
        Shares that are prepaid a year: what is whatever the rates are, and how much more there
        can be; both 0 or more, together at most 1.
    steepness : float
        Per unit of the rate, above 0.
    threshold : float
        How much lower than the coupon the short rate is where half of `span` is prepaid.
    seasoning : float
        Years until loans prepay in full; 0 for none.
    burnout : float
        Between 0 and 1.
    """

    base: Any = 0.02
    span: Any = 0.38
    steepness: Any = 120.0
    threshold: Any = 0.005
    seasoning: float = 0.0
    burnout: Any = 0.0

    def __post_init__(self) -> None:
        whose = "RefinancingIncentive"
        for name in ("base", "span", "burnout"):
            check_share(f"{whose}: {name}", getattr(self, name))
        check_share(f"{whose}: base + span", self.base + self.span)
        check_number(f"{whose}: steepness", self.steepness, positive=True)
        check_number(f"{whose}: threshold", self.threshold)
        check_number(f"{whose}: seasoning", self.seasoning)
        if value_of(self.seasoning) < 0.0:
            raise ValueError(f"{whose}: seasoning must be 0 or more, got {self.seasoning}")

    def rule(self) -> Callable[..., Any]:
        """See `cash_flows.py`."""
        return refinancing


@dataclasses.dataclass(frozen=True, eq=False)
class PSA(PrepaymentRule):
    """The benchmark of the industry: 0.2 % a year in the first month, 0.2 % more each month up to
    6 % after 30 months, all times a speed; rates do not matter.

    Parameters
    ----------
    speed : float
        0 or more; 1.5 for "150 % PSA"; at most 1 / 0.06.
    """

    speed: Any = 1.0

    def __post_init__(self) -> None:
        check_number("PSA: speed", self.speed)
        check_share("PSA: speed times 0.06", 0.06 * self.speed)

    def rule(self) -> Callable[..., Any]:
        """See `cash_flows.py`."""
        return benchmark


@dataclasses.dataclass(frozen=True, eq=False)
class Prepayment(PrepaymentRule):
    """A rule of the user's own, an ordinary function compiled like `fg.Simulation`.

    Parameters
    ----------
    function : callable
        (rate, age, left, p) -> the share that is prepaid a year, between 0 and 1. rate is the
        short rate at the beginning of the period, age that of the loans in years at its end, left
        the share of the scheduled balance that is still there; p holds the parameters by
        name, and p.coupon. For derivatives along the path it must be continuous, for
        second ones smooth: a pilot looks.
    parameters : mapping of names to numbers, or to arrays of them
        θ may stand in those that are not of type int.
    debug : bool
        Run it as plain Python.
    """

    function: Callable[..., Any]
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    debug: bool = False
    smooth = False

    def __post_init__(self) -> None:
        if not callable(self.function) or arguments(self.function) != 4:
            raise TypeError(
                "Prepayment: function must take the rate, the age, the share left and the "
                f"parameters, got {self.function!r}"
            )
        if not isinstance(self.parameters, Mapping):
            raise TypeError(
                f"Prepayment: parameters must map names to numbers, got {self.parameters!r}"
            )
        checked_debug("Prepayment", self.debug)

    def rule(self) -> Callable[..., Any]:
        """The function itself."""
        return self.function

    def terms(self) -> Mapping[str, Any]:
        """Those given."""
        return self.parameters
