"""Run several methods on the same model, and time each without its compilation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..api import gradient_quietly
from ..core.theta import Theta
from ..core.traced_model import TracedModel
from ..errors import Interrupted, NotApplicable
from ..methods import Method
from ..models.model import Model
from ..studies.opening import opened
from .comparisons import Comparisons
from .estimates import GradientEstimate
from .labels import labelled
from .several import Estimates, choosing
from .side_by_side import Comparison

__all__ = ["Comparison", "Comparisons", "Watcher", "compare", "run_comparison", "silent"]

WARM_UP = 64  # replications, so that no time measured contains a compilation


def compare(
    build: Callable[[Any], Model],
    at: Any,
    methods: Sequence[Any] | None = None,
    replications: int | None = None,
    seed: int = 0,
    *,
    exact: Any = None,
    **options: Any,
) -> Comparison | Comparisons:
    """Estimate the same gradient by several methods, side by side.

    Every method gets the same seed. Compilation is kept out of the times by a short run
    before; a method's own pilot (step, baseline) counts.

    Parameters
    ----------
    build, at, replications, seed, **options
        As for `gradient`; a `store` is that of all methods.
    methods : sequence of str or Method, optional
        All but "auto" by default. A method that is not valid here is listed with its reason.
    exact : shape of θ, optional
        The exact gradient, where it is known: adds a z-score against it. For several outputs a
        table of them by output; those that are not known may be left out.

    Returns
    -------
    Comparison
        Its z tests each estimate against the most precise unbiased one, as if they were
        independent. With one seed the methods share random numbers; estimates that are
        positively correlated for it differ by less than z supposes, so the test is
        conservative. For a model with several outputs it is `Comparisons`, one for each, from one
        run of each method where that is valid for all.

    Raises
    ------
    NotApplicable
        If no method is valid.
    TypeError, ValueError
        As `gradient`.
    Interrupted
        On Ctrl-C, with the comparison so far.
    """
    fixed = {"replications": replications, "seed": seed, **options}
    chosen = labelled(methods)
    told = {**fixed, "verb": "compare", "methods": chosen}
    with opened(fixed.pop("store", None), build, [at], fixed["seed"], told) as store:
        result = run_comparison(build, at, chosen, fixed | {"store": store}, exact)
    result.say()
    return result


class Watcher:
    """Is told what goes on; this one says nothing."""

    def __call__(self, stage: str) -> None:
        """A new stage."""

    def cell(self, estimate: GradientEstimate | Estimates | None) -> None:
        """One method is done at one θ, or refused."""


silent: Watcher = Watcher()


def run_comparison(
    build: Callable[[Any], Model],
    at: Any,
    methods: Mapping[str, Method],
    fixed: dict[str, Any],
    exact: Any = None,
    tell: Watcher = silent,
    warm: set[Any] | None = None,
) -> Comparison | Comparisons:
    """`compare`, which says what it is doing through `tell`.

    `warm` are the methods, and kinds of models, that an earlier call has compiled: of 100 points
    of a sweep with 10⁵ replications of the queue short runs for all would take 7 % of the time.
    """
    if fixed.get("replications") == 1:
        raise ValueError("replications must be 2 or more to compare (for a variance), got 1")
    traced = TracedModel(build, Theta(at), several=True)
    kind = Comparison if traced.single else Comparisons
    result = kind(traced, methods, exact, fixed.get("order", 1))
    warm, kind_of_model = set() if warm is None else warm, _kind(traced)
    for label, method in methods.items():
        cold = (label, kind_of_model) not in warm
        warm.add((label, kind_of_model))
        try:
            measured = _measured(result, label, build, at, method, fixed, tell, cold)
        except KeyboardInterrupt:
            raise _stopped(result, label) from None
        tell.cell(result[label] if measured else None)
    if not result:
        label, reason = next(iter(result.refused.items()))
        raise NotApplicable(label, reason, ())
    return result


def _measured(
    result: Any,
    label: str,
    build: Callable[[Any], Model],
    at: Any,
    method: Method,
    fixed: dict[str, Any],
    tell: Watcher,
    cold: bool = True,
) -> bool:
    """Whether one method is valid; then its estimate is in, with its time.

    For a model with several outputs: of all in one run, or of those for which it is valid.
    """
    try:
        if cold:
            tell(f"{label}: compiling (on first use only)")
            _warm_up(build, at, method, fixed)
        tell(f"{label}: running")
        began = time.perf_counter() + recovered(fixed)
        estimate = gradient_quietly(build, at, method, **fixed)
        result.add(label, estimate, time.perf_counter() - began + recovered(fixed))
    except NotApplicable as error:
        if result.outputs is None:
            result.refused[label] = error.reason
            return False
        each = [
            _measured(result.of(name), label, choosing(build, name), at, method, fixed, tell, cold)
            for name in result.outputs
        ]
        return any(each)
    except KeyboardInterrupt as stop:
        partial = getattr(stop, "estimate", None)
        if partial:
            result.add(label, partial, getattr(partial, "seconds", 0.0))
        raise
    return True


def _kind(traced: TracedModel) -> tuple:
    """What decides which code is compiled: the model and the families of its inputs."""
    whole = traced.whole
    return type(whole), traced.names, *(type(entry.distribution) for entry in traced.inputs)


def recovered(fixed: Mapping[str, Any]) -> float:
    """Seconds of earlier calls that a store made unnecessary so far."""
    store = fixed.get("store")
    return 0.0 if store is None else store.recovered


def _warm_up(build: Callable, at: Any, method: Method, fixed: dict[str, Any]) -> None:
    """Compile everything that a run needs."""
    kept = ("seed", "antithetic", "threads", "executor", "order")
    options = {name: value for name, value in fixed.items() if name in kept}
    gradient_quietly(build, at, method, replications=WARM_UP, **options)


def _stopped(result: Comparison | Comparisons, label: str) -> Interrupted:
    """What a comparison says on Ctrl-C."""
    if not result:
        return Interrupted(f"interrupted in {label}, before any method was done")
    return Interrupted(f"interrupted in {label}; so far:\n{result}", result)
