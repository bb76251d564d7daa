"""What a resumable function keeps at the head of each iteration of its loop, and when it may end.

A walk (see `resumable.py`) is told by a desk, a few words of memory, what to do:

    RECORD    run the function, keep its state at every head, note where each draw was read
    RESUME    begin at a head, as it was kept; then compare at every head
    FREE      run on to the end

The state of a head is a row of the store: how many draws each stream gave, every number that the
loop sets, every array that it may write to. Whole numbers are kept as such, in the same memory.
"""

import math

from numba import types
from numba.extending import overload

from ..jit.compile import USER_FLAGS
from ..jit.pointers import real_at, whole_at

RECORD, RESUME, FREE, MERGED = range(4)
NEAR, FAR = 32, 8  # states are compared at so many heads, then at every 8th
NOTHING, KEEP, RESTORE, COMPARE = range(4)  # what is to be done at a head
UNREAD, BEFORE = -2, -1  # where a draw was read: nowhere, before the loop, or at a head
BEHIND = 1 << 40  # after the loop
# Words of the desk. BEGIN: the head to resume at; CLEAR: the last that reads the draw; LAST: of the
# nominal path; FIELD: the input whose draws are noted; STORE, ADDED, READ: addresses of rows, of
# what was added to each sum, of the first and last head that reads each draw.
(MODE, BEGIN, CLEAR, LAST, SIZE, ROW, HEAD, FIELD, FULL, STORE, ROOM, ADDED, PLENTY, READ, TAKEN,
 STREAMS, GIVEN, SUMS, STARTS, NEXT, WORDS) = range(21)  # fmt: skip


def _stub(name):
    def stand_in(*given):
        raise NotImplementedError(name)  # compiled code alone calls it

    stand_in.__name__ = stand_in.__qualname__ = name
    return stand_in


NAMES = (
    "noting recording begin head following enter behind put get total same later leave note noted "
    "mark gave row last_row merged room keep_array load_array same_array"
)
STUBS = {name: _stub(name) for name in NAMES.split()}
globals().update(STUBS)  # so that a walk can be sent to another process


def helper(name):
    return overload(STUBS[name], jit_options=USER_FLAGS | {"forceinline": True})


def is_real(kind):
    return isinstance(kind, types.Float)


def is_whole(kind):
    return isinstance(kind, (types.Integer, types.Boolean))


@helper("begin")
def _begin(desk, rows):
    def code(desk, rows):
        """How long a row is; the head to begin at."""
        desk[SIZE] = rows
        desk[HEAD] = 0
        desk[NEXT] = 0 if desk[MODE] == RECORD else desk[BEGIN]
        if desk[MODE] == RESUME:
            return desk[BEGIN]
        if desk[MODE] == FREE:
            desk[NEXT] = BEHIND
        return 0

    return code


@helper("head")
def _head(desk, at):
    def code(desk, at):
        """What is to be done at this head, whose row is chosen, and at which something is next."""
        desk[ROW] = at * desk[SIZE]
        if desk[MODE] == RECORD:
            desk[HEAD] = at
            desk[NEXT] = at + 1
            if desk[ROW] + desk[SIZE] > desk[ROOM]:
                desk[FULL] = 1
                return NOTHING
            for k in range(desk[STREAMS]):
                whole_at(desk[STORE])[desk[ROW] + k] = whole_at(desk[TAKEN])[k]
            return KEEP
        if at == desk[BEGIN]:
            for k in range(desk[STREAMS]):
                whole_at(desk[TAKEN])[k] = whole_at(desk[STORE])[desk[ROW] + k]
            desk[NEXT] = max(at, desk[CLEAR]) + 1
            return RESTORE
        desk[NEXT] = at + 1 if at < desk[CLEAR] + NEAR else at + FAR
        if at >= desk[LAST]:
            desk[NEXT] = BEHIND
            return NOTHING
        for k in range(desk[STREAMS]):
            if whole_at(desk[TAKEN])[k] != whole_at(desk[STORE])[desk[ROW] + k]:
                return NOTHING
        return COMPARE

    return code


@helper("noting")
def _noting(desk):
    def code(desk):
        """The input whose draws are noted where they are read; -1 but on the nominal path."""
        return desk[FIELD] if desk[MODE] == RECORD else -1

    return code


@helper("recording")
def _recording(desk):
    """Whether this is the nominal path."""
    return lambda desk: desk[MODE] == RECORD


@helper("following")
def _following(desk):
    """The next head at which something is to be done."""
    return lambda desk: desk[NEXT]


@helper("enter")
def _enter(desk, at):
    def code(desk, at):
        """The body of an iteration begins, on the nominal path."""
        desk[LAST] = at

    return code


@helper("behind")
def _behind(desk):
    def code(desk):
        """The loop is over."""
        desk[HEAD] = BEHIND

    return code


@helper("row")
def _row(desk):
    """Where the row of this head begins."""
    return lambda desk: desk[ROW]


@helper("last_row")
def _last_row(desk):
    """Where the row of the last head of the nominal path begins."""
    return lambda desk: desk[LAST] * desk[SIZE]


@helper("merged")
def _merged(desk):
    def code(desk):
        """On to the last head, where nothing is compared any more."""
        row = desk[LAST] * desk[SIZE]
        for k in range(desk[STREAMS]):
            whole_at(desk[TAKEN])[k] = whole_at(desk[STORE])[row + k]
        desk[NEXT] = BEHIND
        return desk[LAST]

    return code


@helper("put")
def _put(desk, place, value):
    if is_real(value):

        def real(desk, place, value):
            real_at(desk[STORE])[desk[ROW] + place] = value

        return real
    if is_whole(value):

        def whole(desk, place, value):
            whole_at(desk[STORE])[desk[ROW] + place] = value

        return whole
    return None


@helper("get")
def _get(desk, row, place, like):
    """What was put; the type is that of `like`."""
    if is_real(like):
        return lambda desk, row, place, like: real_at(desk[STORE])[row + place]
    if isinstance(like, types.Boolean):
        return lambda desk, row, place, like: whole_at(desk[STORE])[row + place] != 0
    if is_whole(like):
        return lambda desk, row, place, like: whole_at(desk[STORE])[row + place]
    return None


@helper("same")
def _same(desk, place, value):
    """Whether a number is what was kept, to the bit (of what is not a number: never)."""
    if is_real(value):

        def real(desk, place, value):
            kept = real_at(desk[STORE])[desk[ROW] + place]
            return kept == value and math.copysign(1.0, kept) == math.copysign(1.0, value)

        return real
    if is_whole(value):
        return lambda desk, place, value: whole_at(desk[STORE])[desk[ROW] + place] == value
    return None


@helper("mark")
def _mark(desk, noted, field, index, length):
    """The index of a draw that is read; it is noted where."""

    def code(desk, noted, field, index, length):
        if noted == field:
            draw = index + length if index < 0 else index
            if 0 <= draw < length:
                read = whole_at(desk[READ])
                if read[2 * draw] == UNREAD:
                    read[2 * draw] = desk[HEAD]
                read[2 * draw + 1] = desk[HEAD]
        return index

    return code


@helper("gave")
def _gave(desk, noted, field, value):
    """A draw that a stream gave; it is noted where."""

    def code(desk, noted, field, value):
        if noted == field:
            draw = whole_at(desk[TAKEN])[field] - 1
            whole_at(desk[READ])[2 * draw] = desk[HEAD]
            whole_at(desk[READ])[2 * draw + 1] = desk[HEAD]
        return value

    return code
