"""The estimates of several methods side by side, with tests of their agreement."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..core.theta import upper_triangle
from ..core.traced_model import TracedModel
from ..methods import Method
from ..methods.differences import Differences
from . import cautions
from .estimates import GradientEstimate
from .exact_beside import flat, ratio
from .shown import Shown
from .text_table import Column, number, of_what, score, text_table

COLUMNS = [
    Column("method", "method", right=False),
    Column("parameter", "parameter", right=False),
    Column("gradient", "gradient", number(6)),
    Column("standard_error", "std. error", number(2)),
    Column("interval", "95 % interval"),
    Column("variance", "variance", number(4)),
    Column("seconds", "seconds", number(3)),
    Column("variance_time", "var x time", number(3)),
    Column("z", "z", score),
]


class Comparison(Shown, Mapping[str, GradientEstimate]):
    """Estimates of one gradient by several methods: a mapping from label to estimate.

    Attributes
    ----------
    refused : dict of str to str
        Label and reason of every method that is not valid here.
    seconds : dict of str to float
        Wall-clock time of each method with its own pilot, without compilation.
    exact : shape of θ, or None
        The exact gradient, if it was given.
    theta : float, array or dict
        Where all of them estimate.
    order : {1, 2}
        Of the derivatives.
    output : str, int or None
        Which one it is of, where the model has several.
    """

    outputs = None  # of one output; `Comparisons` has several

    def __init__(
        self,
        traced: TracedModel,
        labels: Mapping[str, Method],
        exact: Any = None,
        order: int = 1,
        output: Any = None,
    ) -> None:
        self.output = output
        theta = traced.theta
        self.theta, self.order = theta.shaped(theta.vector), order
        self.seconds: dict[str, float] = {}
        self.refused: dict[str, str] = {}
        self.exact = exact
        # What one row is about: a component of θ, or a pair of them for second derivatives.
        self._names = theta.names if order == 1 else theta.second_names()
        self._about = _rows(traced.components, order)
        self._at = [float(theta.vector[i]) for i, *_ in self._about]
        self._exact = None if exact is None else flat(exact, theta.names, self._about)
        unbiased = {label: _unbiased(method, traced) for label, method in labels.items()}
        self._unbiased = {
            label: [all(by_component[i] for i in about) for about in self._about]
            for label, by_component in unbiased.items()
        }
        self._estimates: dict[str, GradientEstimate] = {}

    def add(self, label: str, estimate: GradientEstimate, seconds: float) -> None:
        """Take one more estimate in.

        Parameters
        ----------
        label : str
            Of its method, one of those that the comparison was made for.
        estimate : GradientEstimate
        seconds : float
            Wall-clock time, without compilation.
        """
        self._estimates[label], self.seconds[label] = estimate, seconds

    @property
    def warnings(self) -> dict[str, tuple[str, ...]]:
        """What each estimate says about itself, by label; those with nothing to say left out."""
        said = {label: estimate.warnings for label, estimate in self._estimates.items()}
        return {label: sentences for label, sentences in said.items() if sentences}

    def say(self, where: str = "") -> None:
        """One Python warning for each estimate that has any."""
        for label, estimate in self._estimates.items():
            cautions.say(estimate, f"{where}{label}: ")

    def __getitem__(self, label: str) -> GradientEstimate:
        if label in self.refused:
            raise KeyError(f"{label} is not applicable: {self.refused[label]}")
        return self._estimates[label]

    def __contains__(self, label: object) -> bool:
        return label in self._estimates

    def __iter__(self) -> Iterator[str]:
        return iter(self._estimates)

    def __len__(self) -> int:
        return len(self._estimates)

    def reference(self, row: int = 0) -> str:
        """The label of the most precise unbiased method (of any, if none is unbiased)."""
        candidates = [label for label in self if self._unbiased[label][row]] or list(self)
        return min(candidates, key=lambda label: self._part(label, row)["standard_error"])

    def rows(self) -> list[dict[str, Any]]:
        """One dict of plain values for each method and component of θ; refused ones last.

        `variance_time` is variance x seconds per replication: the squared standard error
        that one second would leave. `z` is None for the reference itself.
        """
        made = []
        for label, estimate in self._estimates.items():
            seconds = self.seconds[label]
            for i, row in enumerate(estimate.components()):
                cost = row["variance"] * seconds / estimate.replications
                measured = {
                    "at": self._at[i],
                    "replications": estimate.replications,
                    "seconds": seconds,
                    "performance": estimate.performance.value,
                    "performance_error": estimate.performance.standard_error,
                    "variance_time": cost,
                    "z": self._z(label, i, row["gradient"], row["standard_error"]),
                }
                if self._exact is not None:
                    off = row["gradient"] - self._exact[i]
                    measured["exact"] = self._exact[i]
                    measured["z_exact"] = ratio(off, row["standard_error"])
                made.append(row | {"method": label} | measured | {"reason": None})
        names = list(made[0]) if made else ["method", "reason"]
        for label, reason in self.refused.items():
            made.append(dict.fromkeys(names) | {"method": label, "reason": reason})
        return made

    def _part(self, label: str, row: int) -> dict[str, Any]:
        return self._estimates[label].components()[row]

    def _z(self, label: str, row: int, gradient: float, error: float) -> float | None:
        reference = self.reference(row)
        if label == reference:
            return None
        best = self._part(reference, row)
        return ratio(gradient - best["gradient"], math.hypot(error, best["standard_error"]))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON."""
        rows = [row for row in self.rows() if row["reason"] is None]
        keys = ("parameter", "variance_time", "z", "exact", "z_exact")
        methods = {}
        for label, estimate in self._estimates.items():
            own = [row for row in rows if row["method"] == label]
            measured = [{key: finite(row[key]) for key in keys if key in row} for row in own]
            methods[label] = estimate.to_dict() | {
                "seconds": self.seconds[label],
                "components": measured,
            }
        theta = self.theta.tolist() if isinstance(self.theta, np.ndarray) else self.theta
        return {"theta": theta, "methods": methods, "refused": dict(self.refused)}

    def plot(self, path: str | Path | None = None, *, kind: str = "all") -> Any:
        """Draw it, and return the figure (needs the extra `plots`).

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; the ending says in which format.
        kind : {"all", "agreement"}
            Estimates with intervals, variances and efficiencies; or the differences between
            methods in standard errors, each against each.
        """
        from .plots.agreement import plot_agreement
        from .plots.comparison import plot_comparison

        if kind not in ("all", "agreement"):
            raise ValueError(f"kind must be 'all' or 'agreement', got {kind!r}")
        return plot_agreement([self], path) if kind == "agreement" else plot_comparison(self, path)

    def columns(self) -> list[Column]:
        """The columns of the printed table."""
        columns = [c for c in COLUMNS if c.key != "parameter" or len(self._names) > 1]
        if self._exact is not None:
            columns.append(Column("z_exact", "z exact", score))
        return columns

    def table_rows(self) -> list[dict[str, Any]]:
        """The rows of the printed table, without those refused."""
        return [
            row | {"interval": f"[{row['low']:.5g}, {row['high']:.5g}]"}
            for row in self.rows()
            if row["reason"] is None
        ]

    def __str__(self) -> str:
        used = {estimate.replications for estimate in self.values()}
        count = f"{used.pop():,}" if len(used) == 1 else "different numbers of"
        what = of_what(self.output)
        what = f"dE[{what}]/dθ" if self.order == 1 else f"d²E[{what}]/dθ²"
        lines = [f"{what} at θ = {self.theta}, {count} replications"]
        if self:
            lines += text_table(self.table_rows(), self.columns())
        lines += [f"{label}: not applicable: {why}" for label, why in self.refused.items()]
        for label, sentences in self.warnings.items():
            lines += cautions.lines(f"{label}: {sentence}" for sentence in sentences)
        if self:
            lines.append(self.note())
        return "\n".join(lines)

    def note(self) -> str:
        """What z is measured against."""
        best = {name: self.reference(i) for i, name in enumerate(self._names)}
        if len(set(best.values())) == 1:
            return f"z: difference from {best.popitem()[1]}, in standard errors"
        whose = ", ".join(f"{label} ({name})" for name, label in best.items())
        return f"z: difference from {whose}, in standard errors"

    def __repr__(self) -> str:
        return f"Comparison({', '.join([*self, *self.refused])})"


def _unbiased(method: Method, traced: TracedModel) -> list[bool]:
    """Whether a method is unbiased, for each component of θ."""
    direct = not isinstance(method, Differences)  # exact where θ only scales or shifts
    places = [traced.slots_of(i) for i in range(traced.components)]
    return [
        all(method.check(traced, slot).unbiased for slot in slots) if slots else direct
        for slots in places
    ]


def _rows(components: int, order: int) -> Sequence[tuple[int, ...]]:
    """The component of each row, or the pair of them."""
    return [(i,) for i in range(components)] if order == 1 else upper_triangle(components)


def finite(value: Any) -> Any:
    """None in place of numbers that JSON does not have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
