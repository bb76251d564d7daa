"""Arrays of a resumable function, kept at the heads of its loop (`checkpoints.py`)."""

import math

from numba import types

from ..jit.pointers import real_at, whole_at
from .checkpoints import ROW, STORE, helper, is_real


def _is_constant(kind):
    """Numbers that the loop does not set, and arrays that nobody can write to."""
    if isinstance(kind, types.BaseTuple):
        return all(map(_is_constant, kind.types))
    return isinstance(kind, (types.Number, types.Boolean, types.UnicodeType, types.NoneType)) or (
        isinstance(kind, types.Array) and not kind.mutable
    )


def _is_array(kind):
    known = isinstance(kind, types.Array) and kind.layout == "C"
    return known and (kind.dtype in (types.float64, types.int64, types.boolean))


@helper("room")
def _room(held):
    """Doubles of a row that it takes."""
    if _is_constant(held):
        return lambda held: 0
    return (lambda held: held.size) if _is_array(held) else None


def _of_array(name, real, whole, constant):
    """A helper with one form for arrays of real numbers, one for others, one for constants."""

    @helper(name)
    def chosen(desk, place, held):
        if _is_constant(held):
            return constant
        if not _is_array(held):
            return None
        return real if is_real(held.dtype) else whole


def _keep_reals(desk, place, held):
    for k in range(held.size):
        real_at(desk[STORE])[desk[ROW] + place + k] = held.flat[k]
    return place + held.size


def _keep_wholes(desk, place, held):
    for k in range(held.size):
        whole_at(desk[STORE])[desk[ROW] + place + k] = held.flat[k]
    return place + held.size


def _load_reals(desk, place, held):
    for k in range(held.size):
        held.flat[k] = real_at(desk[STORE])[place + k]
    return place + held.size


def _load_wholes(desk, place, held):
    for k in range(held.size):
        held.flat[k] = whole_at(desk[STORE])[place + k]
    return place + held.size


def _same_reals(desk, place, held):
    """The place behind it, or -1 where it differs."""
    if place < 0:
        return place
    for k in range(held.size):
        kept, value = real_at(desk[STORE])[desk[ROW] + place + k], held.flat[k]
        if kept != value or math.copysign(1.0, kept) != math.copysign(1.0, value):
            return -1
    return place + held.size


def _same_wholes(desk, place, held):
    """The same of whole numbers."""
    if place < 0:
        return place
    for k in range(held.size):
        if whole_at(desk[STORE])[desk[ROW] + place + k] != held.flat[k]:
            return -1
    return place + held.size


def _as_it_is(desk, place, held):
    return place


_of_array("keep_array", _keep_reals, _keep_wholes, _as_it_is)
_of_array("load_array", _load_reals, _load_wholes, _as_it_is)
_of_array("same_array", _same_reals, _same_wholes, _as_it_is)
