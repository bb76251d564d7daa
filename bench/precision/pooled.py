"""Chunks of replications on both cores, and the sums of their samples."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from measure import Way, from_sums
from scipy.stats import qmc, t

THREADS, RANDOMISATIONS = 2, 16


def way(method, sampler, samples, chunk, pair=False):
    """A way from samples(generator) -> (d, chunk) gradients, one a replication.

    pair: the second half of them belongs to the first, one to one (antithetic).
    """

    def run(count, seed):
        rounds = -(-count // (chunk * THREADS))

        def work(stream):
            generator = np.random.Generator(np.random.SFC64(stream))
            return sum(_sums(samples(generator), pair) for _ in range(rounds))

        streams = np.random.SeedSequence(seed).spawn(THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            sums = sum(pool.map(work, streams))
        return from_sums(rounds * THREADS * chunk // (2 if pair else 1), sums)

    return Way(method, sampler, run, chunk * THREADS)


def way_of_sums(method, sampler, sums, chunk):
    """The same from sums(generator) -> (2, d), of the samples of a chunk and of their squares."""

    def run(count, seed):
        rounds = -(-count // (chunk * THREADS))

        def work(stream):
            generator = np.random.Generator(np.random.SFC64(stream))
            return sum(sums(generator) for _ in range(rounds))

        with ThreadPoolExecutor(THREADS) as pool:
            total = sum(pool.map(work, np.random.SeedSequence(seed).spawn(THREADS)))
        return from_sums(rounds * THREADS * chunk, total)

    return Way(method, sampler, run, chunk * THREADS)


def way_by_points(method, samples, dimensions):
    """Scrambled Sobol' points, randomised afresh 16 times: samples(uniforms) -> (d, points)."""

    def run(count, seed):
        points = count // RANDOMISATIONS

        def work(stream):
            sobol = qmc.Sobol(dimensions, rng=np.random.default_rng(stream))
            return samples(sobol.random(points).T).mean(axis=1)

        with ThreadPoolExecutor(THREADS) as pool:
            streams = np.random.SeedSequence(seed).spawn(RANDOMISATIONS)
            return interval(list(pool.map(work, streams)))

    return Way(method, "sobol", run, 16 * RANDOMISATIONS, True)


def interval(means):
    """(estimate, half-width) from independent estimates (m, d), by Student's t."""
    means = np.asarray(means)
    quantile = t.ppf(0.975, len(means) - 1)
    return means.mean(axis=0), quantile * means.std(axis=0, ddof=1) / np.sqrt(len(means))


def _sums(samples, pair):
    if pair:
        half = samples.shape[1] // 2
        samples = 0.5 * (samples[:, :half] + samples[:, half:])
    return np.array([samples.sum(axis=1), np.einsum("dn,dn->d", samples, samples)])
