"""Tasks on an executor: their sizes, and the throughput of clusters that are not here."""

import numpy as np
import pytest
from simulated_executor import Machine, SimulatedExecutor

from fastgrad.core.engine import CHUNK_DOUBLES
from fastgrad.core.in_order import SECONDS_A_WORKER, SECONDS_IN_TASK, on_executor, workers_of

LEAF = 512
MOST = CHUNK_DOUBLES // 7 * LEAF  # of a run with two outputs
SECONDS = 600.0  # of the run, if all workers were always at work


def simulated(machine, seconds=SECONDS):
    """(replications a second, tasks' seconds) of a run on this machine."""
    executor = SimulatedExecutor(machine)
    replications = int(seconds * machine.workers * machine.rate)

    def task(start, count):
        assert start % LEAF == 0
        return count

    results = on_executor(executor, task, 0, replications, 16 * LEAF, MOST, LEAF)
    assert sum(1 for _ in results) == len(executor.tasks)
    made = sum(round(s * machine.rate) for _, s in executor.tasks)
    assert made == replications
    return replications / executor.now, np.array([s for _, s in executor.tasks])


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_tasks_take_about_a_second(workers):
    _, seconds = simulated(Machine(workers))
    assert np.median(seconds) == pytest.approx(SECONDS_IN_TASK, rel=0.05)
    assert seconds.max() < 1.1 * SECONDS_IN_TASK


@pytest.mark.parametrize("workers", [128, 1000])
def test_and_longer_where_one_scheduler_has_many_workers(workers):
    _, seconds = simulated(Machine(workers))
    assert np.quantile(seconds, 0.9) == pytest.approx(SECONDS_A_WORKER * workers, rel=0.05)


@pytest.mark.parametrize("latency", [0.0005, 0.005, 0.1])
@pytest.mark.parametrize("workers", [16, 128, 1000])
def test_throughput_is_as_predicted(workers, latency):
    """What is not in the prediction is the start, with small tasks, and the end."""
    machine = Machine(workers, latency=latency)
    found, _ = simulated(machine)
    wanted, limit = machine.predicted(max(SECONDS_IN_TASK, SECONDS_A_WORKER * workers))
    assert limit == "workers"
    assert 0.85 * wanted < found <= wanted


def test_a_slow_network_limits_many_workers():
    """1 Gbit/s: 56 bytes for each leaf of 512 replications."""
    machine = Machine(1000, bandwidth=1.25e8)
    wanted, limit = machine.predicted(20.0)
    assert limit == "network"
    found, _ = simulated(machine)
    assert 0.85 * wanted < found <= wanted * 1.001


def test_tasks_of_a_second_would_wait_for_the_scheduler(monkeypatch):
    monkeypatch.setattr("fastgrad.core.in_order.SECONDS_A_WORKER", 0.0)
    machine = Machine(1000)
    wanted, limit = machine.predicted(1.0)
    assert limit == "scheduler"
    assert wanted == pytest.approx(0.2 * 1000 * machine.rate)
    found, _ = simulated(machine)
    assert found < 1.05 * wanted


def test_workers_are_counted_as_far_as_an_executor_says():
    class Pool:
        pass

    pool = Pool()
    assert workers_of(pool) >= 1
    for name, count in (("num_workers", 5), ("_max_workers", 3), ("workers", 7)):
        setattr(pool, name, count)
        assert workers_of(pool) == count
