"""What goes on while a study runs: done, rate, time left, the widest interval so far."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.piloting import WORDS
from ..results.comparison import Watcher

WIDE = 120  # columns of a terminal in which everything stands in one line


class Display(Watcher):
    """A line on stderr, where that is a terminal; progress and watcher of all runs.

    Parameters
    ----------
    cells : int
        Estimates that will be made: methods × points.
    replications : int, optional
        Of each.
    quiet : bool
    """

    def __init__(self, cells: int = 1, replications: Any = None, quiet: bool = False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
        from rich.text import Text

        errors = Console(stderr=True)
        narrow = errors.width < WIDE
        told = TextColumn("{task.fields[told]}", markup=False)

        class TwoLines(Progress):
            """What is told under the bar, folded: nothing of it is cut."""

            def get_renderables(self) -> Any:
                yield from super().get_renderables()
                yield Text(self.tasks[0].fields["told"] if self.tasks else "", overflow="fold")

        self.cells, self.finished = cells, 0
        self.each = int(replications) if isinstance(replications, (int, float)) else None
        self.before = self.now = 0
        self.began = self.last = time.perf_counter()
        self.running = 0.0  # seconds in runs, compilation left out
        self.widest: float | None = None
        self.bar = (TwoLines if narrow else Progress)(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=10),
            TaskProgressColumn(),
            *([] if narrow else [told]),
            console=errors,
            transient=True,
            disable=quiet or not errors.is_terminal,
        )
        self.task = self.bar.add_task("starting", total=float(cells), told="")

    def __enter__(self) -> Display:
        self.bar.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.bar.stop()

    def __call__(self, stage: str) -> None:
        """A new stage."""
        self.last = time.perf_counter()
        self.bar.update(self.task, description=stage)

    def cell(self, estimate: Any) -> None:
        """One more estimate is done (or refused)."""
        self.finished += 1
        self.before += 0 if estimate is None else estimate.replications
        self.now = 0
        if estimate is not None:
            each = estimate.values() if isinstance(estimate, Mapping) else [estimate]
            rows = [row for one in each for row in one.components()]
            self._widen([0.5 * (row["high"] - row["low"]) for row in rows])
        self.bar.update(self.task, completed=float(self.finished), told=self.told())

    def pilot(self) -> None:
        """Pilots begin, before the run of a cell."""
        self.last = time.perf_counter()
        self.bar.update(self.task, told=WORDS)

    def look(self, samples: int, outcome: Any) -> None:
        """In the middle of a run: how many samples, and their moments."""
        clock = time.perf_counter()
        self.running += clock - self.last
        self.last, self.now = clock, outcome.replications
        if samples > 1:
            halves = outcome.half_width(0.95).reshape(outcome.measures, -1)
            self._widen(halves[:, 1:], whole=False)  # of derivatives; E[Y] stands before them
        share = min(self.now / self.each, 1.0) if self.each else 0.0
        self.bar.update(self.task, completed=self.finished + share, told=self.told())

    def _widen(self, halves: Any, whole: bool = True) -> None:
        finite = [float(half) for half in np.ravel(halves) if math.isfinite(half)]
        if finite:
            worst = max(finite)
            self.widest = max(worst, self.widest or 0.0) if whole and self.cells > 1 else worst

    def told(self) -> str:
        """Replications, rate, time left, the widest 95 % interval."""
        done = self.before + self.now
        words = [f"{self.finished}/{self.cells}"] if self.cells > 1 else []
        words.append(f"{done:,} done" if done < 10_000_000 else f"{done:.2e} done")
        if self.running > 0.0 and done:
            rate = done / self.running
            words.append(f"{rate:.3g}/s")
            if self.each:
                left = (self.each * (self.cells - self.finished) - self.now) / rate
                words.append(f"{duration(max(left, 0.0))} left")
        if self.widest is not None:
            words.append(f"worst ± {self.widest:.2g}")
        return ", ".join(words)


def duration(seconds: float) -> str:
    """In words that fit."""
    if seconds < 100.0:
        return f"{seconds:.0f} s"
    if seconds < 6_000.0:
        return f"{seconds / 60.0:.0f} min"
    return f"{seconds / 3600.0:.1f} h"
