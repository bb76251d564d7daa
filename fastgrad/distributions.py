"""Input distributions, as the user names them.

Each is one line in the table at the end; its formulas, parameters and reasons stand in the
file of the same name under `kernels/variates/`.
"""

from __future__ import annotations

from .discrete import Discrete as Discrete
from .distribution import DOMAINS as DOMAINS
from .distribution import Distribution, make_distribution
from .distribution import Repeated as Repeated
from .kernels.variates import (
    bernoulli,
    beta,
    binomial,
    cauchy,
    deterministic,
    erlang,
    exponential,
    gamma,
    geometric,
    gumbel,
    logistic,
    lognormal,
    maxwell,
    negative_binomial,
    normal,
    pareto,
    poisson,
    triangular,
    uniform,
    weibull,
)
from .mixture import Mixture as Mixture

Bernoulli = make_distribution("Bernoulli", bernoulli)
Beta = make_distribution("Beta", beta)
Binomial = make_distribution("Binomial", binomial)
Cauchy = make_distribution("Cauchy", cauchy)
Deterministic = make_distribution("Deterministic", deterministic)
Erlang = make_distribution("Erlang", erlang)
Exponential = make_distribution("Exponential", exponential)
Gamma = make_distribution("Gamma", gamma)
Geometric = make_distribution("Geometric", geometric)
Gumbel = make_distribution("Gumbel", gumbel)
Logistic = make_distribution("Logistic", logistic)
LogNormal = make_distribution("LogNormal", lognormal)
Maxwell = make_distribution("Maxwell", maxwell)
NegativeBinomial = make_distribution("NegativeBinomial", negative_binomial)
Normal = make_distribution("Normal", normal)
Pareto = make_distribution("Pareto", pareto)
Poisson = make_distribution("Poisson", poisson)
Triangular = make_distribution("Triangular", triangular)
Uniform = make_distribution("Uniform", uniform)
Weibull = make_distribution("Weibull", weibull)

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    name: made
    for name, made in sorted(globals().items())
    if isinstance(made, type) and issubclass(made, Distribution) and hasattr(made, "kernel")
}
