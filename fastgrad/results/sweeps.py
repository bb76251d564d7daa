"""The same comparison at many values of θ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..errors import Interrupted, NotApplicable
from ..methods import Method
from ..models.model import Model
from ..studies.opening import opened
from .comparison import Watcher, run_comparison, silent
from .labels import labelled
from .swept import Sweep

__all__ = ["Sweep", "run_sweep", "sweep"]


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
        For several outputs each is a table by output.

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
    warm: set[Any] = set()
    for number, (theta, value) in enumerate(zip(at, known, strict=True)):
        where = _At(tell, f"theta = {theta}")
        try:
            one = run_comparison(build, theta, methods, fixed, value, where, warm)
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
