"""Bad input ends in one clear line before any work: sizes, numbers that are none, odd options."""

import datetime
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import fastgrad as fg

HUGE = 10**400


def queue(theta, customers=1):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), customers)


def repeated(theta):
    return fg.Simulation(lambda x, p: x.s[0], {"s": fg.Exponential(theta).repeat(10**12)})


def streamed(theta):
    return fg.Simulation(lambda x, p: x.s.next(), {"s": fg.Exponential(theta).stream(10**12)})


def stocked(periods):
    return fg.Inventory(demand=fg.Exponential(1.0), s=1.0, S=2.0, periods=periods)


def with_parameter(value):
    return fg.Simulation(lambda x, p: x.s, {"s": fg.Exponential(1.0)}, {"a": value})


def estimate(at=0.5, build=queue, **given):
    return fg.gradient(build, at, "ipa", **({"replications": 100} | given))


SIZES = [
    lambda: estimate(build=lambda t: queue(t, 10**12)),
    lambda: estimate(build=repeated),
    lambda: estimate(build=streamed),
    lambda: fg.simulate(
        fg.Inventory(demand=fg.Exponential(1.0), s=1.0, S=2.0, periods=10**12), 100
    ),
]


@pytest.mark.parametrize("call", SIZES)
def test_what_fits_into_no_memory_is_refused_before_any_work(call):
    began = time.perf_counter()
    with pytest.raises(ValueError, match=r"one replication takes .* draws, .* this machine has"):
        call()
    assert time.perf_counter() - began < 5.0


@pytest.mark.parametrize("replications", [2**63, 10**16, 10**400])
def test_more_replications_than_anybody_waits_for_are_refused(replications):
    for call in (estimate, lambda **given: fg.simulate(queue(0.5), **given)):
        with pytest.raises(ValueError, match="replications must be 1,000,000,000,000,000 or less"):
            call(replications=replications)


NO_NUMBERS = [
    1 + 2j,
    np.complex128(1 + 2j),
    np.array(1 + 2j),
    np.timedelta64(1, "s"),
    datetime.timedelta(1),
    np.datetime64("2020-01-01"),
    True,
    np.bool_(True),
    "1",
    None,
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_real_number_is_refused_everywhere(value):
    calls = [
        lambda: estimate(at=value),
        lambda: estimate(at=[value], build=lambda t: queue(t[0])),
        lambda: estimate(at={"t": value}, build=lambda t: queue(t["t"])),
        lambda: fg.Exponential(value),
        lambda: fg.Normal(0.0, value),
        lambda: fg.Tail(value),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="must be a number, got"):
            call()


def test_a_number_that_no_float_holds_is_refused_in_words():
    calls = [
        lambda: estimate(at=HUGE),
        lambda: estimate(at=[HUGE], build=lambda t: queue(t[0])),
        lambda: fg.Exponential(HUGE),
        lambda: fg.Tail(HUGE),
        lambda: queue(0.5) * HUGE,
        lambda: with_parameter(HUGE),
        lambda: with_parameter([1.0, HUGE]),
        lambda: queue(0.5, HUGE),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="got a whole number of 401 digits"):
            call()


def test_large_whole_numbers_and_arrays_without_axes_are_numbers():
    assert estimate(at=2**70).gradient == estimate(at=2.0**70).gradient
    assert fg.Beta(np.array(1.0), 2).a == 1.0
    with pytest.raises(TypeError, match="must be a number"):
        fg.Tail(np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="beyond the whole numbers of 64 bits"):
        with_parameter(2**70)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fg.compare(queue, 0.5, methods=5), "methods must be a list of names"),
        (lambda: fg.sweep(queue, [0.5], methods=5), "methods must be a list of names"),
        (lambda: estimate(precision=0.1, relative="x"), "relative must be True or False"),
        (
            lambda: fg.Simulation(lambda x, p: x.s, {"s": fg.Exponential(1.0)}, debug="x"),
            "debug must be True or False",
        ),
    ],
)
def test_options_of_the_wrong_kind_are_refused(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize("order", [True, 2.0, 3])
def test_orders_are_one_and_two(order):
    with pytest.raises(ValueError, match="order must be 1 or 2"):
        estimate(order=order)


class Killing:
    """Kills one process of the pool when some replications are done."""

    def __init__(self, pool):
        self.pool, self.killed = pool, False

    def __call__(self, done):
        if done and not self.killed:
            self.killed = True
            os.kill(next(iter(self.pool._processes)), signal.SIGKILL)


def test_a_killed_worker_leaves_what_was_done():
    with (
        ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool,
        pytest.raises(fg.WorkersLost, match="replications") as lost,
    ):
        estimate(replications=10**11, executor=pool, progress=Killing(pool))
    found = lost.value.estimate
    assert 2 <= found.replications < 10**11
    exact = 1.0  # Y = X, of mean θ
    assert abs(found.gradient - exact) <= 6.0 * found.standard_error
