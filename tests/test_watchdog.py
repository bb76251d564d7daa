"""The watchdog finds jumps, and only jumps, of users' functions."""

import math

import numpy as np
import pytest

import fastgrad as fg
from fastgrad import watchdog
from fastgrad.models import Expectation, Simulation
from fastgrad.watchdog import WINDOW, examine

PATHS = 4096
Z = 5.0  # four cells: family-wise 1e-6 is z = 5.2 for all, and these are not independent


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
    assert f"{__file__}:{line}" in text
    assert "if x > 1.0:" in text


def test_a_jump_inside_an_expression_is_found():
    found = found_in(lambda x: x + 0.01 * math.floor(3.0 * x))
    np.testing.assert_allclose(np.abs(found.sizes), 0.01, rtol=1e-6)
    assert "no branch" in str(found)


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

    with pytest.raises(fg.NotApplicable, match="IPA would miss about") as refused:
        fg.gradient(build, 0.7, "ipa", replications=1000)
    assert "lr" in refused.value.alternatives
    assert "wd" in refused.value.alternatives
    estimate = fg.gradient(build, 0.7, "auto", replications=100_000, seed=2)
    exact = math.exp(-1.0 / 0.7) / 0.49
    assert abs(estimate.gradient - exact) <= Z * estimate.standard_error


def test_a_finding_holds_nearby_and_pilots_become_rare(monkeypatch):
    def function(x):
        return x * 1.25

    asked = []
    monkeypatch.setattr(watchdog, "examine", lambda *arguments: asked.append(arguments))
    for theta, pilots in ((1.0, 1), (1.2, 1), (0.8, 1), (4.0, 2), (16.0, 2), (64.0, 2), (0.01, 2)):
        assert Expectation(function, fg.Exponential(theta)).discontinuity("x.mean") is None
        assert len(asked) == pilots
    Expectation(function, fg.Exponential(256.0)).discontinuity("x.mean")  # the eighth time
    assert len(asked) == 3


def test_what_was_found_for_one_law_is_not_believed_of_another():
    """A count does not jump where a threshold between two whole numbers moves."""

    def above(x, p):
        return 1.0 if x.x > p.level else 0.0

    def build(law):
        return lambda level: fg.Simulation(above, {"x": law}, {"level": level})

    assert fg.gradient(build(fg.Poisson(1.0)), 1.5, "ipa", 1000).gradient == 0.0
    with pytest.raises(fg.NotApplicable, match="the output jumps"):
        fg.gradient(build(fg.Exponential(1.0)), 1.5, "ipa", 1000)
