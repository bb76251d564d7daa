"""A line of a user's code, short enough to stand in a message."""

from __future__ import annotations

import linecache
import os

MOST = 40  # characters of the text


def shown(file: str, line: int) -> str:
    """The file (from the working directory, if it is below that), the line, and its text."""
    text = linecache.getline(file, line).strip()
    if len(text) > MOST:
        text = text[: MOST - 1].rstrip() + "…"
    here = os.getcwd() + os.sep
    place = f"{file.removeprefix(here)}:{line}"
    return f"{place}: {text}" if text else place
