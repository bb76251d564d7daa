"""Means and second central moments: within a leaf lane by lane, then merged in order.

A leaf is a fixed run of replications, so what is added to what never depends on threads,
chunks or machines, and the result is the same to the last bit.
"""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import wide

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
    wide()
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
def merge_leaves(counts, leaves, total):
    """Leaves into the running total, in order.

    counts: (leaves,), leaves: (leaves, 2 or 3, outputs), total: (3 or 4, outputs): count, mean,
    square, and the sum of fourth powers where there is one.
    """
    wide()
    for leaf in range(counts.shape[0]):
        for output in range(total.shape[1]):
            count, mean, square = merge(
                total[0, output],
                total[1, output],
                total[2, output],
                counts[leaf],
                leaves[leaf, 0, output],
                leaves[leaf, 1, output],
            )
            total[0, output] = count
            total[1, output] = mean
            total[2, output] = square
            if leaves.shape[1] > 2 and total.shape[0] > 3:
                total[3, output] += leaves[leaf, 2, output]
