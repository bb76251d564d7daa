"""Input distributions, as the user names them.

Each is one line of the table `DISTRIBUTION_FILES` in the package's `__init__`; its formulas,
parameters and reasons stand in that file of `kernels/distributions/`. Those whose parameters are
lists are classes of their own.
"""

from __future__ import annotations

import importlib
from typing import Any

from .. import DISTRIBUTION_FILES
from .affine import Affine
from .discrete import Discrete
from .distribution import DOMAINS, Distribution, Repeated, make_distribution
from .forms import FORMS
from .mixture import Mixture
from .truncated import Truncated

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    name: make_distribution(
        name, importlib.import_module(f"..kernels.distributions.{file}", __package__)
    )
    for name, file in DISTRIBUTION_FILES.items()
} | {"Affine": Affine, "Discrete": Discrete, "Mixture": Mixture, "Truncated": Truncated}
globals().update(DISTRIBUTIONS)
FORMS["point"] = DISTRIBUTIONS["Deterministic"]

__all__ = [
    "DISTRIBUTIONS",
    "DOMAINS",
    "Affine",
    "Discrete",
    "Distribution",
    "Mixture",
    "Repeated",
    "Truncated",
    *DISTRIBUTION_FILES,
]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
