"""fastgrad: gradients of expectations from simulation, by every method, with error bars."""

from .api import gradient, simulate
from .distributions import (
    Deterministic,
    Distribution,
    Erlang,
    Exponential,
    Gamma,
    LogNormal,
    Normal,
    Uniform,
    Weibull,
)
from .errors import Interrupted, NotApplicable
from .estimates import Estimate, GradientEstimate
from .methods import (
    IPA,
    CentralDifference,
    ForwardDifference,
    LikelihoodRatio,
    RandomDirections,
    SimultaneousPerturbation,
    WeakDerivative,
)
from .models import Model, SingleServerQueue

__version__ = "0.1.0"
