"""Every estimator that claims to be unbiased, at 10⁷ replications, on all reference values.

The values `inv.*.ss` and `inv.opt` are of the steady state, of which no estimator for a finite
horizon claims to be unbiased.
"""

import re

import numpy as np
import pytest
from network_cases import ARCS, MEANS, VALUES
from tolerance import bound

import fastgrad as fg

pytestmark = pytest.mark.slow

REPLICATIONS = 10_000_000
CELLS = 1000  # comparisons in this file, at most
BOUND = bound(CELLS)
PARALLEL = [("s", "t"), ("s", "t")]
OF_MEAN = {
    "ipa": fg.IPA(),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-common": fg.WeakDerivative("common"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "lr": fg.LikelihoodRatio(),
    "lr-plain": fg.LikelihoodRatio(baseline=False),
    "auto": fg.Auto(),
}
OF_TAIL = {
    "spa": fg.SPA(),
    "spa-smallest": fg.SPA(cut="smallest"),
    **{name: method for name, method in OF_MEAN.items() if name != "ipa"},
}
OF_THRESHOLD = {
    "spa": fg.SPA(),
    "wd": fg.WeakDerivative(),
    "wd-subtraction": fg.WeakDerivative(push_out="subtraction"),
    "lr": fg.LikelihoodRatio(),
}
OF_CURVATURE = {
    "spa": fg.SPA(),
    "wd": fg.WeakDerivative(),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "lr": fg.LikelihoodRatio(),
}
OF_INVENTORY = {
    "spa": fg.SPA(),
    "auto": fg.Auto(),
    "wd": fg.WeakDerivative(),
    "lr": fg.LikelihoodRatio(),
}


def agree(estimate, exact, error):
    difference = np.abs(np.asarray(estimate.gradient) - np.asarray(exact))
    assert np.all(difference <= BOUND * np.asarray(estimate.standard_error) + error + 1e-12)


def value_agrees(estimate, exact, error):
    performance = estimate.performance
    assert abs(performance.value - exact) <= BOUND * performance.standard_error + error


def networks():
    """(key, quantity, build, θ, method) of every network entry."""
    for key in sorted(k for k in VALUES if k.startswith("san.")):
        _, network, *rest = key.split(".")
        path = "shortest" if network in ("bridge_short", "min2") else "longest"
        if network.startswith("bridge"):
            means, quantity, *threshold = rest
            arcs, at, kind = ARCS, MEANS[means], fg.Exponential
            y = float(".".join(threshold)) if threshold else None
        elif network == "min2":
            arcs, at, kind, quantity, y = PARALLEL, [1.0, 2.0], fg.Exponential, "dtail_1", 1.0
        else:
            family, quantity = rest
            arcs, y = PARALLEL, None
            at, kind = parallel(family)
        yield from cases(key, quantity, arcs, at, kind, path, y)


def parallel(family):
    """Parameters and distribution of the two parallel arcs."""
    if family == "exp":
        return [1.0, 2.0], fg.Exponential
    return [1.0, 1.5], lambda high: fg.Uniform(0.0, high)


def cases(key, quantity, arcs, at, kind, path, y):
    table = {
        "dEY": OF_MEAN,
        "dtail": OF_TAIL,
        "dtail_1": OF_TAIL,
        "dtail_dy": OF_THRESHOLD,
        "d2EY": OF_CURVATURE,
    }.get(quantity, {"spa" if y else "ipa": fg.SPA() if y else fg.IPA()})

    def build(theta):
        means = at if quantity == "dtail_dy" else theta
        threshold = theta if quantity == "dtail_dy" else y
        measure = fg.Mean() if y is None else fg.Tail(threshold)
        return fg.ActivityNetwork(arcs, [kind(t) for t in means], path, measure)

    point = y if quantity == "dtail_dy" else at
    for name, method in table.items():
        if not valid(build, point, method, 2 if quantity == "d2EY" else 1)[0]:
            continue  # a likelihood ratio for a uniform distribution
        yield pytest.param(key, quantity, build, point, method, id=f"{key}-{name}")


def valid(build, at, method, order):
    entries = fg.explain(build, at, [method], order=order)
    return all(entry.valid for entry in entries), all(entry.unbiased for entry in entries)


@pytest.mark.parametrize(("key", "quantity", "build", "at", "method"), list(networks()))
def test_network(key, quantity, build, at, method):
    order = 2 if quantity == "d2EY" else 1
    assert valid(build, at, method, order) == (True, True)
    estimate = fg.gradient(build, at, method, REPLICATIONS, seed=11, order=order)
    exact, error = VALUES[key]["value"], VALUES[key]["abs_error"]
    if quantity == "dtail_1":
        # Smoothed over both arcs nothing random is left, but rounding.
        bound = BOUND * estimate.standard_error[0] + error + 1e-12
        assert abs(estimate.gradient[0] - exact) <= bound
    elif quantity.startswith("d"):
        agree(estimate, exact, error)
    else:
        value_agrees(estimate, exact, error)


INVENTORIES = [key for key in VALUES if re.match(r"inv\.s.*\.N\d+\.", key)]


@pytest.mark.parametrize("name", OF_INVENTORY)
@pytest.mark.parametrize("key", INVENTORIES)
def test_inventory(key, name):
    found = re.match(r"inv\.s([\d.]+)_q([\d.]+)_m([\d.]+)\.N(\d+)\.(EV|cost)", key).groups()
    s, q, mean, periods = (float(number) for number in found[:4])
    measure = "level" if found[4] == "EV" else "cost"
    prices = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0}

    def build(theta):
        demand = fg.Exponential(mean)
        return fg.Inventory(
            1.0 * theta[0], theta[0] + theta[1], demand, periods, measure=measure, **prices
        )

    assert valid(build, [s, q], OF_INVENTORY[name], 1) == (True, True)
    estimate = fg.gradient(build, [s, q], OF_INVENTORY[name], REPLICATIONS, seed=12)
    value, *slopes = VALUES[key]["value"]
    agree(estimate, slopes, VALUES[key]["abs_error"])
    value_agrees(estimate, value, VALUES[key]["abs_error"])
