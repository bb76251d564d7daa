"""The last look: the answer against the start on fresh numbers, its gradient, its covariance."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import stats

from . import gains as pilots
from .algorithms import Adam, StochasticApproximation
from .descended import Descended
from .descent import Descent
from .evidence import gained_on_the_way
from .newton import BATCHES, Located, gradients, located
from .recursion import covariance
from .run import Run
from .sampling import Sample
from .search import sizes

COMPARING = 0.4  # of what is left, for the comparison with the start
MOST_CURVED = 30  # components whose Hessian is measured
CURVED_LEAST = 4  # replications of each gradient behind it
LEVEL = 0.95
NEAR = 0.05  # of the size of θ: over a tenth the curvature of a queue is seen 4 % too large
WIDE = 0.2
FAR = 4.0  # such steps from the optimum, a curvature says little about the way to it


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
    centre: np.ndarray | None = None  # of the interval, where it is not x


def compare_with_start(
    run: Run, candidates: list[np.ndarray], count: int, choose: bool
) -> tuple[np.ndarray, float, float, tuple[float, float]]:
    """The best of the candidates (the first unless another is seen to be better), its value.

    The last candidate is the start: no answer is one that outputs show to be worse, or that looks
    worse while the gradients on the way do not say that it is better.
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
            if gains[other] - gains[best] > 3.0 * noise[other]:
                best = other
        if gains[best] < 0.0:
            gained, error = gained_on_the_way(run.path, candidates[best])
            if gains[best] < -3.0 * noise[best] or gained < error:
                best = k - 1
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
    x, plain = verdict.x, Descent(run, descent.algorithm.plain())
    c = _steps(run, plain, x, done.gains.perturbation(max(run.iterations, 1)))
    batches = gradients(plain, x, c, 0.45 * run.left(1.0))
    here = _gradient(run, descent, x, c, batches)
    verdict.jac, verdict.jac_error = here.gradient, np.sqrt(here.variance)
    verdict.no_covariance = _on_a_constraint(run, x)
    bent = _curvature(run, plain, done, x, c)
    if bent is None:
        verdict.no_covariance = verdict.no_covariance or "no replications for the curvature"
        return verdict
    if not np.all(np.isfinite(bent)) or np.min(np.linalg.eigvalsh(bent)) <= 0.0:
        verdict.no_covariance = verdict.no_covariance or "the curvature was not seen"
        return verdict
    if verdict.no_covariance:
        verdict.gap, bound = _gap_of_gradient(bent, here)
    elif _iterates_tell(descent.algorithm, verdict, done):
        count = max(int(0.5 * run.left(1.0) / descent.paths), 16)
        _, joint = run.source.covariance(x, count, run.source.fresh(count))
        noise = _seen_on_the_way(run, done, joint)
        verdict.covariance = covariance(done.way, bent, noise, x)
        verdict.gap, bound = expected_gap(bent, verdict.covariance)
    else:
        bound = _locate(verdict, bent, here, batches, _probe(run, plain, done, x))
    verdict.gap_interval = (0.0, bound)
    return verdict


def _steps(run: Run, descent: Descent, x: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Steps of differences whose double stays in the box: extrapolated, they may be wide."""
    c = np.maximum(c, 0.5 * WIDE * sizes(x, run.region))
    room: np.ndarray = run.region.room(x) / (2.001 * descent.algorithm.reach)
    return np.where(room > 0.0, np.minimum(c, room), c)


def _gradient(
    run: Run, descent: Descent, x: np.ndarray, c: np.ndarray, batches: np.ndarray
) -> Sample:
    """At the answer: the mean of the batches, if there are any."""
    if len(batches):
        spread = np.var(batches, axis=0, ddof=1) / len(batches)
        return Sample(np.nan, batches.mean(axis=0), np.nan, spread)
    count = max(int(0.3 * run.left(1.0) / descent.paths), 16)
    return descent.gradient(x, count, c, run.source.fresh(count))


def _probe(run: Run, descent: Descent, done: Descended, x: np.ndarray) -> np.ndarray:
    """Over what the curvature is seen: wide where it is made of differences of differences."""
    size = sizes(x, run.region)
    if descent.algorithm.bias:
        return WIDE * size
    return np.minimum(NEAR * size, np.maximum(done.found.step, 0.02 * size))


def _curvature(
    run: Run, descent: Descent, done: Descended, x: np.ndarray, c: np.ndarray
) -> np.ndarray | None:
    """(d, d) second derivatives at the answer; None without replications for them."""
    d = len(x)
    evaluations = 2 * d if d <= MOST_CURVED else 2 * pilots.PROBES
    each = int(0.55 * run.left(1.0) / (descent.paths * evaluations))
    if each < CURVED_LEAST:
        return None
    first, probe = run.source.fresh(each), _probe(run, descent, done, x)
    return pilots.curvature(
        lambda at: descent.gradient(at, each, c, first),
        run.source.exists, run.region, x, probe,
        np.random.default_rng([int(run.source.settings.seed), first]), MOST_CURVED,
    )  # fmt: skip


def _on_a_constraint(run: Run, x: np.ndarray) -> str:
    """Why no interval around the answer is known, or an empty string."""
    if len(run.prices) or not run.region.is_box:
        return "the optimum may lie on a constraint"
    width = np.maximum(np.abs(x), 1e-12)
    return "the optimum lies on a bound" if (run.region.room(x) < 1e-6 * width).any() else ""


def _iterates_tell(algorithm: StochasticApproximation, verdict: Verdict, done: Descended) -> bool:
    """Whether iterates tell how the answer varies: averages, gains of 1/n; unbiased gradients."""
    plain = isinstance(algorithm, Adam) or done.gains.alpha < 1.0
    known = algorithm.averaging or not plain
    return not algorithm.bias and known and verdict.x is done.x


def _seen_on_the_way(run: Run, done: Descended, joint: np.ndarray) -> np.ndarray:
    """(d, d) covariance of an iteration's gradient: correlations from fresh replications, but
    variances from all of the second half, which are known ten times better."""
    half = [step.sample.variance for step in run.path[-(done.way.iterations // 2 + 1) :]]
    spread = np.sqrt(np.diag(joint))
    known = np.sqrt(np.mean(half, axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return joint * np.outer(known, known)


def _locate(
    verdict: Verdict, bent: np.ndarray, here: Sample, batches: np.ndarray, probe: np.ndarray
) -> float:
    """An interval from Newton steps; returns the bound of the gap."""
    verdict.gap, bound = _gap_of_gradient(bent, here)
    if len(batches) < BATCHES[0]:
        verdict.no_covariance = "no replications for an interval"
        return bound
    found: Located = located(verdict.x, bent, batches)
    error = np.sqrt(np.diag(found.covariance))
    if (np.abs(found.centre - verdict.x) > FAR * probe + 2.0 * error).any():
        verdict.no_covariance = "the answer is too far from the optimum to see how far"
        return bound
    verdict.centre, verdict.covariance, verdict.degrees = (
        found.centre, found.covariance, found.degrees,
    )  # fmt: skip
    return bound


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
