"""Several methods side by side on the same model."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .api import gradient
from .errors import Interrupted, NotApplicable
from .estimates import GradientEstimate
from .extras import require as require_extra
from .methods import METHODS, Method, method_of
from .methods.differences import Differences
from .models import Model
from .study import Study
from .text_table import Column, number, score, text_table
from .theta import Theta

# The first run compiles the loop for many threads, the second the one for a single thread,
# which takes the last chunk of a run when that is short.
WARM_UP = (4096, 64)

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


class Comparison(Mapping[str, GradientEstimate]):
    """Estimates of one gradient by several methods: a mapping from label to estimate.

    Attributes
    ----------
    refused : dict of str to str
        Label and reason of every method that is not valid here.
    seconds : dict of str to float
        Wall-clock time of each method with its own pilot, without compilation.
    exact : shape of θ, or None
        The exact gradient, if it was given.
    """

    def __init__(self, study: Study, labels: Mapping[str, Method], exact: Any = None) -> None:
        self.theta = study.theta.shaped(study.theta.vector)
        self.seconds: dict[str, float] = {}
        self.refused: dict[str, str] = {}
        self.exact = exact
        self._names = study.theta.names
        self._exact = None if exact is None else _vector(exact, study.theta).tolist()
        self._unbiased = {label: _unbiased(method, study) for label, method in labels.items()}
        self._estimates: dict[str, GradientEstimate] = {}

    def _add(self, label: str, estimate: GradientEstimate, seconds: float) -> None:
        self._estimates[label], self.seconds[label] = estimate, seconds

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

    def reference(self, component: int = 0) -> str:
        """The label of the most precise unbiased method (of any, if none is unbiased)."""
        candidates = [label for label in self if self._unbiased[label][component]] or list(self)
        return min(candidates, key=lambda label: self._error(label, component))

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
                    "replications": estimate.replications,
                    "seconds": seconds,
                    "variance_time": cost,
                    "z": self._z(label, i, row["gradient"], row["standard_error"]),
                }
                if self._exact is not None:
                    off = row["gradient"] - self._exact[i]
                    measured["exact"] = self._exact[i]
                    measured["z_exact"] = _ratio(off, row["standard_error"])
                made.append(row | {"method": label} | measured | {"reason": None})
        names = list(made[0])
        for label, reason in self.refused.items():
            made.append(dict.fromkeys(names) | {"method": label, "reason": reason})
        return made

    def _error(self, label: str, component: int) -> float:
        return float(self._estimates[label].components()[component]["standard_error"])

    def _z(self, label: str, component: int, gradient: float, error: float) -> float | None:
        reference = self.reference(component)
        if label == reference:
            return None
        best = self._estimates[reference].components()[component]
        off = gradient - best["gradient"]
        return _ratio(off, math.hypot(error, best["standard_error"]))

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame (needs the extra `tables`)."""
        return require_extra("pandas", "to_frame()").DataFrame(self.rows())

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

    def plot(self, path: str | Path) -> None:
        """Draw estimates with intervals, variances and efficiencies (extra `plots`)."""
        from .plots import plot_comparison

        plot_comparison(self, path)

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
        lines = [f"dE[Y]/dθ at θ = {self.theta}, {count} replications"]
        lines += text_table(self.table_rows(), self.columns())
        lines += [f"{label}: not applicable: {why}" for label, why in self.refused.items()]
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


def compare(
    build: Callable[[Any], Model],
    at: Any,
    methods: Sequence[Any] | None = None,
    replications: int | None = None,
    seed: int = 0,
    *,
    exact: Any = None,
    **options: Any,
) -> Comparison:
    """Estimate the same gradient by several methods, side by side.

    Every method gets the same seed. Compilation is kept out of the times by a short run
    before; a method's own pilot (step, baseline) counts.

    Parameters
    ----------
    build, at, replications, seed, **options
        As for `gradient`.
    methods : sequence of str or Method, optional
        All but "auto" by default. A method that is not valid here is listed with its reason.
    exact : shape of θ, optional
        The exact gradient, where it is known: adds a z-score against it.

    Returns
    -------
    Comparison
        Its z tests each estimate against the most precise unbiased one, as if they were
        independent. With one seed the methods share random numbers; estimates that are
        positively correlated for it differ by less than z supposes, so the test is
        conservative.

    Raises
    ------
    NotApplicable
        If no method is valid.
    TypeError, ValueError
        As `gradient`.
    Interrupted
        On Ctrl-C, with the comparison so far.
    """
    chosen = labelled(methods)
    result = Comparison(Study(build, Theta(at)), chosen, exact)
    fixed = {"replications": replications, "seed": seed, **options}
    for label, method in chosen.items():
        try:
            _warm_up(build, at, method, fixed)
            began = time.perf_counter()
            estimate = gradient(build, at, method, **fixed)
            result._add(label, estimate, time.perf_counter() - began)
        except NotApplicable as error:
            result.refused[label] = error.reason
        except KeyboardInterrupt as stop:
            raise _stopped(result, label, getattr(stop, "estimate", None)) from None
    if not result:
        label, reason = next(iter(result.refused.items()))
        raise NotApplicable(label, reason, ())
    return result


def _warm_up(build: Callable, at: Any, method: Method, fixed: dict[str, Any]) -> None:
    """Compile everything that a run needs."""
    kept = ("seed", "antithetic", "threads", "executor", "order")
    options = {name: value for name, value in fixed.items() if name in kept}
    for replications in WARM_UP:
        gradient(build, at, method, replications=replications, **options)


def _stopped(result: Comparison, label: str, estimate: GradientEstimate | None) -> Interrupted:
    """What a comparison says on Ctrl-C."""
    if estimate is not None:
        result._add(label, estimate, estimate.seconds)
    if not result:
        return Interrupted(f"interrupted in {label}, before any method was done")
    return Interrupted(f"interrupted in {label}; so far:\n{result}", result)


def labelled(methods: Sequence[Any] | None) -> dict[str, Method]:
    """Methods by label: the name, with the options where one name stands for several."""
    if isinstance(methods, (str, Method)):
        methods = [methods]
    if methods is None:
        methods = [name for name in METHODS if name != "auto"]
    chosen = [method_of(given) for given in methods]
    if not chosen:
        raise ValueError(f"methods must name at least one of {', '.join(map(repr, METHODS))}")
    names = [method.name for method in chosen]
    labels: dict[str, Method] = {}
    for method in chosen:
        label = method.name if names.count(method.name) == 1 else described(method)
        again = sum(known.split(" #")[0] == label for known in labels)
        labels[f"{label} #{again + 1}" if again else label] = method
    return labels


def described(method: Method) -> str:
    """The name of a method with those options that differ from their defaults."""
    words = [method.name]
    for field in dataclasses.fields(method):
        value = getattr(method, field.name)
        if repr(value) != repr(field.default):
            words.append(value if isinstance(value, str) else f"{field.name}={value}")
    return " ".join(words)


def _unbiased(method: Method, study: Study) -> list[bool]:
    """Whether a method is unbiased, for each component of θ."""
    direct = not isinstance(method, Differences)  # exact where θ only scales or shifts
    places = [study.slots_of(i) for i in range(study.components)]
    return [
        all(method.check(study, slot).unbiased for slot in slots) if slots else direct
        for slots in places
    ]


def _vector(exact: Any, theta: Theta) -> np.ndarray:
    """An exact gradient, given in the shape of θ."""
    if isinstance(exact, Mapping):
        if set(exact) != set(theta.names):
            raise ValueError(f"exact must have the names of theta: {', '.join(theta.names)}")
        exact = [exact[name] for name in theta.names]
    vector = Theta(exact).vector
    if vector.shape != theta.vector.shape:
        raise ValueError(f"exact must have {theta.vector.size} components, got {vector.size}")
    return vector


def _ratio(off: float, error: float) -> float:
    """off / error, where no error at all means agreement or none."""
    if error > 0.0:
        return off / error
    return 0.0 if off == 0.0 else math.copysign(math.inf, off)


def finite(value: Any) -> Any:
    """None in place of numbers that JSON does not have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
