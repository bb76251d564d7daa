"""Written by `python tests/stubs.py` from the tables of the package."""

from typing import Any

from . import exact, finance, jax, problems, torch
from .api import (
    gradient,
    simulate,
)
from .distributions.exponential_family import (
    exponential_family_score,
)
from .distributions.families import (
    Affine,
    Bernoulli,
    Beta,
    Binomial,
    Cauchy,
    Deterministic,
    Discrete,
    Distribution,
    Erlang,
    Exponential,
    Gamma,
    Geometric,
    Gumbel,
    LogNormal,
    Logistic,
    Maxwell,
    Mixture,
    NegativeBinomial,
    Normal,
    PERT,
    Pareto,
    Poisson,
    StudentT,
    Triangular,
    Truncated,
    Uniform,
    Weibull,
)
from .errors import (
    Interrupted,
    NotApplicable,
    StoreError,
    WorkersLost,
)
from .executors.dask import (
    DaskExecutor,
    dask_executor,
)
from .methods.auto import (
    Auto,
)
from .methods.best import (
    Best,
)
from .methods.differences import (
    CentralDifference,
    ForwardDifference,
    RandomDirections,
    SimultaneousPerturbation,
)
from .methods.gumbel_softmax import (
    GumbelSoftmax,
)
from .methods.ipa import (
    IPA,
)
from .methods.likelihood_ratio import (
    LikelihoodRatio,
)
from .methods.scored_pathwise import (
    ScorePathwise,
    ScoreSmoothed,
)
from .methods.spa import (
    SPA,
)
from .methods.weak_derivative import (
    WeakDerivative,
)
from .models.control import (
    Control,
)
from .models.inventory.inventory import (
    Inventory,
)
from .models.measures import (
    Mean,
    Tail,
)
from .models.model import (
    Model,
    Ratio,
)
from .models.network.activity_network import (
    ActivityNetwork,
)
from .models.network.criticality import (
    Criticality,
    criticality,
)
from .models.queue.fluid import (
    FluidQueue,
)
from .models.queue.horizon import (
    Customers,
    Cycles,
    Time,
)
from .models.queue.multi_server import (
    MultiServerQueue,
)
from .models.queue.network import (
    QueueNetwork,
    Station,
)
from .models.queue.single_server import (
    SingleServerQueue,
)
from .models.queue.tandem import (
    TandemQueue,
)
from .optimise.algorithms import (
    Adam,
    RobbinsMonro,
)
from .optimise.api import (
    maximize,
    minimize,
)
from .optimise.comparison import (
    AlgorithmComparison,
    compare_algorithms,
)
from .optimise.expected import (
    Expected,
)
from .optimise.objective import (
    Objective,
    objective,
)
from .optimise.perturbed import (
    KieferWolfowitz,
    RandomDirectionSearch,
    SPSA,
    SecondOrderSPSA,
)
from .optimise.region import (
    Simplex,
)
from .optimise.result import (
    OptimizationResult,
)
from .optimise.saa import (
    SAA,
)
from .prepared import (
    Prepared,
    prepare,
)
from .results.cautions import (
    EstimateWarning,
)
from .results.comparison import (
    Comparison,
    Comparisons,
    compare,
)
from .results.convergence import (
    Convergence,
    convergence,
)
from .results.designs import (
    Design,
    design,
    grid,
)
from .results.estimates import (
    Estimate,
    GradientEstimate,
)
from .results.explanation import (
    Explanation,
    explain,
)
from .results.several import (
    Estimates,
)
from .results.sweeps import (
    Sweep,
    sweep,
)
from .study_files.study_file import (
    StudyFile,
    read_study,
)
from .user.expectation import (
    Expectation,
)
from .user.simulation import (
    Simulation,
)

__all__ = [
    'ActivityNetwork',
    'Adam',
    'Affine',
    'AlgorithmComparison',
    'Auto',
    'Bernoulli',
    'Best',
    'Beta',
    'Binomial',
    'Cauchy',
    'CentralDifference',
    'Comparison',
    'Comparisons',
    'Control',
    'Convergence',
    'Criticality',
    'Customers',
    'Cycles',
    'DaskExecutor',
    'Design',
    'Deterministic',
    'Discrete',
    'Distribution',
    'Erlang',
    'Estimate',
    'EstimateWarning',
    'Estimates',
    'Expectation',
    'Expected',
    'Explanation',
    'Exponential',
    'FluidQueue',
    'ForwardDifference',
    'Gamma',
    'Geometric',
    'GradientEstimate',
    'Gumbel',
    'GumbelSoftmax',
    'IPA',
    'Interrupted',
    'Inventory',
    'KieferWolfowitz',
    'LikelihoodRatio',
    'LogNormal',
    'Logistic',
    'Maxwell',
    'Mean',
    'Mixture',
    'Model',
    'MultiServerQueue',
    'NegativeBinomial',
    'Normal',
    'NotApplicable',
    'Objective',
    'OptimizationResult',
    'PERT',
    'Pareto',
    'Poisson',
    'Prepared',
    'QueueNetwork',
    'RandomDirectionSearch',
    'RandomDirections',
    'Ratio',
    'RobbinsMonro',
    'SAA',
    'SPA',
    'SPSA',
    'ScorePathwise',
    'ScoreSmoothed',
    'SecondOrderSPSA',
    'Simplex',
    'Simulation',
    'SimultaneousPerturbation',
    'SingleServerQueue',
    'Station',
    'StoreError',
    'StudentT',
    'StudyFile',
    'Sweep',
    'Tail',
    'TandemQueue',
    'Time',
    'Triangular',
    'Truncated',
    'Uniform',
    'WeakDerivative',
    'Weibull',
    'WorkersLost',
    '__version__',
    'compare',
    'compare_algorithms',
    'convergence',
    'criticality',
    'dask_executor',
    'design',
    'exact',
    'explain',
    'exponential_family_score',
    'finance',
    'gradient',
    'grid',
    'jax',
    'maximize',
    'minimize',
    'objective',
    'prepare',
    'problems',
    'read_study',
    'simulate',
    'step',
    'sweep',
    'torch',
]

DISTRIBUTION_FILES: dict[str, str]
MODEL_FILES: dict[str, str]
METHOD_FILES: dict[str, str]
_SURFACE: dict[str, Any]
_SUBMODULES: tuple[str, ...]
_HOME: dict[str, str]
__version__: str

def step(condition: Any) -> Any:
    """1.0 where the condition holds, else 0.0; the output may jump there, and is to be smoothed.

    For functions given to `Simulation` and `Expectation`: fg.step(wait > p.limit), as a number
    or in control flow. It costs nothing in a plain simulation. It tells smoothed perturbation
    analysis where to look, and keeps IPA from being used where it would be biased.

    Parameters
    ----------
    condition : comparison of two numbers by >, >=, < or <=
        Written inside the call.

    Returns
    -------
    float
    """
