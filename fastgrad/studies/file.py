"""The file of a store: an SQLite database of rows with a checksum each."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from ..errors import StoreError

PAGE = 4096
MAGIC = b"SQLite format 3\0"
APPLICATION = 0x66677374  # "fgst", in the header of the file
CHECK = 8  # bytes of a row's checksum
# One row for each finished chunk: the state of its run after so many samples. The last sound row
# of a run is all that is needed to go on, and earlier ones stand in where it is damaged.
TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB, sum BLOB) WITHOUT ROWID",
    "CREATE TABLE chunks (run BLOB, done INTEGER, state BLOB, sum BLOB, PRIMARY KEY (run, done))"
    " WITHOUT ROWID",
)
LAST = "SELECT done, state, sum FROM chunks WHERE run = ? AND done <= ? ORDER BY done DESC"


def checksum(*parts: bytes) -> bytes:
    """Of one row."""
    digest = hashlib.blake2b(digest_size=CHECK)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def row_sum(run: bytes, done: int, state: bytes) -> bytes:
    """Checksum of a chunk's row."""
    return checksum(run, done.to_bytes(8, "little", signed=True), state)


class Damaged(Exception):
    """A store that has to be mended."""


def open_file(path: Path) -> sqlite3.Connection:
    """The database at this path, made if it is not there.

    Raises
    ------
    StoreError
        If it is no store, or cannot be made: one line.
    Damaged
        If it cannot be read as it stands.
    """
    new = not path.exists() or path.stat().st_size == 0
    try:
        connection = connect(path)
    except sqlite3.DatabaseError as error:
        if new or _is_of_the_system(error):
            raise StoreError(f"store {str(path)!r} cannot be opened: {error}") from None
        raise Damaged(str(error)) from None
    return connection


def _is_of_the_system(error: sqlite3.Error) -> bool:
    """No space, no permission, a read-only file system: not the fault of the file."""
    full = ("SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM")
    name = getattr(error, "sqlite_errorname", "") or ""
    # A read that finds less than it looked for is a truncated file.
    return name.startswith(full) and name != "SQLITE_IOERR_SHORT_READ"


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a sound database, with its tables."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # no memory shared with others
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("PRAGMA journal_mode = WAL")
        # The log is synchronised at checkpoints only: a killed process loses nothing, a power cut
        # the last chunks.
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            for table in TABLES:
                connection.execute(table)
            connection.execute("COMMIT")
        elif connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise sqlite3.DatabaseError("its header is damaged")
        connection.execute("SELECT name, value, sum FROM meta LIMIT 1").fetchone()
        connection.execute("SELECT run, done, state, sum FROM chunks LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def check_kind(path: Path) -> None:
    """Refuse what never was a store: nobody's file is written over."""
    if path.is_dir():
        raise StoreError(f"store {str(path)!r} is a directory: give the name of a file in it")
    if not path.exists() or path.stat().st_size == 0:
        return
    with open(path, "rb") as file:
        head = file.read(PAGE)
    ours = APPLICATION.to_bytes(4, "big") == head[68:72], b"chunks (run BLOB" in head
    if not any(ours) and (head[:16] != MAGIC[: len(head)] or b"CREATE " in head):
        raise StoreError(f"store {str(path)!r} is not a store of fastgrad: give another name")


def sound_meta(row: Any) -> bool:
    name, value, total = row
    kinds = isinstance(name, str) and isinstance(value, bytes)
    return kinds and checksum(name.encode(errors="replace"), value) == total


def sound_chunk(row: Any) -> bool:
    """Whether a row (run, done, state, sum) is as it was written."""
    run, done, state, total = row
    kinds = isinstance(run, bytes) and isinstance(done, int) and isinstance(state, bytes)
    return kinds and row_sum(run, done, state) == total
