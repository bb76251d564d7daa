"""Where an optimiser gets gradients from: replications of its own, counted as they are spent."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..api import check_finite
from ..core.engine import Moments
from ..core.run import Budget, run
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import NotApplicable
from ..methods import METHODS, Method, method_of, require
from ..methods.difference_plan import difference_plan
from ..methods.steady import is_steady
from ..models.model import Model
from ..prepared import Prepared
from ..settings import Settings
from ..studies.journal import Journal

LARGE = 10_000  # replications, from which a simulation is kept in chunks too


class Sample(NamedTuple):
    """The mean of some replications at one θ.

    Attributes
    ----------
    value : float
        Of Y; nan where no replication stands at θ itself.
    gradient : (d,) array
    value_variance, variance : float, (d,) array
        Of the means, not of one replication.
    """

    value: float
    gradient: np.ndarray
    value_variance: float
    variance: np.ndarray

    @staticmethod
    def of(moments: Moments) -> Sample:
        """From the moments of a run whose first output is Y."""
        total = moments.total
        count, mean = total.item(0, 0), total[1]
        variance = total[2] / (count * max(count - 1.0, 1.0))
        return Sample(mean.item(0), mean[1:], variance.item(0), variance[1:])


class Source:
    """One objective (or constraint) at any θ: values, gradients, differences, with fresh numbers.

    Attributes
    ----------
    spent : int
        Paths simulated so far: a difference of two outputs counts as two.
    next : int
        Number of the next replication that nobody has used.
    """

    def __init__(
        self,
        build: Callable[[Any], Model],
        theta: Theta,
        method: Any,
        settings: Settings,
        journal: Journal | None = None,
        number: int = 0,
    ) -> None:
        self.build, self.theta, self.settings = build, theta, settings
        self.journal, self.number = journal or Journal(None), number
        self.method: Method = method_of(method)
        self.prepared = Prepared(build, self.method, None, settings.seed, True, 1, {})
        self.spent, self.next = 0, 0
        self._pilots_due = True

    def fresh(self, count: int) -> int:
        """The first of `count` replications that are used now."""
        first = self.next
        self.next += count
        return first

    def gradient(self, x: np.ndarray, count: int, first: int) -> Sample:
        """By the method, from these replications."""
        self.spent += count * self.paths
        at, settings = self.theta.moved(x), self.settings_for(count)
        self._pilot(at, count)
        return Sample.of(
            self.asked(
                ("gradient", x, count, first),
                lambda: self.prepared.moments(at, count, settings, first),
            )
        )

    def asked(self, question: tuple[Any, ...], simulate: Callable[[], Moments]) -> Moments:
        """What a simulation finds, or has found before the process was killed."""
        return self.journal.once((self.number, *question), simulate)

    def settings_for(self, count: int) -> Settings:
        """With the store, where a simulation is large enough to be kept in chunks."""
        store = self.journal.store
        if store is None or count < LARGE:
            return self.settings
        return dataclasses.replace(self.settings, store=store)

    def _pilot(self, at: Theta, count: int) -> None:
        """Pilots belong to the first θ that is asked for, also where its answer is known."""
        if self._pilots_due and self.journal.store is not None:
            self.prepared.plan(at, count, self.settings)
        self._pilots_due = False

    @functools.cached_property
    def paths(self) -> int:
        """Simulated for each replication of the gradient."""
        return paths_of(self.method, len(self.theta.vector))

    def covariance(self, x: np.ndarray, count: int, first: int) -> tuple[Sample, np.ndarray]:
        """The gradient, and the covariance (d, d) of its components in one replication."""
        self._pilots_due = False
        plan = self.prepared.plan(self.theta.moved(x), count, self.settings).plan
        settings = dataclasses.replace(self.settings_for(count), covariance=True)
        moments = self.asked(
            ("covariance", x, count, first),
            lambda: run(plan, Budget(count, None, False), settings, None, first).moments,
        )
        self.spent += count * self.paths
        joint = moments.covariance
        assert joint is not None
        return Sample.of(moments), joint[1:, 1:]

    def outputs(
        self,
        points: list[np.ndarray],
        rows: list[list[tuple[int, float]]],
        count: int,
        first: int,
        common: bool = True,
    ) -> Moments:
        """Moments of Y at the first point, and of weighted sums of outputs at all of them.

        rows: (number of the point, weight) of each sum
        """

        def simulated() -> Moments:
            traced = TracedModel(self.build, self.theta.moved(points[0]))
            if traced.quotient is not None or is_steady(traced.model):
                return self._ratios(points, rows, count, first)
            plan = difference_plan(traced, self.settings, points[1:], [rows], common)
            outcome = run(plan, Budget(count, None, False), self.settings_for(count), None, first)
            check_finite(outcome, traced, self.settings)
            return outcome.moments

        made = self.asked(("outputs", *points, rows, count, first, common), simulated)
        self.spent += count * len(points)
        return made

    def _ratios(
        self, points: list[np.ndarray], rows: list[list[tuple[int, float]]], count: int, first: int
    ) -> Moments:
        """The same of ratios of means: a run for each point, with the sum of their variances."""
        seen = np.empty((len(points), 2))
        for k, point in enumerate(points):
            at, settings = self.theta.moved(point), self.settings_for(count)
            seen[k] = self.prepared.moments(at, count, settings, first).total[1:3, 0]
        weights = np.zeros((1 + len(rows), len(points)))
        weights[0, 0] = 1.0
        for weight, row in zip(weights[1:], rows, strict=True):
            for k, share in row:
                weight[k] += share
        counts = np.full(len(weights), float(count))
        return Moments(np.array([counts, weights @ seen[:, 0], weights**2 @ seen[:, 1]]))

    def value(self, x: np.ndarray, count: int, first: int) -> Sample:
        """Y alone."""
        return Sample.of(self.outputs([x], [], count, first))

    @functools.cached_property
    def follows(self) -> bool:
        """Whether gradients are those of the sample average itself: along the path."""
        traced = TracedModel(self.build, self.theta)
        along = self.method.name in ("auto", "ipa") and METHODS["ipa"].refusal(traced) is None
        return along and not is_steady(traced.model)

    def requires(self, x: np.ndarray) -> None:
        """Raise NotApplicable unless the method is valid at θ."""
        require(self.method, TracedModel(self.build, self.theta.moved(x)), METHODS)

    def exists(self, x: np.ndarray) -> bool:
        """Whether there is a model at θ."""
        try:
            TracedModel(self.build, self.theta.moved(x))
        except NotApplicable:
            raise
        except (ValueError, ArithmeticError):
            return False
        return True


def paths_of(method: Method, components: int) -> int:
    """Simulated paths for each replication of a gradient by this method.

    Phantoms of weak derivatives and smoothed derivatives are parts of a path and not counted.
    """
    of_differences = {
        "fd": components + 1,
        "cd": 2 * components + 1,
        "sp": 3,
        "rd": 3,
    }
    return of_differences.get(method.name, 1)
