"""Inputs and parameters may have any name, also that of a method of arrays or lists."""

import pytest
from fastgrad.kernels.dual.reductions import METHODS

import fastgrad as fg

NAMES = sorted(
    {*METHODS, "append", "insert", "next", "T", "shape", "size", "copy", "real", "value"}
)


def test_names_of_methods_of_arrays():
    """All of them in one function: Y = Σ name (θ x.name + 1{...}), dE[Y]/dθ = Σ E[x.name]."""
    terms = " + ".join(f"p.{name} * x.{name}" for name in NAMES)
    scope = {"fg": fg}
    exec(f"def f(x, p):\n    late = fg.step(x.mean > 9.0)\n    return {terms} + late", scope)
    inputs = {name: fg.Uniform(0.0, 2.0) for name in NAMES}

    def build(t):
        return fg.Simulation(scope["f"], inputs=inputs, parameters=dict.fromkeys(NAMES, t))

    for method in ("ipa", "cd", "spa"):
        found = fg.gradient(build, at=0.5, method=method, replications=4000, seed=1)
        assert abs(found.gradient - len(NAMES)) <= 6.0 * found.standard_error


@pytest.mark.parametrize("name", ["mean", "sum"])
def test_a_stream_and_an_array_of_such_a_name(name):
    scope = {}
    exec(f"def f(x, p):\n    return p.{name} * x.{name}.next() + x.max[1]", scope)

    def build(t):
        inputs = {name: fg.Exponential(1.0).stream(2), "max": fg.Exponential(t).repeat(2)}
        return fg.Simulation(scope["f"], inputs=inputs, parameters={name: t})

    found = fg.gradient(build, at=0.5, method="ipa", replications=4000, seed=1)
    assert abs(found.gradient - 2.0) <= 6.0 * found.standard_error
