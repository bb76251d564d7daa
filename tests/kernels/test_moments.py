"""Means and central moments against exact rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from fastgrad.kernels.estimators.moments import accumulate, merge, merge_lanes, merge_leaves
from fastgrad.kernels.jit.compile import subroutine
from hypothesis import given, settings
from hypothesis import strategies as st

EPS = np.finfo(float).eps


@subroutine
def accumulate_block(sample, active, blocks, mean, square):
    accumulate(sample, 0, 1.0, 0, active, blocks, mean, square)


def exact_moments(values):
    """Mean and second central moment of floats, as fractions rounded once."""
    exact = [Fraction(float(v)) for v in values]
    mean = sum(exact) / len(exact)
    return float(mean), float(sum((v - mean) ** 2 for v in exact))


def close(found, values):
    """Within the error bounds of Welford's and Chan's updates: a few n ulps of the scale."""
    mean, square = exact_moments(values)
    n, scale = len(values), float(np.max(np.abs(values)))
    assert abs(found[0] - mean) <= 4.0 * n * EPS * scale
    assert abs(found[1] - square) <= 8.0 * n * EPS * (square + n * EPS * scale**2) + (
        8.0 * n * EPS * scale * np.sqrt(n * square)
    )


numbers = st.floats(-1e6, 1e6)


@settings(max_examples=100, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=60), st.integers(1, 8))
def test_a_leaf_has_the_moments_of_its_replications(values, lanes):
    """Block after block, the last one partial, then lane after lane."""
    mean, square = np.zeros((1, lanes)), np.zeros((1, lanes))
    blocks = 0
    for start in range(0, len(values), lanes):
        block = values[start : start + lanes]
        sample = np.full((1, lanes), np.nan)  # what stands in idle lanes must not matter
        sample[0, : len(block)] = block
        accumulate_block(sample, len(block), blocks, mean, square)
        blocks += 1
    partial = len(values) % lanes
    moments = np.full((2, 1), np.nan)
    merge_lanes(mean, square, blocks - 1 if partial else blocks, partial, moments)
    close(moments[:, 0], np.array(values))


def merge_alone(counts, leaves, total):
    """Without products of pairs of outputs."""
    merge_leaves(counts, leaves, np.empty((0, 0, 0)), total, np.empty((0, 0)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(numbers, min_size=1, max_size=9), min_size=1, max_size=9))
def test_leaves_merge_to_the_moments_of_all(leaves):
    counts = np.array([len(leaf) for leaf in leaves], dtype=float)
    moments = np.array([[[value] for value in exact_moments(leaf)] for leaf in leaves])
    total = np.zeros((3, 1))
    merge_alone(counts, moments, total)
    values = np.concatenate(leaves)
    assert total[0, 0] == len(values)
    close(total[1:, 0], values)


def test_merging_in_pieces_is_merging_at_once_to_the_last_bit():
    rng = np.random.default_rng(5)
    counts = np.full(20, 64.0)
    moments = rng.normal(size=(20, 2, 3)) ** 2
    whole, pieces = np.zeros((3, 3)), np.zeros((3, 3))
    merge_alone(counts, moments, whole)
    for cut in (slice(0, 1), slice(1, 7), slice(7, 20)):
        merge_alone(counts[cut], moments[cut], pieces)
    assert np.array_equal(whole, pieces)


def test_nothing_merged_is_nothing():
    assert merge.py_func(0.0, 0.0, 0.0, 0.0, 0.0, 0.0) == (0.0, 0.0, 0.0)
    assert merge.py_func(3.0, 1.0, 2.0, 0.0, 9.0, 0.0) == (3.0, 1.0, 2.0)
    assert merge.py_func(0.0, 0.0, 0.0, 4.0, 2.0, 3.0) == (4.0, 2.0, 3.0)


def test_no_cancellation_far_from_zero():
    """Variance 1 around 1e9: the textbook formula with sums of squares would lose all of it."""
    values = 1e9 + np.tile([-1.0, 1.0], 500)
    total = np.zeros((3, 1))
    merge_alone(np.ones(1000), np.stack([values, np.zeros(1000)], axis=1)[:, :, None], total)
    assert total[1, 0] == pytest.approx(1e9, rel=1e-15)
    assert total[2, 0] == pytest.approx(1000.0, rel=1e-6)
