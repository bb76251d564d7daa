"""Studies as TOML files: a model with expressions in θ, methods and settings.

theta = 0.5                                 # or [0.5, 1.0], or a table of names
methods = ["ipa", {name = "wd", representation = "hahn-jordan"}]
replications = 100_000

[model]
kind = "SingleServerQueue"
customers = 100
interarrival = {kind = "Exponential", mean = 1.0}
service = {kind = "Exponential", mean = "theta"}
"""

from __future__ import annotations

import dataclasses
import inspect
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..distributions.families import DISTRIBUTIONS
from ..methods import METHODS, Method
from ..models.catalogue import MODELS
from ..models.model import Model
from .expressions import Evaluator, parse

SETTINGS = (
    "replications",
    "precision",
    "relative",
    "seed",
    "antithetic",
    "sampler",
    "threads",
    "order",
)
KEYS = ("model", "theta", "method", "methods", "exact", "plot", *SETTINGS)


def model_kinds() -> dict[str, type[Model]]:
    """Every model that can be written down, by name."""
    return {
        name: kind
        for name, kind in MODELS.items()
        if "function" not in inspect.signature(kind).parameters
    }


@dataclasses.dataclass(frozen=True)
class StudyFile:
    """What a study file asks for.

    Attributes
    ----------
    build : callable
        θ -> model.
    theta : float, list or dict
    methods : list or None
    settings : dict
        Keyword arguments of `gradient`.
    exact : float, list, dict or None
    plot : str or None
    """

    build: Callable[[Any], Model]
    theta: Any
    methods: list[Any] | None
    settings: dict[str, Any]
    exact: Any
    plot: str | None

    @property
    def method(self) -> Any:
        """The one method of a single estimate: "auto" unless the file names exactly one."""
        return self.methods[0] if self.methods and len(self.methods) == 1 else "auto"


def read_study(path: Path) -> StudyFile:
    """Read and check a study file.

    Raises
    ------
    OSError, ValueError
        With the file, the key and what may stand there.
    """
    try:
        return _study(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except RecursionError:
        raise ValueError(f"{path}: tables or lists too deep inside one another") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _study(table: Mapping[str, Any]) -> StudyFile:
    _only_known("the file", table, KEYS)
    for key in ("model", "theta"):
        if key not in table:
            raise ValueError(f"{key} is missing; the file needs [model] and theta")
    theta = table["theta"]
    names = theta if isinstance(theta, dict) else {"theta": theta}
    if not isinstance(table["model"], dict):
        raise ValueError('model must be a table: [model] and kind = "SingleServerQueue"')
    make = _maker("model", table["model"], names, model_kinds())
    methods = table.get("methods", table.get("method"))
    if methods is not None:
        methods = [_method(m) for m in (methods if isinstance(methods, list) else [methods])]

    def build(given: Any) -> Model:
        return make(given if isinstance(theta, dict) else {"theta": given})

    settings = {key: table[key] for key in SETTINGS if key in table}
    return StudyFile(build, theta, methods, settings, table.get("exact"), table.get("plot"))


def _only_known(where: str, table: Mapping[str, Any], known: Any) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r}; known: {', '.join(known)}")


def _method(given: Any) -> Method | str:
    if not isinstance(given, dict):
        return str(given)
    name = given.get("name")
    if name not in METHODS:
        raise ValueError(f"methods: unknown name {name!r}; known: {', '.join(METHODS)}")
    kind = type(METHODS[name])
    options = {key: value for key, value in given.items() if key != "name"}
    _only_known(f"methods: {name}", options, [field.name for field in dataclasses.fields(kind)])
    return kind(**options)


def _maker(where: str, table: dict[str, Any], names: Mapping, kinds: Mapping) -> Evaluator:
    """A function of the values of θ that makes the model or distribution of a table."""
    name = table.get("kind")
    if name not in kinds:
        known = ", ".join(kinds)
        raise ValueError(f"{where}: unknown kind {name!r}; known: {known}")
    kind = kinds[name]
    parameters = inspect.signature(kind).parameters
    given = {key: value for key, value in table.items() if key != "kind"}
    _only_known(f"{where}: {name}", given, list(parameters))
    needed = [key for key, p in parameters.items() if p.default is p.empty]
    if missing := [key for key in needed if key not in given]:
        raise ValueError(f"{where}: {name} needs {', '.join(missing)}")
    makers = {}
    for key, value in given.items():
        plain = isinstance(value, str) and "str" in str(parameters[key].annotation)
        place = f"{where}.{key}"
        makers[key] = _fixed(value) if plain else _value(place, value, names)
    return lambda values: kind(**{key: make(values) for key, make in makers.items()})


def _value(where: str, given: Any, names: Mapping) -> Evaluator:
    """A function of the values of θ that makes any value of a file."""
    if isinstance(given, str):
        try:
            return parse(given, names)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
    if isinstance(given, dict):
        if "kind" in given:
            return _maker(where, given, names, DISTRIBUTIONS | model_kinds())
        table = {key: _value(f"{where}.{key}", value, names) for key, value in given.items()}
        return lambda values: {key: make(values) for key, make in table.items()}
    if isinstance(given, list):
        entries = [_entry(f"{where}[{i}]", value, names) for i, value in enumerate(given)]
        return lambda values: [make(values) for make in entries]
    return _fixed(given)


def _entry(where: str, given: Any, names: Mapping) -> Evaluator:
    """An entry of a list: text that is no expression in θ stays text (names of nodes)."""
    if isinstance(given, str):
        try:
            return parse(given, names)
        except ValueError:
            return _fixed(given)
    return _value(where, given, names)


def _fixed(value: Any) -> Evaluator:
    return lambda values: value
