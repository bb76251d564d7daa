"""What commands print: tables for people, JSON for programs, errors in one line."""

from __future__ import annotations

import functools
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

INTERRUPTED = 130
BAD_INPUT = 2
LEAST_WIDTH = 116  # of tables in files and pipes
# Left out of tables in this order where the terminal is too narrow for all.
LEFT_OUT = ("seconds", "variance", "z", "variance_time", "z_exact", "unbiased")
FOLDING = ("reason", "about", "parameters", "type", "default")  # columns of words


def guarded(command: Callable) -> Callable:
    """Turn errors into one line and an exit code, and Ctrl-C into what was done so far."""

    @functools.wraps(command)
    def inner(*arguments: Any, **options: Any) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _one_line_of  # type: ignore[assignment]
                return command(*arguments, **options)
        except KeyboardInterrupt as stop:
            _report_interrupt(stop, bool(options.get("as_json")))
            raise typer.Exit(INTERRUPTED) from None
        except (ValueError, TypeError, ImportError, OSError, ArithmeticError) as error:
            print(f"error: {_one_line(error)}", file=sys.stderr)
            raise typer.Exit(BAD_INPUT) from None

    return inner


def _one_line_of(message: Warning | str, category: type[Warning], *where: Any) -> None:
    """A warning without the line of code; those of estimates stand in the printed tables."""
    from ..results.cautions import EstimateWarning

    if not issubclass(category, EstimateWarning):
        print(f"warning: {' '.join(str(message).split())}", file=sys.stderr)


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


def _report_interrupt(stop: KeyboardInterrupt, as_json: bool) -> None:
    done = getattr(stop, "estimate", None)
    if as_json and done is not None:
        print_json(done.to_dict() | {"interrupted": True})
    elif done is not None:
        print(done)
    first = str(stop).splitlines()[0].rstrip(":") if str(stop) else "interrupted"
    print(first, file=sys.stderr)


def print_json(value: Any) -> None:
    """One JSON value on stdout; numbers that JSON does not have become null."""
    print(json.dumps(finite(value), indent=2, allow_nan=False, ensure_ascii=False))


def write_whole(path: Path, text: str) -> None:
    """Write a file, or leave none: not half of one where the disk is full."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        if path.is_file():
            path.unlink()
        raise


def finite(value: Any) -> Any:
    """None in place of numbers that JSON does not have."""
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, Mapping):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return finite(value.tolist()) if hasattr(value, "tolist") else value


def console() -> Any:
    """Where tables are printed."""
    from rich.console import Console

    made = Console(highlight=False, markup=False)  # "theta[0]" is a name, not a style
    if not made.is_terminal:
        made.width = max(made.width, LEAST_WIDTH)
    return made


def fitting(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Any], width: int
) -> tuple[list[Any], list[str]]:
    """The columns that have room, and the headings of those left out."""
    from ..results.text_table import cells

    kept: list[Any] = list(columns)
    left: list[str] = []
    if any(column.key in FOLDING for column in columns):
        return kept, left

    def needed() -> int:
        texts = [[column.heading for column in kept], *(cells(row, kept) for row in rows)]
        return sum(max(map(len, column)) + 1 for column in zip(*texts, strict=True)) + 1

    for key in LEFT_OUT:
        if needed() <= width:
            break
        left += [column.heading for column in kept if column.key == key]
        kept = [column for column in kept if column.key != key]
    return kept, left


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Any], title: str = "") -> Any:
    """A Rich table of rows by `text_table` columns; rows with `best` set are bold.

    In a terminal that is too narrow some columns are left out, which it says.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from ..results.text_table import cells

    rows = list(rows)
    columns, left = fitting(rows, columns, console().width)
    made = Table(
        title=title or None,
        caption=f"too narrow for: {', '.join(left)}" if left else None,
        caption_justify="left",
        title_justify="left",
        title_style="bold",
        header_style="",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for column in columns:
        side: Any = "right" if column.right else "left"
        folds = column.key in FOLDING
        made.add_column(column.heading, justify=side, overflow="fold", no_wrap=not folds)
    for row in rows:
        texts = [Text(text) for text in cells(row, columns)]
        made.add_row(*texts, style="bold" if row.get("best") else "")
    return made
