"""What was found out about a user's function, for the next call that asks exactly the same.

A pilot is a pure function of what it looks at: of the function, of every number that it is given,
and of how many paths it has. All of that is the key, so that memory saves time and never decides.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..described import Described

MOST = 512  # findings in all; those that nobody asked for longest are dropped

_FOUND: OrderedDict[tuple, Any] = OrderedDict()
_LOCK = threading.Lock()


def remembered(model: Described, what: tuple, find: Callable[[], Any]) -> Any:
    """What `find` gives, looked up if the same was asked of the same model before."""
    if model.memory is not None and model.memory.once:
        return model.memory.pilot(("user", *what), find)
    key = (what, *identity_of(model))
    with _LOCK:
        if key in _FOUND:
            _FOUND.move_to_end(key)
            return _FOUND[key]
    found = find()
    with _LOCK:
        _FOUND[key] = found
        while len(_FOUND) > MOST:
            _FOUND.popitem(last=False)
    return found


def forget() -> None:
    """Forget everything: the next pilots are run anew."""
    with _LOCK:
        _FOUND.clear()


def identity_of(model: Described) -> tuple:
    """All that a model's paths depend on, and the places that θ moves."""
    codes = [function.__code__ for function in model.user.functions]
    return (
        model.user.digest,
        tuple((code.co_filename, code.co_firstlineno) for code in codes),  # messages name lines
        model.layout,
        model.numbers,
        model.debug,
        model.frozen,
        model.planned,
    )
