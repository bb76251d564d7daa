"""The same comparison at many values of θ."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import Interrupted, NotApplicable
from ..methods import Method
from ..models.model import Model
from ..studies.opening import opened
from .comparison import Comparison, run_comparison, silent
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

    def rows(self) -> list[dict[str, Any]]:
        """The rows of all comparisons, each with the number of its `point`."""
        return [
            {"point": number} | row
            for number, comparison in enumerate(self)
            for row in comparison.rows()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON."""
        refused = {str(number): reason for number, reason in self.refused.items()}
        return {"points": [comparison.to_dict() for comparison in self], "refused": refused}

    def plot(
        self, path: str | Path | None = None, component: int = 0, label: str | None = None
    ) -> Any:
        """Draw gradient, variance and efficiency of each method against one component of θ.

        Returns the figure (needs the extra `plots`).

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; the ending says in which format.
        component : int
            Number of the component of θ on the x axis, and of the gradient.
        label : str, optional
            What to write under the x axis; the name of the component by default.
        """
        from .plots.sweep import plot_sweep

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
        Each a float, 1-D array or dict.
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
    tell: Callable[[str], None] = silent,
) -> Sweep:
    """`sweep`, which says what it is doing through `tell`."""
    _check_points(at)
    known = _exact_values(exact, at)
    result = Sweep()
    reason: NotApplicable | None = None
    for number, (theta, value) in enumerate(zip(at, known, strict=True)):
        where = functools.partial(_say, tell, f"theta = {theta}")
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


def _say(tell: Callable[[str], None], where: str, stage: str) -> None:
    tell(f"{where}, {stage}")


def _exact_values(exact: Any, at: Sequence[Any]) -> list[Any]:
    if exact is None:
        return [None] * len(at)
    values = [exact(theta) for theta in at] if callable(exact) else list(exact)
    if len(values) != len(at):
        raise ValueError(f"exact has {len(values)} values for {len(at)} points")
    return values
