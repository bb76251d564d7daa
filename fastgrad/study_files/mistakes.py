"""Messages about words that nobody knows, with the nearest one that somebody does."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_LISTED = 30


def unknown(what: str, word: object, known: Iterable[str]) -> str:
    """`unknown key 'sed', did you mean 'seed'? known: …`, in one line."""
    names = list(known)
    lower = {name.lower(): name for name in reversed(names)}
    near = difflib.get_close_matches(str(word).lower(), lower, n=1, cutoff=0.55)
    hint = f", did you mean {lower[near[0]]!r}?" if near else ";"
    more = " …" if len(names) > MOST_LISTED else ""
    return f"unknown {what} {word!r}{hint} known: {', '.join(names[:MOST_LISTED])}{more}"


def only_known(where: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a key that may not stand there."""
    names = list(known)
    for key in given:
        if key not in names:
            raise ValueError(f"{where}: {unknown('key', key, names)}")
