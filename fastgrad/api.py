"""The verbs: simulate, gradient."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .core.chains import alike, chain_of
from .core.finite import check_finite
from .core.run import Budget, Outcome, run
from .core.theta import Theta
from .core.traced_model import TracedModel
from .distributions.families import Deterministic
from .errors import SeveralOutputs
from .kernels.estimators.problem import Chain
from .kernels.estimators.value import Value
from .methods import method_of
from .methods.controlled import controlled
from .methods.importance import tilted_plan
from .methods.plans import fixed_plan
from .methods.steady import value_plan, with_quotient
from .models.control import beside
from .models.model import Model
from .models.moments import no_expectation, no_variance
from .planned import plan_gradient
from .results.cautions import joined
from .results.estimates import Estimate, GradientEstimate, performance_of
from .results.several import Estimates, choosing, each_output, estimates_of, say_all
from .settings import checked_settings
from .studies.opening import opened


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
        For a model with several outputs, `Estimates`: one for each, all from one run.

    Raises
    ------
    TypeError, ValueError
        For anything that cannot be run, before any work.
    """
    if not isinstance(model, Model):
        raise TypeError(f"simulate needs a model, got {type(model).__name__}")
    fixed = {"precision": precision, "relative": relative, **settings}
    told = {**fixed, "verb": "simulate", "replications": replications}
    with opened(fixed.pop("store", None), lambda theta: model, [0.0], seed, told) as store:
        found = simulate_quietly(model, replications, seed, store=store, **fixed)
    say_all(found)
    return found


def simulate_quietly(
    model: Model,
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    **settings: Any,
) -> Estimate | Estimates:
    """`simulate` without a Python warning."""
    checked = checked_settings(seed, settings)
    budget = Budget(replications, precision, relative, checked.planned)
    build: Callable[[Any], Model] = lambda theta: model  # noqa: E731
    if checked.controls:
        build = beside(build, checked.controls, True)
    traced = TracedModel(build, Theta(0.0), several=True)
    endless = next(filter(None, (no_expectation(view.model) for view in traced.views)), None)
    if endless is not None:
        raise ValueError(endless)
    plan = value_plan(traced, budget, checked) or with_quotient(
        traced, fixed_plan(traced, _values_only(traced), Value())
    )
    found: tuple[str, ...] = ()
    if checked.importance:
        plan, found = tilted_plan(plan, traced, budget, checked)
    if checked.controls:
        plan, traced, _ = controlled(plan, traced, {})
    random = any(not isinstance(i.distribution, Deterministic) for i in traced.inputs)

    def of(measure: int, outcome: Outcome) -> Estimate:
        view = traced.views[measure]
        said = (*model.cautions(), *no_variance(view.model), *found)
        return performance_of(outcome, joined(said, outcome.said), random)

    def report(outcome: Outcome) -> Estimate | Estimates:
        if traced.single:
            return of(0, outcome)
        return estimates_of(outcome, traced.names or (), of)

    outcome = run(plan, budget, checked, report)
    check_finite(outcome, traced, checked)
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
        The prices of options are made of Sobol' points by their principal components.
    threads : int, optional
        All by default.
    executor : concurrent.futures.Executor, optional
        Where chunks are run instead.
    progress : bool or callable
        Show a bar, or call with the number of samples done. The bar
        says when pilots run, and so does the method `pilot()` of an object that has one.
    control : str, Control or list of them, optional
        Control variates: what has a known mean and is read on the same paths. `"geometric"` is
        an arithmetic Asian option's own; see `Control`. Value and derivatives are corrected
        alike, without bias: the coefficients of each group of replications are those of the
        others.
    interval : {"delta", "jackknife"}
        How the ratios of a steady state over cycles get their intervals: by the delta method, or
        by leaving out replications (groups of them, where there are more than 200) in turn.
    importance : {None, "tilt"}
        Importance sampling for rare payoffs: the normal increments of a path, or all variates
        of a model that has none, are shifted in their normal scores by what a pilot finds (the
        exponential tilt of normal ones), and each replication is weighed with its likelihood
        ratio. Unbiased for the value and every derivative; where the shift does not suit, as for
        a sum of few exponential times, few samples make up the variance, and a warning says so.
    store : str or path, optional
        A file that every finished chunk goes into. The same call goes on where it was stopped,
        with the same numbers to the last bit; more `replications`, or a better `precision`, add
        to those that are there. Only one process has it at a time.
    pilot_replications : int, optional
        Of each pilot (steps of differences, baselines); by default all pilots together cost a
        tenth of the run.

    Returns
    -------
    GradientEstimate
        For a model with several outputs, `Estimates`: one for each, all from one run.

    Raises
    ------
    NotApplicable
        If the method is not valid for this model and θ: with the reason and alternatives.
    TypeError, ValueError
        For anything else that cannot be run, before any work.
    StoreError
        If the store belongs to another study, seed or version, or to a process that runs.
    Interrupted
        On Ctrl-C, with the estimate so far.
    """
    fixed = {"precision": precision, "relative": relative, "order": order, **settings}
    told = {**fixed, "verb": "gradient", "method": method_of(method), "replications": replications}
    with opened(fixed.pop("store", None), build, [at], seed, told) as store:
        found = gradient_quietly(build, at, method, replications, seed, store=store, **fixed)
    say_all(found)
    return found


def gradient_quietly(
    build: Callable[[Any], Model],
    at: Any,
    method: Any = "auto",
    replications: int | None = None,
    seed: int = 0,
    **fixed: Any,
) -> GradientEstimate | Estimates:
    """`gradient` without a Python warning."""
    fixed = {"precision": None, "relative": False, "order": 1, **fixed}
    try:
        return _gradient(build, at, method, replications, seed, several=True, **fixed)
    except SeveralOutputs as stop:  # one after the other: a draw absorbs θ in one of them
        return each_output(
            stop.names,
            lambda name: gradient_of_one(
                choosing(build, name), at, method, replications, seed, **fixed
            ),
        )


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
    fixed = {"precision": precision, "relative": relative, "order": order, **settings}
    found = _gradient(build, at, method, replications, seed, several=False, **fixed)
    assert isinstance(found, GradientEstimate)
    return found


def _gradient(
    build: Callable[[Any], Model],
    at: Any,
    method: Any,
    replications: int | None,
    seed: int,
    *,
    precision: float | None,
    relative: bool,
    order: int,
    several: bool,
    **settings: Any,
) -> GradientEstimate | Estimates:
    """One run, of a model with one output or with several."""
    checked = checked_settings(seed, settings)
    began = time.perf_counter() + checked.recovered
    budget = Budget(replications, precision, relative, checked.planned)
    chosen = method_of(method)
    if isinstance(order, (bool, float)) or order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, got {order!r}")
    planned = plan_gradient(build, Theta(at), chosen, budget, checked, order, several=several)

    def report(outcome: Outcome) -> GradientEstimate | Estimates:
        outcome.seconds = time.perf_counter() - began + checked.recovered
        return planned.estimate(outcome, int(seed))

    outcome = run(planned.plan, budget, checked, report)
    check_finite(outcome, planned.traced, checked)
    return report(outcome)


def _values_only(traced: TracedModel) -> Chain:
    """The chain of the outputs themselves, without a θ."""
    one = np.zeros(0), np.zeros(0)
    chain = chain_of(np.zeros((0, 0)), traced.scale, traced.shift, *one)
    return alike(chain, traced.measures)
