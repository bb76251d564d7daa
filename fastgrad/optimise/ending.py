"""From how an optimisation ended to its result."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotApplicable
from .algorithms import Algorithm, StochasticApproximation
from .descended import Descended
from .descent import Descent
from .expected import feasibility
from .finish import compare_with_start, finish, words
from .result import OptimizationResult
from .run import Run
from .saa import LAST_LOOK, SAA, Solved, gap_between

CHECKED = 16  # replications that show whether the start has a value
FRESH_LEAST = 16
INEXACT = (
    "solutions of sample averages spread as they should only where gradients follow the path; "
    "algorithm='robbins-monro' has an interval"
)


def check_start(run: Run) -> None:
    """The objective, and each expected constraint, must be numbers at the start."""
    for what, source in [
        ("the objective", run.source),
        *(("an expected constraint", source) for source in run.prices.sources),
    ]:
        try:
            source.value(run.start, CHECKED, source.fresh(CHECKED))
        except NotApplicable:
            raise
        except (ValueError, ArithmeticError) as error:
            told = str(error).replace("\n", " ")
            raise ValueError(f"start: {what} has no value there: {told}") from None


def of_descent(run: Run, descent: Descent, done: Descended) -> OptimizationResult:
    """Of stochastic approximation."""
    verdict = finish(run, descent, done)
    success, message = words(run, done, verdict)
    made = _result(
        run, descent.algorithm, verdict.x, verdict.fun, verdict.fun_error, verdict.improvement,
        success, message,
    )  # fmt: skip
    made.gains = done.gains.to_dict() | {"batch": descent.batch}
    if isinstance(descent.algorithm, StochasticApproximation) and descent.algorithm.bias:
        made.method = "differences"
    shaped = run.source.theta.shaped
    made.jac, made.jac_error = shaped(verdict.jac), shaped(verdict.jac_error)
    made.gap, made.gap_interval = verdict.gap, verdict.gap_interval
    made.covariance, made.no_covariance = verdict.covariance, verdict.no_covariance
    made._degrees, made._centre = verdict.degrees, verdict.centre
    return made


def of_samples(run: Run, algorithm: SAA, solved: Solved) -> OptimizationResult:
    """Of sample average approximation."""
    run.phase = "last look"
    paths = 2 + run.source.paths + sum(source.paths for source in run.prices.sources)
    count = max(int(run.left(1.0) / paths), int(LAST_LOOK * run.left(0.1) / paths), FRESH_LEAST)
    choose, answer = not len(run.prices), solved.x if solved.moved else run.start
    x, fun, error, gain = compare_with_start(run, [answer, run.start], count, choose)
    here = run.source.gradient(x, count, run.source.fresh(count))
    success, message = True, "the budget is spent"
    if x is run.start and not solved.moved:
        success, message = False, "theta did not move: the sample averages are flat at the start"
    elif x is run.start:
        success, message = False, "nothing better than the start was found"
    made = _result(run, algorithm, x, fun, error, gain, success, message)
    shaped = run.source.theta.shaped
    made.jac, made.jac_error = shaped(here.gradient), shaped(np.sqrt(here.variance))
    made.gains = {"replications": solved.sizes, "solver": algorithm.solver or "default"}
    made.gap, bound = gap_between(solved.optima, fun, error)
    made.gap_interval = (0.0, bound)
    made.solutions = solved.solutions
    samples = len(solved.solutions)
    if not run.source.follows:
        made.no_covariance = INEXACT
    elif x is solved.x and samples > 1:
        spread = np.atleast_2d(np.cov(solved.solutions.T, ddof=1))
        made.covariance, made._degrees = spread / samples, samples - 1
    else:
        made.no_covariance = "the answer is the start"
    return made


def stopped(run: Run, algorithm: Algorithm, message: str, success: bool) -> OptimizationResult:
    """Of a run that was stopped: the best so far, with a short last look."""
    run.phase = "last look"
    x, fun, error, gain = compare_with_start(
        run, [run.best, run.start], 4 * FRESH_LEAST, not len(run.prices)
    )
    return _result(run, algorithm, x, fun, error, gain, success, message)


def _result(
    run: Run, algorithm: Algorithm, x: np.ndarray, fun: float, error: float,
    gain: tuple[float, float], success: bool, message: str,
) -> OptimizationResult:  # fmt: skip
    """What every result has."""
    expected = _feasibilities(run, x)
    broken = [entry for entry in expected if not entry["feasible"]]
    if broken:
        success, message = False, "an expected constraint is violated"
    theta = run.source.theta
    made: dict[str, Any] = {
        "x": theta.shaped(x),
        "fun": fun,
        "fun_error": error,
        "jac": None,
        "jac_error": None,
        "success": success,
        "status": 0 if success else 1,
        "message": message,
        "nit": run.iterations,
        "nfev": run.iterations,
        "replications": run.spent,
        "seconds": run.elapsed,
        "algorithm": algorithm.name,
        "method": run.source.method.name,
        "path": run.path,
        "gains": {},
        "gap": np.nan,
        "gap_interval": (0.0, np.inf),
        "improvement": gain,
        "expected": expected,
        "covariance": None,
        "no_covariance": "the run was stopped",
        "seed": int(run.source.settings.seed),
        "_theta": theta,
        "_vector": x,
        "_centre": None,
        "_degrees": np.inf,
    }
    return OptimizationResult(made)


def _feasibilities(run: Run, x: np.ndarray) -> list[dict[str, Any]]:
    made = []
    for constraint, source in zip(run.prices.constraints, run.prices.sources, strict=True):
        count = max(int(0.1 * run.most / 2) if np.isfinite(run.most) else 1000, 200)
        count = min(count, 20_000)
        made.append(feasibility(constraint, source.value(x, count, run.source.fresh(count))))
    return made
