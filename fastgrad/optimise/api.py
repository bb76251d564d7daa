"""`minimize` and `maximize`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..api import checked_settings
from ..core.numbers import MOST_REPLICATIONS, shown
from ..core.run import is_whole
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..methods import method_of
from ..methods.steady import is_steady
from ..models.model import Model
from ..studies.journal import Journal
from ..studies.opening import described, opened
from . import checks, ending
from .algorithms import Algorithm, StochasticApproximation
from .choice import AUTO, algorithm_of, check_options, choose
from .descent import Descent
from .expected import Expected, Prices
from .perturbed import Perturbed
from .region import Region, component
from .result import OptimizationResult
from .run import Run, Stopped
from .saa import SAA, solve
from .sampling import Source

DEFAULT = 100_000  # paths, where neither replications nor seconds are given
LEAST = 100
REFUSED = {
    "control": "its coefficients come from groups of replications, and steps have less than one",
    "importance": "a tilt belongs to the theta that a pilot found it for, and where steps lead "
    "away from there they vary more than without it (far strikes ended 10 times as far off)",
}
RATIO = (
    "its differences take outputs one by one, and a ratio of means (a steady state over cycles, a "
    "quotient of measures) has none for a single path"
)


def minimize(
    build: Callable[[Any], Model],
    start: Any,
    bounds: Any = None,
    constraints: Any = (),
    algorithm: Any = "auto",
    method: Any = "auto",
    replications: int | None = None,
    seed: int = 0,
    *,
    seconds: float | None = None,
    averaging: bool | None = None,
    integer: Sequence[Any] = (),
    callback: Callable[..., Any] | None = None,
    threads: int | None = None,
    executor: Any = None,
    antithetic: bool = False,
    control: Any = None,
    importance: Any = None,
    progress: bool = False,
    store: Any = None,
) -> OptimizationResult:
    """Minimise E[Y(θ)] over θ, by simulation.

    Parameters
    ----------
    build : callable
        θ -> model, as for `gradient`; costs that are deterministic are added to the model.
    start : float, 1-D array or dict of floats
        Where to begin; the answer has its shape.
    bounds : (low, high), one pair for each component, dict of pairs or scipy.optimize.Bounds
        None in a pair for no bound.
    constraints : one, or a list, of scipy.optimize.LinearConstraint, Simplex, Expected
        Linear ones are kept by projection (a quadratic programme); expectations by prices that
        follow their violation, or by SLSQP in "saa".
    algorithm : str or object
        "robbins-monro", "kiefer-wolfowitz", "spsa", "random-directions", "2spsa", "adam", "saa",
        or an object with options such as `SPSA(measurements=1)`. "auto": "saa" where the
        derivative along the path is valid, else "robbins-monro" with averaging, else "spsa".
    method : str or Method
        For gradients, as for `gradient`; difference algorithms do without.
    replications : int, optional
        Paths that may be simulated in all, a difference of two outputs counting as two; 100,000
        if `seconds` is not given either.
    seconds : float, optional
        Time that it may take.
    seed : int
        The result is a pure function of it (not with `seconds`).
    averaging : bool, optional
        Answer the mean of the iterates (Polyak and Ruppert). By default as the algorithm says, and
        with expected constraints.
    integer : sequence of names or numbers
        Components that are whole. They have no gradient: only "spsa" takes them, by differences
        between neighbours on the lattice (discrete SPSA), and rounds its answer.
    callback : callable, optional
        As in SciPy: called with x, or with `intermediate_result=` if its one parameter has that
        name, after every iteration; it ends the run by StopIteration or by returning True.
    threads, executor, antithetic
        As for `gradient`.
    control, importance
        Refused with the reason: a step has too few replications for the coefficients of a control,
        and a tilt belongs to the θ that it was found for.
    progress : bool
        Show the iterate and the objective with its interval.
    store : str or path, optional
        A file that keeps what every simulation found. The same call goes on where it was killed,
        with the same result to the last bit; the callback is called again from the beginning.

    Returns
    -------
    OptimizationResult
        A `scipy.optimize.OptimizeResult`. On Ctrl-C the best so far, with `success` False.

    Raises
    ------
    NotApplicable
        If the algorithm needs a gradient and the method is not valid, or for whole components.
    TypeError, ValueError
        For a start outside the bounds or constraints, constraints that contradict each other, an
        objective that is not a number at the start: before any other work.
    StoreError
        If the store belongs to another optimisation, seed or version, or to a process that runs.
    """
    for name, given in (("control", control), ("importance", importance)):
        if given is not None:
            raise ValueError(f"minimize: {name}=: {REFUSED[name]}; estimate with it at the answer")
    theta = Theta(start)
    chosen = algorithm_of(algorithm)
    options = {"threads": threads, "executor": executor, "antithetic": antithetic}
    settings = checked_settings(seed, options)
    replications, seconds = _budget(replications, seconds)
    linear, expected = _parted(constraints)
    region = Region(theta, bounds, linear)
    outside = region.violation(theta.vector)
    if outside:
        raise ValueError(f"start: {outside}")
    whole = _whole(theta, integer)
    check_options(theta, region, whole, chosen, bool(expected), replications, averaging)
    checks.truth("averaging", bool(averaging) if averaging is None else averaging)
    checks.truth("progress", progress)
    told = {
        "verb": "minimize", "paths": replications, "seconds": seconds, "method": method_of(method),
        "algorithm": algorithm_of(algorithm) or AUTO, "averaging": averaging, "whole": whole,
        "antithetic": antithetic, "region": region.told(),
        "expected": {
            k: described(each.build, [start], seed, each.told()) for k, each in enumerate(expected)
        },
    }  # fmt: skip
    with opened(store, build, [start], seed, told) as kept:
        journal = Journal(kept)
        source = Source(build, theta, method, settings, journal)
        chosen = choose(chosen, source, region, whole, bool(expected))
        if averaging is None and expected:
            averaging = True  # prices that follow noise swing about theirs
        if averaging is not None and isinstance(chosen, StochasticApproximation):
            chosen = dataclasses.replace(chosen, averaging=bool(averaging))
        _check_gradient(chosen, source)
        prices = Prices(expected, [
            Source(each.build, theta, each.method, settings, journal, number)
            for number, each in enumerate(expected, 1)
        ])  # fmt: skip
        run = Run(source, prices, region, replications, seconds, callback, progress, whole)
        try:
            return _minimize(run, chosen)
        finally:
            run.close()
            journal.flush()


def maximize(build: Callable[[Any], Model], start: Any, *args: Any, **options: Any) -> Any:
    """Maximise E[Y(θ)]: `minimize` of the negative, with `fun` and its derivatives turned back.

    Parameters
    ----------
    build, start, *args, **options
        As for `minimize`.

    Returns
    -------
    OptimizationResult
        `improvement` and `gap` are positive; values on the path are those of -E[Y].

    Raises
    ------
    NotApplicable, TypeError, ValueError, Interrupted
        As `minimize`.
    """
    if not callable(build):
        raise TypeError(f"build must be a function theta -> model, got {type(build).__name__}")
    found = minimize(lambda theta: -build(theta), start, *args, **options)
    found.fun = -found.fun
    found.jac = Theta(start).shaped(-Theta(found.jac).vector) if found.jac is not None else None
    return found


def _minimize(run: Run, algorithm: Algorithm) -> OptimizationResult:
    """Run, and look at the answer; a run that is stopped answers with the best so far."""
    ending.check_start(run)
    try:
        if isinstance(algorithm, SAA):
            return ending.of_samples(run, algorithm, solve(run, algorithm))
        assert isinstance(algorithm, StochasticApproximation)
        descent = Descent(run, algorithm)
        return ending.of_descent(run, descent, descent())
    except Stopped:
        return ending.stopped(run, algorithm, "stopped by the callback", success=True)
    except KeyboardInterrupt:
        return ending.stopped(run, algorithm, "interrupted: the best so far", success=False)


def _budget(replications: Any, seconds: Any) -> tuple[int | None, float | None]:
    if replications is None and seconds is None:
        return DEFAULT, None
    if replications is not None:
        if not is_whole(replications):
            raise TypeError(f"replications must be a whole number, got {replications!r}")
        if not LEAST <= replications <= MOST_REPLICATIONS:
            least, most = f"{LEAST} or more", f"{MOST_REPLICATIONS:,} or less"
            wanted = least if replications < LEAST else most
            raise ValueError(f"replications must be {wanted}, got {shown(int(replications))}")
        replications = int(replications)
    checks.seconds(seconds)
    return replications, seconds


def _parted(constraints: Any) -> tuple[list[Any], list[Expected]]:
    """Linear constraints, and expected ones."""
    if constraints is None:
        return [], []
    each = list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]
    expected = [one for one in each if isinstance(one, Expected)]
    return [one for one in each if not isinstance(one, Expected)], expected


def _whole(theta: Theta, integer: Sequence[Any]) -> np.ndarray:
    """(d,) which components are whole numbers."""
    names = [integer] if isinstance(integer, (str, int)) else integer
    made = np.zeros(len(theta.vector), dtype=bool)
    for name in names:
        made[component(theta, name, "integer")] = True
    return made


def _check_gradient(algorithm: Algorithm, source: Source) -> None:
    """The gradient must be valid at the start; algorithms of differences need none."""
    if not isinstance(algorithm, Perturbed):
        source.requires(source.theta.vector)
        return
    traced = TracedModel(source.build, source.theta)
    if is_steady(traced.model) or traced.quotient is not None:
        raise NotApplicable(algorithm.name, RATIO, ("robbins-monro", "adam"))
