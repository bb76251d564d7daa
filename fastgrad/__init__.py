"""fastgrad: gradients of expectations from simulation, by every method, with error bars.

import fastgrad as fg

def queue(theta):                                # theta: mean service time
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=100)

print(fg.gradient(queue, at=0.5, method="ipa", replications=1_000_000, seed=1))
"""

import importlib
from typing import Any

__version__ = "0.1.0"

# The whole public surface: where each name comes from. Names are imported when first used,
# because the compiler behind them takes half a second to import and `--help` does not need it.
_SURFACE: dict[str, tuple[str, ...]] = {
    "api": ("gradient", "simulate"),
    "distributions": (
        "Deterministic",
        "Distribution",
        "Erlang",
        "Exponential",
        "Gamma",
        "LogNormal",
        "Normal",
        "Uniform",
        "Weibull",
    ),
    "errors": ("Interrupted", "NotApplicable"),
    "estimates": ("Estimate", "GradientEstimate"),
    "methods": (
        "IPA",
        "Auto",
        "CentralDifference",
        "ForwardDifference",
        "LikelihoodRatio",
        "RandomDirections",
        "SimultaneousPerturbation",
        "WeakDerivative",
    ),
    "models": ("Model", "SingleServerQueue"),
}
_SUBMODULES = ("exact",)
_HOME = {name: module for module, names in _SURFACE.items() for name in names}

__all__ = ["__version__", *_HOME, *_SUBMODULES]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(f"module 'fastgrad' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
