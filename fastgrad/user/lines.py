"""A line of a user's code, short enough to stand in a message."""

from __future__ import annotations

import linecache
import os

MOST = 40  # characters of the text


def place_of(file: str, line: int) -> str:
    """The file, from the working directory if it is below that, and the line."""
    return f"{file.removeprefix(os.getcwd() + os.sep)}:{line}"


def shown(file: str, line: int) -> str:
    """The place of a line, and its text."""
    text = linecache.getline(file, line).strip()
    if len(text) > MOST:
        text = text[: MOST - 1].rstrip() + "…"
    return f"{place_of(file, line)}: {text}" if text else place_of(file, line)
