"""Errors that a user can act on."""

from __future__ import annotations

from typing import Any


class NotApplicable(ValueError):
    """A method that is not valid for this model and parameter.

    Attributes
    ----------
    method : str
        The method that was asked for.
    reason : str
        Why it would give a wrong answer.
    alternatives : tuple of str
        The methods that are valid there.
    """

    def __init__(self, method: str, reason: str, alternatives: tuple[str, ...]) -> None:
        self.method, self.reason, self.alternatives = method, reason, alternatives
        instead = ", ".join(map(repr, alternatives)) or "no method"
        super().__init__(f"method {method!r} is not applicable: {reason}; valid here: {instead}")

    def __reduce__(self) -> tuple:
        return type(self), (self.method, self.reason, self.alternatives)


class SeveralOutputs(ValueError):
    """A model with several outputs, where one is needed; `names` are theirs."""

    def __init__(self, names: tuple, cure: str) -> None:
        self.names, self.cure = names, cure
        super().__init__(
            f"the model has several outputs ({', '.join(map(repr, names))}): say which one, "
            f"as in {cure} (fastgrad.gradient and fastgrad.simulate take all of them at once)"
        )

    def __reduce__(self) -> tuple:
        return type(self), (self.names, self.cure)


class StoreError(ValueError):
    """A store that cannot be used: in use, of another study or version, or no store at all."""


class WorkersLost(RuntimeError):
    """A process of the executor was killed; what was done before is in `estimate`, or None."""

    def __init__(self, message: str, estimate: Any = None) -> None:
        super().__init__(message)
        self.estimate = estimate


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run: nothing is left behind, and what was done is in `estimate`."""

    def __init__(self, message: str, estimate: Any = None) -> None:
        super().__init__(message)
        self.estimate = estimate
