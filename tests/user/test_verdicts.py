"""Verdicts on users' functions depend on the arguments and the seed alone, and are right."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import fastgrad as fg

Z = 5.5


def stepped(x, p):
    y = p.c * x.u
    if p.c > 1.0 and x.u > 2.0 - p.c:
        y += 1.0
    return y


def newsvendor(x, p):
    return 0.3 * p.q if x.d >= p.q else 10.0


def overshoot(x, p):
    return 1.0 if p.start + x.d > p.level else 0.0


def smooth(x, p):
    return max(x.d - p.q, 0.0) + p.q * x.d


def tied(x, p):
    clock = 0.0
    return max(clock, p.start) + x.u


def marked(x, p):
    return x.d + fg.step(x.d > p.q)


def kinked(x, p):
    return max(x.d - p.q, 0.0) ** 2 + max(x.d * p.q - 1.0, 0.0)


U, WIDE, COUNT = fg.Uniform(0.0, 1.0), fg.Uniform(39.0, 80.0), fg.Poisson(40.0)
# function, inputs, parameter, θ, method, order
ASKED = {
    "stepped .9": (stepped, {"u": U}, "c", 0.9, "ipa", 1),
    "stepped 1.3": (stepped, {"u": U}, "c", 1.3, "ipa", 1),
    "stepped 1.3 auto": (stepped, {"u": U}, "c", 1.3, "auto", 1),
    "newsvendor 30": (newsvendor, {"d": WIDE}, "q", 30.0, "ipa", 1),
    "newsvendor 42": (newsvendor, {"d": WIDE}, "q", 42.0, "ipa", 1),
    "newsvendor 42 cd": (newsvendor, {"d": WIDE}, "q", 42.0, "cd", 1),
    "whole 39.5": (newsvendor, {"d": COUNT}, "q", 39.5, "ipa", 1),
    "whole 40": (newsvendor, {"d": COUNT}, "q", 40.0, "ipa", 1),
    "whole 40 cd": (newsvendor, {"d": COUNT}, "q", 40.0, "cd", 1),
    "tied 0": (tied, {"u": U}, "start", 0.0, "ipa", 1),
    "tied .1": (tied, {"u": U}, "start", 0.1, "ipa", 1),
    "smooth": (smooth, {"d": fg.Exponential(2.0)}, "q", 1.0, "ipa", 1),
    "marked": (marked, {"d": fg.Exponential(2.0)}, "q", 1.0, "ipa", 1),
    "marked spa": (marked, {"d": fg.Exponential(2.0)}, "q", 1.3, "spa", 1),
    "marked lr": (marked, {"d": fg.Exponential(2.0)}, "q", 0.7, "lr", 1),
    "kinked": (kinked, {"d": fg.Exponential(2.0)}, "q", 1.0, "ipa", 2),
}


def answer(name):
    """The bits of an estimate, or the words of a refusal."""
    function, inputs, parameter, at, method, order = ASKED[name]

    def build(t):
        return fg.Simulation(function, inputs, {parameter: t})

    try:
        found = fg.gradient(build, at, method, 4000, seed=3, order=order)
    except fg.NotApplicable as refused:
        return str(refused)
    return [float(found.gradient).hex(), float(found.standard_error).hex()]


def answers(names):
    return {name: answer(name) for name in names}


def test_no_verdict_depends_on_what_the_process_did_before():
    """All kinds of models and methods in two orders, in two processes: the same bits and words."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import test_verdicts as t; "
        "print(json.dumps(t.answers(reversed(list(t.ASKED)))))"
    )
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", code, here], capture_output=True, text=True, check=True
    )
    backward, forward = json.loads(done.stdout), answers(ASKED)
    assert forward == backward
    assert isinstance(forward["stepped .9"], list)
    assert "c: the output jumps" in forward["stepped 1.3"]
    assert "q: the output jumps" in forward["newsvendor 42"]


def refused(function, inputs, parameters, at, method="ipa", **options):
    def build(t):
        return fg.Simulation(function, inputs, {name: t * v for name, v in parameters.items()})

    with pytest.raises(fg.NotApplicable) as caught:
        fg.gradient(build, at, method, 20_000, **options)
    return caught.value


def estimated(function, inputs, parameter, at, method="ipa", replications=40_000):
    return fg.gradient(
        lambda t: fg.Simulation(function, inputs, {parameter: t}), at, method, replications
    )


def test_whole_demand_jumps_at_whole_levels_only():
    found = estimated(newsvendor, {"d": COUNT}, "q", 39.5)
    exact = 0.3 * stats.poisson.sf(39, 40.0)
    assert abs(found.gradient - exact) <= Z * found.standard_error
    for method in ("ipa", "cd", "fd", "sp", "rd", "auto"):
        assert (
            "no derivative at q = 40"
            in refused(newsvendor, {"d": COUNT}, {"q": 1.0}, 40.0, method).reason
        )


@pytest.mark.parametrize(
    ("distribution", "at"),
    [(fg.Binomial(30, 0.4), 12.25), (fg.Geometric(0.1), 9.001), (fg.Poisson(1e4), 10_000.5)],
)
def test_levels_between_whole_numbers_of_any_law(distribution, at):
    found = estimated(newsvendor, {"d": distribution}, "q", at)
    assert 0.0 < found.gradient <= 0.3


def mixed(x, p):
    return (1.0 if x.d > p.q else 0.0) + (1.0 if x.e > p.q else 0.0)


def test_a_jump_among_continuous_draws_is_found_behind_those_that_stand_still():
    inputs = {"d": fg.Poisson(40.0), "e": fg.Exponential(40.0)}
    assert "q: the output jumps" in refused(mixed, inputs, {"q": 1.0}, 39.5).reason


def turned_on(x, p):
    return p.q * x.u + (1.0 if p.q > 42.0 else 0.0)


@pytest.mark.parametrize("at", [41.0, 42.5])
def test_a_parameter_that_is_compared_with_a_constant(at):
    assert abs(estimated(turned_on, {"u": U}, "q", at).gradient - 0.5) < 0.01
    assert "no derivative" in refused(turned_on, {"u": U}, {"q": 1.0}, 42.0).reason


def waits(x, p):
    free, clock, total = 0.0, 0.0, 0.0
    for i in range(len(x.gap)):
        start = max(free, clock)
        total += start - clock
        free = start + p.scale * x.service[i]
        clock += x.gap[i]
    return total


def test_kinks_of_single_paths_are_no_ties():
    inputs = {"gap": fg.Exponential(1.0).repeat(200), "service": fg.Exponential(0.9).repeat(200)}
    assert estimated(waits, inputs, "scale", 1.0, replications=4000).gradient > 0.0


def test_a_tie_that_is_certain():
    for method in ("ipa", "cd", "fd"):
        assert "two sides are equal" in refused(tied, {"u": U}, {"start": 1.0}, 0.0, method).reason
    assert estimated(tied, {"u": U}, "start", 0.1).gradient == 1.0
    assert estimated(tied, {"u": U}, "start", -0.1).gradient == 0.0


def bent(x, p):
    return max(x.d - p.q, 0.0)


def test_the_bend_of_whole_demand():
    assert "no derivative" in refused(bent, {"d": COUNT}, {"q": 1.0}, 41.0).reason
    found = estimated(bent, {"d": COUNT}, "q", 41.5)
    assert abs(found.gradient + stats.poisson.sf(41, 40.0)) <= Z * found.standard_error


def two(x, p):
    return x.a * p.a + (1.0 if x.b > p.b else 0.0)


def test_each_parameter_has_a_verdict_of_its_own():
    inputs = {"a": fg.Exponential(1.0), "b": fg.Exponential(1.0)}

    def build(t):
        return fg.Simulation(two, inputs, {"a": t[0], "b": t[1]})

    found = {(e.place, e.method): e.valid for e in fg.explain(build, np.array([1.0, 1.0]))}
    assert found["a", "ipa"]
    assert not found["b", "ipa"]


def stairs(x):
    return math.floor(1000.0 * x) / 1000.0


def test_stairs_that_look_straight_from_far_away():
    with pytest.raises(fg.NotApplicable, match="jumps"):
        fg.gradient(lambda t: fg.Expectation(stairs, fg.Exponential(t)), 1.0, "ipa", 100_000)


def long_line(x, p):
    total = 0.0
    for i in range(len(x.z)):
        total = max(total + p.a * x.z[i], 0.0)
    return total


def test_pilots_cost_a_tenth_of_what_was_asked_for():
    from fastgrad.user.pilots.directions import USUAL, WHOLE, allowance

    def model(draws, planned):
        inputs = {"z": fg.Normal(0.0, 1.0).repeat(draws)}
        return fg.Simulation(long_line, inputs, {"a": 1.0}).spending(planned)

    for draws, planned in ((5000, 2000), (5000, 20_000), (200, 100_000)):
        paths, thorough = allowance(model(draws, planned))
        cost = USUAL * paths + WHOLE * thorough
        assert cost <= 0.1 * planned
    assert allowance(model(100, 400_000)).paths == 4096
    assert allowance(model(100, None)).paths == 4096
