"""A constant: what is known is still an input, and its value may depend on θ."""

from ..compile import device

PARAMETERS = {"value": "real"}
_ATOM = "a point mass that moves has no derivative as a measure (it would be a dipole)"
NOT_APPLICABLE = {"score_value": _ATOM, "natural_value": _ATOM, "hahn_jordan_value": _ATOM}


@device
def variate(u, value):
    return value + 0.0 * u


@device
def derivative_value(x):
    return 1.0 + 0.0 * x


def expectation(value):
    return value
