"""What an estimate costs beyond its loop, and how time grows: `python bench/growth.py --write`.

Compile time kernel by kernel from an empty cache, the first estimate and that of a second process;
exponents of time against customers, arcs, parameters and replications; memory of 10⁹
replications; the share that no second core helps, and what follows for many cores.
"""

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import fastgrad as fg

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
BEGIN, END = "<!-- growth -->\n", "<!-- end of growth -->"

FIRST = """
import time
began = time.perf_counter()
import fastgrad as fg
from fastgrad.kernels.jit.cache import KernelCache
load, save, started = KernelCache.load_overload, KernelCache.save_overload, []
def loaded(self, *given):
    found = load(self, *given)
    if found is None:
        started.append(time.perf_counter())
    return found
def saved(self, *given):
    print(self._function.__qualname__, time.perf_counter() - started.pop())
    return save(self, *given)
KernelCache.load_overload, KernelCache.save_overload = loaded, saved
def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 100)
fg.gradient(queue, at=0.5, method="METHOD", replications=10_000, seed=1)
print("whole", time.perf_counter() - began)
"""

MEMORY = """
import re, sys
from pathlib import Path
import fastgrad as fg
def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 1)
fg.gradient(queue, at=0.5, method="ipa", replications=int(sys.argv[1]), seed=1)
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def run(program, *arguments, **environment):
    """What a new process prints, line by line; it finds bytecode, as after an installation."""
    given = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | environment
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=given)
    return done.stdout.splitlines()


def compiling():
    """Rows of the first estimates by four methods in one empty cache, then of a second process."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o700)
        for method in ("ipa", "lr", "wd", "cd"):
            *kernels, whole = run(FIRST.replace("METHOD", method), FASTGRAD_CACHE_DIR=folder)
            parts = [line.rsplit(" ", 1) for line in kernels]
            listed = ", ".join(f"{name} {float(s):.2f}" for name, s in parts)
            yield f"first by {method}", float(whole.split()[1]), listed
        again = [run(FIRST.replace("METHOD", "ipa"), FASTGRAD_CACHE_DIR=folder) for _ in range(5)]
        wholes = [float(lines[-1].split()[1]) for lines in again]
        yield "second process, ipa", float(np.median(wholes)), "nothing"


def queue(customers):
    """M/M/1."""
    return lambda mean: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), customers)


def network(arcs, parameters):
    """Triangles in a row; the means of the first arcs are parameters."""
    last = arcs // 2
    edges = [(k // 2, min(k // 2 + 1 + k % 2, last)) for k in range(arcs)]
    names = [(f"n{a}", f"n{b}") for a, b in edges]

    def build(theta):
        means = [theta[k] if k < parameters else 1.0 for k in range(len(names))]
        return fg.ActivityNetwork(names, [fg.Exponential(mean) for mean in means])

    return build


def seconds(build, at, replications, threads=1):
    """The least of three runs."""
    times = []
    for _ in range(4):
        began = time.perf_counter()
        fg.gradient(build, at, "ipa", replications, seed=1, threads=threads)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def growth():
    """(what grows, from and to, exponent, its standard error) by least squares of logarithms."""
    arcs, sizes = 400, [100, 200, 400, 800]
    cases = {
        "customers N": (sizes, lambda n: seconds(queue(n), 0.5, 4_000_000 // n * 10)),
        "arcs": (sizes, lambda n: seconds(network(n, 1), [1.0], 20_000)),
        "parameters": (
            [50, 100, 200, 400],
            lambda n: seconds(network(arcs, n), [1.0] * n, 20_000),
        ),
        "replications": (
            [10**5, 10**6, 10**7],
            lambda n: seconds(queue(10), 0.5, n),
        ),
    }
    for what, (places, measured) in cases.items():
        times = np.array([measured(n) for n in places])
        if what == "customers N":  # as many draws each time
            times = times * np.array(places)
        x = np.log(np.array(places, dtype=float))
        (slope, _), residual, *_ = np.polyfit(x, np.log(times), 1, full=True)
        freedom = max(len(places) - 2, 1)
        error = np.sqrt(float(np.sum(residual)) / freedom / np.sum((x - x.mean()) ** 2))
        yield what, places[0], places[-1], slope, error


def shares():
    """Seconds before the first replication, and a replication's own; seconds of merging."""
    fixed = seconds(queue(100), 0.5, 64)
    many = 1_000_000
    each = (seconds(queue(100), 0.5, many) - fixed) / many
    two = seconds(queue(100), 0.5, many, threads=2)
    serial = max(0.0, (two - fixed) / (each * many) * 2.0 - 1.0)
    return fixed, each, serial


def page():
    """The section of the page."""
    lines = [f"{_processor()}, Python {platform.python_version()}.\n"]
    lines += ["| process | seconds | compiled, in seconds |", "|---|---|---|"]
    lines += [f"| {what} | {s:.2f} | {listed} |" for what, s, listed in compiling()]
    lines += ["", "Time of IPA on one thread grows with", "", "| | from | to | exponent |"]
    lines += ["|---|---|---|---|"]
    for what, low, high, slope, error in growth():
        lines.append(f"| {what} | {low:,} | {high:,} | {slope:.2f} ± {error:.2f} |")
    few, many = (float(run(MEMORY, n)[0]) for n in (10**4, 10**9))
    lines += ["", f"Peak memory of 10⁹ replications (N = 1): {many:.0f} MB, of 10⁴: {few:.0f} MB."]
    fixed, each, serial = shares()
    lines += [
        "",
        f"A run of n replications (N = 100) takes a + n b (s + (1 - s)/p) on p cores: "
        f"a = {1e3 * fixed:.2f} ms, b = {1e6 * each:.3f} µs, and s = {100 * serial:.1f} % of the "
        "loop is not shared. For 10⁸ replications:",
        "",
        "| cores | seconds | times one core |",
        "|---|---|---|",
    ]
    one = fixed + 1e8 * each
    for cores in (1, 2, 16, 64, 128):
        taken = fixed + 1e8 * each * (serial + (1.0 - serial) / cores)
        lines.append(f"| {cores} | {taken:.3g} | {one / taken:.1f} |")
    return "\n".join(lines) + "\n"


def _processor():
    try:
        text = Path("/proc/cpuinfo").read_text()
        name = re.search(r"model name\s*:\s*(.*)", text)[1]
    except (OSError, TypeError):
        name = platform.processor() or platform.machine()
    return f"{name} ({os.cpu_count()} cores)"


if __name__ == "__main__":
    made = page()
    print(made)
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(before + BEGIN + made + END + rest.partition(END)[2])
