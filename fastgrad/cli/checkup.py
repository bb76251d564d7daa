"""`fastgrad doctor`."""

from __future__ import annotations

from typing import Any

from .doctor import Checkup, examine
from .output import console, print_json


def show(as_json: bool) -> None:
    """Print what was found and what to do about it."""
    found = examine()
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)


def _print(found: Checkup) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    grid = Table.grid(padding=(0, 2))
    for topic, facts in found.facts.items():
        for number, (name, value) in enumerate(facts.items()):
            first = Text(topic if number == 0 else "", style="bold")
            grid.add_row(first, name.replace("_", " "), Text(_words(name, value)))
    out.print(grid)
    out.print()
    if not found.advice:
        out.print("all is well")
    for line in found.advice:
        out.print(f"→ {line}", soft_wrap=True)


def _words(name: str, value: Any) -> str:
    if value is None:
        return "not found"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("bytes"):
        return f"{value / 1e6:.1f} MB"
    return str(value)
