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
# kernels/distributions/, a method in that file of methods/ (and its kernel in
# kernels/estimators/), a model in the module named (and its kernels in the room of the same
# name under kernels/). To add one: write the file, add the line.
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
    "PERT": "pert",
    "Pareto": "pareto",
    "Poisson": "poisson",
    "StudentT": "student_t",
    "Triangular": "triangular",
    "Uniform": "uniform",
    "Weibull": "weibull",
}
MODEL_FILES = {
    "ActivityNetwork": "models.network.activity_network",
    "Expectation": "user.expectation",
    "FluidQueue": "models.queue.fluid",
    "Inventory": "models.inventory.inventory",
    "MultiServerQueue": "models.queue.multi_server",
    "QueueNetwork": "models.queue.network",
    "Simulation": "user.simulation",
    "SingleServerQueue": "models.queue.single_server",
    "TandemQueue": "models.queue.tandem",
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
    "ScorePathwise": "scored_pathwise",
    "ScoreSmoothed": "scored_pathwise",
    "GumbelSoftmax": "gumbel_softmax",
    "Auto": "auto",
}
_SURFACE: dict[str, tuple[str, ...]] = {
    "api": ("gradient", "simulate"),
    "distributions.exponential_family": ("exponential_family_score",),
    "distributions.families": (
        "Affine",
        "Discrete",
        "Distribution",
        "Mixture",
        "Truncated",
        *DISTRIBUTION_FILES,
    ),
    "errors": ("Interrupted", "NotApplicable", "StoreError", "WorkersLost"),
    "executors.dask": ("DaskExecutor", "dask_executor"),
    "kernels.marks.step": ("step",),
    "methods": tuple(METHOD_FILES),
    "methods.best": ("Best",),
    "models.control": ("Control",),
    "models.measures": ("Mean", "Tail"),
    "models.model": ("Model", "Ratio"),
    "models.network.criticality": ("Criticality", "criticality"),
    "optimise.algorithms": ("Adam", "RobbinsMonro"),
    "optimise.api": ("maximize", "minimize"),
    "optimise.comparison": ("AlgorithmComparison", "compare_algorithms"),
    "optimise.expected": ("Expected",),
    "optimise.objective": ("Objective", "objective"),
    "optimise.perturbed": ("KieferWolfowitz", "RandomDirectionSearch", "SPSA", "SecondOrderSPSA"),
    "optimise.region": ("Simplex",),
    "optimise.result": ("OptimizationResult",),
    "optimise.saa": ("SAA",),
    "models.queue.horizon": ("Customers", "Cycles", "Time"),
    "models.queue.network": ("Station",),
    "prepared": ("Prepared", "prepare"),
    "results.cautions": ("EstimateWarning",),
    "results.comparison": ("Comparison", "Comparisons", "compare"),
    "results.convergence": ("Convergence", "convergence"),
    "results.designs": ("Design", "design", "grid"),
    "results.estimates": ("Estimate", "GradientEstimate"),
    "results.explanation": ("Explanation", "explain"),
    "results.several": ("Estimates",),
    "results.sweeps": ("Sweep", "sweep"),
    "study_files.study_file": ("StudyFile", "read_study"),
}
_SUBMODULES = ("exact", "finance", "jax", "problems", "torch")
_HOME = MODEL_FILES | {name: module for module, names in _SURFACE.items() for name in names}

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
