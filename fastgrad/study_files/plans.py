"""The tables [sweep] and [minimize] of a file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.theta import Theta
from ..results.designs import DESIGNS, design, grid
from .methods import algorithm, method
from .mistakes import only_known, unknown
from .values import Reader

SWEEP = ("over", "at", "design", "points", "seed")
MINIMIZE = ("start", "goal", "constraints")
NOT_IN_FILES = ("build", "callback", "threads", "executor", "progress", "store")


def read_sweep(given: Any, theta: Any) -> list[Any]:
    """The points of a sweep, each of the shape of θ."""
    if not isinstance(given, Mapping):
        raise ValueError(f"sweep must be a table: [sweep] and over = {{…}}, got {given!r}")
    only_known("sweep", given, SWEEP)
    if ("over" in given) == ("at" in given):
        raise ValueError("sweep needs `over`, levels or ranges by parameter, or `at`, a list of θ")
    if "at" in given:
        only_known("sweep with `at`", given, ("at",))
        if not isinstance(given["at"], list) or not given["at"]:
            raise ValueError(f"sweep.at must be a list of values of θ, got {given['at']!r}")
        return [_point(theta, _alike(theta, n, one)) for n, one in enumerate(given["at"])]
    over = given["over"]
    if not isinstance(over, Mapping):
        if isinstance(theta, (dict, list)):
            raise ValueError("sweep.over must be a table of parameters: over = {name = […]}")
        over = {"theta": over}
    kind = given.get("design", "grid")
    if kind not in ("grid", *DESIGNS):
        raise ValueError(f"sweep: {unknown('design', kind, ['grid', *DESIGNS])}")
    if kind == "grid":
        only_known("sweep with design 'grid'", given, ("over", "design"))
        made = grid(over)
    else:
        if "points" not in given:
            raise ValueError(f"sweep: points is missing: how many of the design {kind!r}")
        made = design(kind, over, points=given["points"], seed=given.get("seed", 0))
    return [_point(theta, point) for point in made]


def _alike(theta: Any, number: int, given: Any) -> Any:
    """A point in the shape of θ, or a table of some of its components."""
    if isinstance(given, Mapping):
        return given
    try:
        alike = Theta(given).names == Theta(theta).names
    except (TypeError, ValueError):
        alike = False
    if not alike:
        raise ValueError(f"sweep.at[{number}] must be in the shape of theta, got {given!r}")
    return given


def _point(theta: Any, given: Any) -> Any:
    """θ with these components in place of its own."""
    if not isinstance(given, Mapping):
        return given
    if isinstance(theta, dict):
        return {**theta, **_known(given, theta)}
    if isinstance(theta, list):
        names = [f"theta[{i}]" for i in range(len(theta))]
        values = {**dict(zip(names, theta, strict=True)), **_known(given, names)}
        return np.array([values[name] for name in names], dtype=float)
    return _known(given, ["theta"])["theta"]


def _known(given: Mapping[str, Any], names: Any) -> Mapping[str, Any]:
    for name in given:
        if name not in names:
            raise ValueError(f"sweep: {unknown('parameter', name, names)}")
    return given


def read_minimize(given: Any, theta: Any, reader: Reader, builder: Any) -> dict[str, Any]:
    """The arguments of `minimize`, and "goal".

    Parameters
    ----------
    builder : callable
        Evaluator of a model -> function of θ.
    """
    from ..optimise.api import minimize

    if not isinstance(given, Mapping):
        raise ValueError(f"minimize must be a table: [minimize], got {given!r}")
    asked = [name for name in inspect.signature(minimize).parameters if name not in NOT_IN_FILES]
    only_known("minimize", given, dict.fromkeys([*MINIMIZE, *asked]))
    options = dict(given)
    goal = options.pop("goal", "minimize")
    if goal not in ("minimize", "maximize"):
        raise ValueError(f"minimize.goal must be 'minimize' or 'maximize', got {goal!r}")
    options.setdefault("start", theta)
    if "algorithm" in options:
        options["algorithm"] = algorithm(options["algorithm"])
    if "method" in options:
        options["method"] = method(options["method"])
    if "bounds" in options:
        options["bounds"] = _bounds(options["bounds"])
    constraints = options.pop("constraints", [])
    if not isinstance(constraints, list):
        constraints = [constraints]
    options["constraints"] = [
        _constraint(f"minimize.constraints[{i}]", one, reader, builder)
        for i, one in enumerate(constraints)
    ]
    return options | {"goal": goal}


def _bounds(given: Any) -> Any:
    """Pairs; text such as "none" or infinite numbers for no bound."""
    if isinstance(given, Mapping):
        return {name: _bounds(pair) for name, pair in given.items()}
    if isinstance(given, list):
        made = [_bounds(entry) for entry in given]
        return tuple(made) if len(made) == 2 and not isinstance(made[0], tuple) else made
    if given == "none" or (isinstance(given, float) and np.isinf(given)):
        return None
    return given


def _constraint(where: str, given: Any, reader: Reader, builder: Any) -> Any:
    from scipy.optimize import LinearConstraint

    from ..optimise.expected import Expected
    from ..optimise.region import Simplex

    kinds: dict[str, Any] = {
        "Simplex": ("total", "of"),
        "LinearConstraint": ("A", "lb", "ub"),
        "Expected": ("model", "at_most", "at_least", "method"),
    }
    if not isinstance(given, Mapping) or given.get("kind") not in kinds:
        name = given.get("kind") if isinstance(given, Mapping) else given
        raise ValueError(f"{where}: {unknown('kind', name, kinds)}")
    kind = given["kind"]
    options = {key: value for key, value in given.items() if key != "kind"}
    only_known(f"{where}: {kind}", options, kinds[kind])
    if kind == "Simplex":
        return Simplex(**options)
    if kind == "LinearConstraint":
        if "A" not in options:
            raise ValueError(f"{where}: LinearConstraint needs A, and lb, ub or both")
        return LinearConstraint(**options)
    if "model" not in options:
        raise ValueError(f"{where}: Expected needs model, and at_most or at_least")
    make = reader.model(f"{where}.model", options.pop("model"))
    if "method" in options:
        options["method"] = method(options["method"])
    return Expected(builder(make), **options)
