"""One optimisation under way: its budget, its path, and what watches it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult

from .expected import Prices
from .path import Path
from .region import Region
from .sampling import Sample, Source


class Stopped(Exception):
    """The callback asked to stop."""


class Run:
    """Objective, constraints, region, budget and path of one optimisation.

    Attributes
    ----------
    source : Source
        Of the objective.
    prices : Prices
        Expected constraints; none for most.
    most : float
        Paths that may be simulated.
    best : (d,) array
        What would be answered now.
    """

    def __init__(
        self,
        source: Source,
        prices: Prices,
        region: Region,
        replications: float | None,
        seconds: float | None,
        callback: Callable[..., Any] | None,
        progress: bool,
        integer: np.ndarray,
    ) -> None:
        self.source, self.prices, self.region = source, prices, region
        self.most = np.inf if replications is None else float(replications)
        self.seconds = seconds
        self.path = Path(source.theta)
        self.start = source.theta.vector
        self.best = self.start
        self.phase, self.iterations = "search", 0
        self.integer = integer
        self._watchers = _watchers(callback)
        self._bar = _Bar(self) if progress else None

    @property
    def spent(self) -> int:
        """Paths simulated so far."""
        return self.source.spent + self.prices.spent

    @property
    def elapsed(self) -> float:
        """Seconds so far, at the end of the last simulation."""
        return self.source.journal.seconds

    def used(self) -> float:
        """Share of the budget that is gone."""
        share = self.spent / self.most
        return share if self.seconds is None else max(share, self.elapsed / self.seconds)

    def left(self, until: float) -> float:
        """Paths that are left until this share of the budget is gone, in expectation."""
        left = until * self.most - self.spent
        if self.seconds is not None:
            pace = max(self.spent, 1) / max(self.elapsed, 1e-9)
            left = min(left, (until * self.seconds - self.elapsed) * pace)
        return left

    def record(self, x: np.ndarray, sample: Sample | None, recommended: np.ndarray) -> None:
        """One iterate is done; raises Stopped if the callback says so."""
        self.path.add(self.phase, self.spent, x, sample, recommended)
        self.best = recommended
        self.iterations += 1
        if self._bar is not None:
            self._bar.show(sample)
        for watcher in self._watchers:
            watcher(self, sample)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def _watchers(callback: Callable[..., Any] | None) -> list[Callable[[Run, Sample | None], None]]:
    """The callback as SciPy calls it: with `intermediate_result=` if it is named so, else x."""
    if callback is None:
        return []
    if not callable(callback):
        raise TypeError(f"callback must be a function, got {callback!r}")
    named = list(inspect.signature(callback).parameters) == ["intermediate_result"]

    def call(run: Run, sample: Sample | None) -> None:
        x = run.source.theta.shaped(run.best)
        try:
            if named:
                fun = np.nan if sample is None else sample.value
                result = OptimizeResult(x=x, fun=fun, nit=run.iterations, replications=run.spent)
                stop = callback(intermediate_result=result)
            else:
                stop = callback(x)
        except StopIteration:
            raise Stopped from None
        if stop is True:
            raise Stopped

    return [call]


class _Bar:
    """A line with the iterate, the objective and its interval, ten times a second."""

    def __init__(self, run: Run) -> None:
        from rich.progress import Progress

        self.run, self.last = run, 0.0
        self.bar = Progress(transient=True)
        self.bar.start()
        self.task = self.bar.add_task("optimising", total=1.0)

    def show(self, sample: Sample | None) -> None:
        """Where the run is."""
        now = time.perf_counter()
        if now - self.last < 0.1:
            return
        self.last = now
        x = ", ".join(f"{value:.4g}" for value in self.run.best[:4])
        told = f"[{x}{', …' if len(self.run.best) > 4 else ''}]".replace("[", "(").replace("]", ")")
        if sample is not None and np.isfinite(sample.value):
            told += f"  {sample.value:.6g} ± {1.96 * np.sqrt(sample.value_variance):.2g}"
        self.bar.update(self.task, completed=min(self.run.used(), 1.0), description=told)

    def stop(self) -> None:
        """Take it away."""
        self.bar.stop()
