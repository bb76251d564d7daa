"""`fastgrad models`: what a study file may name, with arguments."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from typing import Any

from ..distributions.families import DISTRIBUTIONS
from ..methods import METHODS
from ..optimise.choice import ALGORITHMS
from ..results.text_table import Column
from ..settings import Settings
from ..study_files.kinds import methods, models, parameters, records, wholes
from ..study_files.mistakes import unknown
from ..study_files.plans import NOT_IN_FILES
from ..study_files.study_file import SETTINGS
from .output import console, print_json, table

COLUMNS = [
    Column("name", "name", right=False),
    Column("parameters", "parameters", ", ".join, right=False),
    Column("about", "", right=False),
]
ARGUMENTS = [
    Column("name", "argument", right=False),
    Column("type", "type", right=False),
    Column("default", "default", lambda value: "" if value is None else str(value), right=False),
    Column("about", "", right=False),
]


def show(as_json: bool) -> None:
    """Print the catalogue."""
    found = {
        "models": [_entry(name, kind) for name, kind in models().items()],
        "distributions": [_entry(name, kind) for name, kind in DISTRIBUTIONS.items()],
        "records": [_entry(name, kind) for name, kind in records().items()],
        "methods": [_entry(name, type(method)) for name, method in METHODS.items()],
        "algorithms": [_entry(name, type(one)) for name, one in ALGORITHMS.items()],
    }
    if as_json:
        print_json(found)
        return
    out = console()
    for title, rows in found.items():
        if rows:
            out.print(table(rows, COLUMNS, title))
    out.print("fastgrad models NAME lists the arguments of one, of settings or of minimize")


def show_one(name: str, as_json: bool) -> None:
    """Print one thing that a study file may name, with its arguments."""
    known = everything()
    by_lower = {key.lower(): key for key in reversed(list(known))}
    if name.lower() not in by_lower:
        raise ValueError(unknown("name", name, known))
    key = by_lower[name.lower()]
    kind = known[key]
    listed = OF_FILES[key](arguments(kind)) if key in OF_FILES else arguments(kind)
    heading = key if key in OF_FILES else kind.__name__
    about = _prose(kind)
    if as_json:
        print_json({"name": heading, "about": about, "arguments": listed})
        return
    out = console()
    out.print(f"{heading}({', '.join(one['name'] for one in listed)})\n", soft_wrap=True)
    out.print(about + "\n")
    if listed:
        out.print(table(listed, ARGUMENTS))


def everything() -> dict[str, Any]:
    """What has arguments in a study file, by name."""
    from ..api import gradient
    from ..models.control import Control
    from ..optimise.api import minimize
    from ..optimise.expected import Expected
    from ..optimise.region import Simplex

    algorithms: dict[str, Any] = {key: type(one) for key, one in ALGORITHMS.items()}
    algorithms |= {kind.__name__: kind for kind in algorithms.values()}
    beside = {"Control": Control, "Expected": Expected, "Simplex": Simplex}
    verbs = {"settings": gradient, "minimize": minimize}
    return {**wholes(), **DISTRIBUTIONS, **records(), **methods(), **algorithms, **beside, **verbs}


def _of_settings(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    defaults = {field.name: _default(field.default) for field in dataclasses.fields(Settings)}
    return [
        one | {"default": one["default"] or defaults.get(one["name"])}
        for one in listed
        if one["name"] in SETTINGS
    ]


# The keys of a file are those arguments that are no Python objects.
OF_FILES: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "settings": _of_settings,
    "minimize": lambda listed: [one for one in listed if one["name"] not in NOT_IN_FILES],
}


def arguments(kind: Any) -> list[dict[str, Any]]:
    """Name, type, default and meaning of each argument, from signature and docstring.

    What a docstring leaves to that of a base is looked for there.
    """
    said: dict[str, tuple[str, str]] = {}
    for base in reversed(getattr(kind, "__mro__", [kind])):
        found = _parameters_of(inspect.getdoc(base) or "")
        said |= {n: one for n, one in found.items() if n not in said or any(map(_says, one))}
    known = parameters(kind)
    names = [name for name, p in known.items() if p.kind is not p.VAR_KEYWORD]
    if len(names) < len(known):  # **settings: those that the docstring has
        names += [name for name in said if name not in names]
    made = []
    for name in names:
        types, about = said.get(name, ("", ""))
        default = known[name].default if name in known else inspect.Parameter.empty
        shown = None if default is inspect.Parameter.empty else _default(default)
        shown = made_by_default(kind, name) or shown
        made.append({"name": name, "type": types, "default": shown, "about": about})
    return made


def _says(text: str) -> bool:
    """Not a mere reference to the docstring of a base."""
    return bool(text) and not text.startswith(("See `", "As for `"))


def made_by_default(kind: Any, name: str) -> str | None:
    """The default of a field that is made anew for each object: Mean()."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    factories = (field.default_factory for field in fields if field.name == name)
    made = next((f for f in factories if f is not dataclasses.MISSING), None)
    return None if made is None else repr(made())


def _default(value: Any) -> str:
    return "none" if value is None else str(value) if not isinstance(value, str) else repr(value)


def _parameters_of(text: str) -> dict[str, tuple[str, str]]:
    """Type and meaning by name, from the section Parameters of a numpydoc docstring."""
    found: dict[str, tuple[str, str]] = {}
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[^\n]*\n-+$|\Z)", text, re.S | re.M)
    names: list[str] = []
    for line in section[1].splitlines() if section else []:
        heading = re.fullmatch(r"(\S[^:]*?)(?: : (.+))?", line)
        if heading:
            names = [name.strip() for name in heading[1].split(",")]
            found |= {name: ((heading[2] or "").strip(), "") for name in names}
        elif line.startswith(" ") and names:
            for name in names:
                kind, about = found[name]
                found[name] = (kind, f"{about} {line.strip()}".strip())
    return found


def _prose(kind: Any) -> str:
    """The docstring in front of its first section."""
    return re.split(r"\n\n\w+\n-+\n", inspect.getdoc(kind) or "")[0]


def _entry(name: str, kind: type) -> dict[str, Any]:
    first = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]
    return {
        "name": name,
        "parameters": [str(p.replace(annotation=p.empty)) for p in parameters(kind).values()],
        "about": " ".join(first.split()).rstrip("."),
    }
