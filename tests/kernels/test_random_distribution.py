"""The uniforms: moments, distribution, bits, and independence in every direction.

Every bound holds jointly with probability 1 - 1e-6 for a perfect generator: the quantile of a
single cell is taken at 1e-6 divided by the number of cells of that test. The complete battery
is bench/randomness.py.
"""

import numpy as np
import pytest
from fastgrad.kernels.random import philox as random
from scipy import stats
from tolerance import FAMILY_WISE, bound
from uniforms import sample

SHAPES = {"replications": (16, 2**16), "draws": (2**16, 16)}


@pytest.fixture(scope="module", params=SHAPES)
def block(request):
    """About a million uniforms: few draws of many replications, or the other way round."""
    return sample(*SHAPES[request.param], seed=12345)


def test_moments(block):
    """E U = 1/2, Var U = 1/12; E (U - 1/2)^2 = 1/12 with variance 1/180."""
    centred = block.ravel() - 0.5
    z = bound(4)
    assert abs(centred.mean()) <= z * np.sqrt(1 / 12 / centred.size)
    assert abs((centred**2).mean() - 1 / 12) <= z * np.sqrt(1 / 180 / centred.size)


def test_distribution_function(block):
    statistic = stats.kstest(block.ravel(), "uniform").statistic
    assert statistic * np.sqrt(block.size) <= stats.kstwobign.isf(FAMILY_WISE / 2)


def test_each_of_the_53_bits_is_fair(block):
    integers = (block.ravel() * 2.0**53).astype(np.int64)
    frequency = np.array([(integers >> bit & 1).mean() for bit in range(53)])
    z = (frequency - 0.5) * 2 * np.sqrt(block.size)
    assert np.abs(z).max() <= bound(2 * 53)


def test_serial_correlation_along_both_axes(block):
    """Products of centred uniforms have mean 0 and variance 1/144; 1-dependent ones too."""
    centred = block - 0.5
    lags = [1, 2, 3, 4, 7, 8]
    z = []
    for lag in lags:
        for product in (
            centred[lag:] * centred[:-lag],
            centred[:, lag:] * centred[:, :-lag],
        ):
            z.append(product.mean() * 12 * np.sqrt(product.size))
    assert np.abs(z).max() <= bound(2 * len(z))


@pytest.mark.parametrize("along", ["draws", "replications"])
def test_pairs_fill_the_square(block, along):
    """Pearson's statistic of disjoint neighbours on a grid of 64 x 64 cells."""
    rows = block if along == "draws" else block.T
    counts = np.histogram2d(
        rows[0::2].ravel(), rows[1::2].ravel(), bins=64, range=[(0, 1), (0, 1)]
    )[0]
    statistic = stats.chisquare(counts.ravel()).statistic
    # Two blocks, two directions, two tails.
    assert stats.chi2.sf(statistic, 64**2 - 1) >= FAMILY_WISE / 8
    assert stats.chi2.cdf(statistic, 64**2 - 1) >= FAMILY_WISE / 8


def test_streams_roles_seeds_and_runs_are_uncorrelated():
    """Every pair of streams that a study can use side by side, neighbours in every word."""
    neighbours = [
        {"stream": number + role * random.ROLE}
        for number in range(4)
        for role in (random.NOMINAL, random.WEAK, random.METHOD)
    ]
    neighbours += [
        {"seed": 0},
        {"seed": 2},
        {"seed": 1 + 2**32},
        {"replication": 2**16},
        {"replication": 2**32},
        {"replication": random.INDEPENDENT_RUN},
        {"replication": random.PILOT},
        {"first_draw": 4},
    ]
    centred = np.array([sample(4, 2**16, **options).ravel() for options in neighbours]) - 0.5
    z = centred @ centred.T * 12 / np.sqrt(centred.shape[1])
    pairs = z[np.triu_indices(len(z), 1)]
    assert np.abs(pairs).max() <= bound(len(pairs))
