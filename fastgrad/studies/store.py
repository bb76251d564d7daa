"""A store: the states of runs after each finished chunk, in one file that survives its process."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import StoreError
from .digest import run_digest
from .file import LAST, Damaged, check_kind, checksum, open_file, row_sum, sound_chunk
from .lock import Lock
from .mending import mended, tell

if TYPE_CHECKING:
    from ..core.engine import Plan
    from ..settings import Settings

SECONDS_IN_COMMIT = 0.02  # a commit takes 0.05 ms
WIDE = 4096  # bytes of a state, from which only the last KEPT of a run are kept
KEPT = 4

_forked: list[Any] = []
_open: set[Store] = set()


def _after_fork() -> None:
    # A connection must not be used, nor closed, by the child of the process that made it.
    for store in _open:
        _forked.append(store.connection)
        store.connection = None


os.register_at_fork(after_in_child=_after_fork)


class Store:
    """An open store; its process is the only one that has it.

    Attributes
    ----------
    path : Path
    recovered : float
        Seconds of earlier calls that were read instead of spent again.
    planned : int or None
        Replications of the call that began the study. Pilots are in proportion to them, so that
        more replications add to those that are there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recovered = 0.0
        self.planned: int | None = None
        self.connection: sqlite3.Connection | None = None
        self._committed = 0.0
        self._lock: Lock | None = _locked(path)
        try:
            self.connection = _connected(path)
        except BaseException:
            self.close()
            raise
        _open.add(self)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def run(
        self, plan: Plan, settings: Settings, replication: int, last: int | None, shape: tuple
    ) -> StoredRun:
        """What is kept of one run (see `run_digest`)."""
        return StoredRun(self, run_digest(plan, settings, replication, last, shape))

    def meta(self, name: str) -> Any:
        """A value by its name; None if there is none that is sound."""
        query = "SELECT value, sum FROM meta WHERE name = ?"
        for value, total in self.read(query, (name,)):
            if checksum(name.encode(), value) == total:
                return json.loads(value)
        return None

    def set_meta(self, name: str, value: Any) -> None:
        """Keep a value of JSON under a name."""
        text = json.dumps(value).encode()
        row = (name, text, checksum(name.encode(), text))
        self.write("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", row)

    def read(self, query: str, values: tuple) -> list[tuple]:
        """All rows of a query; a file that turns out to be damaged is mended first."""
        if self.connection is None:
            return []
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError:
            self._mend()
            return [] if self.connection is None else self.read(query, values)

    def write(self, query: str, values: tuple) -> None:
        """Write, and make it last at most `SECONDS_IN_COMMIT` later, or when it is closed.

        Where there is no space the run goes on without a store.
        """
        if self.connection is None:
            return
        try:
            if not self.connection.in_transaction:
                self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute(query, values)
            if time.monotonic() - self._committed > SECONDS_IN_COMMIT:
                self.commit()
        except sqlite3.Error as error:
            self._give_up(error)

    def commit(self) -> None:
        """Make everything last that was written."""
        if self.connection is not None and self.connection.in_transaction:
            self.connection.execute("COMMIT")
        self._committed = time.monotonic()

    def close(self) -> None:
        """Commit, and let others have it."""
        try:
            self.commit()
        except sqlite3.Error as error:
            self._give_up(error)
        self._disconnect()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _disconnect(self) -> None:
        _open.discard(self)
        connection, self.connection = self.connection, None
        if connection is not None:
            # Where it fails the log is kept beside the file, and read when it is opened again.
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _give_up(self, error: sqlite3.Error) -> None:
        self._disconnect()
        tell(
            f"store {str(self.path)!r} cannot be written ({error}): the run goes on without it, "
            "and what was stored before is kept"
        )

    def _mend(self) -> None:
        self._disconnect()
        self.connection = mended(self.path)
        _open.add(self)


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return open_file(path)
    except Damaged:
        return mended(path)


def _locked(path: Path) -> Lock:
    try:
        check_kind(path)
        return Lock(path)
    except OSError as error:
        raise StoreError(f"store {str(path)!r} cannot be opened: {error.strerror}") from None


class StoredRun:
    """The chunks of one run in a store."""

    def __init__(self, store: Store, digest: bytes) -> None:
        self.store, self.digest = store, digest
        self.began, self.seconds = time.perf_counter(), 0.0

    def restore(
        self, first: int, last: int, leaf: int, total: np.ndarray, products: np.ndarray | None
    ) -> int:
        """Put the state after as many samples as possible into `total` and `products`.

        A state can be gone on from at the end of a leaf, or is the end itself. Returns the
        number of samples in it; `first` if there is none.
        """
        arrays = [total] if products is None else [total, products]
        size = 8 + sum(array.nbytes for array in arrays)
        below = last
        while below > first:
            rows = self.store.read(f"{LAST} LIMIT 64", (self.digest, below))
            for done, state, total_sum in rows:
                if not isinstance(done, int) or done <= first:
                    return first
                usable = done == last or done % leaf == 0
                if usable and sound_chunk((self.digest, done, state, total_sum)):
                    if len(state) == size:
                        self._read(state, arrays)
                        return done
            if not rows:
                return first
            below = rows[-1][0] - 1
        return first

    def _read(self, state: bytes, arrays: list[np.ndarray]) -> None:
        numbers = np.frombuffer(state, dtype="<f8")
        before, self.seconds = self.seconds, float(numbers[0])
        self.store.recovered += self.seconds - before
        at = 1
        for array in arrays:
            array[...] = numbers[at : at + array.size].reshape(array.shape)
            at += array.size

    def save(self, done: int, total: np.ndarray, products: np.ndarray | None) -> None:
        """Keep the state after so many samples."""
        seconds = self.seconds + time.perf_counter() - self.began
        arrays = [np.array([seconds]), total, *([] if products is None else [products])]
        state = b"".join(np.ascontiguousarray(a, dtype="<f8").tobytes() for a in arrays)
        row = (self.digest, done, state, row_sum(self.digest, done, state))
        self.store.write("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?)", row)
        if len(state) > WIDE:
            self.store.write(
                "DELETE FROM chunks WHERE run = ? AND done < (SELECT done FROM chunks "
                f"WHERE run = ? AND done <= ? ORDER BY done DESC LIMIT 1 OFFSET {KEPT - 1})",
                (self.digest, self.digest, done),
            )
