"""Where an optimisation went: every iterate with what was seen there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core.theta import Theta
from ..extras import require as require_extra
from .sampling import Sample


class Step(NamedTuple):
    """One iterate.

    Attributes
    ----------
    phase : str
        "search", "descent", "solve", …
    spent : int
        Paths simulated before and for it.
    x, recommended : (d,) arrays
        The iterate, and what would be answered if the run ended here (an average, where
        iterates are averaged).
    sample : Sample or None
        Value and gradient there, with their variances.
    """

    phase: str
    spent: int
    x: np.ndarray
    recommended: np.ndarray
    sample: Sample | None


class Path(Sequence[Step]):
    """All iterates in order; `to_frame()` makes a table of them."""

    def __init__(self, theta: Theta) -> None:
        self._theta = theta
        # Plain tuples, which the garbage collector forgets: named ones take it 4 µs an iterate.
        self._steps: list[tuple[Any, ...]] = []

    def add(
        self,
        phase: str,
        spent: int,
        x: np.ndarray,
        sample: Sample | None,
        recommended: np.ndarray | None = None,
    ) -> None:
        """One more."""
        seen = None if sample is None else tuple(sample)
        self._steps.append((phase, spent, x, x if recommended is None else recommended, seen))

    def __getitem__(self, index: Any) -> Any:
        found = self._steps[index]
        return [_named(step) for step in found] if isinstance(index, slice) else _named(found)

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Step]:
        return map(_named, self._steps)

    @property
    def spent(self) -> np.ndarray:
        """(steps,) paths simulated."""
        return np.array([step.spent for step in self], dtype=int)

    @property
    def x(self) -> np.ndarray:
        """(steps, d) the iterates."""
        return np.array([step.x for step in self]).reshape(-1, len(self._theta.vector))

    @property
    def recommended(self) -> np.ndarray:
        """(steps, d) what would be answered at each."""
        found = np.array([step.recommended for step in self])
        return found.reshape(-1, len(self._theta.vector))

    @property
    def value(self) -> np.ndarray:
        """(steps,) the objective as seen there; nan where it was not."""
        return np.array([np.nan if s.sample is None else s.sample.value for s in self])

    @property
    def value_error(self) -> np.ndarray:
        """(steps,) its standard error."""
        variance = [np.nan if s.sample is None else s.sample.value_variance for s in self]
        return np.sqrt(np.array(variance, dtype=float))

    def rows(self) -> list[dict[str, Any]]:
        """One row of plain numbers for each step."""
        errors = self.value_error
        made: list[dict[str, Any]] = []
        for number, (step, error) in enumerate(zip(self, errors, strict=True)):
            row: dict[str, Any] = {"step": number, "phase": step.phase, "paths": step.spent}
            row |= dict(zip(self._theta.names, step.x.tolist(), strict=True))
            sample = step.sample
            row["value"] = None if sample is None else sample.value
            row["value_error"] = None if sample is None else float(error)
            for i, name in enumerate(self._theta.names):
                slope = None if sample is None else float(sample.gradient[i])
                noise = None if sample is None else float(np.sqrt(sample.variance[i]))
                row |= {f"d/d {name}": slope, f"error d/d {name}": noise}
            made.append(row)
        return made

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame (needs the extra `tables`)."""
        return require_extra("pandas", "to_frame()").DataFrame(self.rows())

    def __repr__(self) -> str:
        return f"Path({len(self)} steps, {self[-1].spent if self else 0:,} paths)"


def _named(step: tuple[Any, ...]) -> Step:
    phase, spent, x, recommended, seen = step
    return Step(phase, spent, x, recommended, None if seen is None else Sample(*seen))
