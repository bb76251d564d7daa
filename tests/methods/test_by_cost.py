"""`auto` takes the valid method that is best for its time, and `explain` says which beforehand."""

import numpy as np
import pytest

import fastgrad as fg

DRAWS = 20
LOSS, GAIN = fg.Exponential(1.0), fg.Exponential(1.0)


def ruin(x, p):
    capital = lowest = p.capital
    for i in range(len(x.loss)):
        capital += p.premium * x.gain[i] - x.loss[i]
        lowest = min(lowest, capital)
    return fg.step(lowest < 0.0)


def insurer(loss, gain, capital=5.0):
    inputs = {"loss": loss.repeat(DRAWS), "gain": gain.repeat(DRAWS)}
    return fg.Simulation(ruin, inputs, {"capital": capital, "premium": 1.3})


def by_mean(t):
    return insurer(fg.Exponential(t), GAIN)


def in_other_units(t):
    """The probability of ruin does not depend on the currency."""
    return insurer(fg.Exponential(t), fg.Exponential(t), 5.0 * t)


def performance(build, method, replications=8000):
    found = fg.gradient(build, 1.0, method, replications, seed=4)
    return found.standard_error**2 * replications


def test_a_probability_of_ruin_is_taken_by_scores():
    """Smoothing tries each of 40 draws: 34 simulations, and 9 times the variance."""
    found = fg.gradient(by_mean, 1.0, "auto", 20_000, seed=4)
    assert found.methods == {"loss.mean": "lr"}
    assert performance(by_mean, "spa") > 3.0 * performance(by_mean, "lr")


def test_smoothing_is_taken_where_it_knows_that_nothing_moves():
    found = fg.gradient(in_other_units, 1.0, "auto", 20_000, seed=4)
    assert set(found.methods.values()) == {"spa"}
    assert abs(found.gradient) < 1e-9


@pytest.mark.parametrize("build", [by_mean, in_other_units])
@pytest.mark.parametrize("replications", [64, 20_000])
def test_explain_says_what_auto_does(build, replications):
    told = fg.explain(build, 1.0, ["auto"], replications=replications, seed=4)
    found = fg.gradient(build, 1.0, "auto", replications, seed=4)
    for entry in told:
        assert entry.reason.startswith(f"uses {found.methods[entry.place]}")
    used = set(found.methods.values())
    assert told.recommended == {"theta": used.pop() if len(used) == 1 else "auto"}


def test_what_is_said_is_variance_times_simulations():
    """As runs find it, within what a pilot of some hundred replications may say (a factor of 3)."""
    (entry,) = fg.explain(by_mean, 1.0, ["auto"], replications=200_000, seed=4)
    words = entry.reason.partition("simulations: ")[2].split(", ")
    said = {name: float(value) for name, value in (word.split() for word in words)}
    assert set(said) == {"lr", "wd", "spa"}
    for name in ("lr", "wd"):
        cost = 1.0 if name == "lr" else 1.0 + 0.6 * DRAWS
        assert abs(np.log(said[name] / (cost * performance(by_mean, name)))) < np.log(3.0)


def test_few_replications_have_no_pilot():
    """At 64 a pilot would cost more than all of them: costs alone decide."""
    (entry,) = fg.explain(by_mean, 1.0, ["auto"], replications=64)
    assert entry.reason == "uses lr; too few replications for a pilot"


def overdue(x, p):
    return fg.step(x.t < p.a)


def test_a_generalised_ratio_is_not_mixed():
    """It has a plan of its own: smoothing does what it would do, for less."""
    found = fg.gradient(
        lambda a: fg.Simulation(overdue, {"t": fg.Weibull(2.5, 40.0)}, {"a": a}), 15.0, "auto", 5000
    )
    assert found.methods == {"a": "spa"}
    exact = 2.5 / 40.0 * (15.0 / 40.0) ** 1.5 * np.exp(-((15.0 / 40.0) ** 2.5))
    assert abs(found.gradient - exact) < 1e-12
