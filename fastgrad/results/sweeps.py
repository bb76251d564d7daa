"""The same comparison at many values of θ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..core.theta import Theta
from ..errors import Interrupted, NotApplicable
from ..methods import Method
from ..models.model import Model
from ..studies.opening import opened
from .comparison import Comparison, Watcher, run_comparison, silent
from .datasets import dataset
from .labels import labelled
from .shown import Shown


class Sweep(Shown, Sequence[Comparison]):
    """Comparisons at one θ after the other: a sequence.

    Attributes
    ----------
    points : list
        θ of each comparison.
    refused : dict of int to str
        Number and reason of the points at which no method is valid; they are left out.
    """

    def __init__(self) -> None:
        self._comparisons: list[Comparison] = []
        self.refused: dict[int, str] = {}

    @property
    def points(self) -> list[Any]:
        """θ of each comparison."""
        return [comparison.theta for comparison in self]

    def __getitem__(self, index: Any) -> Any:
        return self._comparisons[index]

    def __len__(self) -> int:
        return len(self._comparisons)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self._comparisons)

    @property
    def names(self) -> list[str]:
        """The components of θ."""
        return Theta(self[0].theta).names if self else []

    def vector(self, comparison: Comparison) -> np.ndarray:
        """θ of one comparison as an array, in the order of `names`."""
        return Theta(comparison.theta).vector

    def moving(self) -> list[int]:
        """Numbers of the components of θ that are not the same at all points."""
        values = np.array([self.vector(one) for one in self]).reshape(len(self), -1)
        return [k for k in range(values.shape[1]) if np.ptp(values[:, k]) > 0.0]

    def along(self, component: int) -> tuple[list[Comparison], str, bool]:
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
        and component of the gradient."""
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

        Dimensions method, parameter (of the gradient), and the parameters that move, where
        their combinations are a grid, else `point` with θ as coordinates.
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
        """
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


def sweep(
    build: Callable[[Any], Model],
    at: Sequence[Any],
    methods: Sequence[Any] | None = None,
    replications: int | None = None,
    seed: int = 0,
    *,
    exact: Sequence[Any] | Callable[[Any], Any] | None = None,
    **options: Any,
) -> Sweep:
    """Compare methods at many values of θ.

    Parameters
    ----------
    build, methods, replications, seed, **options
        As for `compare`; every point gets the same seed, and a `store` is that of all points.
    at : sequence of θ
        Each a float, 1-D array or dict; `grid` and `design` make sequences of dicts.
    exact : sequence of exact gradients, or callable of θ, optional

    Returns
    -------
    Sweep

    Raises
    ------
    NotApplicable
        If no method is valid at any point.
    TypeError, ValueError
        As `compare`.
    Interrupted
        On Ctrl-C, with the sweep so far.
    """
    fixed = {"replications": replications, "seed": seed, **options}
    _check_points(at)
    chosen = labelled(methods)
    told = {**fixed, "verb": "sweep", "methods": chosen}
    with opened(fixed.pop("store", None), build, list(at), fixed["seed"], told) as store:
        result = run_sweep(build, at, chosen, fixed | {"store": store}, exact)
    for comparison in result:
        comparison.say(f"theta = {comparison.theta}, ")
    return result


def run_sweep(
    build: Callable[[Any], Model],
    at: Sequence[Any],
    methods: Mapping[str, Method],
    fixed: dict[str, Any],
    exact: Any = None,
    tell: Watcher = silent,
) -> Sweep:
    """`sweep`, which says what it is doing through `tell`."""
    _check_points(at)
    known = _exact_values(exact, at)
    result = Sweep()
    reason: NotApplicable | None = None
    for number, (theta, value) in enumerate(zip(at, known, strict=True)):
        where = _At(tell, f"theta = {theta}")
        try:
            one = run_comparison(build, theta, methods, fixed, value, where)
            result._comparisons.append(one)
        except NotApplicable as error:
            reason, result.refused[number] = error, error.reason
        except Interrupted as stop:
            if stop.estimate is not None:
                result._comparisons.append(stop.estimate)
            raise Interrupted(f"at theta = {theta}: {stop}", result) from None
    if not result and reason is not None:
        raise reason
    return result


def _check_points(at: Any) -> None:
    if isinstance(at, (str, Mapping)) or not isinstance(at, Iterable) or not len(at):  # type: ignore[arg-type]
        raise ValueError(f"at must be a sequence of values of theta, got {at!r}")


class _At(Watcher):
    """Says where it is, too."""

    def __init__(self, tell: Watcher, where: str) -> None:
        self.tell, self.where, self.cell = tell, where, tell.cell  # type: ignore[method-assign]

    def __call__(self, stage: str) -> None:
        """A new stage there."""
        self.tell(f"{self.where}, {stage}")


def _exact_values(exact: Any, at: Sequence[Any]) -> list[Any]:
    if exact is None:
        return [None] * len(at)
    values = [exact(theta) for theta in at] if callable(exact) else list(exact)
    if len(values) != len(at):
        raise ValueError(f"exact has {len(values)} values for {len(at)} points")
    return values
