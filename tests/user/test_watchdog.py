"""The watchdog finds jumps, and only jumps, of users' functions."""

import math
import os

import numpy as np
import pytest
from fastgrad.kernels.random.philox import PILOT
from tolerance import accept, bound

import fastgrad as fg
from fastgrad import Expectation, Simulation
from fastgrad.user.pilots.paths import Paths
from fastgrad.user.pilots.watchdog import WINDOW, examine

PATHS = 4096
CELLS = 4  # comparisons in this file, at most
Z = bound(CELLS)


def exceeds(x):
    if x > 1.0:
        return 1.0
    return 0.0


def found_in(function, theta=0.7):
    return examine(Expectation(function, fg.Exponential(theta)), "x.mean", 0, False)


def test_an_indicators_jumps_are_counted_and_what_ipa_would_miss_is_estimated():
    theta, step = 0.7, 0.7 * WINDOW
    found = found_in(exceeds, theta)
    # A path jumps when its threshold lies in the window: exactly the change of P(X > 1).
    chance = math.exp(-1.0 / (theta + step)) - math.exp(-1.0 / (theta - step))
    assert abs(found.jumps - PATHS * chance) <= Z * math.sqrt(PATHS * chance * (1 - chance))
    assert abs(found.missing - chance / (2.0 * step)) <= Z * found.missing_error
    np.testing.assert_allclose(found.sizes, 1.0)
    assert found.replications.max() < PATHS


def test_the_line_that_decides_is_named():
    text = str(found_in(exceeds))
    line = exceeds.__code__.co_firstlineno + 1
    assert f"{os.path.relpath(__file__)}:{line}: if x > 1.0:" in text


def test_a_jump_inside_an_expression_is_found():
    found = found_in(lambda x: x + 0.01 * math.floor(3.0 * x))
    np.testing.assert_allclose(np.abs(found.sizes), 0.01, rtol=1e-6)
    assert "found_in(lambda x: x" in str(found)


def gated(x):
    if x > 1.0:
        return 3.0 * x - 3.0
    return 0.0


@pytest.mark.parametrize(
    "function",
    [
        gated,
        lambda x: max(x - 1.0, 0.0) + abs(x - 0.5) + min(x, 2.0),
        lambda x: 1.0 / (1.0 + math.exp(-1000.0 * (x - 1.0))),
        lambda x: math.sqrt(abs(x - 1.0)),
        lambda x: 1e6 + 1e-3 * x,
        lambda x: 0.0 * x,
    ],
    ids=["branch", "kinks", "steep", "root", "small", "constant"],
)
def test_continuous_functions_are_left_alone(function):
    assert found_in(function) is None


def test_parameters_of_the_function_are_watched_too():
    def over(x, p):
        return 1.0 if x.demand > p.level else 0.0

    model = Simulation(over, {"demand": fg.Exponential(1.0)}, {"level": 2.0})
    found = examine(model, "level", 0, True)
    chance = math.exp(-2.0 * (1 - WINDOW)) - math.exp(-2.0 * (1 + WINDOW))
    assert abs(found.jumps - PATHS * chance) <= Z * math.sqrt(PATHS * chance)
    assert found.missing < 0.0


def test_steps_stay_where_the_model_exists():
    model = Expectation(exceeds, fg.Uniform(0.99, 1.0 + 1e-3))
    assert examine(model, "x.low", 0, False) is not None


def test_ipa_refuses_and_auto_takes_another_method():
    def build(theta):
        return Expectation(exceeds, fg.Exponential(theta))

    with pytest.raises(fg.NotApplicable, match="IPA misses") as refused:
        fg.gradient(build, 0.7, "ipa", replications=1000)
    assert "lr" in refused.value.alternatives
    assert "wd" in refused.value.alternatives
    estimate = fg.gradient(build, 0.7, "auto", replications=100_000, seed=2)
    exact = math.exp(-1.0 / 0.7) / 0.49
    accept(estimate, exact, CELLS)


def test_what_was_found_for_one_law_is_not_believed_of_another():
    """A count does not jump where a threshold between two whole numbers moves."""

    def above(x, p):
        return 1.0 if x.x > p.level else 0.0

    def build(distribution):
        return lambda level: fg.Simulation(above, {"x": distribution}, {"level": level})

    assert fg.gradient(build(fg.Poisson(1.0)), 1.5, "ipa", 1000).gradient == 0.0
    with pytest.raises(fg.NotApplicable, match="the output jumps"):
        fg.gradient(build(fg.Exponential(1.0)), 1.5, "ipa", 1000)


def test_the_report_lists_the_first_replications_their_places_and_sizes():
    found = found_in(exceeds)
    text = found.details()
    first = [f"{n} (at {at:.6g} by +1)" for n, at in zip(found.replications, found.at, strict=True)]
    assert f"replications {', '.join(first[:3])}, …;" in text
    assert f"{found.jumps} of {PATHS} pilot paths jump" in text
    # X = θ E passes 1 where θ = 1/E; X and E are those of the pilot's own replications.
    paths = Paths(Expectation(exceeds, fg.Exponential(1.0)), 0, PILOT)
    inside = found.replications < paths.lanes
    standard = paths.variates()[0, found.replications[inside]]
    np.testing.assert_allclose(found.at[inside], 1.0 / standard, rtol=1e-8)


def overtakes(x, p):
    if x.one < x.two:
        return 1.0
    return 0.0


def late(x, p):
    if x.one * x.two > p.level:
        return 1.0
    return 0.0


def ruined(x, p):
    capital = p.level
    for k in range(len(x.one)):
        capital += 0.5 - x.one[k]
        if capital < 0.0:
            return 1.0
    return 0.0


def test_the_line_is_named_where_an_input_is_repeated():
    def build(theta):
        return Simulation(ruined, {"one": fg.Exponential(theta).repeat(9)}, {"level": 1.0})

    with pytest.raises(fg.NotApplicable) as refused:
        fg.gradient(build, 0.7, "ipa", replications=1000)
    line = ruined.__code__.co_firstlineno + 4
    assert f"{os.path.relpath(__file__)}:{line}: if capital < 0.0:" in refused.value.reason


@pytest.mark.parametrize(("function", "events"), [(overtakes, True), (late, False)])
def test_a_change_of_the_order_of_events_is_named(function, events):
    def build(theta):
        inputs = {"one": fg.Exponential(theta), "two": fg.Exponential(1.0)}
        return Simulation(function, inputs, {"level": 1.0})

    with pytest.raises(fg.NotApplicable) as refused:
        fg.gradient(build, 0.7, "ipa", replications=1000)
    assert ("two events change their order" in refused.value.reason) is events
    line = f"{os.path.relpath(__file__)}:{function.__code__.co_firstlineno + 1}: if"
    assert line in str(refused.value)
