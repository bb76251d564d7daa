"""Many separate inputs and parameters of a user's function, against closed forms."""

import linecache

import numpy as np
import pytest
from tolerance import accept

import fastgrad as fg

CELLS = 500  # comparisons in this file, at most


def written(name, arguments, lines):
    """A function of these lines of source."""
    source = f"def {name}({arguments}):\n    total = 0.0\n"
    source += "".join(f"    {line}\n" for line in lines) + "    return total\n"
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    scope = {}
    exec(compile(source, file, "exec"), scope)
    return scope[name]


def accepted(estimate, truth):
    accept(estimate, truth, CELLS, error=1e-12)


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_a_simulation_of_many(count):
    # Y = Σ s_k X_k with X_k of mean m_k: dE[Y]/ds_k = m_k, dE[Y]/dm_k = s_k
    terms = [f"total += p.s{k} * x.d{k}" for k in range(count)]
    weighted = written(f"weighted_{count}", "x, p", terms)
    s, m = 1.0 + 0.01 * np.arange(count), 2.0 - 0.005 * np.arange(count)

    def build(theta):
        inputs = {f"d{k}": fg.Exponential(theta[count + k]) for k in range(count)}
        return fg.Simulation(weighted, inputs, {f"s{k}": theta[k] for k in range(count)})

    theta = np.concatenate([s, m])
    for method in ("ipa", "auto"):
        estimate = fg.gradient(build, theta, method, replications=4000, seed=1)
        accept(estimate, np.concatenate([m, s]), CELLS)


@pytest.mark.parametrize("count", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_an_expectation_of_many(count):
    names = [f"d{k}" for k in range(count)]
    added = written(f"added_{count}", ", ".join(names), [f"total += {n}" for n in names])

    def build(theta):
        return fg.Expectation(added, {n: fg.Exponential(t) for n, t in zip(names, theta)})  # noqa: B905

    for method in ("ipa", "lr", "wd"):
        estimate = fg.gradient(
            build, np.linspace(1.0, 2.0, count), method, replications=4000, seed=1
        )
        accept(estimate, np.ones(count), CELLS)
