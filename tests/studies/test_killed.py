"""Processes that are killed while they write to a store, and those that want it meanwhile."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from stored_study import chunks_in, numbers, run

import fastgrad as fg
from fastgrad.core import engine
from fastgrad.studies.store import Store


def forked(store, replications):
    """A process that makes the estimate, or dies of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            run(store, method="lr", replications=replications)
        finally:
            os._exit(0)
    return child


def kill_at_random_moments(store, kills, replications, monkeypatch):
    """SIGKILL one process after the other, each where it may write; then the bits are the same."""
    monkeypatch.setattr(engine, "SECONDS_IN_CHUNK", 0.002)
    wanted = numbers(run(method="lr", replications=replications))
    os.waitpid(forked(None, 1000), 0)  # compiles
    began = time.perf_counter()
    os.waitpid(forked(None, replications), 0)
    whole = time.perf_counter() - began
    generator, reached = random.Random(7), [0]
    for _ in range(kills):
        child = forked(store, replications)
        time.sleep(generator.uniform(0.0, whole * 2.0 / kills))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if store.exists() and store.stat().st_size:
            reached.append(sum(max(d, 0) for _, d, _ in last_chunks(store)))
    assert sorted(reached) == reached  # each went on from where the one before was
    assert len(set(reached)) >= 2 + kills // 10
    assert numbers(run(store, method="lr", replications=replications)) == wanted


def last_chunks(store):
    """The last chunk of each run; the log of a killed process is left as it is."""
    with tempfile.TemporaryDirectory() as folder:
        for path in store.parent.glob(f"{store.name}*"):
            shutil.copy(path, folder)
        try:
            return {row[0]: row for row in chunks_in(Path(folder) / store.name)}.values()
        except sqlite3.OperationalError:  # killed before there was a table
            return []


def test_killed_at_six_random_moments(tmp_path, monkeypatch):
    kill_at_random_moments(tmp_path / "study.db", 6, 8_000_000, monkeypatch)


@pytest.mark.slow
def test_killed_at_fifty_random_moments(tmp_path, monkeypatch):
    kill_at_random_moments(tmp_path / "study.db", 50, 100_000_000, monkeypatch)


def test_a_second_process_is_refused_with_the_number_of_the_first(tmp_path):
    path = tmp_path / "study.db"
    store = Store(path)
    program = "import sys, pathlib; from fastgrad.studies.store import Store; "
    program += "Store(pathlib.Path(sys.argv[1])).close()"
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert f"is in use by process {os.getpid()} on" in done.stderr.splitlines()[-1]
    with pytest.raises(fg.StoreError, match="is in use"):
        run(path)
    store.close()
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    run(path)


def test_a_forked_child_does_not_keep_the_store(tmp_path):
    path = tmp_path / "study.db"
    store = Store(path)
    store.set_meta("a", 1)
    store.commit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        time.sleep(30)
        os._exit(0)
    try:
        store.close()
        other = Store(path)
        assert other.meta("a") == 1
        other.close()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
