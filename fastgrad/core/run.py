"""From a plan and the caller's wishes to moments: how many replications, of which kind."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Any

import numpy as np

from ..errors import Interrupted, WorkersLost
from ..settings import Settings
from .engine import Moments, Plan, make_replications
from .moments import Grouped
from .moments import Outcome as Outcome
from .numbers import MOST_REPLICATIONS, shown
from .quasi import points_of
from .reported import looked_at, reported
from .stopping import missing, still_needed, unreached

RANDOMIZATIONS = 16  # independent scrambles of a Sobol' sequence
LATIN_POINTS = 1024  # points of one Latin hypercube
FIRST_LOOK = 4096  # replications before the stopping rule looks for the first time
PLENTY = 1_000_000  # replications without a single event, after which precision= gives up
MOST_JOINT = 64  # outputs whose covariances are computed without being asked for


@dataclasses.dataclass(frozen=True)
class Budget:
    """When to stop: after so many replications, or at a precision.

    With both, `replications` is the most that may be spent on the precision.
    """

    replications: int | None
    precision: float | None
    relative: bool
    first_planned: int | None = None  # of the call that began a study: its pilots are kept

    def __post_init__(self) -> None:
        if self.replications is None and self.precision is None:
            raise ValueError("say how long to run: replications=1_000_000 or precision=0.01")
        n = self.replications
        if n is not None:
            if not is_whole(n):
                raise TypeError(f"replications must be a whole number, got {n!r}")
            if n > MOST_REPLICATIONS:
                raise ValueError(
                    f"replications must be {MOST_REPLICATIONS:,} or less, got {shown(int(n))}"
                )
            if n < 1:
                raise ValueError(f"replications must be 1 or more, got {n}")
            object.__setattr__(self, "replications", int(n))
        if not isinstance(self.relative, (bool, np.bool_)):
            raise TypeError(f"relative must be True or False, got {self.relative!r}")
        if self.precision is None:
            if self.relative:
                raise ValueError("relative=True says how precision= is meant: give that too")
        elif (
            isinstance(self.precision, bool)
            or not isinstance(self.precision, (int, float, np.number))
            or not 0 < self.precision < math.inf
        ):
            raise ValueError(f"precision must be a positive number, got {self.precision!r}")

    @property
    def planned(self) -> int:
        """Replications to expect, for choices that need a number before the run."""
        return self.first_planned or self.replications or PLENTY


def is_whole(value: Any) -> bool:
    """Whether this is a whole number, be it written 1e6; True and False are not."""
    if isinstance(value, (float, np.floating)):
        return bool(value == np.floor(value)) and math.isfinite(value)
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


Report = Callable[[Outcome], Any]


def run(
    plan: Plan,
    budget: Budget,
    settings: Settings,
    report: Report | None = None,
    replication: int = 0,
) -> Outcome:
    """Run a plan to its budget; on Ctrl-C raise Interrupted with `report(outcome so far)`."""
    if settings.antithetic and budget.replications is not None and budget.replications < 3:
        raise ValueError("antithetic=True needs two pairs for a variance: replications=4 or more")
    unit, measures = 2 if settings.antithetic else 1, plan.problem.measures
    outcome = Outcome(_no_moments(plan, settings), unit, 0.0, measures=measures)
    report = _finishing(plan, report)
    began = time.perf_counter()
    try:
        with _Watching(settings, budget, lambda: reported(plan, outcome)) as watch:
            if settings.sampler == "pseudo":
                _run_pseudo(plan, budget, settings, outcome, watch, replication)
            else:
                _run_quasi(plan, budget, settings, outcome, watch)
    except KeyboardInterrupt:
        outcome.seconds = time.perf_counter() - began
        raise _interrupted(outcome, report) from None
    except BrokenExecutor as error:
        outcome.seconds = time.perf_counter() - began
        raise _lost(outcome, report, error) from error
    outcome.seconds = time.perf_counter() - began
    return reported(plan, outcome)


def _no_moments(plan: Plan, settings: Settings) -> Moments:
    """Of no samples yet: of all together, or group by group."""
    outputs, groups = plan.outputs, (plan.groups,) if plan.groups else ()
    many = plan.problem.measures > 1 and outputs <= MOST_JOINT
    joint = settings.covariance or plan.finish is not None or many
    kind = Grouped if groups else Moments
    products = np.zeros((*groups, outputs, outputs)) if joint else None
    return kind(np.zeros((*groups, 4, outputs)), products)


def _finishing(plan: Plan, report: Report | None) -> Report | None:
    """The report of a run that was cut short, after what the plan makes of its moments."""
    if report is None:
        return None
    return lambda outcome: report(reported(plan, outcome))


def _interrupted(outcome: Outcome, report: Report | None) -> Interrupted:
    if outcome.moments.count < 2 or report is None:
        return Interrupted("interrupted before two replications were complete")
    estimate = report(outcome)
    return Interrupted(
        f"interrupted after {outcome.replications:,} replications\n{estimate}", estimate
    )


def _lost(outcome: Outcome, report: Report | None, error: BrokenExecutor) -> WorkersLost:
    """What a pool that lost a process leaves: the chunks before the first that is missing."""
    if outcome.moments.count < 2 or report is None:
        return WorkersLost(f"the executor lost a worker before two replications: {error}")
    estimate = report(outcome)
    return WorkersLost(
        f"the executor lost a worker after {outcome.replications:,} replications ({error}); "
        f"so far:\n{estimate}",
        estimate,
    )


def _run_pseudo(
    plan: Plan,
    budget: Budget,
    settings: Settings,
    outcome: Outcome,
    watch: Callable[[int], None],
    replication: int,
) -> None:
    """Random numbers: to a fixed count, or in stages until the precision holds."""
    total, unit, products = outcome.moments.total, outcome.unit, outcome.moments.products
    most = None if budget.replications is None else -(-budget.replications // unit)
    if budget.precision is None:
        assert most is not None
        make_replications(
            plan, settings, replication, 0, most, total, watch=watch, products=products
        )
        return
    done, target = 0, FIRST_LOOK
    while True:
        target = min(-(-target // plan.leaf) * plan.leaf, most or target * plan.leaf)
        make_replications(
            plan, settings, replication, done, target, total, watch=watch, products=products
        )
        done = target
        needed = looked_at(missing, plan, budget, outcome)
        if needed <= 1.0:
            return
        if done == most or (math.isinf(needed) and done * unit >= PLENTY):
            left = looked_at(still_needed, plan, budget, outcome)
            if left > 1.0:
                outcome.said = (unreached(budget, reported(plan, outcome), left),)
            return
        # Never more than four times what is known, so that a lucky variance costs little.
        target = math.ceil(done * min(4.0, max(1.1, 1.05 * needed)))


def _run_quasi(
    plan: Plan,
    budget: Budget,
    settings: Settings,
    outcome: Outcome,
    watch: Callable[[int], None],
) -> None:
    """Quasi-random points: each independent randomization is one sample."""
    if budget.replications is None or budget.precision is not None:
        raise ValueError("precision= needs sampler='pseudo'; give replications= instead")
    from scipy.stats import qmc

    dimensions = max(plan.problem.rows, 1)
    if settings.sampler == "sobol" and dimensions > qmc.Sobol.MAXDIM:
        raise ValueError(
            f"a Sobol' sequence has at most {qmc.Sobol.MAXDIM} dimensions; "
            f"this model has {dimensions}"
        )
    share = max(1, budget.replications // RANDOMIZATIONS)
    if settings.sampler == "sobol":
        size, samples = 1 << max(share - 1, 0).bit_length(), RANDOMIZATIONS
    else:
        size = min(LATIN_POINTS, share)
        samples = max(2, -(-budget.replications // size))
    outcome.unit = size
    for sample in range(samples):
        points = points_of(settings, dimensions, sample, size, plan.paths)
        inner = np.zeros((3, plan.outputs))
        make_replications(plan, settings, sample * size, 0, size, inner, points)
        _add_sample(outcome.moments, inner[1])
        watch(sample + 1)


def _add_sample(moments: Moments, sample: np.ndarray) -> None:
    total, products = moments.total, moments.products
    if isinstance(moments, Grouped) and products is not None:
        group = moments.count % len(total)
        total, products = total[group], products[group]
    total[0] += 1.0
    delta = sample - total[1]
    total[1] += delta / total[0]
    total[2] += delta * (sample - total[1])
    if products is not None:
        products += np.outer(delta, sample - total[1])


class _Watching:
    """Shows progress while a run goes on, when asked to."""

    def __init__(self, settings: Settings, budget: Budget, outcome: Callable[[], Outcome]) -> None:
        self.settings, self.budget, self.outcome = settings, budget, outcome
        self.bar: Any = None

    def __enter__(self) -> Callable[[int], None]:
        wanted = self.settings.progress
        if hasattr(wanted, "look"):  # displays of the command line see the moments too
            return lambda samples: wanted.look(samples, self.outcome())
        if callable(wanted):
            return lambda samples: wanted(samples)
        if wanted:
            from rich.progress import Progress

            self.bar = Progress(transient=True)
            self.bar.start()
            task = self.bar.add_task("replications", total=self.budget.replications)
            unit = 2 if self.settings.antithetic else 1
            return lambda samples: self.bar.update(task, completed=samples * unit)
        return lambda samples: None

    def __exit__(self, *error: Any) -> None:
        if self.bar is not None:
            self.bar.stop()
