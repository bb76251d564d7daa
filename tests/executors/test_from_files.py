"""`executor` of study files, run for real: processes, a Dask cluster that loses a worker, MPI."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

STUDY = """{executor}
theta = 0.5
method = "ipa"
replications = {replications}
seed = 3
[model]
kind = "SingleServerQueue"
interarrival = "Exponential(1.0)"
service = "Exponential(theta)"
customers = 100
"""
RUN = [sys.executable, "-m", "fastgrad.cli", "run"]


def made(folder, executor, replications, start=(), during=None):
    """What `fastgrad run` prints as JSON; `during` is called while it runs."""
    path = folder / "study.toml"
    path.write_text(STUDY.format(executor=executor, replications=replications))
    command = [*start, *(RUN[1:] if start else RUN), path, "--json", "--no-files"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if during is not None:
            threading.Thread(target=during, daemon=True).start()
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
    found = json.loads(out)
    return found["gradient"], found["variance"], found["replications"]


@pytest.mark.slow
def test_processes(tmp_path):
    wanted = made(tmp_path, "", 300_011)
    assert made(tmp_path, "executor = {kind = 'processes', workers = 2}", 300_011) == wanted


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker(tmp_path):
    pytest.importorskip("distributed")
    from test_dask import free_port, start

    address = f"tcp://127.0.0.1:{free_port()}"
    worker = ("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    processes = [start("scheduler", "--host", address, "--no-dashboard", "--no-show")]
    processes += [start(*worker) for _ in range(2)]

    def kill_one():
        time.sleep(8.0)
        os.kill(processes[1].pid, signal.SIGKILL)

    try:
        wanted = made(tmp_path, "", 30_000_011)
        executor = f"executor = {{kind = 'dask', scheduler = '{address}'}}"
        assert made(tmp_path, executor, 30_000_011, during=kill_one) == wanted
        assert processes[1].wait(timeout=30) == -signal.SIGKILL
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_mpi(tmp_path):
    pytest.importorskip("mpi4py.MPI", exc_type=ImportError)
    if shutil.which("mpiexec") is None:
        pytest.skip("without mpiexec")
    started = ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures"]
    wanted = made(tmp_path, "", 300_011)
    assert made(tmp_path, "executor = 'mpi'", 300_011, start=started) == wanted
