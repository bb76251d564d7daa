"""What a process costs: start, first estimate, memory, the demo from an empty cache."""

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPEATS = 5

FIRST_ESTIMATE = """
import fastgrad as fg
def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 100)
print(fg.gradient(queue, at=0.5, method="ipa", replications=10_000, seed=1))
"""

# ru_maxrss would do, but it starts at the size of the process that forked.
PEAK_MEMORY = """
import re, sys
from pathlib import Path
import fastgrad as fg
def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 1)
fg.gradient(queue, at=0.5, method="ipa", replications=int(sys.argv[1]), seed=1)
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""

needs_command_line = pytest.mark.skipif(
    importlib.util.find_spec("fastgrad.cli.__main__") is None, reason="no command line"
)


def python(*arguments, **options):
    """Run a new Python and return what it printed."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def seconds(*arguments):
    """Median wall-clock time of a whole process, the caches filled."""
    python(*arguments)
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        python(*arguments)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def test_import(note_figure):
    """A process that imports the package and ends."""
    note_figure("`import fastgrad`", seconds("-c", "import fastgrad"), "s", 1.0)


@needs_command_line
def test_help(note_figure):
    """The command line's help."""
    note_figure("`fastgrad --help`", seconds("-m", "fastgrad.cli", "--help"), "s", 0.5)


def test_first_estimate(note_figure):
    """A second process, from its start to the printed estimate."""
    name = "first IPA estimate of 10⁴ replications in a second process"
    note_figure(name, seconds("-c", FIRST_ESTIMATE), "s", 2.0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory(note_figure, share):
    """Peak memory does not grow with replications."""
    few, many = 10_000, int(100_000_000 * share)
    python("-c", PEAK_MEMORY, str(few))  # compiling needs memory of its own
    peaks = [float(python("-c", PEAK_MEMORY, str(count))) for count in (few, many)]
    name = f"peak memory, {many:.0e} replications of N = 1, above that of {few:.0e}"
    note_figure(name, peaks[1] - peaks[0], "MB", 50.0)


@needs_command_line
def test_demo(note_figure, share, tmp_path):
    """`fastgrad demo` from an empty cache, compilation included."""
    if share < 1.0:
        pytest.skip("takes minutes: not with --quick")
    environment = os.environ | {"FASTGRAD_CACHE_DIR": str(tmp_path / "cache")}
    began = time.perf_counter()
    python("-m", "fastgrad.cli", "demo", cwd=tmp_path, env=environment)
    note_figure("`fastgrad demo` from an empty cache", time.perf_counter() - began, "s", 180.0)
