"""Every estimator of the M/M/1 queue: time a customer, beside that of the value alone."""

import queue_in_numpy
from bench_queue import CUSTOMERS, SEED, SERVICE, numpy_contender, queue
from timing import Ratio

import fastgrad as fg

REPLICATIONS = 50_000

# Steps are given, because a pilot run would be timed too. Baselines are left out likewise.
METHODS = {
    "IPA": fg.IPA(),
    "likelihood ratio": fg.LikelihoodRatio(baseline=False),
    "weak derivative, natural": fg.WeakDerivative(),
    "weak derivative, Hahn-Jordan": fg.WeakDerivative("hahn-jordan"),
    "weak derivative, one phantom": fg.WeakDerivative(phantoms="one"),
    "forward difference": fg.ForwardDifference(step=1e-3),
    "central difference": fg.CentralDifference(step=1e-3),
    "simultaneous perturbation": fg.SimultaneousPerturbation(step=1e-3),
    "random directions": fg.RandomDirections(step=1e-3),
}
IN_NUMPY = {
    "value alone": queue_in_numpy.value,
    "IPA": queue_in_numpy.ipa,
    "likelihood ratio": queue_in_numpy.likelihood_ratio,
    "central difference": queue_in_numpy.central_difference,
}


def test_estimators_one_thread(compare, share):
    """All of them on one thread."""
    count = int(REPLICATIONS * share)
    contenders = {"value alone": (lambda: value(count), count * CUSTOMERS)}
    for name, method in METHODS.items():
        contenders[name] = (lambda method=method: gradient(method, count), count * CUSTOMERS)
    for name, estimator in IN_NUMPY.items():
        fewer = max(count // 5, queue_in_numpy.CHUNK)
        contenders[f"{name}, NumPy"] = numpy_contender(estimator, fewer, threads=1)
    ratios = [Ratio(name, "value alone") for name in METHODS]
    ratios += [Ratio(f"{name}, NumPy", name) for name in IN_NUMPY]
    title = f"M/M/1, N = {CUSTOMERS}, every estimator on one thread"
    compare(title, "customer", contenders, ratios)


def value(replications):
    return fg.simulate(queue(SERVICE), replications=replications, seed=SEED, threads=1)


def gradient(method, replications):
    return fg.gradient(
        queue, at=SERVICE, method=method, replications=replications, seed=SEED, threads=1
    )
