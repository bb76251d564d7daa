"""Stores: the same bits, nothing made twice, and no other study."""

import sqlite3

import numpy as np
import pytest
from stored_study import REPLICATIONS, numbers, queue, run

import fastgrad as fg
from fastgrad.core import engine

# The same numbers

CALLS = {
    "ipa": {},
    "lr": {"method": "lr"},
    "wd": {"method": "wd"},
    "cd": {"method": "cd"},
    "sp": {"method": "sp"},
    "auto": {"method": "auto"},
    "antithetic": {"antithetic": True},
    "sobol": {"sampler": "sobol"},
    "lhs": {"sampler": "lhs"},
    "covariance": {"covariance": True},
    "second": {"method": "lr", "order": 2},
}


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
def test_a_store_changes_no_bit_and_a_second_call_simulates_nothing(tmp_path, options, made):
    store = tmp_path / "study.db"
    wanted = run(**options)
    assert numbers(run(store, **options)) == numbers(wanted)
    made[0] = 0
    again = run(store, **options)
    assert made[0] == 0
    assert numbers(again) == numbers(wanted)
    if wanted.covariance is not None:
        np.testing.assert_array_equal(again.covariance, wanted.covariance)
    assert [path.name for path in tmp_path.iterdir()] == ["study.db"]


@pytest.mark.parametrize("options", [{}, {"sampler": "sobol"}, {"sampler": "lhs"}], ids=str)
def test_a_run_that_stops_anywhere_is_gone_on_with(
    tmp_path, options, made, small_chunks, monkeypatch
):
    """Ctrl-C after each of several chunks: no replication is made twice, and the bits are those."""
    wanted, store = run(**options), tmp_path / "study.db"
    made[0] = 0
    execute = engine.Task.execute
    for stop in (3, 40, 1, 17):
        left = [stop]

        def some(task, threads, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return execute(task, threads)

        monkeypatch.setattr(engine.Task, "execute", some)
        with pytest.raises(fg.Interrupted):
            run(store, **options)
    monkeypatch.setattr(engine.Task, "execute", execute)
    assert numbers(run(store, **options)) == numbers(wanted)
    assert made[0] == wanted.replications


def test_more_replications_add_to_those_that_are_there(tmp_path, made):
    store = tmp_path / "study.db"
    run(store)
    made[0] = 0
    more = run(store, replications=2 * REPLICATIONS)
    leaf = 8 * 256
    assert REPLICATIONS <= made[0] < REPLICATIONS + leaf  # the last leaf was not whole
    assert numbers(more) == numbers(run(replications=2 * REPLICATIONS))
    made[0] = 0
    assert numbers(run(store)) == numbers(run())  # and fewer are there, but for the last chunk


@pytest.mark.parametrize("method", ["cd", "lr", "auto"])
def test_pilots_are_those_of_the_first_call(tmp_path, method, made):
    """A step or a baseline that moved with the replications would make everything new."""
    store = tmp_path / "study.db"
    first = run(store, method=method, replications=20_000)
    made[0] = 0
    more = run(store, method=method, replications=40_000)
    assert 20_000 <= made[0] < 20_000 + 2048
    assert (more.step, more.baseline) == (first.step, first.baseline)


def test_precision_is_gone_on_with(tmp_path, made):
    wanted = run(replications=None, precision=0.01)
    store = tmp_path / "study.db"
    coarse = run(store, replications=None, precision=0.02)
    made[0] = 0
    assert numbers(run(store, replications=None, precision=0.01)) == numbers(wanted)
    assert made[0] <= wanted.replications - coarse.replications + 2048


def test_simulate_compare_and_sweep_take_a_store(tmp_path, made):
    model = queue(0.5)
    points, methods = [0.3, 0.5], ["ipa", "wd", "cd"]
    calls = {
        "simulate": lambda **k: fg.simulate(model, 50_000, seed=1, **k).value,
        "compare": lambda **k: [
            numbers(e) for e in fg.compare(queue, 0.5, methods, 50_000, 1, **k).values()
        ],
        "sweep": lambda **k: [
            numbers(e)
            for one in fg.sweep(queue, points, methods, 50_000, 1, **k)
            for e in one.values()
        ],
    }
    for name, call in calls.items():
        wanted = call()
        assert call(store=tmp_path / name) == wanted
        made[0] = 0
        assert call(store=tmp_path / name) == wanted
        assert made[0] <= 6 * 3 * 1000  # the short runs that compile


def test_time_of_earlier_calls_counts(tmp_path):
    store = tmp_path / "study.db"
    first = run(store, replications=1_000_000)
    again = run(store, replications=1_000_000)
    assert again.seconds > 0.3 * first.seconds


def test_a_function_of_a_users_own_is_known_by_its_code(tmp_path):
    def study(power):
        def f(x):
            return x**power

        return lambda theta: fg.Expectation(f, {"x": fg.Exponential(theta)})

    store = tmp_path / "study.db"
    fg.gradient(study(2.0), 1.0, "ipa", 1000, store=store)
    fg.gradient(study(2.0), 1.0, "ipa", 1000, store=store)
    with pytest.raises(fg.StoreError, match="code was"):
        fg.gradient(study(3.0), 1.0, "ipa", 1000, store=store)


# Another study

OTHERS = {
    "seed was 3 and is 4": {"seed": 4},
    r"method was 'IPA\(\)' and is 'Lik": {"method": "lr"},
    "antithetic was False and is True": {"antithetic": True},
    "order was 1 and is 2": {"order": 2},
}


@pytest.mark.parametrize(("said", "options"), OTHERS.items(), ids=OTHERS)
def test_a_store_of_another_study_is_refused_with_what_differs(tmp_path, said, options):
    store = tmp_path / "study.db"
    run(store, replications=1000)
    with pytest.raises(fg.StoreError, match=said):
        run(store, **{"replications": 1000} | options)
    with pytest.raises(
        fg.StoreError, match=r"inputs.service.parameters was \[0.5\] and is \[0.6\]"
    ):
        fg.gradient(queue, 0.6, "ipa", 1000, 3, store=store)
    run(store, replications=1000)


def test_a_store_of_another_version_is_refused(tmp_path, monkeypatch):
    store = tmp_path / "study.db"
    run(store, replications=1000)
    monkeypatch.setattr("fastgrad.studies.digest._versions", {"fastgrad": "0.0.9"})
    with pytest.raises(fg.StoreError, match=r"another version: fastgrad was '.*' and is '0.0.9'"):
        run(store, replications=1000)


def test_what_is_no_store_is_refused_and_left_alone(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("nothing to do with it " * 1000)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (a)")
    connection.commit()
    connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(fg.StoreError, match="is not a store"):
            run(path)
        assert path.read_bytes() == before
    for path, said in ((tmp_path, "is a directory"), (tmp_path / "no" / "x", "No such file")):
        with pytest.raises(fg.StoreError, match=said):
            run(path)
    with pytest.raises(TypeError, match="name of a file"):
        run(3)
    with pytest.raises(TypeError, match="store= is for"):
        fg.prepare(queue, store="x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "other.db"]
