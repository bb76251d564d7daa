"""`fastgrad models`: what a study file may name, with arguments."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

from ..distributions.families import DISTRIBUTIONS
from ..methods import METHODS
from ..results.text_table import Column
from ..study_files.kinds import methods, models, parameters, records
from ..study_files.mistakes import unknown
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
    }
    if as_json:
        print_json(found)
        return
    out = console()
    for title, rows in found.items():
        if rows:
            out.print(table(rows, COLUMNS, title))
    out.print("fastgrad models NAME lists the arguments of one of them")


def show_one(name: str, as_json: bool) -> None:
    """Print one model, distribution, record, method or algorithm with its arguments."""
    from ..optimise.choice import ALGORITHMS

    algorithms: dict[str, Any] = {key: type(one) for key, one in ALGORITHMS.items()}
    known = models() | DISTRIBUTIONS | records() | methods() | algorithms
    by_lower = {key.lower(): key for key in reversed(list(known))}
    if name.lower() not in by_lower:
        raise ValueError(unknown("name", name, known))
    kind = known[by_lower[name.lower()]]
    listed = arguments(kind)
    about = _prose(kind)
    if as_json:
        print_json({"name": kind.__name__, "about": about, "arguments": listed})
        return
    out = console()
    out.print(f"{kind.__name__}({', '.join(one['name'] for one in listed)})\n", soft_wrap=True)
    out.print(about + "\n")
    if listed:
        out.print(table(listed, ARGUMENTS))


def arguments(kind: Any) -> list[dict[str, Any]]:
    """Name, type, default and meaning of each argument, from signature and docstring."""
    said = _parameters_of(inspect.getdoc(kind) or "")
    made = []
    for name, parameter in parameters(kind).items():
        types, about = said.get(name, ("", ""))
        default = None if parameter.default is parameter.empty else _default(parameter.default)
        default = made_by_default(kind, name) or default
        made.append({"name": name, "type": types, "default": default, "about": about})
    return made


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
        heading = re.fullmatch(r"(\S[^:]*?) : (.+)", line)
        if heading:
            names = [name.strip() for name in heading[1].split(",")]
            found |= {name: (heading[2].strip(), "") for name in names}
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
