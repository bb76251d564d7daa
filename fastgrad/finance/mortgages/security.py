"""A mortgage-backed security: level payments of loans that may be prepaid, discounted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...kernels.user.record import MANY
from ...models.model import check_count
from ...user.arguments import checked_function, checked_parameters
from ...user.counts import Group
from ...user.model import UserModel
from ..checks import check_number, real
from .cash_flows import no_prepayment, security_paid
from .prepayments import PrepaymentRule
from .vasicek import Vasicek

WHOLE = 1e-9  # how far maturity · payments may be from a whole number


class MortgageBackedSecurity(UserModel):
    """A pool of loans of level payments, which borrowers may prepay: its present value.

    Of a balance of 1. All is smooth in rates, so that derivatives of first and second order
    along the path are unbiased (Chen and Fu 2002): `fastgrad.finance.durations` has them all.

    Parameters
    ----------
    short_rate : Vasicek
        How rates move: `Vasicek(…)`.
    coupon : float
        What borrowers pay a year, above 0; may be a function of θ.
    maturity : float
        Years until the last payment, a whole number of periods.
    prepayment : RefinancingIncentive, PSA, Prepayment or None
        The rule by which borrowers prepay; None: they do not.
    payments : int
        How many in a year.
    servicing : float
        The part of the coupon that investors do not get.
    spread : float
        Added to what discounts, not to what borrowers look at: the option-adjusted spread.
    age : float
        Of the loans now, in years.

    Raises
    ------
    TypeError, ValueError
        For what is no such security, before any work.

    Notes
    -----
    With the level payment A, scheduled balances b and the share `left` of them, a period pays
    left (A - servicing b + prepaid b'), where b' is the balance that is scheduled after it and
    prepaid = 1 - (1 - share a year)^(period).
    """

    def __init__(
        self,
        short_rate: Vasicek,
        coupon: Any,
        maturity: float,
        prepayment: PrepaymentRule | None = None,
        payments: int = 12,
        servicing: Any = 0.0,
        spread: Any = 0.0,
        age: float = 0.0,
    ) -> None:
        whose = "MortgageBackedSecurity"
        if not isinstance(short_rate, Vasicek):
            raise TypeError(
                f"{whose}: short_rate must be such as Vasicek(0.05, 0.2, 0.055, 0.01), got "
                f"{short_rate!r}"
            )
        if prepayment is not None and not isinstance(prepayment, PrepaymentRule):
            raise TypeError(
                f"{whose}: prepayment must be such as RefinancingIncentive() or "
                f"Prepayment(function), got {prepayment!r}"
            )
        check_number(f"{whose}: coupon", coupon, positive=True)
        check_number(f"{whose}: servicing", servicing)
        check_number(f"{whose}: spread", spread)
        check_number(f"{whose}: age", age)
        if float(age) < 0.0:
            raise ValueError(f"{whose}: age must be 0 or more, got {age}")
        payments = check_count(f"{whose}: payments", payments)
        periods = _periods(whose, maturity, payments)
        width = 1.0 / payments
        walk, rates = short_rate.walk(periods, width)
        own = {
            "coupon": real(coupon),
            "servicing": real(servicing),
            "spread": real(spread),
            "age": float(age),
            "period": width,
        }
        rule = no_prepayment if prepayment is None else prepayment.rule()
        terms = {} if prepayment is None else dict(prepayment.terms())
        taken = sorted(set(terms) & {*own, *rates})
        if taken:
            raise ValueError(f"{whose}: parameters: {taken[0]!r} is the name of one of its own")
        sources = short_rate.inputs(periods, width)
        super().__init__(
            user=checked_function(f"{whose}: prepayment", security_paid(walk, rule)),
            sources=sources,
            groups=[Group("moves", MANY, len(sources))],
            given=checked_parameters(f"{whose}: parameters", {**terms, **own, **rates}),
            record=True,
            output=None,
            debug=prepayment is not None and prepayment.debug,
        )
        made = {
            "short_rate": short_rate, "coupon": coupon, "maturity": float(maturity),
            "prepayment": prepayment, "payments": payments, "servicing": servicing,
            "spread": spread, "age": age, "periods": periods,
        }  # fmt: skip
        for name, value in made.items():
            object.__setattr__(self, name, value)

    short_rate: Vasicek
    coupon: Any
    maturity: float
    prepayment: PrepaymentRule | None
    payments: int
    servicing: Any
    spread: Any
    age: float
    periods: int

    def moved(self, short_rate: Vasicek, spread: Any) -> MortgageBackedSecurity:
        """The same loans at other rates."""
        return MortgageBackedSecurity(
            short_rate, self.coupon, self.maturity, self.prepayment, self.payments,
            self.servicing, spread, self.age,
        )  # fmt: skip

    def paths(self) -> Sequence[Sequence[int]]:
        """The moves of the rate."""
        return [range(self.periods)]

    @property
    def unsmoothed(self) -> str:
        """Nothing jumps."""
        return "nothing jumps here that smoothing would be for"

    @property
    def _smooth(self) -> bool:
        return self.prepayment is None or self.prepayment.smooth

    def discontinuity(self, place: str) -> str | None:
        """None of the built-in rules jumps; a pilot looks at others."""
        return None if self._smooth else super().discontinuity(place)

    def kink(self) -> str | None:
        """The same."""
        return None if self._smooth else super().kink()

    def bend(self, slots: list[Any]) -> str | None:
        """The same: the first derivative is continuous too."""
        return None if self._smooth else super().bend(slots)

    def __repr__(self) -> str:
        return (
            f"MortgageBackedSecurity({self.short_rate!r}, {self.coupon!r}, {self.maturity!r}, "
            f"{self.prepayment!r}, {self.payments})"
        )


def _periods(whose: str, maturity: Any, payments: int) -> int:
    """How many, or a clear error."""
    check_number(f"{whose}: maturity", maturity, positive=True)
    exact = float(value_of(maturity)) * payments
    periods = int(np.round(exact))
    if periods < 1 or abs(exact - periods) > WHOLE * exact:
        raise ValueError(
            f"{whose}: maturity must be a whole number of periods of 1/{payments} years, got "
            f"{maturity!r}"
        )
    return periods
