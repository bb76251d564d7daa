"""Chunks as small as they can be, and how many replications were simulated."""

import pytest

from fastgrad.core import engine


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(engine, "CHUNK_DOUBLES", 1)  # one leaf each


@pytest.fixture
def made(monkeypatch):
    """Replications that were simulated, not read."""
    count = [0]
    execute = engine.Task.execute

    def counted(task, threads):
        count[0] += task.run.count
        return execute(task, threads)

    monkeypatch.setattr(engine.Task, "execute", counted)
    return count
