"""Algorithms side by side on one problem: many runs of each, with equal budgets."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path as File
from typing import Any

import numpy as np
from scipy import stats

from ..core.theta import Theta
from ..errors import NotApplicable
from ..extras import require as require_extra
from ..problems import Problem
from ..results.text_table import Column, number, text_table
from . import checks
from .algorithms import Algorithm
from .api import LEAST, minimize
from .choice import AUTO, algorithm_of
from .result import OptimizationResult

GRID = 20  # points of a progress curve
LEVEL = 0.95
COLUMNS = [
    Column("algorithm", "algorithm", right=False),
    Column("median", "median", number(2)),
    Column("mean", "mean", number(2)),
    Column("worst", "worst", number(2)),
    Column("solved", "solved", lambda share: f"{100 * share:.0f} %"),
    Column("seconds", "seconds", number(2)),
]


class AlgorithmComparison:
    """Runs of several algorithms on one problem: what `compare_algorithms` returns.

    Gaps are shares of the gap at the start.

    Attributes
    ----------
    problem : str
    algorithms : list of str
    refused : dict of str to str
        Algorithms that cannot be used here, with the reason.
    solved_below : float
        The gap below which a run has solved the problem.
    start : shape of θ
        Where all runs begin.
    budget : int
        Paths that each run may simulate.
    """

    def __init__(self, problem: Problem, start: Any, budget: int, solved_below: float) -> None:
        self._problem, self.start, self.budget = problem, start, budget
        self.problem, self.solved_below = problem.name, solved_below
        self.initial_gap = problem.gap(start)
        self.algorithms: list[str] = []
        self.refused: dict[str, str] = {}
        self._rows: list[dict[str, Any]] = []
        self._curves: dict[str, list[np.ndarray]] = {}
        self.grid = np.linspace(0.0, budget, GRID + 1)

    def add(self, label: str, run: int, result: OptimizationResult) -> None:
        """One run.

        Parameters
        ----------
        label : str
            Of the algorithm.
        run : int
            Its number: the seed less the first one.
        result : OptimizationResult
        """
        if label not in self._curves:
            self.algorithms.append(label)
            self._curves[label] = []
        gap = self._problem.gap(result.x)
        self._curves[label].append(self._curve(result, gap))
        self._rows.append({
            "problem": self.problem,
            "algorithm": label,
            "run": run,
            "gap": gap,
            "share": gap / self.initial_gap,
            "success": result.success,
            "paths": result.replications,
            "iterations": result.nit,
            "seconds": result.seconds,
        })  # fmt: skip

    def _curve(self, result: OptimizationResult, last: float) -> np.ndarray:
        """Share of the initial gap at the points of the grid."""
        spent, points = result.path.spent, result.path.recommended
        theta = result._theta
        made = np.empty(len(self.grid))
        known: dict[int, float] = {-1: self.initial_gap}
        for k, paths in enumerate(self.grid[:-1]):
            at = int(np.searchsorted(spent, paths, "right")) - 1
            if at not in known:
                known[at] = self._problem.gap(theta.shaped(points[at]))
            made[k] = known[at]
        made[-1] = last
        found: np.ndarray = made / self.initial_gap
        return found

    def rows(self) -> list[dict[str, Any]]:
        """One row of plain numbers for each run."""
        return [dict(row) for row in self._rows]

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame (needs the extra `tables`)."""
        return require_extra("pandas", "to_frame()").DataFrame(self.rows())

    def shares(self, label: str) -> np.ndarray:
        """(runs,) final gaps of one algorithm."""
        return np.array([row["share"] for row in self._rows if row["algorithm"] == label])

    def curve(self, label: str) -> dict[str, np.ndarray]:
        """`paths`, mean `gap` there, and `low`, `high` of its 95 % interval."""
        curves = np.array(self._curves[label])
        runs = len(curves)
        mean = curves.mean(axis=0)
        error = (
            curves.std(axis=0, ddof=1) / np.sqrt(runs) if runs > 1 else np.full(GRID + 1, np.nan)
        )
        half = stats.t.ppf(0.5 + 0.5 * LEVEL, max(runs - 1, 1)) * error
        return {"paths": self.grid, "gap": mean, "low": mean - half, "high": mean + half}

    def profile(self, label: str) -> dict[str, np.ndarray]:
        """`paths`, and the share of runs `solved` by then."""
        below = np.array(self._curves[label]) <= self.solved_below
        return {"paths": self.grid, "solved": below.mean(axis=0)}

    def summary(self) -> list[dict[str, Any]]:
        """One row for each algorithm: the rows of the printed table."""
        made = []
        for label in self.algorithms:
            shares = self.shares(label)
            seconds = [row["seconds"] for row in self._rows if row["algorithm"] == label]
            made.append({
                "algorithm": label,
                "median": float(np.median(shares)),
                "mean": float(shares.mean()),
                "worst": float(shares.max()),
                "solved": float((shares <= self.solved_below).mean()),
                "seconds": float(np.mean(seconds)),
            })  # fmt: skip
        return made

    def plot(self, path: str | File | None = None) -> Any:
        """Draw progress curves and solvability profiles (needs the extra `plots`)."""
        from .plots import plot_comparison

        return plot_comparison(self, path)

    def __str__(self) -> str:
        runs = max((row["run"] for row in self._rows), default=-1) + 1
        title = (
            f"{self.problem}, from {self.start}: final gap as a share of the initial "
            f"{self.initial_gap:.4g}, {self.budget:,} paths, {runs} runs"
        )
        refused = [f"{name}: not applicable: {why}" for name, why in self.refused.items()]
        return "\n".join([title, *text_table(self.summary(), COLUMNS), *refused])

    def __repr__(self) -> str:
        return f"AlgorithmComparison({self.problem!r}, {self.algorithms})"


def compare_algorithms(
    problem: Problem,
    algorithms: Sequence[Any],
    budget: int,
    runs: int = 20,
    seed: int = 0,
    *,
    start: Any = None,
    solved_below: float = 0.01,
    **options: Any,
) -> AlgorithmComparison:
    """Run several algorithms on one problem, many times each with the same budget.

    Parameters
    ----------
    problem : problems.Problem
    algorithms : sequence of str or Algorithm
    budget : int
        Paths that each run may simulate.
    runs : int
        Independent runs of each; run k of every algorithm has the seed `seed` + k.
    seed : int
    start : shape of θ, optional
        The problem's first start by default.
    solved_below : float
        The share of the initial gap at which a run has solved the problem.
    **options
        Of `minimize`: method, threads, averaging, …

    Returns
    -------
    AlgorithmComparison

    Raises
    ------
    TypeError, ValueError
        For arguments that cannot be used.
    """
    if not isinstance(problem, Problem):
        raise TypeError(f"problem must be a fastgrad.problems.Problem, got {problem!r}")
    if runs is None or budget is None:
        raise TypeError("budget and runs must be whole numbers, got None")
    checks.whole("runs", runs, 1)
    checks.whole("budget", budget, LEAST)
    checks.number("solved_below", solved_below, 0.0, np.inf, "0 or more, and finite")
    for name in ("replications", "seconds", "bounds", "integer", "store"):
        if name in options:
            raise TypeError(f"compare_algorithms takes no {name}=: every run has the same budget")
    if isinstance(algorithms, (str, Algorithm)):
        algorithms = [algorithms]
    if not isinstance(algorithms, Sequence) or not algorithms:
        raise TypeError(f"algorithms must be a list of them, got {algorithms!r}")
    chosen = problem.starts[0] if start is None else start
    if Theta(chosen).names != Theta(problem.starts[0]).names:
        raise ValueError(f"start must be like {problem.starts[0]!r}, got {chosen!r}")
    if not problem.gap(chosen) > 0.0:
        raise ValueError(f"start: {chosen!r} is the optimum: there is no gap to be closed")
    made = AlgorithmComparison(problem, chosen, int(budget), solved_below)
    for label, algorithm in _labels(algorithms).items():
        try:
            for run in range(int(runs)):
                found = minimize(
                    problem.build, chosen, problem.bounds, algorithm=algorithm,
                    replications=int(budget), seed=seed + run, **options,
                )  # fmt: skip
                made.add(label, run, found)
        except NotApplicable as error:
            made.refused[label] = error.reason
    return made


def _labels(algorithms: Sequence[Any]) -> dict[str, Any]:
    """Algorithms by name, with the options that differ from the defaults."""
    made: dict[str, Any] = {}
    for given in algorithms:
        algorithm = algorithm_of(given)
        label = AUTO if algorithm is None else _described(algorithm)
        made[label] = given
    return made


def _described(algorithm: Algorithm) -> str:
    words = [algorithm.name]
    for field in dataclasses.fields(algorithm):
        value = getattr(algorithm, field.name)
        if repr(value) != repr(field.default):
            words.append(field.name if value is True else f"{field.name}={value}")
    return " ".join(words)
