"""What a payoff is to an option."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

KINDS = ("call", "put")


class Payoff:
    """Base of all payoffs: immutable dataclasses, validated when made.

    Their file under `kernels/models/option/payoffs/` has `value` and `slope`, and `conditional`
    where E[payoff | all but the last step] is known.
    """

    kernel: ModuleType

    def terms(self) -> Mapping[str, Any]:
        """Its own parameters, which θ may stand in."""
        raise NotImplementedError

    def integers(self) -> list[int]:
        """What its operations read behind the number of steps and of terms."""
        return []

    def jump(self) -> str | None:
        """Why the payoff jumps along the path, or None if it is continuous."""
        return None


def sign_of(kind: str) -> int:
    """1 for a call, -1 for a put."""
    return 1 if kind == "call" else -1
