"""IPA of lines of stations, of several servers and of a fluid queue, and scores over cycles,
vectorised over replications in NumPy."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK = 4096


def line(generator, customers, parts, means):
    """(Y, dY/dmean of every station) of one chunk."""
    left, slope = np.full((parts, CHUNK), -np.inf), np.zeros((parts, parts, CHUNK))
    arrival, total = np.zeros(CHUNK), np.zeros((1 + parts, CHUNK))
    for n in range(customers):
        if n > 0:
            arrival += generator.standard_exponential(CHUNK)
        x = generator.standard_exponential((parts, CHUNK))
        reached = arrival
        for k in range(parts):
            idle = left[k] < reached
            np.maximum(left[k], reached, out=left[k])
            left[k] += means[k] * x[k]
            for j in range(k):
                np.copyto(slope[j, k], slope[j, k - 1], where=idle)
            slope[k, k][idle] = 0.0
            slope[k, k] += x[k]
            reached = left[k]
        total[0] += reached
        total[0] -= arrival
        total[1:] += slope[:, -1]
    return total / customers


def servers(generator, customers, parts, means):
    """(Y, dY/dmean service time) of one chunk, workloads sorted."""
    load, slope = np.zeros((2, parts, CHUNK))
    total = np.zeros((2, CHUNK))
    for n in range(customers):
        x = generator.standard_exponential(CHUNK)
        load[0] += means[0] * x
        slope[0] += x
        total[0] += load[0]
        total[1] += slope[0]
        if n == customers - 1:
            break
        for j in range(parts - 1):  # one pass of insertion
            swap = load[j] > load[j + 1]
            low = np.minimum(load[j], load[j + 1])
            np.maximum(load[j], load[j + 1], out=load[j + 1])
            load[j] = low
            slow = np.where(swap, slope[j + 1], slope[j])
            np.copyto(slope[j + 1], slope[j], where=swap)
            slope[j] = slow
        load -= generator.standard_exponential(CHUNK)
        slope *= load >= 0.0
        np.maximum(load, 0.0, out=load)
    return total / customers


def fluid(generator, periods, parts, means):
    """(Y, dY/dmean off period, dY/dbuffer) of one chunk: loss per unit of time, filled at rate 2
    in on periods, drained at rate 1."""
    mean, buffer = means
    level, elapsed, longer = np.zeros((3, CHUNK))
    slope, total = np.zeros((2, CHUNK)), np.zeros((3, CHUNK))
    for _ in range(periods):
        on, off = generator.standard_exponential((2, CHUNK))
        elapsed += on
        on *= 2.0
        level += on
        level -= buffer
        full = level > 0.0
        total[0] += np.maximum(level, 0.0)
        total[1:] += slope * full
        total[2] -= full
        slope[0][full], slope[1][full] = 0.0, 1.0
        np.minimum(level, 0.0, out=level)
        level += buffer
        longer += off
        slope[0] -= off
        level -= mean * off
        elapsed += mean * off
        slope *= level >= 0.0
        np.maximum(level, 0.0, out=level)
    total[0] /= elapsed
    total[1] = (total[1] - total[0] * longer) / elapsed
    total[2] /= elapsed
    return total


def estimate(estimator, customers, parts, means, replications, threads, seed=1):
    """The means of all outputs of `estimator` over whole chunks, at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        return sum(
            estimator(generator, customers, parts, means).mean(axis=1) for _ in range(chunks)
        )

    streams = np.random.SeedSequence(seed).spawn(threads)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, streams)) / (chunks * threads)


def cycles(count, gap_mean, mean, replications, threads, seed=1):
    """(r, r') by scores over `count` cycles of each replication of M/M/1, in whole chunks."""
    chunks = -(-replications // (CHUNK * threads))

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        return sum(_cycles(generator, count, gap_mean, mean) for _ in range(chunks))

    streams = np.random.SeedSequence(seed).spawn(threads)
    with ThreadPoolExecutor(threads) as pool:
        total, many, by_total, by_many = sum(pool.map(work, streams))
    return total / many, (by_total - total / many * by_many) / many


def _cycles(generator, count, gap_mean, mean):
    """Sums of Q, η, Q S and η S over the cycles of one chunk; those that are done drop out."""
    sums = np.zeros(4)
    wait, total, many, score = np.zeros((4, CHUNK))
    left = np.full(CHUNK, count)
    while len(left):
        x = generator.standard_exponential(len(left))
        score += (x - 1.0) / mean
        wait += mean * x
        total += wait
        many += 1.0
        wait -= gap_mean * generator.standard_exponential(len(left))
        idle = wait <= 0.0
        ended = total[idle], many[idle], score[idle]
        sums += [
            ended[0].sum(), ended[1].sum(), ended[0] @ ended[2], ended[1] @ ended[2]
        ]  # fmt: skip
        left = left - idle
        wait[idle] = total[idle] = many[idle] = score[idle] = 0.0
        kept = left > 0
        if not kept.all():
            left, wait, total, many, score = (row[kept] for row in (left, wait, total, many, score))
    return sums
