"""A tape of `build` stands for `build`: the same bits at every θ, or no tape."""

import numpy as np
import pytest

import fastgrad as fg
from fastgrad.core.pure import reads_of
from fastgrad.core.theta import Theta
from fastgrad.prepared import Prepared
from fastgrad.settings import Settings

RATE = 1.3
PRICES = {"holding": 1.0, "backlog": 9.0}
POINTS = np.linspace(0.31, 0.89, 40)


def queue(arrivals, service, customers=10):
    return fg.SingleServerQueue(fg.Exponential(arrivals), fg.Exponential(service), customers)


def functions(theta):
    return np.sqrt(theta) * queue(1.0, np.exp(theta) / (1.0 + theta**2), 10) - np.log(theta) / RATE


def bends(theta):
    return queue(1.0, np.maximum(theta, 0.5)) + abs(theta - 0.7)


def branches(theta):
    return queue(1.0, theta) + 1.0 if theta < 0.5 else 2.0 * queue(1.0, theta) - theta


def customers(theta):
    return queue(1.0, theta, 10 if theta < 0.6 else 11)


def captured(theta):
    return queue(1.0, theta) * PRICES["backlog"]


def two(theta):
    return queue(1.0, theta[0] + (theta[1] - 0.5) ** 2) + sum(0.1 / t for t in theta)


def answers(build, points, as_theta=float, anew=False):
    """What a prepared estimator, or a new one for each θ, says; and how often a tape answered."""
    settings, found = Settings(seed=3), []
    prepared = Prepared(build, "ipa", None, 3, True, 1, {})
    for n, at in enumerate(points):
        if anew:
            prepared = Prepared(build, "ipa", None, 3, True, 1, {})
        found.append(
            prepared.moments(Theta(as_theta(at)), 50, settings, 64 * n).total[:3].tobytes()
        )
    lane = prepared._output("").lane
    return found, len(lane._replays._tapes)


@pytest.mark.parametrize("build", [functions, bends, branches, customers, captured])
def test_tapes_make_the_bits_of_the_model(build):
    found, tapes = answers(build, POINTS)
    assert tapes >= 1
    assert found == answers(build, POINTS, anew=True)[0]


def test_a_derivative_that_vanishes_at_the_first_theta_is_not_lost():
    """0 where the lane was opened, and no longer at the next θ."""
    points = [(0.4, 0.5), *((p, 1.25 - p) for p in POINTS)]
    found, tapes = answers(two, points, list)
    assert tapes == 1
    assert found == answers(two, points, list, anew=True)[0]


def test_what_build_reads_may_change():
    held = {"rate": 1.0}
    rate = 1.0

    def by_dict(theta):
        return queue(held["rate"], theta)

    def by_cell(theta):
        return queue(rate, theta)

    for build in (by_dict, by_cell):
        settings, found = Settings(seed=3), []
        prepared = Prepared(build, "ipa", None, 3, True, 1, {})
        for n, at in enumerate(POINTS):
            held["rate"] = rate = 1.0 if n < 30 else 2.0
            found.append(prepared.moments(Theta(float(at)), 50, settings, 0).total[:3])
        new = Prepared(build, "ipa", None, 3, True, 1, {})
        again = new.moments(Theta(float(POINTS[-1])), 50, settings, 0).total[:3]
        assert prepared._output("").lane._replays._tapes
        assert again.tobytes() == found[-1].tobytes()
        held["rate"] = rate = 1.0


def test_doubtful_functions_have_no_tape():
    generator, calls = np.random.default_rng(1), []

    def random(theta):
        return queue(np.random.random() + 1.0, theta)

    def drawn(theta):
        return queue(generator.random() + 1.0, theta)

    def counted(theta):
        calls.append(theta)
        return queue(1.0, theta)

    def told(theta):
        print("building")
        return queue(1.0, theta)

    class Held:
        rate = 1.0

    def by_class(theta):
        return queue(Held.rate, theta)

    for build in (random, drawn, counted, told, by_class, Held):
        assert reads_of(build) is None
    for build in (functions, branches, captured, fg.problems.inventory().build):
        assert reads_of(build) is not None


def test_a_build_that_asks_for_the_number_is_built():
    def asked(theta):
        return queue(1.0, theta) + (0.0 if f"{theta}" else 1.0)

    found, tapes = answers(asked, POINTS[:30])
    assert tapes == 0
    assert found == answers(asked, POINTS[:30], anew=True)[0]
