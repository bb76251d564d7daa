"""Columns of a block as arrays: what a function of one replication sees of many lanes."""

from numba import types

COLUMN = types.Array(types.float64, 1, "A", readonly=True)
