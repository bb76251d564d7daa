"""Showing that pilots run: what a method needs to know before its own run begins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..settings import Settings

WORDS = "pilots: is the method valid here, which steps and baselines"


@contextlib.contextmanager
def piloting(settings: Settings) -> Iterator[None]:
    """While pilots run: a line that says so, or `progress.pilot()` of an object that has it."""
    wanted = settings.progress
    if hasattr(wanted, "pilot"):
        wanted.pilot()
    elif wanted and not callable(wanted):
        from rich.progress import Progress, SpinnerColumn, TextColumn

        with Progress(SpinnerColumn(), TextColumn(WORDS), transient=True) as shown:
            shown.add_task(WORDS, total=None)
            yield
        return
    yield
