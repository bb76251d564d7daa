"""Studies as TOML files: a model with expressions in θ, methods, settings, designs.

theta = 0.5                                 # or [0.5, 1.0], or a table of names
methods = ["ipa", {name = "wd", representation = "hahn-jordan"}]
replications = 100_000

[model]
kind = "SingleServerQueue"
customers = 100
interarrival = "Exponential(1.0)"           # or {kind = "Exponential", mean = 1.0}
service = "Exponential(theta)"

docs/study_files.md has all of it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..core.run import Budget
from ..core.theta import Theta
from ..models.model import Model
from ..settings import Settings
from .code import loaded
from .controls import read_controls
from .exact import check_exact
from .expressions import MODEL, Evaluator
from .methods import read_methods
from .mistakes import only_known
from .plans import read_minimize, read_sweep
from .values import Reader
from .workers import opened_executor, read_executor

NOT_IN_FILES = ("executor", "progress", "store")
OF_A_RUN = ("replications", "precision", "relative", "order")
SETTINGS = (
    *OF_A_RUN,
    *(field.name for field in dataclasses.fields(Settings) if field.name not in NOT_IN_FILES),
)
MOST_CHECKED = 1000  # points of a sweep, before any work
KEYS = ("model", "build", "theta", "objective", "method", "methods", "exact", "plot", "title",
        "executor", "sweep", "minimize", *SETTINGS)  # fmt: skip


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
    exact : float, list, dict, bool or None
        The exact gradient; None to look it up where it is known, False not to.
    plot : str or None
    points : list or None
        θ of each point of the sweep.
    minimize : dict or None
        Keyword arguments of `minimize`, and "goal".
    title, text : str
        What the report is called; the file itself.
    path : Path or None
    executor : dict or None
        Where replications are made: "kind", and "workers" or "scheduler".
    """

    build: Callable[[Any], Model]
    theta: Any
    methods: list[Any] | None
    settings: dict[str, Any]
    exact: Any
    plot: str | None
    points: list[Any] | None = None
    minimize: dict[str, Any] | None = None
    title: str = ""
    text: str = ""
    path: Path | None = None
    executor: dict[str, Any] | None = None

    def workers(self) -> contextlib.AbstractContextManager[Any]:
        """`with study.workers() as executor`: what `executor` asks for, closed at the end."""
        return opened_executor(self.executor)

    @property
    def method(self) -> Any:
        """The one method of a single estimate: "auto" unless the file names exactly one."""
        return self.methods[0] if self.methods and len(self.methods) == 1 else "auto"


def read_study(path: str | Path, allow_code: bool = False) -> StudyFile:
    """Read and check a study file.

    Parameters
    ----------
    path : str or Path
    allow_code : bool
        Whether functions are loaded from Python files that the study names.

    Returns
    -------
    StudyFile
        Its `build`, `theta`, `methods` and `settings` are what `gradient` and the others take.

    Raises
    ------
    OSError, ValueError
        With the file, the key and what may stand there, the nearest known word first.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        made = _study(tomllib.loads(text), path.parent, allow_code)
        _check_points(made)
        return dataclasses.replace(made, title=made.title or path.stem, text=text, path=path)
    except RecursionError:
        raise ValueError(f"{path}: tables or lists too deep inside one another") from None
    except (ValueError, TypeError) as error:
        told = str(error)
        if told.startswith("Exceeds the limit"):  # of Python, which reads no longer ones
            told = "a whole number of more than 4,300 digits"
        raise ValueError(f"{path}: {told}") from None


def _check_points(study: StudyFile) -> None:
    """The model can be made at every θ that will be asked for: else say so before any work."""
    study.build(study.theta)
    for number, point in enumerate((study.points or [])[:MOST_CHECKED]):
        try:
            study.build(point)
        except (ValueError, TypeError) as error:
            raise ValueError(f"point {number} of the sweep, theta = {point}: {error}") from None


def _study(table: Mapping[str, Any], folder: Path, allow_code: bool) -> StudyFile:
    only_known("the file", table, KEYS)
    if "model" not in table and "build" not in table:
        raise ValueError("model is missing; the file needs [model] and theta")
    if "theta" not in table:
        raise ValueError("theta is missing; the file needs [model] and theta")
    theta = table["theta"]
    if isinstance(theta, (bool, str)):
        raise ValueError(f"theta must be a number, a list or a table of numbers, got {theta!r}")
    Theta(theta)  # or say what is wrong with it
    names = theta if isinstance(theta, dict) else {"theta": theta}
    reader = Reader(names, folder, allow_code)
    if "build" in table:
        build = _by_code(table, folder, allow_code)
    else:
        build = _builder(theta, _objective(table, reader))
    points = read_sweep(table["sweep"], theta) if "sweep" in table else None
    wanted = table.get("minimize")
    made = None
    if wanted is not None:
        made = read_minimize(wanted, theta, reader, lambda make: _builder(theta, make))
    settings = {key: table[key] for key in SETTINGS if key in table}
    if "control" in settings:
        settings["control"] = read_controls(
            settings["control"], reader, lambda make: _builder(theta, make)
        )
    _check(settings)
    if "build" not in table and (left := reader.unused()):
        raise ValueError(
            f"theta: no expression uses {', '.join(left)}; write it where it belongs in [model], "
            f'such as "Exponential({left[0]})", or leave it out'
        )
    methods = read_methods(table.get("methods", table.get("method")))
    for key in ("title", "plot"):
        if not isinstance(table.get(key, ""), str):
            raise ValueError(f"{key} must be text, got {table[key]!r}")
    check_exact(table.get("exact"), theta, points)
    return StudyFile(
        build, theta, methods, settings, table.get("exact"), table.get("plot"), points, made,
        table.get("title", ""),
        executor=read_executor(table["executor"]) if "executor" in table else None,
    )  # fmt: skip


def _check(settings: Mapping[str, Any]) -> None:
    """Settings that no run would take, before any work."""
    shared = {key: value for key, value in settings.items() if key not in OF_A_RUN}
    Settings(**shared)
    budget = {key: settings.get(key) for key in ("replications", "precision")}
    if any(value is not None for value in budget.values()):
        Budget(**budget, relative=settings.get("relative", False))
    if settings.get("order", 1) not in (1, 2):
        raise ValueError(f"order must be 1 or 2, got {settings['order']!r}")


def _objective(table: Mapping[str, Any], reader: Reader) -> Evaluator:
    """The model, or an expression of it and θ such as "model + 1 / theta", or of its outputs."""
    model = reader.model("model", table["model"])
    if "objective" not in table:
        return model
    if not isinstance(table["objective"], str):
        raise ValueError(
            f'objective must be text such as "model + 1 / theta", got {table["objective"]!r}'
        )
    whole = reader.expression("objective", table["objective"], {"model": MODEL})
    if "model" not in reader.used:
        raise ValueError("objective: must contain the name model")

    def make(values: Mapping[str, Any]) -> Any:
        return whole({**values, "model": model(values)})

    return make


def _builder(theta: Any, make: Evaluator) -> Callable[[Any], Model]:
    named = isinstance(theta, dict)

    def build(given: Any) -> Model:
        made: Model = make(given if named else {"theta": given})
        return made

    return build


def _by_code(table: Mapping[str, Any], folder: Path, allow_code: bool) -> Callable[[Any], Model]:
    for key in ("model", "objective"):
        if key in table:
            raise ValueError(f"build makes the whole model: leave {key} out")
    return loaded(table["build"], folder, allow_code)
