"""Relaxed Bernoulli (binary Gumbel-Softmax, or Concrete): X = low + (high - low) z.

    z = sigmoid((logit p - logit U) / τ),   dz/dp = z (1 - z) / (τ p (1 - p))

As τ → 0, z becomes 1{U ≤ p}: the Bernoulli variate of the same uniform. The difference of two
Gumbel variables is logistic, so one uniform does for two categories.
"""

from ...jit.compile import device
from ...special.exp import exp
from ...special.log import log

PARAMETERS = {"p": "probability", "high": "real", "low": "real", "temperature": "positive"}


@device
def softness(u, p, temperature):
    """z, the soft indicator of U ≤ p."""
    return 1.0 / (1.0 + exp((log(u / (1.0 - u)) - log(p / (1.0 - p))) / temperature))


@device
def variate(u, p, high, low, temperature):
    return low + (high - low) * softness(u, p, temperature)


@device
def derivative_p(u, p, high, low, temperature):
    z = softness(u, p, temperature)
    return (high - low) * z * (1.0 - z) / (temperature * p * (1.0 - p))


@device
def derivative_high(u, p, temperature):
    return softness(u, p, temperature)


@device
def derivative_low(u, p, temperature):
    return 1.0 - softness(u, p, temperature)
