"""The library: every valid method with every sampler.

"Prepared" estimates go through `fg.prepare`, made once for many θ: a call costs a tenth less than
a millisecond, which is what the smallest of these problems take.
"""

import warnings

import numpy as np
from measure import Way

import fastgrad as fg

METHODS = {
    "ipa": "ipa",
    "spa": "spa",
    "lr": "lr",
    "wd": "wd",
    "wd, one phantom": fg.WeakDerivative(phantoms="one"),
    "fd": "fd",
    "cd": "cd",
    "sp": "sp",
    "rd": "rd",
}
SAMPLERS = {
    "random": {},
    "antithetic": {"antithetic": True},
    "sobol": {"sampler": "sobol"},
}
CONTROLS = {
    "control": {"control": "geometric"},
    "antithetic, control": {"control": "geometric", "antithetic": True},
}


def ways(name, problem):
    """A way for each method that is valid for the problem, and sampler."""
    for label, method in METHODS.items():
        prepared = fg.prepare(problem.build, method=method)
        try:
            _estimate(prepared, problem.at, 64, 0, {})
        except fg.NotApplicable:
            continue
        samplers = SAMPLERS | (CONTROLS if name == "asian" else {})
        for sampler, settings in samplers.items():
            yield _way(problem, label, method, sampler, settings)
        if label in ("ipa", "spa", "lr"):
            again = fg.prepare(problem.build, method=method, antithetic=True)
            yield Way(label, "random, prepared", _runner(prepared, problem.at, {}), 256)
            yield Way(label, "antithetic, prepared", _runner(again, problem.at, {}), 256)


def _way(problem, label, method, sampler, settings):
    def gradient(at, replications, seed, **settings):
        return fg.gradient(problem.build, at, method, replications, seed=seed, **settings)

    run = _runner(gradient, problem.at, settings)
    return Way(label, sampler, run, 256, sampler == "sobol")


def _runner(gradient, at, settings):
    return lambda count, seed: _estimate(gradient, at, count, seed, settings)


def _estimate(gradient, at, count, seed, settings):
    with warnings.catch_warnings():  # the truth is looked at: nothing is hidden
        warnings.simplefilter("ignore", fg.EstimateWarning)
        found = gradient(at, replications=max(int(count), 2), seed=seed, **settings)
    low, high = found.confidence_interval(0.95)
    return _flat(found.gradient), 0.5 * (_flat(high) - _flat(low))


def _flat(values):
    """A number, an array or a dict of numbers as an array."""
    return np.atleast_1d(list(values.values()) if isinstance(values, dict) else values)
