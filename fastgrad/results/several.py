"""Functions that return several outputs: an estimate of each, all from the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.quotient import ratio_of
from ..errors import Interrupted
from ..models.model import Model
from . import cautions
from .estimates import Estimate, GradientEstimate, performance_of
from .shown import Shown
from .text_table import Column, number, text_table

if TYPE_CHECKING:
    from ..core.run import Outcome

COLUMNS = [
    Column("output", "output", right=False),
    Column("parameter", "parameter", right=False),
    Column("estimate", "estimate", number(6)),
    Column("standard_error", "std. error", number(2)),
    Column("interval", "95 % interval"),
    Column("replications", "replications", lambda n: f"{n:,}"),
]
VALUE = "E[Y]"  # stands where a derivative has its parameter


class Estimates(Shown, Mapping[Any, Any]):
    """One estimate for each output of a model with several, of one run: an immutable mapping.

    Its keys are those of the function's dict, or 0, 1, … for a tuple. Each entry is bit for
    bit what choosing that output alone gives with the same seed and as many replications (with
    `precision=`, all outputs have as many as the one that needs most).
    """

    def __init__(
        self,
        estimates: Mapping[Any, Estimate | GradientEstimate],
        outcome: Outcome | None = None,
    ) -> None:
        self._estimates = dict(estimates)
        self._outcome = outcome

    @property
    def joint(self) -> bool:
        """Whether one run gave all of them."""
        return self._outcome is not None

    @property
    def replications(self) -> int:
        """Of the output that has most."""
        return max((one.replications for one in self.values()), default=0)

    @property
    def covariance(self) -> np.ndarray | None:
        """Joint covariance per replication, a square array: of the estimates, divide by
        `replications`. Output after output, each as its own estimate's `covariance`: E[Y], then
        its derivatives (see `labels`). None if it was not computed: that of more than 64 numbers
        is with `covariance=True` only.
        """
        return None if self._outcome is None else self._outcome.covariance

    def ratio(self, numerator: Any, denominator: Any) -> Any:
        """E[A] / E[B] of two outputs, with its gradient: an estimate like theirs.

        Its intervals are by the delta method, from the joint covariance of both outputs and
        their derivatives; the ratio of two means is biased by O(1 / replications).

        Raises
        ------
        KeyError
            For outputs that there are not.
        ValueError
            Without that covariance, or of second derivatives.
        """
        one, _ = self[numerator], self[denominator]
        if self._outcome is None:
            raise ValueError(
                "the outputs come from several runs, whose covariance is not known: a ratio needs "
                "a method that gives all of them in one run"
            )
        if isinstance(one, GradientEstimate) and one.order == 2:
            raise ValueError("the second derivative of a ratio needs first ones: ask for order=1")
        names = list(self)
        found = ratio_of(self._outcome, names.index(numerator), names.index(denominator))
        if isinstance(one, Estimate):
            return performance_of(found)
        return one.of(found)

    @property
    def labels(self) -> list[tuple[Any, str]]:
        """What the rows of `covariance` stand for: (output, "E[Y]" or the derivative)."""
        return [(name, row["parameter"]) for name, one in self.items() for row in _rows(one)]

    def __getitem__(self, output: Any) -> Any:
        if output not in self._estimates:
            raise KeyError(f"no output {output!r}; there are {_listed(self)}")
        return self._estimates[output]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._estimates)

    def __len__(self) -> int:
        return len(self._estimates)

    @property
    def warnings(self) -> dict[Any, tuple[str, ...]]:
        """What each estimate says about itself, by output; those with nothing to say left out."""
        said = {name: _said(one) for name, one in self.items()}
        return {name: sentences for name, sentences in said.items() if sentences}

    def rows(self) -> list[dict[str, Any]]:
        """One row of plain numbers for each output and each component of its estimate."""
        return [
            {"output": output} | row | {"replications": one.replications}
            for output, one in self.items()
            for row in _rows(one)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts by the name of each output, for JSON."""
        return {str(output): one.to_dict() for output, one in self.items()}

    def __str__(self) -> str:
        rows = [row | {"interval": f"[{row['low']:.6g}, {row['high']:.6g}]"} for row in self.rows()]
        said = (f"{name!r}: {text}" for name, texts in self.warnings.items() for text in texts)
        return "\n".join([*_title(self), *text_table(rows, COLUMNS), *cautions.lines(said)])

    def __repr__(self) -> str:
        return f"Estimates({self._estimates!r})"


def _title(estimates: Estimates) -> list[str]:
    """What the derivatives are and where."""
    one = next(iter(estimates.values()), None)
    if not isinstance(one, GradientEstimate):
        return []
    return [f"{'dE[Y]/dθ' if one.order == 1 else 'd²E[Y]/dθ²'} by {one.method} at {one.theta}"]


def _said(one: Estimate | GradientEstimate) -> tuple[str, ...]:
    of_value = () if isinstance(one, Estimate) else one.performance.warnings
    return cautions.joined(one.warnings, of_value)


def _rows(one: Estimate | GradientEstimate) -> list[dict[str, Any]]:
    """E[Y] first, then its derivatives."""
    value = one if isinstance(one, Estimate) else one.performance
    low, high = value.confidence_interval()
    made: list[dict[str, Any]] = [
        {
            "parameter": VALUE,
            "estimate": value.value,
            "standard_error": value.standard_error,
            "low": low,
            "high": high,
            "variance": value.variance,
            "warnings": value.warnings,
        }
    ]
    if isinstance(one, GradientEstimate):
        by = "d/d" if one.order == 1 else "d²/d"
        kept = ("standard_error", "low", "high", "variance", "warnings")
        for row in one.components():
            found = {"parameter": f"{by} {row['parameter']}", "estimate": row["gradient"]}
            made.append(found | {key: row[key] for key in kept})
    return made


def estimates_of(outcome: Outcome, names: tuple, make: Callable[[int, Outcome], Any]) -> Estimates:
    """make(measure, what the run found about it) for every measure of one run."""
    return Estimates({name: make(m, outcome.of(m)) for m, name in enumerate(names)}, outcome)


def each_output(names: tuple, estimate: Callable[[Any], Any]) -> Estimates:
    """`estimate(name)` for every output; on Ctrl-C what there is so far."""
    made: dict[Any, Any] = {}
    for name in names:
        try:
            made[name] = estimate(name)
        except Interrupted as stop:
            if stop.estimate is not None:
                made[name] = stop.estimate
            so_far = Estimates(made)
            told = f"interrupted in output {name!r}"
            raise Interrupted(f"{told}; so far:\n{so_far}" if made else told, so_far) from None
    return Estimates(made)


def choosing(build: Callable[[Any], Model], output: Any) -> Callable[[Any], Model]:
    """The same build, of models that have this output alone."""
    return lambda theta: build(theta).choosing(output)


def _listed(names: Any) -> str:
    return ", ".join(map(repr, names))


def say_all(found: Any) -> None:
    """A Python warning for each estimate that has something to say."""
    if isinstance(found, Estimates):
        for name, one in found.items():
            cautions.say(one, f"output {name!r}: ")
    else:
        cautions.say(found)
