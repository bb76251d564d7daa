"""Functions of equal names, some compiled and some from the cache, each remain themselves.

Each letter is a function named `model` (or a lambda) with y = c·x and a c of its own, so y / x
says which function ran. What is never added makes them too long to be inlined: only what is called
by its name can be mistaken.
"""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from fastgrad.kernels.jit import symbols
from numba.core.bytecode import FunctionIdentity

NEVER = " + ".join(f"({k}.0 ** x.s / x.s if x.s < -{k}.0 else 0.0)" for k in range(1, 16))
FILE = """
FACTOR = {factor}

def helper(y):
    return FACTOR * y

def model(x, p):
    return helper(x.s) + NEVER
"""
PROGRAM = """
import sys
import fastgrad as fg
from fastgrad.user.pilots.paths import Paths
import one, two

FUNCTIONS = {"a": lambda x, p: 2.0 * x.s + NEVER, "b": lambda x, p: 3.0 * x.s + NEVER}

def closing_over(c):
    def model(x, p):
        return c * x.s + NEVER
    return model

FUNCTIONS["c"], FUNCTIONS["d"] = closing_over(5.0), closing_over(7.0)  # one body, two values
FUNCTIONS["e"], FUNCTIONS["f"] = one.model, two.model  # one body in two files

for letter, c in (("g", 17.0), ("h", 19.0)):  # a cell of a notebook, run again
    scope = {"__name__": "__main__"}
    exec(f"def helper(y): return {c} * y\\ndef model(x, p): return helper(x.s) + NEVER", scope)
    FUNCTIONS[letter] = scope["model"]

for letter, c in (("i", 23.0), ("j", 29.0)):
    def inner(y, c=c):
        return c * y
    def local(inner):
        return lambda x, p: inner(x.s) + NEVER
    FUNCTIONS[letter] = local(inner)

for letter in sys.argv[1]:
    made = fg.Simulation(FUNCTIONS[letter], {"s": fg.Exponential(1.0)})
    paths = Paths(made, 1, 0, 16)
    hits = made.operation("simulate").compiled.cache_hits
    print(letter, round(paths.outputs()[0] / paths.variates()[0, 0], 9), hits)
"""
FACTORS = {"a": 2, "b": 3, "c": 5, "d": 7, "e": 11, "f": 13, "g": 17, "h": 19, "i": 23, "j": 29}


def run(folder, letters):
    """Those of the functions that came from the cache; every one must be itself."""
    done = subprocess.run(
        [sys.executable, "program.py", letters],
        cwd=folder,
        env={**os.environ, "FASTGRAD_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = {}
    for line in done.stdout.splitlines():
        letter, factor, hits = line.split()
        assert float(factor) == FACTORS[letter], letter
        found[letter] = int(hits)
    return {letter for letter, hits in found.items() if hits}


def test_every_function_is_itself_in_every_order_of_compiling_and_loading(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM.replace("NEVER", NEVER))
    (tmp_path / "one.py").write_text(FILE.format(factor=11.0).replace("NEVER", NEVER))
    (tmp_path / "two.py").write_text(FILE.format(factor=13.0).replace("NEVER", NEVER))
    # A counter of the process would give a and b one name, as the first that are compiled;
    # likewise c and d, i and j, and, as the second, g and h.
    assert run(tmp_path, "e") == set()  # and the exponential variates
    assert run(tmp_path, "a") == set()
    assert run(tmp_path, "bga") == {"a"}
    assert run(tmp_path, "gch") == {"g"}
    assert run(tmp_path, "cdi") == {"c"}
    assert run(tmp_path, "afj") == {"a"}
    assert run(tmp_path, "jihgfedcba") == set("abcdefghij")


def identity(_=None):
    return FunctionIdentity.from_function(identity).unique_id


def test_numbers_in_names_come_from_no_counter_that_processes_share():
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        numbers = [identity(), identity(), *pool.map(identity, range(64))]
    assert len(set(numbers)) == len(numbers)
    assert all(symbols.is_unique(number) for number in numbers)
    assert not symbols.is_unique(1)
