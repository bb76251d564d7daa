"""What a run returns: numbers with their errors, that print as a table."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..core.run import Outcome
from ..core.theta import Theta
from . import cautions
from .cautions import joined, of_sample
from .shown import Shown


@dataclasses.dataclass(frozen=True)
class Estimate(Shown):
    """An estimate of E[Y].

    Attributes
    ----------
    value, standard_error : float
    variance : float
        Per replication: standard_error² = variance / replications.
    replications : int
    seconds : float
        Wall-clock time of the run.
    warnings : tuple of str
        Why the interval may not cover, or what else must be known; empty if nothing.
    """

    value: float
    standard_error: float
    variance: float
    replications: int
    seconds: float
    warnings: tuple[str, ...] = ()
    _outcome: Outcome | None = dataclasses.field(repr=False, default=None, compare=False)

    def confidence_interval(self, level: float = 0.95) -> tuple[float, float]:
        """(low, high) of the Student-t interval at this level."""
        half = float(_half_widths(self._outcome, level)[0])
        return self.value - half, self.value + half

    def rows(self) -> list[dict[str, Any]]:
        """One row of plain numbers."""
        low, high = self.confidence_interval()
        row = self.to_dict() | {"low": low, "high": high}
        del row["confidence_interval"]
        return [row]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return {
            "value": self.value,
            "standard_error": self.standard_error,
            "variance": self.variance,
            "confidence_interval": list(self.confidence_interval()),
            "replications": self.replications,
            "seconds": self.seconds,
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        return "\n".join([self.line(), *cautions.lines(self.warnings)])

    def line(self) -> str:
        """The numbers alone, in one line."""
        low, high = self.confidence_interval()
        return (
            f"{self.value:.6g} ± {self.standard_error:.2g}  "
            f"95 % [{low:.6g}, {high:.6g}]  {self.replications:,} replications"
        )


def _half_widths(outcome: Outcome | None, level: float) -> np.ndarray:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must be between 0 and 1, got {level!r}")
    assert outcome is not None
    return outcome.half_width(level)


def performance_of(outcome: Outcome, said: Iterable[str] = (), varies: bool = True) -> Estimate:
    """The estimate of E[Y] itself: output 0 of every run; `said` is known without the sample,
    `varies` whether anything is random."""
    return Estimate(
        value=float(outcome.moments.mean[0]),
        standard_error=float(outcome.moments.standard_error[0]),
        variance=float(outcome.variance[0]),
        replications=outcome.replications,
        seconds=outcome.seconds,
        warnings=joined(said, of_sample(outcome, 0, ["E[Y]"], scored=varies)),
        _outcome=outcome,
    )


class GradientEstimate(Shown):
    """An estimate of dE[Y]/dθ. Everything about θ has the shape of θ (a dict for a dict).

    Attributes
    ----------
    gradient, standard_error : shape of θ
    variance : shape of θ
        Per replication: standard_error² = variance / replications.
    performance : Estimate
        Of E[Y] itself, from the same replications.
    method : str
    step : shape of θ, or None
        The step of a difference, given or chosen by the pilot.
    baseline, methods : dict by place of θ, or None
        What was subtracted from Y for a score; which method `auto` used.
    weights : dict of shapes of θ, by method, or None
        Of each part of the combination that `best` used.
    phantoms : {"all", "one"} or None
        Whether second weak derivatives followed all pairs of phantoms, or a random one.
    refused : dict of str to str, or None
        Why there is no second derivative by two parameters, by their names: not a number then.
    replications : int
    seconds : float
        Wall-clock time, pilot runs and compilation included.
    warnings : tuple of str
        Why an interval may not cover, or what else must be known; empty if nothing. They
        stand in the printed table too, and `EstimateWarning` was issued for them.
    """

    def __init__(
        self,
        outcome: Outcome,
        theta: Theta,
        method: str,
        seed: int,
        chosen: dict[str, Any],
        order: int = 1,
    ) -> None:
        self.refused: dict[str, str] | None = chosen.get("refused") or None
        whole, self._theta = outcome, theta
        self._shaped = theta.shaped if order == 1 else theta.matrix
        self.method, self.seed, self.order = method, seed, order
        gone = [1 + i for i, name in enumerate(self._names()) if name in (self.refused or {})]
        self._outcome = outcome = whole.without(gone)
        self.gradient = self._shaped(outcome.moments.mean[1:])
        self.replications = outcome.replications
        self.seconds = outcome.seconds
        self.step = theta.shaped(chosen["step"]) if "step" in chosen else None
        self.baseline: dict[str, float] | None = chosen.get("baseline")
        self.methods: dict[str, str] | None = chosen.get("methods")
        self.weights: dict[str, Any] | None = chosen.get("weights")
        self.phantoms: str | None = chosen.get("phantoms")
        self.warnings: tuple[str, ...] = joined(
            chosen.get("warnings", ()),
            outcome.said,
            [f"{name}: not a number, {why}" for name, why in (self.refused or {}).items()],
            of_sample(
                whole,
                1,
                self._names(),
                self._is_scored(),
                known=[*chosen.get("elsewhere", ()), *(self.refused or {})],
            ),
        )

    # Made when first asked for: an optimiser asks thousands of estimates for gradients alone.
    @functools.cached_property
    def standard_error(self) -> Any:
        """Of the gradient."""
        return self._shaped(self._outcome.moments.standard_error[1:])

    @functools.cached_property
    def variance(self) -> Any:
        """Per replication."""
        return self._shaped(self._outcome.variance[1:])

    def of(self, outcome: Outcome) -> GradientEstimate:
        """Another estimate at the same θ, by the same method and from the same replications."""
        return GradientEstimate(outcome, self._theta, self.method, self.seed, {}, self.order)

    @property
    def covariance(self) -> np.ndarray | None:
        """Of E[Y] and its derivatives, in this order, per replication: (1 + θ, 1 + θ).

        Divided by `replications` it is that of the estimates. Second derivatives stand in the
        order of `components()`. None unless `covariance=True` was given, or a run had several
        measures.
        """
        return self._outcome.covariance

    @functools.cached_property
    def performance(self) -> Estimate:
        """Of E[Y] itself."""
        return performance_of(self._outcome)

    @functools.cached_property
    def theta(self) -> Any:
        """Where it was estimated."""
        return self._theta.shaped(self._theta.vector)

    def confidence_interval(self, level: float = 0.95) -> tuple[Any, Any]:
        """(low, high) of the Student-t interval of each component, each of the shape of θ."""
        half = _half_widths(self._outcome, level)[1:]
        mean = self._outcome.moments.mean[1:]
        return self._shaped(mean - half), self._shaped(mean + half)

    def _names(self) -> list[str]:
        return self._theta.names if self.order == 1 else self._theta.second_names()

    def _is_scored(self) -> bool:
        return "lr" in (self.method, *(self.methods or {}).values())

    def components(self) -> list[dict[str, Any]]:
        """One row of plain numbers for each component of θ (each pair of them for order 2)."""
        names = self._names()
        half = _half_widths(self._outcome, 0.95)[1:]
        moments = self._outcome.moments
        return [
            {
                "parameter": name,
                "method": self.method,
                "gradient": float(moments.mean[1 + i]),
                "standard_error": float(moments.standard_error[1 + i]),
                "low": float(moments.mean[1 + i] - half[i]),
                "high": float(moments.mean[1 + i] + half[i]),
                "variance": float(self._outcome.variance[1 + i]),
                "warnings": self.warnings,
            }
            for i, name in enumerate(names)
        ]

    rows = components

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON."""
        low, high = self.confidence_interval()
        fields = {
            "method": self.method,
            "theta": self.theta,
            "gradient": self.gradient,
            "standard_error": self.standard_error,
            "variance": self.variance,
            "confidence_interval": [low, high],
            "step": self.step,
            "baseline": self.baseline,
            "methods": self.methods,
            "weights": self.weights,
            "phantoms": self.phantoms,
        }
        plain = {name: _plain(value) for name, value in fields.items() if value is not None}
        return plain | {
            "performance": self.performance.to_dict(),
            "replications": self.replications,
            "seed": self.seed,
            "seconds": self.seconds,
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        what = "dE[Y]/dθ" if self.order == 1 else "d²E[Y]/dθ²"
        rows = self.components()
        wide = max(9, *(len(row["parameter"]) for row in rows)) + 2
        lines = [f"{what} by {self.method} at {self.theta}, {self.replications:,} replications"]
        lines.append(f"{'parameter':<{wide}}{'gradient':>12}{'std. error':>12}   95 % interval")
        lines += [
            f"{row['parameter']:<{wide}}{row['gradient']:>12.6g}"
            f"{row['standard_error']:>12.2g}   [{row['low']:.6g}, {row['high']:.6g}]"
            for row in rows
        ]
        lines.append(f"E[Y] = {self.performance.line()}")
        if self.step is not None:
            lines.append(f"step {self.step}")
        if self.weights is not None:
            lines += [f"weight of {name}: {weight}" for name, weight in self.weights.items()]
        if self.phantoms == "one":
            lines.append("one random pair of phantoms in each replication")
        if self.methods:
            lines.append("  ".join(f"{place}: {used}" for place, used in self.methods.items()))
        lines += cautions.lines(joined(self.warnings, self.performance.warnings))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"GradientEstimate(gradient={self.gradient}, standard_error={self.standard_error}, "
            f"method={self.method!r}, replications={self.replications})"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value
