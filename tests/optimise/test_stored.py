"""Optimisations with a store: killed, interrupted, damaged, and of another kind."""

import os
import random
import signal
import time
import warnings

import numpy as np
import pytest
from stored_study import chunks_in

import fastgrad as fg
from fastgrad.studies.file import connect

PROBLEM = fg.problems.mm1()
MANY = fg.RobbinsMonro(batch=10, averaging=True)


def solve(store=None, algorithm=MANY, replications=12_000, **options):
    return fg.minimize(
        PROBLEM.build, 2.5, PROBLEM.bounds, algorithm=algorithm, replications=replications, seed=1,
        store=store, threads=1, **options,
    )  # fmt: skip


def numbers(found):
    """Everything a result says but its time."""
    path = found.path
    return (
        found.x, found.fun, found.fun_error, found.jac, str(found.covariance), found.gap_interval,
        found.message, found.nit, found.replications, path.x.tobytes(), path.value.tobytes(),
    )  # fmt: skip


def forked(store, algorithm):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            solve(store, algorithm)
        finally:
            os._exit(0)
    return child


@pytest.mark.parametrize("algorithm", [MANY, "spsa", "saa"], ids=str)
def test_a_killed_optimisation_goes_on_to_the_same_bits(algorithm, tmp_path):
    wanted = numbers(solve(algorithm=algorithm))
    began = time.perf_counter()
    solve(algorithm=algorithm)
    whole = time.perf_counter() - began
    generator = random.Random(3)
    for _ in range(5):
        child = forked(tmp_path / "study.db", algorithm)
        time.sleep(generator.uniform(0.0, whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert numbers(solve(tmp_path / "study.db", algorithm)) == wanted
    assert numbers(solve(tmp_path / "study.db", algorithm)) == wanted


def test_what_is_stored_is_not_simulated_again(tmp_path, monkeypatch):
    path = tmp_path / "study.db"
    wanted = numbers(solve(path))
    monkeypatch.setattr("fastgrad.prepared._Output.moments", None)
    monkeypatch.setattr("fastgrad.optimise.sampling.run", None)
    assert numbers(solve(path)) == wanted


def test_an_interrupted_optimisation_goes_on_and_forgets_its_last_look(tmp_path):
    wanted, calls = numbers(solve()), []

    def interrupt(x):
        calls.append(x)
        if len(calls) == 100:
            raise KeyboardInterrupt

    path = tmp_path / "study.db"
    assert not solve(path, callback=interrupt).success
    assert numbers(solve(path)) == wanted
    assert numbers(solve(path)) == wanted


def test_a_damaged_row_is_made_again_with_all_behind_it(tmp_path, monkeypatch):
    monkeypatch.setattr("fastgrad.studies.journal.SECONDS_IN_ROW", 0.002)
    path = tmp_path / "study.db"
    wanted = numbers(solve(path))
    rows = [row for row in chunks_in(path) if row[0] == b"optimisation"]
    assert len(rows) > 5
    connection = connect(path)
    _, done, state = rows[len(rows) // 2]
    broken = bytes([state[0] ^ 1]) + state[1:]
    connection.execute("UPDATE chunks SET state = ? WHERE done = ?", (broken, done))
    connection.close()
    assert numbers(solve(path)) == wanted
    assert numbers(solve(path)) == wanted


def test_a_budget_of_seconds_is_walked_again(tmp_path):
    path = tmp_path / "study.db"
    first = solve(path, "adam", None, seconds=0.3)
    again = solve(path, "adam", None, seconds=0.3)
    assert numbers(again) == numbers(first)
    assert again.seconds == first.seconds


def test_expected_constraints_and_shaped_starts_are_stored(tmp_path):
    def build(theta):
        return PROBLEM.build(theta["mean"])

    def solved(limit):
        return fg.minimize(
            build, {"mean": 0.6}, (0.05, 3.0),
            fg.Expected(lambda theta: 1.0 * build(theta), at_most=limit), "robbins-monro",
            replications=4000, store=tmp_path / "study.db",
        )  # fmt: skip

    assert numbers(solved(4.0)) == numbers(solved(4.0))
    with pytest.raises(
        fg.StoreError, match=r"expected.0.wanted was .at most 4. and is .at most 4.5."
    ):
        solved(4.5)


def test_another_optimisation_is_refused(tmp_path):
    path = tmp_path / "study.db"
    solve(path, replications=1000)
    with pytest.raises(fg.StoreError, match="paths was 1000 and is 2000"):
        solve(path, replications=2000)
    with pytest.raises(fg.StoreError, match="algorithm was"):
        solve(path, "spsa", 1000)
    with pytest.raises(fg.StoreError, match=r"region\.low"):
        fg.minimize(PROBLEM.build, 2.5, (0.1, 3.0), replications=1000, store=path)
    with pytest.raises(fg.StoreError, match="verb was"):
        fg.gradient(PROBLEM.build, 2.5, "ipa", 1000, store=path)


def test_large_simulations_are_kept_in_chunks(tmp_path):
    path = tmp_path / "study.db"
    algorithm = fg.SAA(samples=2, batch=40_000)
    found = solve(path, algorithm, 800_000)
    kinds = {row[0] for row in chunks_in(path)}
    assert len(kinds) > 3
    assert numbers(found) == numbers(solve(algorithm=algorithm, replications=800_000))
    assert np.isfinite(found.fun)
