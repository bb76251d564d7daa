"""SimOpt: one replication after the other in Python, one process a core.

Its inventory starts lower and charges otherwise, and has no gradient; the others are not there.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
from measure import Way, from_sums
from pooled import THREADS
from problems import CUSTOMERS, GAP, MEANS, SERVICE

FEW = 32


def ways(name):
    """Its M/M/1 queue and its network of 13 arcs, both with IPA."""
    if name in MODELS:
        yield Way("ipa", "random", lambda count, seed: _run(name, count, seed), FEW)


def _run(name, count, seed):
    each = -(-count // THREADS)
    jobs = [(name, each, THREADS * seed + k) for k in range(THREADS)]
    return from_sums(THREADS * each, sum(_pool().map(sums, jobs)))


@cache
def _pool():
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(THREADS, mp_context=context)


def sums(job):
    """Sums of gradients and of their squares over replications with streams of one seed."""
    from mrg32k3a.mrg32k3a import MRG32k3a

    name, count, seed = job
    model, gradient = MODELS[name]()
    streams = [MRG32k3a(s_ss_sss_index=[seed, k, 0]) for k in range(model.n_rngs)]
    model.before_replicate(streams)
    total = 0.0
    for _ in range(count):
        found = np.atleast_1d(gradient(model.replicate()[1]))
        total = total + np.array([found, found**2])
        for stream in streams:
            stream.advance_subsubstream()
    return total


def queue():
    from simopt.models.mm1queue import MM1Queue

    factors = {"lambda": 1.0 / GAP, "mu": 1.0 / SERVICE, "warmup": 0, "people": CUSTOMERS}
    by_mean = -1.0 / SERVICE**2  # dmu/dmean
    return MM1Queue(factors), lambda made: by_mean * made["avg_sojourn_time"]["mu"]


def network():
    from simopt.models.san import SAN

    model = SAN({"arc_means": tuple(map(float, MEANS))})
    return model, lambda made: made["longest_path_length"]["arc_means"]


MODELS = {"queue": queue, "network": network}
