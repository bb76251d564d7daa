"""Means and second central moments: within a leaf lane by lane, then merged in order.

A leaf is a fixed run of replications, so what is added to what never depends on threads,
chunks or machines, and the result is the same to the last bit.
"""

import functools
from typing import NamedTuple

import numpy as np
from numba import types

from ..jit.compile import Operation, device, subroutine
from ..jit.records import Image

TOGETHER = 8  # outputs merged side by side: one vector


@device
def accumulate(sample, at, weight, output, active, blocks_before, mean, square):
    """Add weight * sample[at] of one block to the moments of an output, lane by lane (Welford).

    sample: (rows, lanes), mean and square: (outputs, lanes). Only the first `active` lanes
    count; all of them have seen `blocks_before` blocks, because only the last block of a run
    is ever partial.
    """
    share = 1.0 / (blocks_before + 1.0)
    for lane in range(active):
        value = weight * sample[at, lane]
        delta = value - mean[output, lane]
        mean[output, lane] += delta * share
        square[output, lane] += delta * (value - mean[output, lane])


@device
def merge(count, mean, square, other_count, other_mean, other_square):
    """Moments of two samples together (Chan, Golub, LeVeque): count, mean, square."""
    total = count + other_count
    if total == 0.0:
        return 0.0, 0.0, 0.0
    delta = other_mean - mean
    share = other_count / total
    return total, mean + delta * share, square + other_square + delta * delta * count * share


@subroutine
def merge_lanes(mean, square, blocks, partial, moments):
    """Lanes of one leaf into moments[0] (mean) and moments[1] (square), in lane order.

    Every lane saw `blocks` blocks; the first `partial` lanes saw one more. Several outputs
    side by side, and each lane's share divided out once: 0.13 ns a sample for 0.28.

    A third row, if there is one, gets the fourth central moment (`fourth`).
    """
    for first in range(0, mean.shape[0], TOGETHER):
        outputs = range(first, min(first + TOGETHER, mean.shape[0]))
        for output in outputs:
            moments[0, output] = 0.0
            moments[1, output] = 0.0
        count = 0.0
        for lane in range(mean.shape[1]):
            seen = blocks + 1.0 if lane < partial else blocks
            share = seen / (count + seen) if seen > 0.0 else 0.0
            for output in outputs:
                delta = mean[output, lane] - moments[0, output]
                moments[0, output] += delta * share
                gain = moments[1, output] + square[output, lane]
                moments[1, output] = gain + delta * delta * count * share
            count += seen
        if moments.shape[0] > 2:
            fourth(mean, square, blocks, partial, first, moments)


@device
def fourth(mean, square, blocks, partial, first, moments):
    """An estimate of Σ (x - mean)⁴ of one leaf into moments[2], outputs from `first` on.

    The sum of squares E of each lane about the leaf's mean is exact. Σ E² holds products of
    different replications besides the fourth powers; their mean is known, and is taken off.
    So it costs a step for each lane of a leaf, not for each replication.
    """
    lanes = mean.shape[1]
    used = lanes if blocks > 0 else partial
    total = blocks * lanes + partial
    products = 1.0 / max(used, 1) - 1.0 / max(total, 1)
    last = min(first + TOGETHER, mean.shape[0])
    for output in range(first, last):
        moments[2, output] = -products * moments[1, output] * moments[1, output]
    for lane in range(lanes):
        seen = blocks + 1.0 if lane < partial else blocks
        for output in range(first, last):
            off = mean[output, lane] - moments[0, output]
            energy = square[output, lane] + seen * off * off
            moments[2, output] += energy * energy


@subroutine
def add_products(sample, active, seen, turned, centre, products):
    """Add the products of deviations of one block to those of its leaf (upper triangle).

    sample: (outputs, lanes), of which `active` lanes count, after `seen` of the same leaf.
    turned: scratch, (lanes, outputs): one update of rank 1 for each lane, along rows, because a
    sum over lanes would be added one by one. centre: (2, outputs), the running mean of the leaf
    and that of the block. products: (outputs, outputs), set where nothing was seen before.
    """
    outputs, total = sample.shape[0], float(seen + active)
    running, own = centre[0], centre[1]
    if seen == 0:
        products[:] = 0.0
    for i in range(outputs):
        own[i] = 0.0
        for lane in range(active):
            own[i] += sample[i, lane]
        own[i] /= active
        for lane in range(active):
            turned[lane, i] = sample[i, lane] - own[i]
    for i in range(outputs):
        apart_by = (own[i] - running[i]) * (active * (seen / total))
        for j in range(i, outputs):
            products[i, j] += apart_by * (own[j] - running[j])
    for lane in range(active):
        for i in range(outputs):
            deviation = turned[lane, i]
            for j in range(i, outputs):
                products[i, j] += deviation * turned[lane, j]
    for i in range(outputs):
        running[i] += (own[i] - running[i]) * (active / total)


@subroutine
def merge_products(seen, means, products, count, leaf_means, leaf_products):
    """Products of deviations of one leaf into the running ones: means as before the merge."""
    weight = seen * (count / (seen + count))
    for i in range(products.shape[0]):
        apart_by = weight * (leaf_means[i] - means[i])
        for j in range(i, products.shape[0]):
            gain = products[i, j] + leaf_products[i, j]
            products[i, j] = gain + apart_by * (leaf_means[j] - means[j])


class Leaves(NamedTuple):
    """What is merged: counts (leaves,), moments (leaves, 2 or 3, outputs) and products (leaves,
    outputs, outputs), or none of these, into total and joint as `merge_leaves` has them."""

    counts: np.ndarray
    moments: np.ndarray
    products: np.ndarray
    total: np.ndarray
    joint: np.ndarray


def merge_leaves(counts, leaves, leaf_products, total, products):
    """Leaves into the running total, in order.

    counts: (leaves,), leaves: (leaves, 2 or 3, outputs), total: (3 or 4, outputs): count, mean,
    square, and the sum of fourth powers where there is one. leaf_products: (leaves, outputs,
    outputs) and products: (outputs, outputs), or none of both.
    """
    image = Image(Leaves(counts, leaves, leaf_products, total, products))
    _merging(image.type, len(leaf_products) > 0).entry(image.address)


@functools.cache
def _merging(kind, joint):
    return Operation(merge_joint_leaves if joint else merge_plain_leaves, types.void(kind))


def merge_joint_leaves(given):
    """All that `merge_leaves` does, in one operation that is compiled where products are."""
    for leaf in range(given.counts.shape[0]):
        merge_products(
            given.total[0, 0], given.total[1], given.joint,
            given.counts[leaf], given.moments[leaf, 0], given.products[leaf],
        )  # fmt: skip
        merge_leaf(given.counts[leaf], given.moments[leaf], given.total)


def merge_plain_leaves(given):
    """The same without products."""
    for leaf in range(given.counts.shape[0]):
        merge_leaf(given.counts[leaf], given.moments[leaf], given.total)


@device
def merge_leaf(count, leaf, total):
    """One leaf, (2 or 3, outputs), into the total."""
    for output in range(total.shape[1]):
        merged, mean, square = merge(
            total[0, output], total[1, output], total[2, output],
            count, leaf[0, output], leaf[1, output],
        )  # fmt: skip
        total[0, output] = merged
        total[1, output] = mean
        total[2, output] = square
        if leaf.shape[0] > 2 and total.shape[0] > 3:
            total[3, output] += leaf[2, output]
