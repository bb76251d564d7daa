"""What an estimator that the caller prepared keeps from one θ to the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any


class Memory:
    """Pilots and plans of one prepared estimator; it belongs to one `build` and one method.

    Parameters
    ----------
    once : bool
        Keep what pilots find (steps, baselines, methods chosen, validity) at the first θ, and
        use it at all others. Otherwise each θ has pilots of its own, and all that is kept are
        pure functions of what they are asked for.
    """

    def __init__(self, once: bool) -> None:
        self.once = once
        self._found: dict[Hashable, Any] = {}
        self._problems: dict[Hashable, Any] = {}

    def pilot(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """What a pilot finds: now, or when it was asked first."""
        if not self.once:
            return find()
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def problem(self, facts: Any, make: Callable[[Any], Any]) -> Any:
        """make(facts), which depends on nothing else: 60 µs for a queue."""
        if facts not in self._problems:
            if len(self._problems) >= 8:
                self._problems.clear()
            self._problems[facts] = make(facts)
        return self._problems[facts]


class _Forgetful(Memory):
    """Keeps nothing: an estimate depends on its arguments alone."""

    def problem(self, facts: Any, make: Callable[[Any], Any]) -> Any:
        """make(facts)"""
        return make(facts)


FORGETFUL: Memory = _Forgetful(once=False)
