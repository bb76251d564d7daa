"""Stores that are damaged, full or large."""

import contextlib
import os
import random
import sqlite3
import subprocess
import time
import warnings

import numpy as np
import pytest
from stored_study import chunks_in, numbers, run

import fastgrad as fg
from fastgrad.core import engine
from fastgrad.studies import file
from fastgrad.studies.store import Store, StoredRun


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished study in chunks of a leaf: the bytes of its file, and its numbers."""
    store = tmp_path_factory.mktemp("finished") / "study.db"
    patch = pytest.MonkeyPatch()
    patch.setattr(engine, "CHUNK_DOUBLES", 1)
    est = run(store)
    patch.undo()
    assert len(chunks_in(store)) > 90
    return store.read_bytes(), numbers(est)


def again(path, wanted):
    """The study gives its numbers, with or without a line about the damage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert numbers(run(path)) == wanted
    assert numbers(run(path)) == wanted  # without a warning: it is mended


def test_flipped_bits(tmp_path, finished, made):
    content, wanted = finished
    generator = random.Random(11)
    for trial in range(40):
        broken = bytearray(content)
        for _ in range(1 + trial % 3):
            where = generator.randrange(len(broken))
            broken[where] ^= 1 << generator.randrange(8)
        path = tmp_path / f"{trial}.db"
        path.write_bytes(broken)
        again(path, wanted)


def test_every_byte_of_the_header(tmp_path, finished):
    content, wanted = finished
    for where in range(100):
        broken = bytearray(content)
        broken[where] ^= 0xFF
        path = tmp_path / f"{where}.db"
        path.write_bytes(broken)
        again(path, wanted)


def test_pages_of_zeros_and_noise(tmp_path, finished):
    content, wanted = finished
    generator = random.Random(12)
    for page in range(len(content) // file.PAGE):
        for filling in (bytes(file.PAGE), generator.randbytes(file.PAGE)):
            broken = bytearray(content)
            broken[page * file.PAGE : (page + 1) * file.PAGE] = filling
            path = tmp_path / f"{page}.db"
            path.write_bytes(broken)
            if page == 0:  # nothing says that it was a store
                with pytest.raises(fg.StoreError, match="is not a store"):
                    run(path)
            else:
                again(path, wanted)


def test_truncated_files(tmp_path, finished):
    content, wanted = finished
    generator = random.Random(13)
    for length in [0, 1, 15, 99, 4096, *(generator.randrange(len(content)) for _ in range(20))]:
        path = tmp_path / f"{length}.db"
        path.write_bytes(content[:length])
        again(path, wanted)


def test_only_what_is_damaged_is_made_again(tmp_path, finished, made):
    """The last row with a wrong sum: one leaf; a row in the middle: nothing."""
    content, wanted = finished
    path = tmp_path / "study.db"
    for which, least, most in ((-1, 1, 2048), (40, 0, 0)):
        path.write_bytes(content)
        run_id, done, state = chunks_in(path)[which]
        connection = sqlite3.connect(path)
        wrong = bytes([state[0] ^ 1]) + state[1:]
        connection.execute(
            "UPDATE chunks SET state = ? WHERE run = ? AND done = ?", (wrong, run_id, done)
        )
        connection.commit()
        connection.close()
        made[0] = 0
        assert numbers(run(path)) == wanted
        assert least <= made[0] <= most


@pytest.fixture
def tiny(tmp_path):
    """A file system of 200 KB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_store_and_not_the_run(tiny, small_chunks):
    wanted = numbers(run(replications=4_000_000))
    with pytest.warns(RuntimeWarning, match="cannot be written .* the run goes on"):
        assert numbers(run(tiny / "study.db", replications=4_000_000)) == wanted
    (tiny / "rest").unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert numbers(run(tiny / "study.db", replications=4_000_000)) == wanted


def test_no_space_at_all_is_one_line(tiny):
    rest = os.open(tiny / "rest", os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(rest, bytes(4096))
    os.close(rest)
    with pytest.raises(fg.StoreError, match=r"cannot be opened: .*(full|space|I/O)"):
        run(tiny / "study.db")


def test_a_store_of_a_million_chunks_opens_at_once(tmp_path):
    path = tmp_path / "study.db"
    run(path)
    connection = sqlite3.connect(path)
    rows = ((b"0123456789abcdef", k, b"x" * 72, b"y" * 8) for k in range(1_000_000))
    connection.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    wanted, best = numbers(run()), np.inf
    for _ in range(3):
        began = time.perf_counter()
        assert numbers(run(path)) == wanted
        best = min(best, time.perf_counter() - began)
    assert best < 1.0


def test_wide_states_do_not_pile_up(tmp_path):
    """1,000 components of θ: 32 KB a chunk."""
    path = tmp_path / "study.db"
    with Store(path) as store:
        one = StoredRun(store, b"0" * 16)
        for done in range(1, 200):
            one.save(done, np.zeros((4, 1001)), None)
    assert len(chunks_in(path)) == 4
