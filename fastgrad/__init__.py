"""fastgrad: gradients of expectations from simulation, by every method, with error bars.

import fastgrad as fg

def queue(theta):                                # theta: mean service time
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers=100)

print(fg.gradient(queue, at=0.5, method="ipa", replications=1_000_000, seed=1))
"""

import importlib
from typing import Any

__version__ = "0.1.0"

# The table of contents. A distribution stands in the file of that name under
# kernels/variates/, a model or method in that file of models/ or methods/ (and its kernels
# in kernels/models/ or kernels/estimators/). To add one: write the file, add the line.
DISTRIBUTION_FILES = {
    "Bernoulli": "bernoulli",
    "Beta": "beta",
    "Binomial": "binomial",
    "Cauchy": "cauchy",
    "Deterministic": "deterministic",
    "Erlang": "erlang",
    "Exponential": "exponential",
    "Gamma": "gamma",
    "Geometric": "geometric",
    "Gumbel": "gumbel",
    "LogNormal": "lognormal",
    "Logistic": "logistic",
    "Maxwell": "maxwell",
    "NegativeBinomial": "negative_binomial",
    "Normal": "normal",
    "Pareto": "pareto",
    "Poisson": "poisson",
    "Triangular": "triangular",
    "Uniform": "uniform",
    "Weibull": "weibull",
}
MODEL_FILES = {
    "ActivityNetwork": "activity_network",
    "Expectation": "expectation",
    "Inventory": "inventory",
    "Simulation": "simulation",
    "SingleServerQueue": "single_server_queue",
}
METHOD_FILES = {
    "ForwardDifference": "differences",
    "CentralDifference": "differences",
    "SimultaneousPerturbation": "differences",
    "RandomDirections": "differences",
    "IPA": "ipa",
    "SPA": "spa",
    "LikelihoodRatio": "likelihood_ratio",
    "WeakDerivative": "weak_derivative",
    "GumbelSoftmax": "gumbel_softmax",
    "Auto": "auto",
}
_SURFACE: dict[str, tuple[str, ...]] = {
    "api": ("gradient", "simulate"),
    "cautions": ("EstimateWarning",),
    "critical_arcs": ("Criticality", "criticality"),
    "comparison": ("Comparison", "compare"),
    "distributions": ("Discrete", "Distribution", "Mixture", *DISTRIBUTION_FILES),
    "errors": ("Interrupted", "NotApplicable"),
    "estimates": ("Estimate", "GradientEstimate"),
    "explanation": ("Explanation", "explain"),
    "exponential_family": ("exponential_family_score",),
    "kernels.marks": ("step",),
    "methods": tuple(METHOD_FILES),
    "models": ("Model", *MODEL_FILES),
    "models.activity_network": ("Mean", "Tail"),
    "prepared": ("Prepared", "prepare"),
    "several": ("Estimates",),
    "sweeps": ("Sweep", "sweep"),
}
_SUBMODULES = ("exact",)
_HOME = {name: module for module, names in _SURFACE.items() for name in names}

__all__ = ["__version__", *_HOME, *_SUBMODULES]


# Names are imported when first used: the compiler behind them takes half a second to
# import, and `fastgrad --help` does not need it.
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
