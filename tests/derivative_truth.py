"""Functions of an output, and the truth about the derivatives of their means.

By central differences of E[g] under SciPy's form, of fourth order, with a step that is a small
share of the parameter's scale.
"""

import functools
import itertools

import numpy as np
from distributions_table import DISCRETE

import fastgrad.distributions.families as d

EDGE = 2.0**-53


class Outputs:
    """Three functions g fitted to the distribution's place and width; the last one jumps."""

    def __init__(self, case):
        distribution = case.reference()
        self.centre, self.jump = float(distribution.ppf(0.4)), float(distribution.ppf(0.63)) + 1e-9
        self.width = float(distribution.ppf(0.8) - distribution.ppf(0.2)) or 1.0

    def __call__(self, k, x):
        z = (x - self.centre) / self.width
        if k == 0:
            return np.arctan(z)
        if k == 1:
            return np.exp(-z * z)
        return np.where(x > self.jump, 1.0, 0.0)

    def slope(self, k, x):
        z = (x - self.centre) / self.width
        return (1.0 / (1.0 + z * z) if k == 0 else -2.0 * z * np.exp(-z * z)) / self.width


@functools.cache
def double_exponential():
    """Nodes in (0, 1) and weights of the double exponential rule."""
    t = np.linspace(-3.4, 3.4, 241)
    half = 0.5 * np.pi * np.sinh(t)
    nodes = 1.0 / (1.0 + np.exp(-2.0 * half))
    weights = 0.25 * np.pi * np.cosh(t) / np.cosh(half) ** 2 * (t[1] - t[0])
    return nodes, weights


def integral(function, breaks=()):
    """∫ over (0, 1), which is smooth between the breaks."""
    nodes, weights = double_exponential()
    ends = [0.0, *sorted(b for b in breaks if 0.0 < b < 1.0), 1.0]
    total = 0.0
    for low, high in itertools.pairwise(ends):
        u = np.clip(low + (high - low) * nodes, max(low, EDGE), min(high, 1.0 - EDGE))
        total += (high - low) * float(weights @ function(u))
    return total


def expected(case, outputs, k, **changed):
    """E[g] under SciPy's distribution."""
    distribution = case.reference(**changed)
    if k == 2:
        return float(distribution.sf(outputs.jump))
    if case in DISCRETE:
        low, high = float(distribution.ppf(1e-13)), float(distribution.ppf(1.0 - 1e-13))
        support = (
            np.array([case.parameters["low"], case.parameters["high"]])
            if ("high" in case.parameters)
            else np.arange(low - 2.0, high + 60.0)
        )
        if "high" in changed or "low" in changed:
            support = np.array(
                sorted({changed.get(n, case.parameters[n]) for n in ("low", "high")})
            )
        return float(distribution.pmf(support) @ outputs(k, support))
    return integral(
        lambda u: outputs(k, distribution.ppf(u)), [float(distribution.cdf(b)) for b in kinks(case)]
    )


def kinks(case):
    """Points where the density has a corner, or the score a pole."""
    point = {d.Triangular: "mode", d.Maxwell: "location"}.get(case.kind)
    return [case.parameters[point]] if point else []


def differences(case, outputs, k, parameter):
    """First and second derivative of E[g], by central differences and extrapolation."""
    at = case.parameters[parameter]
    step = 4e-3 * (max(abs(at), 0.5) if parameter in ("mean", "location") else abs(at))
    if parameter == "p":  # the distribution's own scale: one standard deviation of an estimate of p
        step = 0.02 * at * np.sqrt((1.0 - at) / case.parameters.get("n", 1))
    values = {
        m: expected(case, outputs, k, **{parameter: at + m * step}) for m in (-2, -1, 0, 1, 2)
    }
    first = (8.0 * (values[1] - values[-1]) - (values[2] - values[-2])) / (12.0 * step)
    second = (16.0 * (values[1] + values[-1]) - (values[2] + values[-2]) - 30.0 * values[0]) / (
        12.0 * step * step
    )
    return first, second
