"""The uniforms: the generator's published values and the wiring of its counter."""

import itertools

import numpy as np
import pytest
import randomgen
from fastgrad.kernels.random import philox as random
from hypothesis import given, settings
from hypothesis import strategies as st
from uniforms import sample, uniforms

WORD = 0xFFFFFFFF

# Counter, key and output of Philox 4x32-10, published with Random123 (tests/kat_vectors).
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((WORD,) * 4, (WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]

# Replications at the edges of the counter's words, and where other runs start.
REPLICATIONS = [
    0,
    2**32 - 3,  # a block that carries into the high word
    2**32,
    random.INDEPENDENT_RUN,
    random.PILOT - 3,
    random.PILOT,
    2**63 - 9,
]


def philox_of_integers(counter, key):
    """Philox 4x32-10 in Python's unbounded integers (Salmon et al. 2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for turn in range(10):
        left, right = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        bump_0, bump_1 = turn * 0x9E3779B9, turn * 0xBB67AE85
        c0, c1 = (right >> 32) ^ c1 ^ ((k0 + bump_0) & WORD), right & WORD
        c2, c3 = (left >> 32) ^ c3 ^ ((k1 + bump_1) & WORD), left & WORD
    return c0, c1, c2, c3


def uniform_of_integers(seed, replication, stream, draw):
    """One uniform from its definition, without arrays or blocks."""
    counter = (
        draw // 2 & WORD,
        stream & WORD,
        replication & WORD,
        replication >> 32 & WORD,
    )
    words = philox_of_integers(counter, (seed & WORD, seed >> 32 & WORD))
    high, low = words[2:] if draw % 2 else words[:2]
    return max(high << 21 | low >> 11, 1) / 2**53


# The generator


@pytest.mark.parametrize(("counter", "key", "output"), PUBLISHED)
def test_philox_gives_the_published_values(counter, key, output):
    words = random.philox(*(np.uint32(word) for word in counter + key))
    assert tuple(int(word) for word in words) == output
    assert philox_of_integers(counter, key) == output


@pytest.mark.parametrize(("counter", "key", "output"), PUBLISHED)
def test_rows_put_the_published_values_where_they_belong(counter, key, output):
    def signed(low, high):
        return int(np.array(high << 32 | low, dtype=np.uint64).view(np.int64))

    found = uniforms(
        2,
        1,
        first_draw=2 * counter[0],
        stream=counter[1],
        replication=signed(*counter[2:]),
        seed=signed(*key),
    )
    assert found[0, 0] == (output[0] << 21 | output[1] >> 11) / 2**53
    assert found[1, 0] == (output[2] << 21 | output[3] >> 11) / 2**53


def test_philox_agrees_with_randomgen():
    rng = np.random.default_rng(5)
    for words in rng.integers(0, 2**32, size=(200, 6), dtype=np.uint32):
        counter = sum(int(word) << 32 * place for place, word in enumerate(words[:4]))
        key = int(words[4]) | int(words[5]) << 32
        # randomgen advances its counter before it makes words.
        other = randomgen.Philox(counter=(counter - 1) % 2**128, key=key, number=4, width=32)
        assert [int(word) for word in random.philox(*words)] == other.random_raw(4).tolist()


# Words to doubles


def test_extreme_words_stay_strictly_inside():
    for high, low in itertools.product([0, 1, WORD - 1, WORD], [0, 1, 2047, 2048, WORD - 1, WORD]):
        u = random.uniform(np.uint32(high), np.uint32(low))
        assert 2**-53 <= u <= 1 - 2**-53
        assert u == max(high << 21 | low >> 11, 1) / 2**53
        # Antithetics: 1 - u is exact (the difference from 1 gives u back) and inside too.
        assert 2**-53 <= 1 - u <= 1 - 2**-53
        assert 1 - (1 - u) == u
    assert random.uniform(np.uint32(0), np.uint32(0)) == 2**-53
    assert random.uniform(np.uint32(WORD), np.uint32(WORD)) == 1 - 2**-53


@given(high=st.integers(0, WORD), low=st.integers(0, WORD))
def test_every_pair_of_words_gives_its_grid_point(high, low):
    u = random.uniform(np.uint32(high), np.uint32(low))
    assert u == max(high << 21 | low >> 11, 1) / 2**53


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_uniforms_lie_on_the_grid_and_antithetics_are_exact(replication):
    u = sample(64, 9, replication=replication, seed=3)
    v = sample(64, 9, replication=replication, seed=3, antithetic=True)
    integers, mirrored = u * 2.0**53, v * 2.0**53
    assert np.all(integers == np.floor(integers))
    assert np.all((integers >= 1) & (integers <= 2**53 - 1))
    # In integers, where no rounding can hide anything.
    assert np.all(integers.astype(np.int64) + mirrored.astype(np.int64) == 2**53)


# A pure function of (seed, replication, stream, draw)

SEEDS = st.integers(-(2**63), 2**63 - 1)
STREAMS = st.builds(
    lambda number, role: number + role * random.ROLE,
    st.integers(0, random.ROLE - 1),
    st.sampled_from([random.NOMINAL, random.WEAK, random.METHOD]),
)


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    stream=STREAMS,
    replication=st.one_of(st.sampled_from(REPLICATIONS), st.integers(0, 2**63 - 41)),
    first_pair=st.integers(0, 2**31),
    draws=st.integers(1, 7),
    lanes=st.integers(1, 9),
    padding=st.integers(0, 3),
)
def test_rows_follow_the_definition(seed, stream, replication, first_pair, draws, lanes, padding):
    first_draw = 2 * first_pair
    found = uniforms(
        draws,
        lanes,
        first_draw=first_draw,
        stream=stream,
        replication=replication,
        seed=seed,
        pitch=lanes + padding,
    )
    for row, lane in itertools.product(range(draws), range(lanes)):
        expected = uniform_of_integers(seed, replication + lane, stream, first_draw + row)
        assert found[row, lane] == expected


@pytest.mark.parametrize("replication", [0, 2**32 - 100, random.PILOT])
@pytest.mark.parametrize("lanes", [1, 7, 8, 31, 64, 129, 257])
def test_values_do_not_depend_on_the_block(lanes, replication):
    """Blocks of any width and first row, full vectors and remainders: the same bits."""
    whole = sample(12, 257, replication=replication)
    parts = [
        sample(12, min(lanes, 257 - first), replication=replication + first)
        for first in range(0, 257, lanes)
    ]
    np.testing.assert_array_equal(np.hstack(parts), whole)
    tail = sample(6, lanes, first_draw=6, replication=replication)
    np.testing.assert_array_equal(tail, whole[6:, :lanes])


@pytest.mark.parametrize("draws", [1, 2, 3, 8, 17])
@pytest.mark.parametrize("lanes", [1, 13, 64])
def test_an_odd_number_of_rows_writes_one_more_and_nothing_else(draws, lanes):
    out = uniforms(draws, lanes, pitch=lanes + 5)
    written = draws + draws % 2
    np.testing.assert_array_equal(out[:written, :lanes], sample(written, lanes))
    assert np.all(np.isnan(out[:, lanes:]))
    assert np.all(np.isnan(out[written:]))


def test_no_rows_and_no_lanes_write_nothing():
    assert np.all(np.isnan(uniforms(0, 8)))
    assert np.all(np.isnan(uniforms(4, 0, pitch=8)))


def test_streams_replications_and_seeds_share_no_value():
    """A counter used twice would give equal doubles.

    N = 23040 doubles of different counters collide with probability N^2 / 2^54 = 3e-8.
    """
    blocks = [
        sample(
            8,
            32,
            stream=number + role * random.ROLE,
            replication=replication,
            seed=seed,
        )
        for number, role, replication, seed in itertools.product(
            [0, 1, 2**24 - 1],
            [random.NOMINAL, random.WEAK, random.METHOD],
            [
                0,
                2**32,
                random.INDEPENDENT_RUN,
                2 * random.INDEPENDENT_RUN,
                random.PILOT,
            ],
            [0, 2**32],
        )
    ]
    values = np.concatenate([block.ravel() for block in blocks])
    assert len(np.unique(values)) == len(values)
