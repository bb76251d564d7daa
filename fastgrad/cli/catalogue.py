"""`fastgrad models`: models and distributions with their parameters."""

from __future__ import annotations

import inspect
from typing import Any

from ..distributions.families import DISTRIBUTIONS
from ..models.catalogue import MODELS
from ..results.text_table import Column
from .output import console, print_json, table

COLUMNS = [
    Column("name", "name", right=False),
    Column("parameters", "parameters", ", ".join, right=False),
    Column("about", "", right=False),
]


def show(as_json: bool) -> None:
    """Print the catalogue."""
    found = {"models": [_entry(kind) for kind in MODELS.values()]}
    found["distributions"] = [_entry(kind) for kind in DISTRIBUTIONS.values()]
    if as_json:
        print_json(found)
        return
    out = console()
    for title, rows in found.items():
        out.print(table(rows, COLUMNS, title))


def _entry(kind: type) -> dict[str, Any]:
    first = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]
    return {
        "name": kind.__name__,
        "parameters": [str(p.replace(annotation=p.empty)) for p in _parameters(kind)],
        "about": " ".join(first.split()).rstrip("."),
    }


def _parameters(kind: type) -> list[inspect.Parameter]:
    return list(inspect.signature(kind).parameters.values())
