"""The algorithms of stochastic approximation: what each takes for a gradient, and its options."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from . import checks
from .gains import Gains
from .sampling import Sample, Source

ABOVE_ONE = float(np.nextafter(1.0, 2.0))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Algorithm:
    """Base of all algorithms: small immutable records of options.

    Parameters
    ----------
    batch : int, optional
        Replications of one iteration; by default the budget makes some 400 iterations.
    search : bool
        Go to where noise begins by the signs of the gradient first, and begin the descent there.
    """

    name: ClassVar[str] = ""
    batch: int | None = None
    search: bool = True

    def __post_init__(self) -> None:
        checks.whole("batch", self.batch, 1)
        checks.truth("search", self.search)


@dataclasses.dataclass(frozen=True, kw_only=True)
class StochasticApproximation(Algorithm):
    """θ ← Proj(θ - a_n G_n), a_n = a / (n + A)^α, n = 1, 2, …

    Parameters
    ----------
    a : float or one for each component, optional
        By default 1.5 / curvature (1 / curvature with averaging), from a pilot.
    A : float, optional
    alpha : float, optional
        1, or 0.7 with averaging.
    averaging : bool
        Answer the mean of the iterates instead of the last one (Polyak and Ruppert): the best
        rate without knowing the curvature.
    skip : float
        Share of the iterates that is left out of the mean.
    batch, search
        See `Algorithm`.
    """

    a: Any = None
    A: float | None = None
    alpha: float | None = None
    averaging: bool = False
    skip: float = 0.2

    exponent: ClassVar[float] = 1.0
    needs_method: ClassVar[bool] = False
    bias: ClassVar[str] = ""  # why its gradient is not unbiased, where it is not
    decay: ClassVar[float] = 0.0  # γ of the step c_n of its differences
    reach: ClassVar[float] = 1.0  # of its outputs around θ, in steps c_n

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.numbers("a", self.a)
        checks.number("A", self.A, 0.0, np.inf, "0 or more, and finite")
        checks.number("alpha", self.alpha, 0.0, ABOVE_ONE, "between 0 and 1")
        checks.number("skip", self.skip, 0.0, 1.0, "between 0 and 1")
        checks.truth("averaging", self.averaging)

    def paths(self, source: Source) -> int:
        """Simulated for one replication of its gradient."""
        return source.paths

    def whole_batch(self, batch: int, d: int) -> int:
        """A batch of about this size that suits its directions."""
        return batch

    def plain(self) -> StochasticApproximation:
        """The one whose gradients are of least bias and noise: for a look at an answer."""
        return self

    def gradient(
        self, source: Source, x: np.ndarray, steps: np.ndarray, count: int, first: int
    ) -> Sample:
        """Its gradient at x.

        Parameters
        ----------
        source : Source
            Where outputs and gradients come from, which counts what they cost.
        x : (d,) array
            θ.
        steps : (d,) array
            c_n of its differences; read by those that take any.
        count, first : int
            Replications, and the number of the first: the numbers say which random numbers.

        Returns
        -------
        Sample
        """
        return source.gradient(x, count, first)


@dataclasses.dataclass(frozen=True, kw_only=True)
class RobbinsMonro(StochasticApproximation):
    """Robbins-Monro with any unbiased gradient (Fu (2005), eq. 3): G from the method.

    Best asymptotically: with a = 1/H, or averaging, n Var(θ_n) → σ²/H².

    Parameters
    ----------
    a : float or one for each component, optional
        Of the gains a_n = a / (n + A)^alpha; by default 1.5 / curvature (1 / curvature with
        averaging), from a pilot.
    A : float, optional
        By default so large that the first steps are not noise as long as θ.
    alpha : float, optional
        1, or 0.7 with averaging.
    averaging : bool
        Answer the mean of the iterates instead of the last one (Polyak and Juditsky 1992).
    skip : float
        Share of the iterates that is left out of the mean.
    batch : int, optional
        Replications of one iteration; by default the budget makes some 400 iterations.
    search : bool
        Go to where noise begins by the signs of the gradient first, and begin the descent there.

    Raises
    ------
    ValueError
        For gains that are negative, a batch that is no whole number, a share beyond 0 … 1.
    """

    name = "robbins-monro"
    needs_method = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adam(StochasticApproximation):
    """Adam (Kingma and Ba 2015): steps of the size a, by moments of the gradient.

    Parameters
    ----------
    beta1, beta2 : float
        How much of the mean and of the mean square of the gradient is kept from step to step.
    epsilon : float
        Added to the root of the mean square that a step is divided by.
    a, A, alpha, averaging, skip, batch, search
        As for `RobbinsMonro`; `a` is in units of θ.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name = "adam"
    exponent = 0.6
    needs_method = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("beta1", self.beta1, 0.0, 1.0, "between 0 and 1")
        checks.number("beta2", self.beta2, 0.0, 1.0, "between 0 and 1")
        checks.numbers("epsilon", self.epsilon)


def read_gains(algorithm: StochasticApproximation, d: int, pilot: Gains) -> Gains:
    """The pilot's gains, with those that the user gave in their place."""
    given = {
        name: value
        for name in ("A", "alpha", "gamma")
        if (value := getattr(algorithm, name, None)) is not None
    }
    for name in ("a", "c"):
        value = getattr(algorithm, name, None)
        if value is not None:
            given[name] = np.broadcast_to(np.asarray(value, dtype=float), d).copy()
    return dataclasses.replace(pilot, **given)
