"""What a user's function returns: one number, or several outputs? One replication tells."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ...kernels.random.philox import PILOT
from .paths import Paths

if TYPE_CHECKING:
    from ..described import Described

TRIES = 8  # replications: a function may raise in some of them


def outputs(model: Described) -> tuple | None:
    """The keys of a dict or the places of a tuple; None if one output is chosen, or is all.

    Raises
    ------
    ValueError
        For a choice that the function does not return.
    """
    from .remembered import remembered

    asked = model.choosing(None)
    names = remembered(asked, ("outputs",), lambda: _names(_result(asked)))
    chosen = model.output
    if chosen is None:
        return names
    if isinstance(chosen, tuple):
        for one in chosen:
            _check(model, one, names)
        return chosen
    _check(model, chosen, names)
    return None


def _check(model: Described, chosen: Any, names: tuple | None) -> None:
    if names is not None and chosen not in names and not _counts_back(chosen, names):
        raise ValueError(
            f"output={chosen!r} is not among what {model.user.name} ({model.user.place()}) "
            f"returns: {', '.join(map(repr, names))}"
        )


def _names(result: Any) -> tuple | None:
    if isinstance(result, dict):
        return tuple(result) or None
    if isinstance(result, tuple):
        return tuple(range(len(result))) or None
    return None


def _counts_back(chosen: Any, names: tuple) -> bool:
    """Whether this is the place of a tuple's entry, counted from its end."""
    return isinstance(chosen, int) and 0 in names and -len(names) <= chosen < 0


def _result(model: Described) -> Any:
    """What the function returns in Python; None if it raises whatever is tried."""
    paths = Paths(model, 0, PILOT, TRIES)
    for lane in range(TRIES):
        with (
            contextlib.suppress(Exception),
            contextlib.redirect_stdout(io.StringIO()),
            np.errstate(all="ignore"),
        ):
            return model.user.function(*model.arguments(paths, lane))
    return None
