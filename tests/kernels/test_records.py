"""Records in memory: compiled code reads what stands in the NamedTuple, and copies whole arrays."""

from typing import NamedTuple

import numpy as np
import pytest
from fastgrad.kernels.jit.compile import Operation, subroutine
from fastgrad.kernels.jit.records import Image, leading, values_of
from numba import types


class Inner(NamedTuple):
    weight: float
    table: np.ndarray


class Outer(NamedTuple):
    count: int
    wanted: bool
    inner: Inner
    rows: np.ndarray
    names: tuple


class Longer(NamedTuple):
    weight: float
    table: np.ndarray
    more: int


def read(outer, longer, out):
    found = out.values
    copy = outer.rows.copy()
    outer.rows[:] = 0.0  # a copy has memory of its own
    first, second = values_of(outer.names)
    found[0] = outer.count
    found[1] = 1.0 if outer.wanted else 0.0
    found[2] = outer.inner.weight
    found[3] = outer.inner.table.sum()
    found[4] = copy[1, 2] + copy[:, 0].sum()
    found[5] = first[0] + second
    found[6] = weight_of(leading(longer, Inner)) + longer.more
    found[7] = outer.rows.size * outer.rows.itemsize


@subroutine
def weight_of(inner):
    return inner.weight * inner.table[-1]


class Out(NamedTuple):
    values: np.ndarray


@pytest.mark.parametrize("count", [3, -1, 2**62])
def test_fields_are_read_where_they_stand(count):
    rows = np.arange(12.0).reshape(3, 4)
    table = np.array([4, 5, 7])
    outer = Outer(count, np.bool_(True), Inner(0.25, table), rows, (np.array([2.5]), np.int64(4)))
    longer, out = Longer(1.5, table, 100), Out(np.zeros(8))
    images = [Image(record) for record in (outer, longer, out)]
    operation = Operation(read, types.void(*(image.type for image in images)))
    operation.entry(*(image.address for image in images))
    wanted = [count, 1.0, 0.25, 16.0, 6.0 + 0.0 + 4.0 + 8.0, 6.5, 110.5, 96.0]
    assert out.values.tolist() == wanted
    assert not rows.any()


def test_types_depend_on_kinds_alone():
    first, second = (Image(Inner(x, np.zeros(n))) for x, n in ((0.5, 3), (7.0, 5)))
    assert first.type is second.type
    assert Image(Inner(0.5, np.zeros((2, 2)))).type != first.type
    assert Image(Inner(1, np.zeros(3))).type != first.type


def test_a_seed_of_64_bits_keeps_them():
    class Seed(NamedTuple):
        seed: int

    image = Image(Seed(2**64 - 5))
    assert image._words[0] == -5
