"""What an optimisation has seen, in order: after a kill it is walked again without simulating.

An optimiser is a deterministic function of what its simulations find. So its state need not be
kept: every answer is, under a hash of its question, and the same call asks the same questions.
"""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..core.moments import Moments
from .file import row_sum, sound_chunk

if TYPE_CHECKING:
    from .store import Store

KEY = 16  # bytes of a question's hash
HEAD = struct.Struct(f"<{KEY}sdIIB")  # question, seconds so far, shape of the moments, products?
RUN = b"optimisation"
FORGET = "DELETE FROM chunks WHERE run = ? AND done > ?"
SECONDS_IN_ROW = 0.02


class Entry(NamedTuple):
    """One answer."""

    key: bytes
    seconds: float
    moments: Moments


class Journal:
    """The answers of simulations, in order; without a store it keeps none and asks each time.

    Attributes
    ----------
    seconds : float
        That had gone when the last answer came, in this process and those before it. Time stands
        still between answers, so that a budget of seconds is walked again in the same steps.
    """

    def __init__(self, store: Store | None) -> None:
        self.store = store
        self.entries: list[Entry] = []
        self._ends = [0]  # of the rows that are written, in entries
        if store is not None:
            self._read(store)
        self.at, self.seconds = 0, 0.0
        self._began = self._written = time.perf_counter()
        self._pending: list[bytes] = []

    def once(self, question: tuple[Any, ...], answer: Callable[[], Moments]) -> Moments:
        """The answer: that of an earlier process, or made now and kept.

        question: arrays and numbers that it depends on
        """
        if self.store is None:
            made = answer()
            self.seconds = time.perf_counter() - self._began
            return made
        key = _key(question)
        if self.at < len(self.entries) and self.entries[self.at].key == key:
            _, self.seconds, made = self.entries[self.at]
            self.at += 1
            self._began = time.perf_counter() - self.seconds
            return made
        made = answer()
        self._forget()
        self.seconds = time.perf_counter() - self._began
        self._pending.append(_packed(Entry(key, self.seconds, made)))
        if time.perf_counter() - self._written > SECONDS_IN_ROW:
            self.flush()
        return made

    def flush(self) -> None:
        """Write what is not written yet."""
        self._written = time.perf_counter()
        if self.store is None or not self._pending:
            return
        state, end = b"".join(self._pending), self._ends[-1] + len(self._pending)
        self._pending = []
        self._ends.append(end)
        row = (RUN, end, state, row_sum(RUN, end, state))
        self.store.write("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?)", row)

    def _read(self, store: Store) -> None:
        """All answers up to the first row that is damaged; it and those behind it go."""
        rows = store.read("SELECT done, state, sum FROM chunks WHERE run = ? ORDER BY done", (RUN,))
        for done, state, total in rows:
            block = _unpacked(state) if sound_chunk((RUN, done, state, total)) else []
            if not block or len(self.entries) + len(block) != done:
                store.write(FORGET, (RUN, len(self.entries)))
                return
            self.entries += block
            self._ends.append(done)

    def _forget(self) -> None:
        """Drop the answers from here on: another way was taken, after the last look of a run that
        was stopped."""
        if self.store is None or self.at == len(self.entries):
            return
        self._ends = [end for end in self._ends if end <= self.at]
        self.store.write(FORGET, (RUN, self._ends[-1]))
        self.entries = self.entries[: self.at]
        self._pending = [_packed(entry) for entry in self.entries[self._ends[-1] :]]


def _key(question: tuple[Any, ...]) -> bytes:
    digest = hashlib.blake2b(digest_size=KEY)
    for part in question:
        plain = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        digest.update(len(plain).to_bytes(4, "little") + plain)
    return digest.digest()


def _packed(entry: Entry) -> bytes:
    total, products = entry.moments.total, entry.moments.products
    head = HEAD.pack(entry.key, entry.seconds, *total.shape, products is not None)
    arrays = [total] if products is None else [total, products]
    return head + b"".join(np.ascontiguousarray(a, dtype="<f8").tobytes() for a in arrays)


def _unpacked(state: bytes) -> list[Entry]:
    made, at = [], 0

    def array(*shape: int) -> np.ndarray:
        nonlocal at
        size = shape[0] * shape[1]
        found = np.frombuffer(state, "<f8", size, at).reshape(shape).astype(float)
        at += 8 * size
        return found

    while at < len(state):
        key, seconds, rows, outputs, joint = HEAD.unpack_from(state, at)
        at += HEAD.size
        total = array(rows, outputs)
        made.append(Entry(key, seconds, Moments(total, array(outputs, outputs) if joint else None)))
    return made
