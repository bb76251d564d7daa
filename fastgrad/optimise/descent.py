"""Stochastic approximation: search, pilot, descent, and a restart where the gains were wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import NotApplicable
from . import gains as pilots
from .algorithms import Adam, StochasticApproximation, read_gains
from .descended import Descended
from .gains import Gains
from .measured import around
from .perturbed import SecondOrderSPSA
from .recursion import Way
from .run import Run
from .sampling import Sample
from .search import Found, search, search_along, sizes
from .updates import update_of

ITERATIONS = 400  # that the budget makes by default
SEARCHING = 0.4  # of the budget, at most, for the search
DESCENT = 0.88  # of the budget at the end of the descent; the rest is for the last look
PILOT = 0.1  # of what is left, for the curvature
AGAIN = 1.0 / 3.0  # of the iterations: there the curvature is measured again, closer
STEADY = 10.0  # A, at least
QUIET = 0.1  # of the size of θ: what noise alone may move it at first
C_SHARE = 0.05  # of the size of θ: the first step of differences
SHORTEST = 0.25  # of the first step of differences at the start
CLIPPED = 0.5  # of the iterates of a window: more with a bounded step, and the gains are wrong
ADAM = 0.05  # of the size of θ: its first step
LEAST = 1e-3  # of the size at the start: what a component keeps that passes through 0
PASSING = 5.0  # last steps of the search
BOUND = 0.3  # of the size of θ: the longest step
RESTARTS = 3
MOST_HALVINGS = 50


class Descent:
    """One run of an algorithm of stochastic approximation."""

    def __init__(self, run: Run, algorithm: StochasticApproximation) -> None:
        self.run, self.algorithm = run, algorithm
        self.source, self.region, self.prices = run.source, run.region, run.prices
        self.paths = algorithm.paths(run.source) + run.prices.paths
        self.d = len(run.start)
        size = sizes(run.start, run.region)
        self.least = (LEAST if run.region.is_box else 1.0) * size
        self.c = C_SHARE * size
        given = getattr(algorithm, "c", None)
        if given is not None:
            self.c = np.zeros(self.d) + given
        budget = run.left(1.0)
        default = 64 if not np.isfinite(budget) else budget / (ITERATIONS * self.paths)
        self.batch = int(algorithm.batch or algorithm.whole_batch(max(4, int(default)), self.d))

    def gradient(self, x: np.ndarray, count: int, steps: np.ndarray, first: int) -> Sample:
        """Of the Lagrangian, at x or as near as its differences may be taken."""
        made = self._objective(x, count, steps, first)
        if not len(self.prices):
            return made
        return self.prices.added(made, self.prices.seen(x, count, first))

    def _objective(self, x: np.ndarray, count: int, steps: np.ndarray, first: int) -> Sample:
        algorithm = self.algorithm
        if not algorithm.bias:
            return algorithm.gradient(self.source, x, steps, count, first)
        return self._near(
            x, steps, lambda at, c: algorithm.gradient(self.source, at, c, count, first)
        )

    def _near(
        self, x: np.ndarray, steps: np.ndarray, take: Callable[[np.ndarray, np.ndarray], Any]
    ) -> Any:
        """take(centre, steps) of differences near x, the steps halved until all stay in the
        model."""
        for _ in range(MOST_HALVINGS):
            at, c = around(self.region, self.run.integer, self.algorithm.reach, x, steps)
            try:
                return take(at, c)
            except NotApplicable:
                raise
            except (ValueError, ArithmeticError):
                if not self.source.exists(at):
                    raise
                steps = 0.5 * steps
        raise ValueError("no step of differences stays in the model: give c=")

    def fresh(self, x: np.ndarray, count: int, steps: np.ndarray | None = None) -> Sample:
        """The gradient from replications that nobody has used."""
        steps = self.c if steps is None else steps
        return self.gradient(x, count, steps, self.source.fresh(count))

    # The phases

    def __call__(self) -> Descended:
        """All phases, within the budget."""
        x, moved = self.run.start, False
        for restart in range(RESTARTS + 1):
            found = self._search(x)
            moved = moved or found.moved
            gains = self._pilot(found)
            done = self._descend(found, gains, may_restart=restart < RESTARTS)
            if done is not None:
                return dataclasses.replace(done, moved=moved or done.moved)
            x = self.run.best
        raise AssertionError("the last descent is not restarted")

    def _search(self, x: np.ndarray) -> Found:
        if not self.algorithm.search:
            return Found(x, C_SHARE * sizes(x, self.region), self.batch, False)
        self.run.phase = "search"
        share = self.run.used() + SEARCHING * (DESCENT - self.run.used())
        size = sizes(x, self.region)

        def gradient(x: np.ndarray, count: int) -> Sample:
            first = self.source.fresh(count)
            sample = self._objective(x, count, self._c(x), first)
            if len(self.prices):
                sample = self.prices.leading(sample, self.prices.seen(x, count, first), size)
            self.run.record(x, sample, x)
            return sample

        def left() -> float:
            return self.run.left(share) / (SEARCHING * max(self.run.left(1.0), 1.0))

        batch = max(self.batch, 8)
        go = search if self.region.is_box else search_along
        return go(gradient, self.source.exists, self.region, x, batch, left, self.least)

    def _pilot(self, found: Found) -> Gains:
        """Gains from the curvature at the end of the search, those of the user in their place."""
        algorithm, d = self.algorithm, self.d
        size = self._size(found.x, found)
        averaging = algorithm.averaging
        alpha = 0.7 if averaging else algorithm.exponent
        steady = STEADY if algorithm.A is None else algorithm.A
        c = self._c(found.x)
        plain = Gains(np.ones(d), steady, alpha, c, algorithm.decay)
        if algorithm.a is not None:
            return read_gains(algorithm, d, plain)
        if isinstance(algorithm, Adam):
            return read_gains(
                algorithm, d, dataclasses.replace(plain, a=np.minimum(found.step, ADAM * size))
            )
        seen = self._fit_prices(found, size)
        slope, bent = self._curved(found.x, np.maximum(found.step, pilots.PROBE * size), c)
        curved = pilots.usable(bent, pilots.seen(slope), np.maximum(found.step, 0.25 * size))
        if algorithm.A is None:  # the first steps must not be noise as long as θ
            noise = np.sqrt(2.0 * slope.variance) / (curved * QUIET * size)
            most = 0.25 * self.run.left(DESCENT) / (self.batch * self.paths)
            steady = float(np.clip(pilots.SAFE * np.median(noise), STEADY, max(most, STEADY)))
            plain = dataclasses.replace(plain, A=steady)
        if seen:  # and a constraint adds as much again
            self.prices.firm(seen, curved)
            curved = 2.0 * curved
        chosen = dataclasses.replace(
            plain, a=self._a(curved, alpha, steady), curvature=bent, diagonal=curved
        )
        return read_gains(algorithm, d, chosen)

    def _a(self, curved: np.ndarray, alpha: float, steady: float) -> np.ndarray:
        """1/H and some more; for slower decay, as long as those of 1/n at first."""
        if self.algorithm.averaging:
            return 1.0 / curved
        return pilots.SAFE * (1.0 + steady) ** (alpha - 1.0) / curved

    def _fit_prices(self, found: Found, size: np.ndarray) -> list[Sample]:
        if not len(self.prices):
            return []
        first = self.source.fresh(4 * found.batch)
        objective = self._objective(found.x, 4 * found.batch, self.c, first)
        seen = self.prices.seen(found.x, 4 * found.batch, first)
        self.prices.fit(objective, seen, size)
        return seen

    def _curved(self, x: np.ndarray, probe: np.ndarray, c: np.ndarray) -> tuple[Sample, np.ndarray]:
        """The gradient and the curvature, for a tenth of what is left."""
        run, batch = self.run, self.batch
        affordable = PILOT * run.left(DESCENT) / (2.0 * batch * self.paths)
        probes = int(np.clip(affordable, 1, pilots.PROBES))
        slope = self.fresh(x, 2 * batch, c)
        first = self.source.fresh(batch)
        bent = pilots.curvature(
            lambda at: self.gradient(at, batch, c, first),
            self.source.exists, self.region, x, probe,
            np.random.default_rng([int(self.source.settings.seed), first]), probes,
        )  # fmt: skip
        return slope, bent

    def _c(self, x: np.ndarray) -> np.ndarray:
        """First steps of differences around x: in proportion to θ there, but no shorter than a
        quarter of those at the start. A component with a step 20 times shorter than others has 20
        times their noise, be it short because θ began small, or because noise has made it so."""
        given = getattr(self.algorithm, "c", None) is not None
        if given or not self.region.is_box:  # a projection couples components
            return self.c
        here = C_SHARE * np.maximum(sizes(x, self.region), self.least)
        return np.maximum(here, SHORTEST * self.c)

    def _descend(self, found: Found, gains: Gains, may_restart: bool) -> Descended | None:
        """The iterations; None if steps were bounded too often and the search is due again."""
        run, algorithm = self.run, self.algorithm
        run.phase = "descent"
        x = before = mean = found.x
        update = update_of(algorithm, gains, self.d, self.region.is_box)
        bound: Any = np.inf
        if algorithm.search and algorithm.a is None:
            bound = np.minimum(2.0 * found.step, BOUND * self._size(x, found))
        planned = max(int(run.left(DESCENT) // (self.batch * self.paths)), 1)
        skipped = int(algorithm.skip * planned)
        window, again = max(planned // 4, 5), self._again(planned)
        bounded, averaged, n, used = 0, 0, 0, [(0, gains)]
        while n == 0 or run.left(DESCENT) >= self.batch * self.paths:
            x, sample, (step, scale) = self._sampled(x, before, n, gains, update)
            limited = self._bounded(step, bound)
            bounded += n < window and bool((limited != step).any())
            before, x = x, self.region.project(x - limited, scale)
            n += 1
            if len(self.prices):
                self.prices.move((n + STEADY) ** -gains.alpha)
            if algorithm.averaging and n > skipped:
                averaged += 1
                mean = mean + (x - mean) / averaged
            else:
                mean = x
            run.record(x, sample, mean)
            if n == window and bounded > CLIPPED * window and may_restart:
                return None
            if n == again:
                gains = self._closer(x, found, gains)
                used.append((n, gains))
                update = update_of(algorithm, gains, self.d, self.region.is_box)
        way = Way(used, n, min(skipped, n - 1) if algorithm.averaging else n - 1, found.x)
        return Descended(mean, gains, found, way, bool(np.any(mean != run.start)))

    def _bounded(self, step: np.ndarray, bound: Any) -> np.ndarray:
        """Not longer than the bound: each component, or all in proportion where a projection
        couples them."""
        if self.region.is_box:
            return np.minimum(np.maximum(step, -bound), bound)
        over = float(np.max(np.abs(step) / bound))
        return step / over if over > 1.0 else step

    def _size(self, x: np.ndarray, found: Found) -> np.ndarray:
        """The size of each component: one that passes through 0 keeps some of the search's."""
        return np.maximum(np.maximum(sizes(x, self.region), self.least), PASSING * found.step)

    def _again(self, planned: int) -> int:
        """The iteration after which gains are chosen again; 0 for those who have their own."""
        algorithm = self.algorithm
        own = algorithm.a is not None or isinstance(algorithm, (Adam, SecondOrderSPSA))
        return 0 if own else int(AGAIN * planned)

    def _closer(self, x: np.ndarray, found: Found, gains: Gains) -> Gains:
        """Gains for the rest, from the curvature where the descent has come to."""
        size, c = self._size(x, found), self._c(x)
        probe = np.minimum(found.step, 0.5 * pilots.PROBE * size)
        with self.prices.soft():
            slope, bent = self._curved(x, probe, c)
        curved = pilots.usable(bent, pilots.seen(slope), np.maximum(found.step, 0.25 * size))
        if len(self.prices):
            curved = 2.0 * curved
        # Noise may hide a curvature, not make the sum of two much smaller.
        if gains.diagonal is not None:
            curved = np.maximum(curved, 0.1 * gains.diagonal)
        a = self._a(curved, gains.alpha, gains.A)
        return dataclasses.replace(gains, a=a, c=c, curvature=bent, diagonal=curved)

    def _bent(self, first: int) -> Callable[[np.ndarray, np.ndarray], Any]:
        """A gradient and an estimate of the Hessian, from these replications."""
        algorithm: Any = self.algorithm
        return lambda at, c: algorithm.both(self.source, at, c, self.batch, first)

    def _sampled(
        self, x: np.ndarray, before: np.ndarray, n: int, gains: Gains, update: Any
    ) -> tuple[np.ndarray, Sample, tuple[np.ndarray, np.ndarray]]:
        """x, or a point on the way back where there is a model; what was seen, and the step."""
        algorithm = self.algorithm
        steps = gains.perturbation(n) if algorithm.bias else self.c
        first = self.source.fresh(self.batch)
        for _ in range(MOST_HALVINGS):
            try:
                if isinstance(algorithm, SecondOrderSPSA):
                    sample, bend = self._near(x, steps, self._bent(first))
                    return x, sample, update(n, sample.gradient, bend)
                sample = self.gradient(x, self.batch, steps, first)
                return x, sample, update(n, sample.gradient)
            except NotApplicable:
                raise
            except (ValueError, ArithmeticError):
                if (x == before).all():
                    raise
                x = 0.5 * (x + before)
        return self._sampled(before, before, n, gains, update)
