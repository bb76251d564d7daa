"""What dynamics are to an option."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ...models.model import Input


class Dynamics:
    """Base of all dynamics: immutable dataclasses, validated when made.

    Their file under `kernels/models/option/dynamics/` has `walk` and `unwind`.
    """

    kernel: ModuleType

    def inputs(self, maturity: Any, steps: int) -> list[Input]:
        """What is random, in the order of time."""
        raise NotImplementedError

    def structure(self) -> Mapping[str, Any]:
        """Parameters that no distribution holds."""
        return {}

    def counts(self, steps: int) -> list[int]:
        """The integers that `walk` and `unwind` read, the number of steps first."""
        return [steps]

    def discount(self, maturity: Any) -> Any:
        """What one unit paid at maturity is worth now."""
        raise NotImplementedError

    def last_step_is_normal(self) -> bool:
        """Whether the last input is the normal log-return of the last step."""
        return False
