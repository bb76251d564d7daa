"""An option: what is paid for a path of prices, discounted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..kernels.jit.compile import Operation
from ..kernels.models.option import option as option_kernel
from ..models.change_of_variables import ALONG, PushOut
from ..models.control import Control
from ..models.model import Affine, Input, Model, check_count
from ..models.network.cuts import Smoothing
from ..models.second_smoothing import SecondSmoothing
from .checks import check_number
from .controls import control_of
from .dynamics.base import Dynamics
from .payoffs.base import Market, Payoff
from .smoothers.base import Smoother

MOMENTS = ("mean", "sd")  # of the last step's log-return


class Option(Affine):
    """The discounted payoff of a path of prices.

    Parameters
    ----------
    dynamics : Dynamics
        How prices move: `GeometricBrownianMotion(…)` and others.
    payoff : Payoff
        What is paid: `European(…)`, `Asian(…)` and others.
    maturity : float
        In years, above 0; may be a function of θ.
    steps : int
        Prices are made at the ends of so many equal steps.

    Raises
    ------
    TypeError, ValueError
        For what cannot be an option, before any work.
    """

    def __init__(self, dynamics: Dynamics, payoff: Payoff, maturity: Any, steps: int = 1) -> None:
        if not isinstance(dynamics, Dynamics):
            raise TypeError(
                "Option: dynamics must be such as GeometricBrownianMotion(100.0, 0.05, 0.2), got "
                f"{dynamics!r}"
            )
        if not isinstance(payoff, Payoff):
            raise TypeError(f"Option: payoff must be such as European(100.0), got {payoff!r}")
        check_number("Option: maturity", maturity, positive=True)
        steps = check_count("Option: steps", steps)
        unit = payoff.unit_in(dynamics)
        paid = Undiscounted(dynamics, payoff, maturity, steps, unit)
        refusal = payoff.misfit(dynamics.assets) or payoff.refusal(paid.market)
        refusal = refusal or dynamics.refusal(maturity, steps)
        if refusal is not None:
            raise ValueError(f"Option: {refusal}")
        paid.inputs()  # dividends that are worth more than the spot are refused here
        discount = dynamics.discount(maturity)
        own = payoff.model(paid.market)
        scale = discount * unit if payoff.degree else discount
        super().__init__(paid if own is None else own, scale, 0.0)

    def control(self, name: str = "geometric") -> Control:
        """An option with a known mean that is read on the same path: a control variate.

        Parameters
        ----------
        name : {"geometric", "european"}
            The call or put on the geometric mean of the prices, for a payoff on a mean; or on
            the last price, for any payoff that has a strike.

        Raises
        ------
        ValueError
            For a payoff without one, or dynamics under which its mean is not known.
        """
        known: Any = self.model
        made: Control = known.control(name)
        return Control(made.of * self.scale, made.mean * self.scale)

    def __repr__(self) -> str:
        paid: Any = self.model
        return f"Option({paid.dynamics!r}, {paid.payoff!r}, {paid.maturity!r}, {paid.steps})"


@dataclasses.dataclass(frozen=True, eq=False)
class Undiscounted(Model):
    """What is paid at maturity, in units."""

    dynamics: Dynamics
    payoff: Payoff
    maturity: Any
    steps: int
    unit: Any

    kernel = option_kernel

    @property
    def market(self) -> Market:
        """What surrounds the payoff."""
        return Market(self.dynamics, self.maturity, self.steps, self.unit)

    def inputs(self) -> list[Input]:
        """Those of the dynamics, then of the payoff."""
        own = self.dynamics.inputs(self.maturity, self.steps, self.unit)
        return [*own, *self.payoff.inputs(self.market)]

    def structure(self) -> Mapping[str, Any]:
        """Parameters of the dynamics, then of the payoff."""
        own = self.dynamics.structure(self.maturity, self.steps, self.unit)
        return {**own, **self.payoff.terms(self.market)}

    def counts(self) -> np.ndarray:
        """See `kernels/models/option/option.py`."""
        draws = [entry.draws for entry in self.inputs()]
        own = self.dynamics.counts(self.steps)
        extra = sum(entry.draws for entry in self.payoff.inputs(self.market))
        head = [7 + len(draws) + len(own), sum(draws), self.dynamics.rows(self.steps) + extra]
        terms = self.payoff.terms(self.market)
        kept = len(self.structure()) - len(terms)
        head += [kept, len(draws), self.dynamics.memory(self.steps)]
        head += [*np.cumsum([0, *draws[:-1]]), extra]
        last = [self.steps, len(terms), *self.payoff.integers(self.market)]
        return np.array([*head, *own, *last], dtype=np.int64)

    def work(self) -> int:
        """The path, slopes by all that it is made of, and scratch."""
        variates = sum(entry.draws for entry in self.inputs())
        path = self.dynamics.rows(self.steps) + variates
        own = self.dynamics.memory(self.steps) + len(self.structure())
        usual, smoother = 3 * path + 2 * variates + own + 12, self.payoff.smoother
        return usual if smoother is None else max(usual, smoother.work(self))

    def operation(self, name: str) -> Operation | None:
        """Smoothing is the payoff's own affair, if it has a way."""
        if name == "smoothed" and self._own_smoother is not None:
            return self._own_smoother.operation
        return super().operation(name)

    @property
    def _own_smoother(self) -> Smoother | None:
        """For first derivatives, instead of integrating out the last step."""
        smoother = self.payoff.smoother
        return smoother if smoother is not None and smoother.operation is not None else None

    def functions(self) -> list[Operation]:
        """Those of dynamics and payoff."""
        dynamics, payoff = self.dynamics.kernel, self.payoff.kernel
        return [dynamics.walk, dynamics.unwind, payoff.value, payoff.slope]

    def cautions(self) -> Iterable[str]:
        """Those of the payoff."""
        return self.payoff.cautions(self.market)

    def discontinuity(self, place: str) -> str | None:
        """Where the payoff jumps."""
        unseen = self.payoff.at_end and not self.dynamics.moves_end(place)
        unseen = unseen or place in self.payoff.continuous_in
        return self.dynamics.jump(place) or (None if unseen else self.payoff.jump())

    def kink(self) -> str | None:
        """Where prices jump as θ moves, if the payoff looks at them."""
        return self.dynamics.kink(self.maturity, 1 if self.payoff.at_end else self.steps)

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why the last step cannot be integrated out, or None."""
        if self._own_smoother is not None:
            return self._own_smoother.refusal(self, slot)
        if not hasattr(self.payoff.kernel, "conditional"):
            name = type(self.payoff).__name__
            return f"E[{name} | all steps but the last] has no closed form here"
        if not self.dynamics.last_step_is_normal():
            return "the last step of these dynamics is not lognormal"
        if slot.which >= 0:
            distribution = self.inputs()[slot.which].distribution
            if not distribution.has(f"derivative_{slot.parameter}"):
                return distribution.reason("derivative", slot.parameter)
        stands = self.dynamics.may_stand() if self.payoff.jump() else None
        return stands or self.dynamics.jump(slot.place)

    def smooth_terms(self) -> dict[str, float]:
        """Terms of the payoff in which even its first derivative along the path is continuous."""
        return self.payoff.smooth_terms(self.market)

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Integrating out the last step leaves first derivatives that jump."""
        smoother = self.payoff.smoother
        if smoother is None:
            return super().second_smoothing_refusal(slots)
        return smoother.second_refusal(self, slots)

    def second_smoothing(self, slots: list[Any]) -> SecondSmoothing:
        """That of the payoff."""
        smoother = self.payoff.smoother
        assert smoother is not None, "asked before"
        return smoother.second_smoothing(self, slots)

    def scores_the_rest(self) -> bool:
        """Unless the payoff smooths in its own way."""
        return self._own_smoother is None

    def smoothed_input(self) -> int:
        """The number of the last step's input, which smoothing integrates out."""
        return len(self.inputs()) - 1

    def smoothing(self, slots: list[Any], options: Any) -> Smoothing:
        """See `smoothed` in `kernels/models/option/option.py`."""
        if self._own_smoother is not None:
            return self._own_smoother.smoothing(self, slots)
        inputs = self.inputs()
        last = len(inputs) - 1
        sizes = [len(entry.distribution.parameters) for entry in inputs]
        draws = [inputs[s.which].draws if s.which >= 0 else 0 for s in slots]
        rows = np.cumsum([0, *draws])
        table = [len(slots), sum(sizes[:-1]), last]
        for slot, row in zip(slots, rows, strict=False):
            moved = MOMENTS.index(slot.parameter) if slot.which == last else -1
            table += [slot.which, slot.number, int(row), moved]
        functions = (*self.functions(), self.payoff.kernel.conditional, self.dynamics.kernel.spread)
        return Smoothing(np.array(table, dtype=np.int64), functions, True)

    def paths(self) -> Sequence[Sequence[int]]:
        """Those of the dynamics."""
        return self.dynamics.paths(self.steps)

    def control(self, name: str) -> Control:
        """Options on the same path with a known mean (see `controls.py`)."""
        return control_of(self, name)

    def unpushed(self, place: str) -> str | None:
        """Why a parameter of the dynamics has neither scores nor weak derivatives, or None."""
        jump, payoff = self.dynamics.jump(place), self.payoff.terms(self.market)
        return jump or (None if place in payoff else self.dynamics.without_density())

    def push_outs(self, place: str) -> list[PushOut]:
        """A continuous payoff is followed along the path in its own terms."""
        return [] if self.discontinuity(place) else [PushOut(ALONG, [], True)]
