"""What a payoff is to an option."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ...core.tracer import value_of
from ...models.model import Input, Model
from ..dynamics.base import Dynamics
from ..smoothers.base import Smoother

KINDS = ("call", "put")


class Market(NamedTuple):
    """What surrounds a payoff; prices are counted in units, most often the strike."""

    dynamics: Dynamics
    maturity: Any
    steps: int
    unit: Any

    def bridge(self) -> dict[str, Any]:
        """The logarithm of the price now, and the variances of the steps: one if all are equal."""
        made = {"start": np.log(self.dynamics.start()) - np.log(self.unit)}
        variances = self.dynamics.variances(self.maturity, self.steps)
        return made | {f"variance[{i}]": variance for i, variance in enumerate(variances)}


class Payoff:
    """Base of all payoffs: immutable dataclasses, validated when made.

    Their file under `kernels/models/option/payoffs/` has `value` and `slope`, and `conditional`
    where E[payoff | all but the last step] is known.

    Prices are counted in strikes: a payoff is K g(S / K) (for cash g(S / K)), and ln K is
    subtracted from the first log-return. So θ in a strike is θ in a distribution, and scores and
    weak derivatives exist for it; along each path the derivative is what it was.
    """

    kernel: ModuleType
    degree = 1  # of the payoff in the unit: 0 for cash
    continuous_in: tuple[
        str, ...
    ] = ()  # terms in which a payoff that jumps along the path does not
    at_end = False  # whether only the price at maturity matters
    several = False  # whether it may pay on more than one asset

    @property
    def smoother(self) -> Smoother | None:
        """Its own way of smoothing, beside `conditional`."""
        return None

    def unit(self) -> Any:
        """What prices are counted in."""
        return 1.0

    def unit_in(self, dynamics: Dynamics) -> Any:
        """The same, where it is a price of the dynamics."""
        return self.unit()

    def misfit(self, assets: int) -> str | None:
        """Why it cannot be paid on so many assets, or None."""
        if assets == 1 or self.several:
            return None
        name = type(self).__name__
        return f"{name} pays on one price, and there are {assets}: say Basket or Payoff"

    def model(self, market: Market) -> Model | None:
        """A model of its own, for a payoff without kernels; None for the usual one."""
        return None

    def refusal(self, market: Market) -> str | None:
        """Why the payoff cannot be had under these dynamics, or None."""
        return None

    def inputs(self, market: Market) -> list[Input]:
        """What it draws besides the path; stands behind the path's rows."""
        return []

    def terms(self, market: Market) -> Mapping[str, Any]:
        """Its own parameters, which θ may stand in, in units."""
        return {"strike": 1.0}

    def integers(self, market: Market) -> list[int]:
        """What its operations read behind the number of steps and of terms."""
        return []

    def jump(self) -> str | None:
        """Why the payoff jumps along the path, or None if it is continuous."""
        return None

    def smooth_terms(self, market: Market) -> dict[str, float]:
        """Terms in which ∂Y/∂term is continuous, each with a step for its difference."""
        return {}

    def cautions(self, market: Market) -> Iterable[str]:
        """What every estimate must say."""
        return ()


def sign_of(kind: str) -> int:
    """1 for a call, -1 for a put."""
    return 1 if kind == "call" else -1


def strike_unit(strike: Any) -> Any:
    """The strike, where it is not 0: then prices are counted as they are."""
    return strike if np.all(np.asarray(value_of(strike)) > 0.0) else 1.0
