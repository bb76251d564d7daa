"""What the tests of second derivatives share: the methods, and when an estimate agrees."""

import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg

SAMPLES = 200_000
CELLS = 2000  # comparisons in all files that use this, at most
BOUND = bound(CELLS)
DIRECT = {
    "spa": fg.SPA(),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "lr": fg.LikelihoodRatio(),
    "auto": "auto",
}
every_method = pytest.mark.parametrize("name", DIRECT)


def agree(estimate, exact, error=0.0):
    difference = np.abs(np.asarray(estimate.gradient) - exact)
    # An estimator may be a constant (0 for one customer): then only rounding is left.
    assert np.all(difference <= BOUND * np.asarray(estimate.standard_error) + error + 1e-12)


def second(build, at, method, samples=SAMPLES, seed=1, **settings):
    return fg.gradient(build, at, method, samples, seed, order=2, **settings)


def hessian(value):
    return [[value.d2_interarrival, value.d2_mixed], [value.d2_mixed, value.d2_service]]


def mm1(customers):
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), customers)

    return build
