"""Damaged stores: a new file with every row that is still sound."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError
from .file import APPLICATION, PAGE, TABLES, connect, sound_chunk, sound_meta

QUERIES = (
    "SELECT name, value, sum FROM meta ORDER BY name {0}",
    "SELECT run, done, state, sum FROM chunks ORDER BY run {0}, done {0}",
)
CHECKS = (sound_meta, sound_chunk)


def mended(path: Path) -> sqlite3.Connection:
    """A new file in the place of a damaged one, with every row that can still be read."""
    new = path.with_name(path.name + ".mending")
    for rest in (new, *_logs(new)):
        rest.unlink(missing_ok=True)
    try:
        target = connect(new)
        target.execute("BEGIN")
        meta, chunks = _rows(path)
        target.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", meta)
        target.executemany("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?)", chunks)
        target.execute("COMMIT")
        target.close()
        for log in _logs(path):  # first: the log of the old file would be read into the new one
            log.unlink(missing_ok=True)
        os.replace(new, path)
        connection = connect(path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"store {str(path)!r} is damaged and cannot be mended: {error}") from None
    tell(f"store {str(path)!r} was damaged: {len(chunks):,} chunks are sound, others made again")
    return connection


def _logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def _rows(path: Path) -> tuple[list[tuple], list[tuple]]:
    """All sound rows of meta and of chunks: as it stands, and behind the first page of a new file.

    That page holds nothing but the header and the two tables, which are the same in all stores.
    """
    found: tuple[dict, dict] = ({}, {})
    for repaired in (False, True):
        with open(path, "rb") as file:
            whole = bytearray(file.read())
        if repaired:
            _replace_first_page(whole)
        whole += bytes(-len(whole) % PAGE)
        copy = path.with_name(path.name + ".copy")
        copy.write_bytes(whole)
        if not repaired and _logs(path)[0].exists():
            _logs(copy)[0].write_bytes(_logs(path)[0].read_bytes())
        for rows, query, check in zip(found, QUERIES, CHECKS, strict=True):
            for row in _readable(copy, query):
                if check(row):
                    rows[row[:-2]] = row
        for rest in (copy, *_logs(copy)):
            rest.unlink(missing_ok=True)
    return list(found[0].values()), list(found[1].values())


def _replace_first_page(whole: bytearray) -> None:
    template = sqlite3.connect(":memory:")
    template.execute(f"PRAGMA page_size = {PAGE}")
    template.execute(f"PRAGMA application_id = {APPLICATION}")
    for table in TABLES:
        template.execute(table)
    page = bytearray(template.serialize()[:PAGE])
    page[92:96] = b"\xff" * 4  # so that the number of pages is taken from the length of the file
    whole[:PAGE] = page


def _readable(path: Path, query: str) -> Iterator[tuple]:
    """Rows from both ends, each as far as they can be read."""
    for order in ("ASC", "DESC"):
        try:
            connection = sqlite3.connect(path, isolation_level=None)
            try:
                yield from connection.execute(query.format(order))
            finally:
                connection.close()
        except sqlite3.DatabaseError:
            continue


def tell(what: str) -> None:
    """One line about the store, as a warning."""
    warnings.warn(what, RuntimeWarning, stacklevel=2)
