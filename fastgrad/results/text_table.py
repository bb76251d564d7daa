"""Tables of plain text, the way results print themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

MOST_WRITTEN_OUT = 1e9


class Column(NamedTuple):
    """A key of the rows, its heading, and how its values are written."""

    key: str
    heading: str
    write: Callable[[Any], str] = str
    right: bool = True


def number(digits: int) -> Callable[[Any], str]:
    """Writer of numbers with so many significant digits at least; nothing for None."""

    def write(value: Any) -> str:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        if 10**digits <= abs(value) < MOST_WRITTEN_OUT:
            return f"{value:,.0f}"
        return f"{value:.{digits}g}"

    return write


def score(value: Any) -> str:
    """A z-score, with its sign; nothing for None."""
    return "" if value is None else f"{value:+.2f}"


def cells(row: Mapping[str, Any], columns: Sequence[Column]) -> list[str]:
    """The text of one row."""
    return [column.write(row[column.key]) for column in columns]


def text_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> list[str]:
    """Lines of a table: headings, a rule, then the rows."""
    body = [cells(row, columns) for row in rows]
    headings = [column.heading for column in columns]
    widths = [max(map(len, texts)) for texts in zip(headings, *body, strict=True)]

    def line(texts: list[str]) -> str:
        placed = (
            text.rjust(width) if column.right else text.ljust(width)
            for text, width, column in zip(texts, widths, columns, strict=True)
        )
        return "  ".join(placed).rstrip()

    return [line(headings), "  ".join("-" * width for width in widths), *map(line, body)]


def of_what(output: Any) -> str:
    """What stands in E[·]: Y, or the output of a model with several."""
    return "Y" if output is None else str(output) if isinstance(output, str) else f"Y[{output}]"
