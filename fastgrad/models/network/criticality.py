"""Which arcs of a network matter: how often they are critical, and what their means cost."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from ...api import checked_settings
from ...core.chains import unit_chain
from ...core.engine import Moments
from ...core.run import Budget, Outcome, run
from ...core.theta import Theta
from ...core.traced_model import TracedModel
from ...distributions.slope_tables import no_slopes
from ...kernels.distributions.parts.rows import row_operation
from ...kernels.estimators.pathwise import Pathwise
from ...kernels.models.network import tangents as network_tangents
from ...methods.plans import fixed_plan
from ...results.shown import Shown
from ...results.text_table import Column, number, text_table
from ..measures import Mean
from .activity_network import ActivityNetwork
from .arcs import is_dummy
from .plots import plot_network, plot_tornado


def criticality(
    model: ActivityNetwork,
    replications: int | None = None,
    seed: int = 0,
    *,
    precision: float | None = None,
    relative: bool = False,
    **settings: Any,
) -> Criticality:
    """The probability that each arc lies on the optimal path, and dE[Y]/d(mean of the arc).

    Both are pathwise derivatives: an arc on the optimal path passes every change of its
    duration on. The mean is moved by stretching: X becomes X (1 + ε).

    Parameters
    ----------
    model : ActivityNetwork
        Its measure does not matter.
    replications, seed, precision, relative, **settings
        As for `gradient`.

    Returns
    -------
    Criticality

    Raises
    ------
    TypeError, ValueError
        For a model of another kind, and as `gradient`.
    """
    if not isinstance(model, ActivityNetwork):
        raise TypeError(f"criticality needs an ActivityNetwork, got {type(model).__name__}")
    checked, budget = checked_settings(seed, settings), Budget(replications, precision, relative)
    for name, given in (("control", checked.controls), ("importance", checked.importance)):
        if given:
            raise ValueError(f"criticality has no {name}=")
    network = dataclasses.replace(model, measure=Mean())
    traced = TracedModel(lambda theta: network, Theta(0.0))
    arcs = len(network.arcs)
    which = np.repeat(np.arange(arcs, dtype=np.int64), 2)
    rows = np.arange(2 * arcs, dtype=np.int64)
    places = np.column_stack([which, np.full(2 * arcs, -1), rows])
    tangents = tuple(row_operation(network_tangents, name) for name in ("longer", "stretched"))
    method = Pathwise(
        which=which,
        derivative=tangents * arcs,
        index=np.vstack([(2 * arcs, 0, 0), places]).astype(np.int64),
        rows=2 * arcs,
        **no_slopes(2 * arcs),
    )
    plan = fixed_plan(traced, unit_chain(2 * arcs), method)

    def report(outcome: Outcome) -> Criticality:
        return Criticality(network, outcome)

    return report(run(plan, budget, checked, report))


class Criticality(Shown):
    """How critical each arc is; all arrays are in the order of the arcs.

    Attributes
    ----------
    probability, standard_error : (arcs,) arrays
        Of lying on the optimal path.
    slope, slope_error : (arcs,) arrays
        dE[Y]/d(mean duration), the distribution stretched; not a number for a mean of 0.
    names : list of str
    replications : int
    """

    def __init__(self, model: ActivityNetwork, outcome: Outcome) -> None:
        moments: Moments = outcome.moments
        self.model, self.names = model, model.names()
        self.replications = outcome.replications
        self._samples = moments.count
        offset = 1 if len(moments.mean) % 2 else 0
        mean, error = moments.mean[offset:], moments.standard_error[offset:]
        self.probability, self.standard_error = mean[0::2], error[0::2]
        self.means = np.array([float(d.expectation()) for d in model.durations])
        with np.errstate(divide="ignore", invalid="ignore"):
            self.slope = np.where(self.means != 0.0, mean[1::2] / self.means, np.nan)
            self.slope_error = np.where(self.means != 0.0, error[1::2] / self.means, np.nan)

    def confidence_interval(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """(low, high) of Wilson's interval for each probability: it holds near 0 and 1 too."""
        if not 0.0 < level < 1.0:
            raise ValueError(f"level must be between 0 and 1, got {level!r}")
        z, n, p = stats.norm.isf(0.5 - 0.5 * level), self._samples, self.probability
        shrunk = 1.0 + z * z / n
        centre = (p + 0.5 * z * z / n) / shrunk
        half = z / shrunk * np.sqrt(p * (1.0 - p) / n + 0.25 * (z / n) ** 2)
        return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)

    def rows(self) -> list[dict[str, Any]]:
        """Plain numbers, one row for each arc that is no dummy."""
        low, high = self.confidence_interval()
        keys = ("arc", "mean", "probability", "low", "high", "slope", "slope_error")
        columns = (self.names, self.means, self.probability, low, high, self.slope,
                   self.slope_error)  # fmt: skip
        return [
            {k: v if isinstance(v, str) else float(v) for k, v in zip(keys, row, strict=True)}
            for arc, *row in zip(self.model.arcs, *columns, strict=True)
            if not is_dummy(arc)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return {"arcs": self.rows(), "replications": self.replications}

    def plot(self, path: str | Path | None = None) -> Any:
        """The network coloured by criticality, and by dE[Y]/dmean (needs the extra `plots`).

        Returns the figure; with a path it is saved there too.
        """
        return plot_network(self, path)

    def plot_tornado(
        self, path: str | Path | None = None, share: float = 0.1, most: int = 20
    ) -> Any:
        """What E[Y] gains or loses when the mean of each arc moves by a share, largest first.

        Parameters
        ----------
        path : str or Path, optional
            Where to save the figure; the ending says in which format.
        share : float
            Of each mean: 0.1 moves it up and down by 10 %.
        most : int
            Number of arcs shown.

        Returns
        -------
        matplotlib Figure

        Raises
        ------
        ImportError
            Without the extra `plots`.
        """
        return plot_tornado(self, path, share, most)

    def __repr__(self) -> str:
        top = max(self.rows(), key=lambda row: row["probability"])
        return f"Criticality({len(self.rows())} arcs, most critical {top['arc']!r})"

    def __str__(self) -> str:
        columns = [
            Column("arc", "arc", str, right=False),
            Column("mean", "mean", number(4)),
            Column("probability", "P(critical)", number(4)),
            Column("low", "95 % from", number(4)),
            Column("high", "to", number(4)),
            Column("slope", "dE[Y]/dmean", number(4)),
            Column("slope_error", "std. error", number(2)),
        ]
        order = sorted(self.rows(), key=lambda row: -row["probability"])
        return "\n".join([
            f"criticality of {len(order)} arcs, {self.replications:,} replications",
            *text_table(order, columns),
        ])  # fmt: skip
