"""Prepared estimators: one gradient estimator, evaluated at many values of θ."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .api import check_finite, checked_settings
from .core.engine import Moments, make_replications
from .core.finite import surely_finite
from .core.halved import run_halved
from .core.lane import Lane
from .core.memory import Memory
from .core.run import Budget, Outcome, run
from .core.theta import Theta
from .core.traced_model import TracedModel
from .errors import SeveralOutputs
from .kernels.random.philox import PILOT
from .methods import METHODS, Method, method_of, require
from .methods.auto import Auto
from .methods.ipa import IPA
from .models.model import Model
from .planned import Planned, plan_gradient
from .results.cautions import of_plan, say
from .results.estimates import GradientEstimate
from .results.several import Estimates, choosing, each_output
from .settings import Settings

PILOTS = ("each", "once")
WHOLE = ""  # stands for the one output of a model with one


class _Output:
    """A prepared estimator of one output."""

    def __init__(
        self, build: Callable[[Any], Model], method: Method, order: int, once: bool
    ) -> None:
        self.build, self.method, self.order, self.once = build, method, order, once
        self.memory = Memory(once)
        self.lane: Lane | None = None
        self.planned: Planned | None = None

    def estimate(
        self, theta: Theta, budget: Budget, settings: Settings, first: int
    ) -> GradientEstimate:
        """The estimate at one θ."""
        began = time.perf_counter()

        def report(outcome: Outcome) -> GradientEstimate:
            assert self.planned is not None
            outcome.seconds = time.perf_counter() - began
            made = self.planned.estimate(outcome, int(settings.seed), theta)
            assert isinstance(made, GradientEstimate)
            return made

        return report(self.outcome(theta, budget, settings, first, report))

    def outcome(
        self,
        theta: Theta,
        budget: Budget,
        settings: Settings,
        first: int,
        report: Callable[[Outcome], Any] | None = None,
    ) -> Outcome:
        """What a run at θ finds: by the plan of the last one where only values changed."""
        found = self._again(theta, budget, settings, first)
        if found is not None and np.all(np.isfinite(found.moments.total)):
            return found
        planned = self.plan(theta, budget, settings)
        found = run(planned.plan, budget, settings, report, first)
        check_finite(found, planned.traced, settings)
        return found

    def moments(self, theta: Theta, count: int, settings: Settings, first: int) -> Moments:
        """Moments of any number of replications: the shortest way, for loops over many θ."""
        if self.once and self.lane is not None and self.lane.takes(count, settings):
            found = self.lane.outcome(theta, count, settings, first)
            if found is not None and surely_finite(found.moments.total):
                return found.moments
        budget = Budget(max(count, 2) * (2 if settings.antithetic else 1), None, False)
        self.plan(theta, budget, settings)
        assert self.planned is not None
        if self.planned.plan.finish is not None:
            outcome = run_halved(self.planned.plan, budget, settings, first)
            check_finite(outcome, self.planned.traced, settings)
            return outcome.moments
        made = Outcome(Moments(np.zeros((3, self.planned.plan.outputs))), 1, 0.0)
        make_replications(self.planned.plan, settings, first, 0, count, made.moments.total)
        check_finite(made, self.planned.traced, settings)
        return made.moments

    def plan(self, theta: Theta, budget: Budget, settings: Settings) -> Planned:
        """Plan a run at θ; the first plan along paths opens the lane for those that follow."""
        self.planned = plan_gradient(
            self.build, theta, self.method, budget, settings, self.order, self.memory
        )
        # Gumbel-Softmax follows other inputs than the model's; "auto" may choose anew at each θ.
        followed = isinstance(self.method, (IPA, Auto)) if self.once else type(self.method) is IPA
        followed = followed and self.planned.plan.finish is None
        if (self.lane is None or self.lane.is_left) and self.order == 1 and followed:
            self.lane = Lane.of(self.build, self.planned.traced, self.planned.plan)
        return self.planned

    def _again(
        self, theta: Theta, budget: Budget, settings: Settings, first: int
    ) -> Outcome | None:
        """The same by the plan of the last θ, or None."""
        lane, planned = self.lane, self.planned
        if lane is None or planned is None or budget.precision is not None:
            return None
        if not lane.takes(budget.planned, settings):
            return None
        if not self.once:
            traced = TracedModel(self.build, theta, self.order, self.memory, budget.planned)
            require(self.method, traced, METHODS)
            self.planned = planned._replace(choices=of_plan(traced, self.method, {}))
        return lane.outcome(theta, budget.planned, settings, first)


class Prepared:
    """A gradient estimator of one `build`, to be evaluated at many θ: what `prepare` returns.

    Attributes
    ----------
    build, method, replications, seed, order, settings
        As given to `prepare`.
    once : bool
        Whether pilots are kept from the first θ on.
    """

    def __init__(
        self,
        build: Callable[[Any], Model],
        method: Any,
        replications: int | None,
        seed: int,
        once: bool,
        order: int,
        settings: dict[str, Any],
    ) -> None:
        self.build, self.method = build, method_of(method)
        self.replications, self.seed, self.order = replications, seed, order
        self.settings = settings
        self.once = once
        self._outputs: dict[Any, _Output] = {}

    def __call__(
        self,
        at: Any,
        replications: int | None = None,
        seed: int | None = None,
        first: int = 0,
        **settings: Any,
    ) -> GradientEstimate | Estimates:
        """The estimate at one θ.

        Parameters
        ----------
        at : float, 1-D array or dict of floats
            θ.
        replications, seed : int, optional
            Those given to `prepare` by default.
        first : int
            Number of the first replication: a run from `first` on continues one that ended
            there, with fresh random numbers.
        **settings
            As for `gradient`: above those given to `prepare`.

        Returns
        -------
        GradientEstimate
            Bit for bit that of `gradient` with the same arguments, if `first` is 0 and pilots
            are run at each θ. For several outputs, `Estimates`.

        Raises
        ------
        NotApplicable, TypeError, ValueError, Interrupted
            As `gradient`.
        """
        first = checked_first(first)
        given = self.settings | settings
        budget = Budget(
            self.replications if replications is None else replications,
            given.pop("precision", None),
            given.pop("relative", False),
        )
        checked = checked_settings(self.seed if seed is None else seed, given)
        theta = Theta(at)

        def estimate(output: Any) -> GradientEstimate:
            made = self._output(output).estimate(theta, budget, checked, first)
            say(made)
            return made

        try:
            return estimate(WHOLE)
        except SeveralOutputs as several:
            names = several.names
        return each_output(names, lambda name: estimate((name,)))

    def moments(self, at: Theta, count: int, settings: Settings, first: int) -> Moments:
        """Moments of Y and of each component of its gradient, without a result around them.

        Parameters
        ----------
        at : Theta
        count, first : int
            Replications, one or more, and the number of the first.
        settings : Settings
            Its seed says which random numbers.
        """
        return self._output(WHOLE).moments(at, count, settings, first)

    def plan(self, at: Theta, count: int, settings: Settings) -> Planned:
        """The plan of a run at θ: for those who read its chain.

        Parameters
        ----------
        at, count, settings
            As for `moments`.
        """
        return self._output(WHOLE).plan(at, Budget(max(count, 2), None, False), settings)

    def _output(self, output: Any) -> _Output:
        """One output's estimator: `WHOLE`, or a tuple of the name of one of several."""
        if output not in self._outputs:
            build = self.build if output == WHOLE else choosing(self.build, output[0])
            self._outputs[output] = _Output(build, self.method, self.order, self.once)
        return self._outputs[output]

    def __repr__(self) -> str:
        pilot = PILOTS[self.once]
        return f"Prepared(method={self.method.name!r}, pilot={pilot!r}, seed={self.seed})"


def prepare(
    build: Callable[[Any], Model],
    method: Any = "auto",
    replications: int | None = None,
    seed: int = 0,
    *,
    pilot: str = "each",
    order: int = 1,
    **settings: Any,
) -> Prepared:
    """Prepare a gradient estimator that is evaluated at many θ: by optimisers, sweeps, solvers.

    Parameters
    ----------
    build : callable
        θ -> model, as for `gradient`.
    method : str or Method
        As for `gradient`.
    replications, seed : int
        For evaluations that do not say otherwise.
    pilot : {"each", "once"}
        Whether pilots (steps of differences, baselines, the methods that "auto" chooses) and
        the check that the method is valid are made at each θ, or once, at the first θ, and kept.
        Kept ones save their time: 14 ms for the step of a central difference on a queue.
    order : {1, 2}
        As for `gradient`.
    **settings
        `precision`, `relative`, `antithetic`, `sampler`, `threads`, `executor`, `progress`.

    Returns
    -------
    Prepared
        Called with θ, and `replications`, `seed`, `first` where wanted, it returns a
        `GradientEstimate`.

    Raises
    ------
    TypeError, ValueError
        For what cannot be prepared; everything that depends on θ is checked at each θ.
    """
    if not callable(build):
        raise TypeError(f"build must be a function theta -> model, got {type(build).__name__}")
    if pilot not in PILOTS:
        raise ValueError(f"pilot must be 'each' or 'once', got {pilot!r}")
    if order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, got {order!r}")
    kept = ("precision", "relative")
    checked_settings(seed, {k: v for k, v in settings.items() if k not in kept})
    return Prepared(build, method, replications, seed, pilot == "once", order, settings)


def checked_first(first: Any) -> int:
    """The number of a replication, or a clear error."""
    if isinstance(first, bool) or not isinstance(first, (int, np.integer)):
        raise TypeError(f"first must be a whole number, got {first!r}")
    if not 0 <= first < PILOT:
        raise ValueError(f"first must be between 0 and 2**62 - 1, got {first}")
    return int(first)
