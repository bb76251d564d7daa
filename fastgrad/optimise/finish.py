"""The last look: the answer against the start on fresh numbers, its gradient, its covariance."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import linalg, stats

from . import gains as pilots
from .algorithms import Adam, StochasticApproximation
from .descent import Descended, Descent
from .run import Run
from .sampling import Sample
from .search import sizes

COMPARING = 0.4  # of what is left, for the comparison with the start
MOST_CURVED = 30  # components whose Hessian is measured
CURVED_LEAST = 4  # replications of each gradient behind it
LEVEL = 0.95


@dataclasses.dataclass
class Verdict:
    """What is known about an answer."""

    x: np.ndarray
    fun: float
    fun_error: float
    improvement: tuple[float, float]
    jac: np.ndarray
    jac_error: np.ndarray
    covariance: np.ndarray | None
    no_covariance: str
    degrees: float
    gap: float
    gap_interval: tuple[float, float]


def compare_with_start(
    run: Run, candidates: list[np.ndarray], count: int, choose: bool
) -> tuple[np.ndarray, float, float, tuple[float, float]]:
    """The best of the candidates (the first unless another is seen to be better), its value.

    The last candidate is the start: no answer is one that is seen to be worse.
    """
    rows: list[list[tuple[int, float]]] = [[(k, 1.0)] for k in range(len(candidates))]
    rows += [[(len(candidates) - 1, 1.0), (k, -1.0)] for k in range(len(candidates))]
    moments = run.source.outputs(candidates, rows, count, run.source.fresh(count))
    seen = Sample.of(moments)
    k = len(candidates)
    values, errors = seen.gradient[:k], np.sqrt(seen.variance[:k])
    gains, noise = seen.gradient[k:], np.sqrt(seen.variance[k:])
    best = 0
    if choose:
        for other in range(1, k):
            better = gains[other] - gains[best]
            if better > 3.0 * noise[other] or (other == k - 1 and gains[best] < 0.0):
                best = other
    gain = (float(gains[best]), float(noise[best]))
    return candidates[best], float(values[best]), float(errors[best]), gain


def finish(run: Run, descent: Descent, done: Descended) -> Verdict:
    """The last tenth of the budget."""
    run.phase = "last look"
    candidates = [done.x, done.found.x, run.start]
    if run.integer.any():
        candidates = [np.where(run.integer, np.round(x), x) for x in candidates]
    count = max(int(COMPARING * run.left(1.0) / len(candidates)), 8)
    x, fun, error, gain = compare_with_start(run, candidates, count, not len(run.prices))
    verdict = Verdict(
        x, fun, error, gain, np.full(len(x), np.nan), np.full(len(x), np.nan),
        None, "", np.inf, np.nan, (0.0, np.inf),
    )  # fmt: skip
    if run.integer.any():
        verdict.no_covariance = "a component of theta is a whole number"
        return verdict
    return _looked_at(run, descent, done, verdict)


def _looked_at(run: Run, descent: Descent, done: Descended, verdict: Verdict) -> Verdict:
    """Gradient and curvature at the answer, and what follows from them."""
    d, x = len(verdict.x), verdict.x
    c = done.gains.perturbation(max(run.iterations, 1))
    evaluations = 2 * d if d <= MOST_CURVED else 2 * pilots.PROBES
    each = int(0.4 * run.left(1.0) / (descent.paths * evaluations))
    count = max(int(0.3 * run.left(1.0) / descent.paths), 16)
    here = descent.gradient(x, count, c, run.source.fresh(count))
    verdict.jac, verdict.jac_error = here.gradient, np.sqrt(here.variance)
    verdict.no_covariance = _without(run, descent.algorithm, verdict, done)
    if each < CURVED_LEAST:
        verdict.no_covariance = verdict.no_covariance or "no replications for the curvature"
        return verdict
    first = run.source.fresh(each)
    size = sizes(x, run.region)
    probe = np.minimum(pilots.PROBE * size, np.maximum(done.found.step, 0.02 * size))
    bent = pilots.curvature(
        lambda at: descent.gradient(at, each, c, first),
        run.source.exists, run.region, x, probe,
        np.random.default_rng([int(run.source.settings.seed), first]), MOST_CURVED,
    )  # fmt: skip
    if not np.all(np.isfinite(bent)) or np.min(np.linalg.eigvalsh(bent)) <= 0.0:
        verdict.no_covariance = verdict.no_covariance or "the curvature was not seen"
        return verdict
    if not verdict.no_covariance:
        _, noise = run.source.covariance(x, count, run.source.fresh(count))
        verdict.covariance = _covariance(descent.algorithm, done, bent, noise)
        verdict.gap, bound = expected_gap(bent, verdict.covariance)
    else:
        verdict.gap, bound = _gap_of_gradient(bent, here)
    verdict.gap_interval = (0.0, bound)
    return verdict


def _without(
    run: Run, algorithm: StochasticApproximation, verdict: Verdict, done: Descended
) -> str:
    """Why there is no covariance of the answer, or an empty string."""
    if algorithm.bias:
        return algorithm.bias
    if isinstance(algorithm, Adam) and not algorithm.averaging:
        return "steps of Adam have no known covariance"
    if len(run.prices) or not run.region.is_box:
        return "the optimum may lie on a constraint"
    width = np.maximum(np.abs(verdict.x), 1e-12)
    if (run.region.room(verdict.x) < 1e-6 * width).any():
        return "the optimum lies on a bound"
    if verdict.x is not done.x:
        return "the answer is not that of the descent"
    if not algorithm.averaging and done.gains.alpha < 1.0:
        return "only averages, and gains of 1/n, have a known covariance"
    return ""


def _covariance(
    algorithm: StochasticApproximation, done: Descended, bent: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """H⁻¹ΣH⁻¹/n of an average; for gains a/n the V of (aH - ½)V + V(aH - ½)ᵀ = aΣa, over n."""
    if algorithm.averaging:
        inverse = np.linalg.inv(bent)
        return inverse @ noise @ inverse / done.averaged
    a = np.diag(done.gains.a)
    drift = a @ bent - 0.5 * np.eye(len(a))
    if np.min(np.linalg.eigvals(drift).real) <= 0.05:
        inverse = np.linalg.inv(bent)
        return 4.0 * inverse @ noise @ inverse / done.averaged
    found: np.ndarray = linalg.solve_continuous_lyapunov(drift, a @ noise @ a) / done.averaged
    return found


def expected_gap(bent: np.ndarray, covariance: np.ndarray) -> tuple[float, float]:
    """½ tr(HC), and the 95 % quantile of ½ eᵀHe, e normal (Satterthwaite)."""
    product = bent @ covariance
    mean = 0.5 * float(np.trace(product))
    spread = 0.5 * float(np.trace(product @ product))
    if mean <= 0.0 or spread <= 0.0:
        return np.nan, np.inf
    degrees = 2.0 * mean * mean / spread
    return mean, float(stats.chi2.ppf(LEVEL, degrees) * mean / degrees)


def _gap_of_gradient(bent: np.ndarray, here: Sample) -> tuple[float, float]:
    """½ gᵀH⁻¹g less what noise adds to it, and with the gradient's error added: a convex bound."""
    inverse = np.linalg.inv(bent)
    g, error = here.gradient, np.sqrt(here.variance)
    noise = float(np.trace(inverse @ np.diag(here.variance)))
    seen = float(g @ inverse @ g)
    worst = np.abs(g) + 1.96 * error
    return max(0.5 * (seen - noise), 0.0), 0.5 * float(worst @ np.abs(inverse) @ worst)


def words(run: Run, done: Any, verdict: Verdict) -> tuple[bool, str]:
    """Whether the run did what it was asked for, and what to say about it."""
    gain, noise = verdict.improvement
    if not done.moved and np.all(verdict.x == run.start):
        return False, (
            "theta did not move: no component of the gradient stands out from its noise at the "
            "start; give more replications, another start or wider bounds"
        )
    if len(run.prices):
        return True, "the budget is spent"
    if gain + 3.0 * noise < 0.0:
        return False, "the answer is seen to be worse than the start"
    if np.all(verdict.x == run.start):
        return False, "nothing better than the start was found"
    located = verdict.covariance is not None
    if gain <= 2.0 * noise and not located:
        return False, "no improvement on the start is seen within the noise"
    return True, "the budget is spent"
