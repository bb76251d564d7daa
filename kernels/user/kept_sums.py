"""Sums of a resumable function (`checkpoints.py`): what is added is kept, to be added again.

Sums of real numbers hang on the order, so that each number is added by itself; those of whole
numbers do not.
"""

from ..jit.pointers import real_at, whole_at
from .checkpoints import (
    ADDED,
    FULL,
    GIVEN,
    LAST,
    MERGED,
    MODE,
    PLENTY,
    ROW,
    SIZE,
    STARTS,
    STORE,
    SUMS,
    WORDS,
    helper,
    is_real,
    is_whole,
)


@helper("total")
def _total(desk, place, number, like):
    """A sum as it was kept, or as it is given."""
    if is_real(like):

        def real(desk, place, number, like):
            if desk[GIVEN]:
                return real_at(desk[SUMS])[number]
            return real_at(desk[STORE])[desk[ROW] + place]

        return real
    if is_whole(like):

        def whole(desk, place, number, like):
            if desk[GIVEN]:
                return whole_at(desk[SUMS])[number]
            return whole_at(desk[STORE])[desk[ROW] + place]

        return whole
    return None


@helper("note")
def _note(desk, recording, number, total, added, sign):
    """Keep what is added to a sum: only of real numbers, whose sum hangs on the order."""
    if is_real(total):

        def real(desk, recording, number, total, added, sign):
            if recording and desk[FULL] == 0:
                n = desk[WORDS + number]
                if n == desk[PLENTY]:
                    desk[FULL] = 1
                else:
                    real_at(desk[ADDED])[number * desk[PLENTY] + n] = sign * added
                    desk[WORDS + number] = n + 1

        return real
    if is_whole(total):
        return lambda desk, recording, number, total, added, sign: None
    return None


@helper("noted")
def _noted(desk, number):
    """How many numbers were added to a sum."""
    return lambda desk, number: desk[WORDS + number]


@helper("later")
def _later(desk, place, number, total):
    """A sum at the last head, where all that is added to it from here on is as it was."""
    if is_real(total):

        def real(desk, place, number, total):
            counts, last = whole_at(desk[STORE]), desk[LAST] * desk[SIZE]
            added = number * desk[PLENTY]
            first, end = counts[desk[ROW] + place + 1], counts[last + place + 1]
            for k in range(added + first, added + end):
                total += real_at(desk[ADDED])[k]
            return total

        return real
    if is_whole(total):

        def whole(desk, place, number, total):
            kept, last = whole_at(desk[STORE]), desk[LAST] * desk[SIZE]
            return total + (kept[last + place] - kept[desk[ROW] + place])

        return whole
    return None


@helper("leave")
def _leave(desk, place, number, total):
    """Put a sum aside, and from which number on it is to be added to (whole numbers are done)."""
    if is_real(total):

        def real(desk, place, number, total):
            desk[MODE] = MERGED
            real_at(desk[SUMS])[number] = total
            counts, last = whole_at(desk[STORE]), desk[LAST] * desk[SIZE]
            whole_at(desk[STARTS])[2 * number] = counts[desk[ROW] + place + 1]
            whole_at(desk[STARTS])[2 * number + 1] = counts[last + place + 1]

        return real
    if is_whole(total):

        def whole(desk, place, number, total):
            desk[MODE] = MERGED
            kept, last = whole_at(desk[STORE]), desk[LAST] * desk[SIZE]
            whole_at(desk[SUMS])[number] = total + (kept[last + place] - kept[desk[ROW] + place])
            whole_at(desk[STARTS])[2 * number] = -1

        return whole
    return None
