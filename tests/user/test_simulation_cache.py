"""Compiled code of a user's function is found again, and never when the function changed."""

import math
import os
import subprocess
import sys
from collections import namedtuple
from concurrent.futures import ProcessPoolExecutor
from enum import IntEnum
from multiprocessing import get_context

import numba
import pytest
from fastgrad.kernels.user.function import UserFunction
from numba.extending import register_jitable

import fastgrad as fg
from fastgrad import Simulation

PROGRAM = """
import numpy as np
import fastgrad as fg
from fastgrad import Simulation
from fastgrad.user.pilots.paths import Paths

TABLE = np.array([1.0, 2.0])
FACTOR = {factor}

def helper(y):
    return {helper}

def model(x, p):
    return FACTOR * helper(x.s) + TABLE[0]

made = Simulation(model, {{"s": fg.Exponential(1.0)}})
value = Paths(made, 1, 0, 16).outputs()[0]
operation = made.operation("simulate").compiled
print(value / Paths(made, 1, 0, 16).variates()[0, 0], operation.cache_hits)
"""


def run(folder, factor=1.0, helper="3.0 * y - 1.0 / FACTOR"):
    """(Y - 1) / X of one replication, and whether the code came from the cache."""
    program = folder / "program.py"
    program.write_text(PROGRAM.format(factor=factor, helper=helper))
    environment = {**os.environ, "FASTGRAD_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, env=environment, check=True
    )
    ratio, hits = done.stdout.split()
    return float(ratio), int(hits)


def test_a_second_process_compiles_nothing_and_a_changed_function_never_runs_old_code(tmp_path):
    assert run(tmp_path) == (pytest.approx(3.0), 0)
    assert run(tmp_path) == (pytest.approx(3.0), 1)
    assert run(tmp_path, factor=2.0) == (pytest.approx(6.0), 0)
    assert run(tmp_path, helper="5.0 * y - 1.0 / FACTOR") == (pytest.approx(5.0), 0)
    assert run(tmp_path) == (pytest.approx(3.0), 1)


def made(constant, inner):
    def function(x, p):
        return inner(x.s) * constant

    return function


def test_the_digest_depends_on_what_the_function_reaches():
    def one(y):
        return y

    def two(y):
        return 2.0 * y

    digest = UserFunction(made(1.0, one)).digest
    assert UserFunction(made(1.0, one)).digest == digest
    assert UserFunction(made(1.5, one)).digest != digest
    assert UserFunction(made(1.0, two)).digest != digest


def returned(value):
    return lambda x, p: value


def caught(x, p):
    try:
        y = math.sqrt(x.s)
    except Exception:
        y = -1.0
    return y


def not_caught(x, p):
    y = math.sqrt(x.s)
    try:
        pass
    except Exception:
        y = -1.0
    return y


def test_the_digest_depends_on_what_records_choices_and_ufuncs_mean():
    def ufunc(factor):
        return numba.vectorize(lambda y: factor * y)

    def jitable(factor):
        return register_jitable(lambda y: factor * y)

    pairs = [
        (namedtuple("R", "a b"), namedtuple("R", "b a")),
        (IntEnum("E", {"A": 1, "B": 2}), IntEnum("E", {"A": 2, "B": 1})),
        (ufunc(1.0), ufunc(2.0)),
        (jitable(1.0), jitable(2.0)),
    ]
    for one, two in pairs:
        assert UserFunction(returned(one)).digest == UserFunction(returned(one)).digest
        assert UserFunction(returned(one)).digest != UserFunction(returned(two)).digest
    assert UserFunction(caught).digest != UserFunction(not_caught).digest


def test_recursion_compiles():
    def factorial(n):
        if n < 2:
            return 1
        return n * factorial(n - 1)

    model = Simulation(lambda x, p: x.s + factorial(p.n), {"s": fg.Deterministic(1.0)}, {"n": 5})
    assert fg.simulate(model, 64).value == pytest.approx(121.0)


RECURSIVE = """
import fastgrad as fg
from fastgrad.user.pilots.paths import Paths

def doubled(y, depth):
    return y if depth == 0 else 2.0 * doubled(0.5 * y, depth - 1) + y

made = fg.Simulation(lambda x, p: doubled(x.s, 3), {"s": fg.Exponential(1.0)})
print(Paths(made, 1, 0, 16).outputs()[0] / Paths(made, 1, 0, 16).variates()[0, 0])
"""


def test_recursive_code_works_in_a_second_process_though_it_is_compiled_there_again(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(RECURSIVE)
    environment = {**os.environ, "FASTGRAD_CACHE_DIR": str(tmp_path / "cache")}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, program], capture_output=True, text=True, env=environment, check=True
        )
        assert float(done.stdout) == pytest.approx(4.0)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_get_the_function_whole(method):
    scale = 3.0

    def inner(v):
        return scale * v

    def function(x, p):
        return inner(x.s[0]) + max(x.s[1], p.level)

    def build(theta):
        return Simulation(function, {"s": fg.Exponential(theta).repeat(2)}, {"level": 0.5})

    here = fg.gradient(build, 1.0, "ipa", replications=20_000, seed=1)
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        there = fg.gradient(build, 1.0, "ipa", replications=20_000, seed=1, executor=pool)
    assert there.gradient == here.gradient
    assert there.variance == here.variance
