"""The methods, one file each; `METHODS` is the table of their names."""

from __future__ import annotations

from typing import Any

from .auto import Auto
from .differences import (
    CentralDifference,
    ForwardDifference,
    RandomDirections,
    SimultaneousPerturbation,
)
from .ipa import IPA
from .likelihood_ratio import LikelihoodRatio
from .method import Method, Verdict, require
from .weak_derivative import WeakDerivative

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        ForwardDifference(),
        CentralDifference(),
        SimultaneousPerturbation(),
        RandomDirections(),
        IPA(),
        LikelihoodRatio(),
        WeakDerivative(),
        Auto(),
    )
}


def method_of(given: Any) -> Method:
    """A method from its name or itself, or a clear error."""
    if isinstance(given, Method):
        return given
    if isinstance(given, type) and issubclass(given, Method):
        return given()
    if isinstance(given, str):
        if given in METHODS:
            return METHODS[given]
        raise ValueError(f"unknown method {given!r}; known: {', '.join(map(repr, METHODS))}")
    raise TypeError(f"method must be a name or a method such as fastgrad.IPA(), got {given!r}")


__all__ = [
    "IPA",
    "METHODS",
    "Auto",
    "CentralDifference",
    "ForwardDifference",
    "LikelihoodRatio",
    "Method",
    "RandomDirections",
    "SimultaneousPerturbation",
    "Verdict",
    "WeakDerivative",
    "method_of",
    "require",
]
