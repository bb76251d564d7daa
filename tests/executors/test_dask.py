"""Dask's workers: the same bits, also when one of them is killed on the way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor

import pytest

import fastgrad as fg

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, of ports and of closed sockets
N = 300_011


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 10)


def square(x, y):
    return x * x + y


def own(theta):
    return fg.Expectation(square, [fg.Normal(theta, 1.0), fg.Exponential(theta)])


def bits(build, method, **options):
    est = fg.gradient(build, 0.5, method, **{"replications": N, "seed": 4, **options})
    return est.gradient, est.variance, est.performance.value, est.replications


def start(*arguments):
    """One of Dask's commands as a process of its own."""
    program = "import sys; from dask.__main__ import main; sys.argv[0] = 'dask'; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers of one thread, started by their commands."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = start("scheduler", "--host", address, "--no-dashboard", "--no-show")
    worker = ("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    workers = [start(*worker) for _ in range(2)]
    client = None
    try:
        client = distributed.Client(address, timeout=60, set_as_default=False)
        client.wait_for_workers(2, timeout=60)
        yield client, workers
    finally:
        if client is not None:
            client.close()
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_local_cluster_of_processes_gives_the_same_bits():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        executor = fg.dask_executor(client)
        assert executor.workers == 2
        for build, method in ((queue, "ipa"), (queue, "lr"), (own, "ipa")):
            assert bits(build, method, executor=executor) == bits(build, method)
        assert bits(queue, "ipa", executor=client.get_executor()) == bits(queue, "ipa")


def test_workers_from_the_command_line_one_of_them_killed_in_the_middle(cluster, monkeypatch):
    client, workers = cluster
    monkeypatch.setattr("fastgrad.core.in_order.SECONDS_IN_TASK", 0.02)  # many tasks
    executor = fg.dask_executor(client)
    wanted = bits(queue, "ipa", replications=6_000_011)
    bits(queue, "ipa", executor=executor)  # compiles
    seen = []

    def kill_one(samples):
        seen.append(samples)
        if len(seen) == 5:
            os.kill(workers[0].pid, signal.SIGKILL)

    found = bits(queue, "ipa", replications=6_000_011, executor=executor, progress=kill_one)
    assert found == wanted
    assert len(seen) > 10
    assert workers[0].wait(timeout=30) == -signal.SIGKILL
    assert executor.workers == 1


def test_what_a_task_raises_comes_back(cluster):
    executor = fg.dask_executor(cluster[0], retries=0)
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(timeout=60)
    assert executor.submit(divmod, 7, 3).result(timeout=60) == (2, 1)
    executor.shutdown()
    assert executor.submit(divmod, 7, 3).result(timeout=60) == (2, 1)  # the client is its owner's


def test_a_cluster_without_workers_left_keeps_what_was_done(cluster):
    """The scheduler cancels what it cannot run: the estimate so far, as of a broken pool."""
    executor = fg.dask_executor(cluster[0])
    done = executor.submit(divmod, 7, 3)
    assert done.result(timeout=60)
    waiting = executor.submit(time.sleep, 60)
    threading.Timer(0.5, waiting.remote.cancel).start()
    with pytest.raises(BrokenExecutor, match="Dask"):
        waiting.result(timeout=60)


def test_what_is_no_client_is_refused():
    with pytest.raises(TypeError, match=r"must be a distributed.Client or an address"):
        fg.dask_executor(3)
