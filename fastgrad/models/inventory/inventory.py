"""The (s, S) inventory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...core.numbers import checked_number
from ...core.tracer import Traced, tangent_of, value_of
from ...distributions.families import Distribution
from ...kernels.models.inventory import inventory
from ..change_of_variables import ALONG, PushOut, divided
from ..measures import Measured, checked_measures
from ..model import Input, check_count, check_distribution
from ..network.cuts import Smoothing, has_density
from .hazard import infinite_rate
from .lattice import is_multiple, moves

MEASURES = ("level", "cost", "service", "stockout", "fill")
PRICES = ("holding", "backlog", "fixed", "unit")
# Where E[Y] is the mean of a step function of the level.
STEPS = ("service", "stockout")


class Form(NamedTuple):
    """What `SPA` may say to an inventory: take the form for the steady state."""

    steady: bool = False


@dataclasses.dataclass(frozen=True, eq=False)
class Inventory(Measured):
    """Periodic review, full backlogging, orders up to S when the position is below s.

    Fu (2005), section 5.3: the position after demand n is I_n; an order of S - I_n is placed
    when I_n < s and arrives before demand n + 1 + lead. The first demand is met from S. The
    output is the mean over the periods 1 … N of what `measure` says.

    The natural coordinates are s and q = S - s. With q fixed, s is a pure shift and IPA is
    unbiased; q (and demand) decide which orders are placed, so that the output jumps in
    them: there smoothed perturbation analysis is unbiased and IPA is not.

    Parameters
    ----------
    s, S : float
        Reorder point and order-up-to level, s < S. Either may be a function of θ.
    demand : Distribution
        Of one period, independent from period to period.
    periods : int
        N, 1 or more.
    holding, backlog : float
        Cost of a unit in stock, and of a unit owed, at the end of a period.
    fixed, unit : float
        Cost of an order, and of every unit ordered.
    measure : {"level", "cost", "service", "stockout", "fill"}, or a list or dict of them
        Level at the end of a period; cost of a period; share of periods that end with no
        backlog, or with some; share of demand that is met from stock (what a period adds to
        the backlog is lost from it, relative to the mean demand). Several are read on the same
        paths, in one run (`Estimates`, with their joint `covariance`).
    lead : int
        Periods from an order to its arrival, 0 or more.

    Raises
    ------
    TypeError, ValueError
        For arguments that are none of these.
    """

    s: Any
    S: Any
    demand: Distribution
    periods: int
    holding: Any = 0.0
    backlog: Any = 0.0
    fixed: Any = 0.0
    unit: Any = 0.0
    measure: Any = "cost"
    lead: int = 0
    _needs_mean: bool = dataclasses.field(init=False, repr=False, default=False)

    kernel = inventory
    smoothing_options = Form
    of_measure = ()

    def __post_init__(self) -> None:
        check_distribution("Inventory: demand", self.demand)
        periods = check_count("Inventory: periods", self.periods)
        object.__setattr__(self, "periods", periods)
        lead = check_count("Inventory: lead", self.lead, least=0)
        object.__setattr__(self, "lead", lead)
        measure = checked_measures(self.measure, _checked_measure, "Inventory")
        object.__setattr__(self, "measure", measure)
        for name in ("s", "S", *PRICES):
            given = getattr(self, name)
            value = value_of(given)
            if not isinstance(given, Traced):
                value = checked_number(f"Inventory: {name}", given)
                object.__setattr__(self, name, value)
            if not np.all(np.isfinite(value)):
                raise ValueError(f"Inventory: {name} must be finite, got {value}")
        if not np.all(value_of(self.s) < value_of(self.S)):
            raise ValueError(
                f"Inventory: s must be below S, got s={value_of(self.s)}, S={value_of(self.S)}"
            )
        several = measure.values() if isinstance(measure, Mapping) else [measure]
        needed = "fill" in several or bool(np.any(value_of(self.unit) != 0.0))
        object.__setattr__(self, "_needs_mean", needed)  # of one measure too, if another does
        if needed and not np.isfinite(self.demand.expectation()):
            raise ValueError("Inventory: fill rate and unit cost need a demand with a mean")

    def inputs(self) -> list[Input]:
        """D_1 … D_N."""
        return [Input("demand", self.demand, self.periods)]

    def structure(self) -> Mapping[str, Any]:
        """s and q = S - s, the prices, and the mean demand."""
        prices = {name: getattr(self, name) for name in PRICES}
        return {"s": self.s, "q": self.S - self.s, **prices, "mean demand": self._mean_demand()}

    def _mean_demand(self) -> Any:
        """E[D], with its derivative by θ where the fill rate needs it."""
        if not self._needs_mean:
            return 1.0
        mean = self.demand.expectation()
        if self.measure != "fill" or not any(isinstance(p, Traced) for p in self.demand.parameters):
            return mean
        return _carried(self.demand, mean)

    def grows_with(self) -> list[str]:
        """Demand, in levels and costs; shares of periods are bounded."""
        return [] if self.measure in STEPS else ["demand"]

    def counts(self) -> np.ndarray:
        """Periods, lead time, measure."""
        return np.array([self.periods, self.lead, MEASURES.index(self.measure)], dtype=np.int64)

    def work(self) -> int:
        """Nine rows for each period, and some."""
        return 9 * self.periods + 8

    def discontinuity(self, place: str) -> str | None:
        """Orders jump in q and in demand, an indicator jumps in s too; not between the points
        that a demand in whole units can meet."""
        unit = self.demand.unit()
        apart = unit is not None and not is_multiple(self.S - self.s, unit)
        if place == "q" or place.startswith("demand."):
            if apart and (place == "q" or self.demand.is_constant):
                return self._indicator(unit)
            return "an order is placed or not: the output jumps where the position meets s"
        return self._indicator(unit) if place == "s" else None

    def _indicator(self, unit: float | None) -> str | None:
        """Why the output jumps with the level alone, or None."""
        if self.measure not in STEPS or (unit is not None and not is_multiple(self.S, unit)):
            return None
        return "a stock-out happens or not: its derivative along the path is 0"

    def kink(self) -> str | None:
        """Demand in whole units meets s, or the level 0, with positive probability."""
        unit = self.demand.unit()
        if unit is None:
            return self._met_end()
        if moves(self.S - self.s) and is_multiple(self.S - self.s, unit):
            return (
                f"demand comes in units of {unit:g}, and q is a whole number of them: E[Y] "
                "jumps in q where the position meets s"
            )
        if self.measure != "level" and moves(self.S) and is_multiple(self.S, unit):
            return (
                f"demand comes in units of {unit:g}, and S is a whole number of them: E[Y] has a "
                "kink or a jump where the level is 0"
            )
        return None

    def _met_end(self) -> str | None:
        """The demand of one period may just reach s, where its density jumps."""
        if not self.demand.has("density") or self.periods < 2:
            return None
        gaps = {"S - s": self.S - self.s} | ({"S": self.S} if self.measure in STEPS else {})
        named = getattr(self.demand.kernel, "SUPPORT", (None, None))
        ends = zip(named, self.demand.support, self.demand.edge_orders(), strict=True)
        for end, at, order in ends:
            for name, gap in gaps.items() if order <= 0.0 and at != 0.0 else ():
                apart = gap - (getattr(self.demand, end) if isinstance(end, str) else at)
                if moves(apart) and np.any(value_of(apart) == 0.0):
                    return f"E[Y] has a kink where {name} = {at:g}, the end of the demand's range"
        return None

    @property
    def _span(self) -> float:
        """q = S - s."""
        return float(np.max(value_of(self.S) - value_of(self.s)))

    def push_outs(self, place: str) -> list[PushOut]:
        """q leaves the model when levels (less s) and demand are divided by it; s and the prices
        need no change of distributions."""
        if self.discontinuity(place) is None:
            return [PushOut(ALONG, [], True)]
        if place != "q" or self.measure in STEPS:
            return []
        moves = divided(self.demand, 0, self._span)
        return [PushOut("division", moves, True)] if moves else []

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why the orders cannot be smoothed, or None."""
        if not has_density(self.demand):
            return f"the demand {type(self.demand).__name__} has no density"
        if slot.which >= 0 and not self.demand.has(f"derivative_{slot.parameter}"):
            return self.demand.reason("derivative", slot.parameter)
        if self.discontinuity(slot.place) is not None and slot.place != "s":
            endless = infinite_rate(self.demand, self._span, self.periods)
            if endless is not None:
                return endless
        return self._unsteady() if options.steady else None

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Second derivatives by demand have scores and weak derivatives."""
        return (
            "an order lost or gained moves the rates of all later ones: no smoothed second "
            "derivative is known"
        )

    def _unsteady(self) -> str | None:
        """Why the form for the steady state cannot be used, or None."""
        if self.demand.support[0] < 0.0:
            return "demand may be negative: then a path that loses an order need not order next"
        if self.periods <= self.lead:
            return "the steady state needs more periods than the lead time"
        return None

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """See `kernels/models/inventory/smoothed.py`."""
        rows = [(len(slots), int(options.steady), 0)]
        functions: list[Any] = [self.demand.operation(name) for name in ("density", "survival")]
        tangent = 0
        for slot in slots:
            rows.append((slot.which, slot.number, tangent))
            if slot.which >= 0:
                tangent += self.periods
                functions.append(self.demand.operation(f"derivative_{slot.parameter}"))
            else:
                functions.append(None)
        return Smoothing(np.ravel(np.array(rows, dtype=np.int64)), tuple(functions), True)


def _checked_measure(given: Any) -> Any:
    """One of the words, or a clear error."""
    if not isinstance(given, str) or given not in MEASURES:
        known = ", ".join(map(repr, MEASURES))
        raise ValueError(
            f"Inventory: measure must be one of {known}, or a list or dict of them, got {given!r}"
        )
    return given


def _carried(demand: Distribution, mean: float) -> Traced:
    """E[D] and its derivative by θ: differences of fourth order in each parameter."""
    components = len(next(p for p in demand.parameters if isinstance(p, Traced)).tangent)
    tangent = np.zeros(components)
    for k, (value, given) in enumerate(zip(demand.values, demand.parameters, strict=True)):
        slope = tangent_of(given, components)
        if not slope.any():
            continue
        step = 1e-3 * (abs(value) or 1.0)

        def shifted(by: float, k: int = k) -> float:
            moved = [v + by * (i == k) for i, v in enumerate(demand.values)]
            return float(demand.kernel.expectation(*moved))

        near, far = shifted(step) - shifted(-step), shifted(2 * step) - shifted(-2 * step)
        tangent = tangent + (8.0 * near - far) / (12.0 * step) * slope
    return Traced(mean, tangent)
