"""The results of a sweep: comparisons at many values of θ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..core.theta import Theta
from .datasets import dataset
from .shown import Shown


class Sweep(Shown, Sequence[Any]):
    """Comparisons at one θ after the other: a sequence of `Comparison`.

    Of `Comparisons`, where the model has several outputs: `of(output)` is the sweep of one.

    Attributes
    ----------
    points : list
        θ of each comparison.
    output : str, int or None
        Which one it is of, where it was chosen from several.
    refused : dict of int to str
        Number and reason of the points at which no method is valid; they are left out.
    """

    def __init__(self, output: Any = None) -> None:
        self._comparisons: list[Any] = []
        self.output = output
        self.refused: dict[int, str] = {}

    @property
    def outputs(self) -> tuple | None:
        """Names of the outputs, of a model with several."""
        found: tuple | None = self[0].outputs if self else None
        return found

    def of(self, output: Any) -> Sweep:
        """The sweep of one output, without the points at which no method is valid for it.

        Raises
        ------
        KeyError
            For an output that there is not.
        """
        if self.outputs is None:
            raise KeyError(f"no output {output!r}; there is one, unnamed")
        made = Sweep(output)
        made.refused = dict(self.refused)
        for number, whole in enumerate(self):
            one = whole.of(output)
            if one:
                made._comparisons.append(one)
            else:
                made.refused[number] = next(iter(one.refused.values()), "not done")
        return made

    @property
    def points(self) -> list[Any]:
        """θ of each comparison."""
        return [comparison.theta for comparison in self]

    def __getitem__(self, index: Any) -> Any:
        return self._comparisons[index]

    def __len__(self) -> int:
        return len(self._comparisons)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._comparisons)

    @property
    def names(self) -> list[str]:
        """The components of θ."""
        return Theta(self[0].theta).names if self else []

    def vector(self, comparison: Any) -> np.ndarray:
        """θ of one comparison as an array, in the order of `names`."""
        return Theta(comparison.theta).vector

    def moving(self) -> list[int]:
        """Numbers of the components of θ that are not the same at all points."""
        values = np.array([self.vector(one) for one in self]).reshape(len(self), -1)
        return [k for k in range(values.shape[1]) if np.ptp(values[:, k]) > 0.0]

    def along(self, component: int) -> tuple[list[Any], str, bool]:
        """The comparisons of a line through the design, along one component of θ.

        Returns
        -------
        comparisons : list
        where : str
            What the other components are there.
        joined : bool
            False if the points are on no lines (hypercubes, Sobol points): then all of them.
        """
        others = [k for k in self.moving() if k != component]
        values = np.array([self.vector(one) for one in self]).reshape(len(self), -1)
        keep, said = np.ones(len(self), dtype=bool), []
        for k in others:
            levels = np.unique(values[:, k])
            middle = levels[len(levels) // 2]
            keep &= values[:, k] == middle
            said.append(f"{self.names[k]} = {middle:.4g}")
        if not others or len(np.unique(values[keep, component])) > 1:
            return (
                [one for one, kept in zip(self, keep, strict=True) if kept],
                ", ".join(said),
                True,
            )
        return list(self), "", False

    def rows(self) -> list[dict[str, Any]]:
        """The rows of all comparisons: number of the `point`, θ there, one row for each method
        and component of the gradient, and for each `output` of several."""
        made = []
        for number, comparison in enumerate(self):
            own = comparison.rows()
            taken = {"point", *own[0]} if own else set()
            values = self.vector(comparison).tolist()
            named = zip(self.names, values, strict=True)
            at = {(f"theta.{k}" if k in taken else k): value for k, value in named}
            made += [{"point": number, **at, **row} for row in own]
        return made

    def to_xarray(self) -> Any:
        """An xarray dataset (needs the extra `arrays`).

        Dimensions output (of several), method, parameter (of the gradient), and the parameters
        that move, where their combinations are a grid, else `point` with θ as coordinates.
        """
        return dataset(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON."""
        refused = {str(number): reason for number, reason in self.refused.items()}
        return {"points": [comparison.to_dict() for comparison in self], "refused": refused}

    def plot(
        self,
        path: str | Path | None = None,
        component: int = 0,
        label: str | None = None,
        *,
        kind: str = "all",
        quantity: str = "performance",
        method: str | None = None,
        output: Any = None,
    ) -> Any:
        """Draw it, and return the figure (needs the extra `plots`).

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; the ending says in which format.
        component : int
            Number of the component of θ on the x axis, and of the gradient. Of several that
            move, the others are held at their middle level.
        label : str, optional
            What to write under the x axis; the name of the component by default.
        kind : {"all", "gradient", "variance", "variance_time", "surface", "agreement"}
            "all": gradient with bands, variance, variance × time, side by side, or one of them;
            the surface over two parameters; differences between methods in standard errors.
        quantity : {"performance", "gradient", "standard_error", "variance"}
            Of a surface: E[Y] with its gradient as arrows, or a quantity of `component`.
        method : str, optional
            Whose surface.
        output : str or int, optional
            Which of several; the first if none is named.
        """
        if self.outputs is not None:
            chosen = self.of(self.outputs[0] if output is None else output)
            return chosen.plot(path, component, label, kind=kind, quantity=quantity, method=method)
        if output is not None:
            raise KeyError(f"no output {output!r}; there is one, unnamed")
        from .plots.agreement import plot_agreement
        from .plots.surface import plot_surface
        from .plots.sweep import PANELS, plot_panel, plot_sweep

        if kind == "surface":
            return plot_surface(self, path, quantity, method, component)
        if kind == "agreement":
            return plot_agreement(list(self), path)
        if kind in PANELS:
            return plot_panel(self, path, kind, component, label)
        if kind != "all":
            known = ", ".join(map(repr, ("all", *PANELS, "surface", "agreement")))
            raise ValueError(f"kind must be one of {known}, got {kind!r}")
        return plot_sweep(self, path, component, label)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    def __repr__(self) -> str:
        return f"Sweep(points={self.points})"
