"""How estimates settle as replications grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..core.run import is_whole
from ..models.model import Model
from .comparison import Watcher, run_comparison, silent
from .labels import labelled
from .shown import Shown
from .text_table import Column, number, text_table

FEWEST = 64  # replications of the first stage
STAGES = 12


class Convergence(Shown):
    """Comparisons of the same gradient after more and more replications.

    Attributes
    ----------
    replications : list of int
    comparisons : list of Comparison (of Comparisons, for several outputs)
    refused : dict of str to str
        Label and reason of every method that is not valid here.
    """

    def __init__(self) -> None:
        self.replications: list[int] = []
        self.comparisons: list[Any] = []

    @property
    def outputs(self) -> tuple | None:
        """Names of the outputs, of a model with several."""
        found: tuple | None = self.comparisons[-1].outputs if self.comparisons else None
        return found

    def of(self, output: Any) -> Convergence:
        """That of one output of several."""
        made = Convergence()
        for count, whole in zip(self.replications, self.comparisons, strict=True):
            one = whole.of(output)
            if one:
                made.replications.append(count)
                made.comparisons.append(one)
        return made

    @property
    def refused(self) -> dict[str, str]:
        """Of the last stage."""
        return dict(self.comparisons[-1].refused) if self.comparisons else {}

    def rows(self) -> list[dict[str, Any]]:
        """The rows of all stages, without those of methods that are refused."""
        return [
            {"stage": stage} | row
            for stage, one in enumerate(self.comparisons)
            for row in one.rows()
            if row["reason"] is None
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON."""
        stages = [one.to_dict() for one in self.comparisons]
        return {"replications": self.replications, "stages": stages}

    def plot(
        self, path: str | Path | None = None, component: int = 0, *, output: Any = None
    ) -> Any:
        """Draw estimates with 95 % bands, and standard errors, against replications.

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; the ending says in which format.
        component : int
            Number of the component of θ.
        output : str or int, optional
            Which one of several; the first if none is named.

        Returns
        -------
        matplotlib.figure.Figure
            Needs the extra `plots`.
        """
        from .plots.convergence import plot_convergence

        if self.outputs is not None:
            return self.of(self.outputs[0] if output is None else output).plot(path, component)

        return plot_convergence(self, path, component)

    def __str__(self) -> str:
        columns = [
            *([] if self.outputs is None else [Column("output", "output", right=False)]),
            Column("replications", "replications", "{:,}".format),
            Column("method", "method", right=False),
            Column("parameter", "parameter", right=False),
            Column("gradient", "gradient", number(6)),
            Column("standard_error", "std. error", number(2)),
        ]
        return "\n".join(text_table(self.rows(), columns))

    def __repr__(self) -> str:
        return f"Convergence(replications={self.replications})"


def convergence(
    build: Callable[[Any], Model],
    at: Any,
    methods: Sequence[Any] | None = None,
    replications: int = 100_000,
    seed: int = 0,
    *,
    stages: int = STAGES,
    exact: Any = None,
    **options: Any,
) -> Convergence:
    """Compare methods after more and more replications, doubling or so from stage to stage.

    Each stage contains the replications of the one before: what is seen is one estimate as it
    settles. The stages together cost about twice the last one.

    Parameters
    ----------
    build, at, methods, seed, exact, **options
        As for `compare`.
    replications : int
        Of the last stage.
    stages : int
        At most; 2 or more.

    Returns
    -------
    Convergence

    Raises
    ------
    NotApplicable, TypeError, ValueError
        As `compare`.
    """
    if not is_whole(replications) or not is_whole(stages):
        raise TypeError(
            "convergence: replications and stages must be whole numbers, got "
            f"{replications!r} and {stages!r}"
        )
    if replications < 2 * FEWEST or stages < 2:
        raise ValueError(
            f"convergence needs {2 * FEWEST} replications and 2 stages, or more, got "
            f"{replications} and {stages}"
        )
    return run_convergence(
        build, at, methods, int(replications), {"seed": seed, **options}, int(stages), exact
    )


def run_convergence(
    build: Callable[[Any], Model],
    at: Any,
    methods: Any,
    replications: int,
    fixed: dict[str, Any],
    stages: int = STAGES,
    exact: Any = None,
    tell: Watcher = silent,
) -> Convergence:
    """`convergence`, which says what it is doing through `tell`."""
    count = min(stages, int(np.log2(replications / FEWEST)) + 1)
    sizes = sorted(set(np.geomspace(FEWEST, replications, max(count, 2)).astype(int).tolist()))
    chosen, made = labelled(methods), Convergence()
    for size in (*sizes[:-1], replications):
        one = run_comparison(build, at, chosen, fixed | {"replications": size}, exact, tell)
        made.replications.append(size)
        made.comparisons.append(one)
    return made


__all__ = ["Convergence", "convergence", "run_convergence"]
