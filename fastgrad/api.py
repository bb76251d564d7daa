"""The verbs: simulate, gradient."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .core.engine import Plan
from .core.memory import FORGETFUL, Memory
from .core.run import Budget, Outcome, run
from .core.study import Study
from .core.theta import Theta
from .distributions.families import Deterministic
from .errors import SeveralOutputs
from .kernels.estimators.problem import Chain
from .kernels.estimators.value import Value
from .methods import METHODS, Method, method_of, require
from .methods.method import fixed_plan
from .models.model import Model
from .models.moments import no_expectation, no_variance
from .results.cautions import joined, of_plan, say
from .results.estimates import Estimate, GradientEstimate, performance_of
from .results.several import Estimates, choosing, each_output
from .settings import Settings


def simulate(
    model: Model,
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    **settings: Any,
) -> Estimate | Estimates:
    """Estimate E[Y] of a model by plain Monte Carlo.

    Parameters
    ----------
    model : Model
    replications, precision, relative, seed, **settings
        As for `gradient`.

    Returns
    -------
    Estimate
        For a user's function that returns several outputs, `Estimates`: one for each.

    Raises
    ------
    TypeError, ValueError
        For anything that cannot be run, before any work.
    """
    if not isinstance(model, Model):
        raise TypeError(f"simulate needs a model, got {type(model).__name__}")
    fixed = {"precision": precision, "relative": relative, **settings}
    names = model.outputs()
    if names is not None:
        return each_output(
            names, lambda name: simulate(model.choosing(name), replications, seed, **fixed)
        )
    estimate = simulate_one(model, replications, seed, **fixed)
    say(estimate)
    return estimate


def simulate_one(
    model: Model,
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    **settings: Any,
) -> Estimate:
    """`simulate` of a model with one output, without a Python warning."""
    checked, budget = checked_settings(seed, settings), Budget(replications, precision, relative)
    study = Study(lambda theta: model, Theta(0.0))
    endless = no_expectation(study.model)
    if endless is not None:
        raise ValueError(endless)
    said = (*model.cautions(), *no_variance(study.model))
    plan = fixed_plan(study, _output_only(study.chain([])), Value())

    def report(outcome: Outcome) -> Estimate:
        random = any(not isinstance(i.distribution, Deterministic) for i in study.inputs)
        return performance_of(outcome, joined(said, outcome.said), random)

    outcome = run(plan, budget, checked, report)
    check_finite(outcome, study, checked)
    return report(outcome)


def gradient(
    build: Callable[[Any], Model],
    at: Any,
    method: Any = "auto",
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    order: int = 1,
    **settings: Any,
) -> GradientEstimate | Estimates:
    """Estimate dE[Y(θ)]/dθ of the model that `build` makes, at one θ.

    Parameters
    ----------
    build : callable
        θ -> model, an ordinary function; it is called with numbers that carry derivatives.
    at : float, 1-D array or dict of floats
        θ.
    method : str or Method
        "ipa", "lr", "wd", "fd", "cd", "sp", "rd" or "auto", or an object with options such as
        `WeakDerivative(representation="hahn-jordan")`.
    replications : int, optional
        How many; with `precision`, at most how many. One gives an estimate without an interval.
    seed : int
        Every result is a pure function of it: threads, chunks and executors change nothing.
    precision : float, optional
        Stop when the half-width of every component's 95 % interval is below this.
    relative : bool
        Let `precision` be a fraction of each component.
    order : {1, 2}
        2 for second derivatives, where the method has them: a float, (d, d), or a dict of dicts.
    antithetic : bool
        Make replications in mirrored pairs, u and 1 - u.
    sampler : {"pseudo", "sobol", "lhs"}
        Random numbers, or randomized quasi-random points (16 scrambles, or Latin hypercubes).
    threads : int, optional
        All by default.
    executor : concurrent.futures.Executor, optional
        Where chunks are run instead.
    progress : bool or callable
        Show a bar, or call with the number of samples done.
    pilot_replications : int, optional
        Of each pilot (steps of differences, baselines); by default all pilots together cost a
        tenth of the run.

    Returns
    -------
    GradientEstimate
        For a user's function that returns several outputs, `Estimates`: one for each.

    Raises
    ------
    NotApplicable
        If the method is not valid for this model and θ: with the reason and alternatives.
    TypeError, ValueError
        For anything else that cannot be run, before any work.
    Interrupted
        On Ctrl-C, with the estimate so far.
    """
    fixed = {"precision": precision, "relative": relative, "order": order, **settings}

    def estimate(build: Callable[[Any], Model]) -> GradientEstimate:
        made = gradient_of_one(build, at, method, replications, seed, **fixed)
        say(made)
        return made

    try:
        return estimate(build)
    except SeveralOutputs as several:
        names = several.names
    return each_output(names, lambda name: estimate(choosing(build, name)))


def gradient_of_one(
    build: Callable[[Any], Model],
    at: Any,
    method: Any = "auto",
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    order: int = 1,
    **settings: Any,
) -> GradientEstimate:
    """`gradient` of a model with one output, without a Python warning."""
    began = time.perf_counter()
    checked, budget = checked_settings(seed, settings), Budget(replications, precision, relative)
    chosen = method_of(method)
    if isinstance(order, (bool, float)) or order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, got {order!r}")
    planned = plan_gradient(build, Theta(at), chosen, budget, checked, order)

    def report(outcome: Outcome) -> GradientEstimate:
        outcome.seconds = time.perf_counter() - began
        return planned.estimate(outcome, int(seed))

    outcome = run(planned.plan, budget, checked, report)
    check_finite(outcome, planned.study, checked)
    return report(outcome)


class Planned(NamedTuple):
    """A run that gives a gradient at one θ: what was traced, planned and chosen for it."""

    study: Study
    plan: Plan
    choices: dict[str, Any]
    method: Method

    def estimate(self, outcome: Outcome, seed: int, theta: Theta | None = None) -> GradientEstimate:
        """What the run found (at another θ than the plan was made for, if one is given)."""
        study, choices = self.study, self.choices
        found = self.method.after(study, choices, outcome.moments.mean, outcome.variance)
        told = {**choices, "warnings": joined(choices["warnings"], found)}
        at = study.theta if theta is None else theta
        return GradientEstimate(outcome, at, self.method.name, seed, told, study.order)


def plan_gradient(
    build: Callable[[Any], Model],
    theta: Theta,
    method: Method,
    budget: Budget,
    settings: Settings,
    order: int = 1,
    memory: Memory = FORGETFUL,
) -> Planned:
    """Trace the model, ask whether the method is valid, run its pilots and plan the run."""
    study = Study(build, theta, order, memory, budget.planned)
    require(method, study, METHODS, order)
    make = method.plan if order == 1 else method.second_plan
    plan, choices = make(study, budget, settings)
    return Planned(study, plan, of_plan(study, method, choices), method)


def check_finite(outcome: Outcome, study: Study, settings: Settings) -> None:
    """Refuse to report an estimate that is not a number: say what happened instead."""
    if np.all(np.isfinite(outcome.moments.mean)):
        return
    study.model.explain_failure(settings.key, outcome.replications)
    raise ValueError(
        "the output or its derivative is not a finite number in some replication; "
        "check the model at the ends of its inputs' ranges"
    )


def _output_only(chain: Chain) -> Chain:
    """The chain of the output itself, without a θ."""
    none = np.zeros(0)
    return chain._replace(start=np.zeros(1, int), scale_gradient=none, shift_gradient=none)


def checked_settings(seed: int, options: dict[str, Any]) -> Settings:
    """The keyword arguments that all estimating functions share, or a clear error."""
    known = [field.name for field in dataclasses.fields(Settings)]
    for name in options:
        if name not in known:
            raise TypeError(f"unknown argument {name!r}; known: {', '.join(known)}")
    return Settings(seed=seed, **options)
