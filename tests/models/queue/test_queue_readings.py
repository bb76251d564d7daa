"""Waits, tails, numbers and utilisation of the single-server queue, alone and several at once."""

import math

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from references import for_each, value
from scipy import stats
from tolerance import FAMILY_WISE, bound

import fastgrad as fg

GAP, SERVICE, Y, CUSTOMERS = 1.0, 0.5, 1.5, 10
AT = {"gap": GAP, "service": SERVICE, "y": Y}
TAIL_METHODS = ("spa", "lr", "wd", "cd", "auto")
MEAN_METHODS = ("ipa", "lr", "wd", "cd")
SAMPLES = 100_000
BOUND = bound(200)  # at most so many comparisons with exact values in this file


def build(output="system", measure=None, customers=CUSTOMERS):
    def queue(theta):
        return fg.SingleServerQueue(
            fg.Exponential(theta["gap"]),
            fg.Exponential(theta["service"]),
            customers,
            output=output,
            measure=fg.Mean() if measure is None else measure(theta),
        )

    return queue


def tail_of(theta):
    return fg.Tail(theta["y"])


def tail_of_customers(gap, service, y, by_wait=False, customers=CUSTOMERS):
    """P(T_n > y), or P(W_n > y), of each customer of the M/M/1 queue that begins empty.

    The number found by arrivals is a Markov chain; given k, T_n is a sum of k + 1 services.
    """
    serves = gap / (gap + service)  # a service ends before the next arrival
    found = np.zeros(customers + 1)
    found[0] = 1.0
    tails = []
    for _ in range(customers):
        stages = np.arange(customers + 1) + (0 if by_wait else 1)
        longer = np.array([stats.gamma.sf(y, k, scale=service) if k else y < 0.0 for k in stages])
        tails.append(found @ longer)
        after = np.zeros(customers + 1)
        for k, p in enumerate(found[:-1]):
            for j in range(1, k + 2):
                after[j] += p * (1.0 - serves) * serves ** (k + 1 - j)
            after[0] += p * serves ** (k + 1)
        found = after
    return np.array(tails)


def exact(at, by_wait):
    """The mean of these tails, and its gradient by central differences of fourth order."""

    def mean(vector):
        return tail_of_customers(*vector, by_wait=by_wait).mean()

    vector, gradient = np.array(list(at.values())), []
    for i in range(len(vector)):
        h = 1e-3 * np.eye(len(vector))[i] * vector[i]
        near, far = (mean(vector + k * h) - mean(vector - k * h) for k in (1, 2))
        gradient.append((8.0 * near - far) / (12.0 * h[i]))
    return mean(vector), np.array(gradient)


def flat(found):
    return np.array(list(found.values()))


def agree(estimate, value, gradient, slack=0.0):
    error = flat(estimate.gradient) - gradient
    assert np.all(np.abs(error) <= BOUND * flat(estimate.standard_error) + slack), error
    own = estimate.performance
    assert abs(own.value - value) <= BOUND * own.standard_error


@for_each(["q.mm1.0.5.dtail5"])
def test_the_oracle_of_tails(name):
    h = 1e-4
    low, high = (tail_of_customers(1.0, 0.5 + s * h, 1.5)[4] for s in (-1, 1))
    assert (high - low) / (2 * h) == pytest.approx(value(name), rel=1e-6)
    assert tail_of_customers(1.0, 0.5, 1.5)[-1] == pytest.approx(0.2098396826, rel=1e-9)


@pytest.mark.parametrize("output", ["system", "wait"])
@pytest.mark.parametrize("method", TAIL_METHODS)
def test_tails(output, method):
    mean, gradient = exact(AT, output == "wait")
    found = fg.gradient(build(output, tail_of), AT, method, SAMPLES, seed=1)
    # A step of central differences leaves at most its standard error by design.
    agree(found, mean, gradient, flat(found.standard_error) if method == "cd" else 0.0)


@for_each(["q.mm1.ss.tail"])
def test_a_tail_far_from_the_start_is_that_of_the_steady_state(name):
    """The mean over 1,500 customers is off by the start: by less than 1/N times the sum over
    customers of what is left of it, which the oracle has for the first 60."""
    steady = value(name)[0]
    first = tail_of_customers(1.0, 0.5, 1.5, customers=60)
    wanted = (first.sum() + (1500 - 60) * steady) / 1500
    assert abs(first[-1] - steady) < 1e-4
    found = fg.simulate(
        fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 1500, measure=fg.Tail(1.5)),
        replications=4000,
        seed=2,
    )
    assert abs(found.value - wanted) < BOUND * found.standard_error + 1e-4


SERVICES = [fg.Gamma(2.5, 0.3), fg.Uniform(0.1, 0.9), fg.Weibull(1.5, 0.6)]


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("output", ["system", "wait"])
def test_smoothing_agrees_with_differences_for_other_services(which, output):
    def queue(theta):
        family = type(SERVICES[which])
        first, second = SERVICES[which].values
        return fg.SingleServerQueue(
            fg.Uniform(0.0, theta[0]), family(first, second * theta[1]), 6,
            output=output, measure=fg.Tail(theta[2]),
        )  # fmt: skip

    at = np.array([1.3, 1.0, 0.8])
    smooth = fg.gradient(queue, at, "spa", SAMPLES, seed=3)
    differences = fg.gradient(queue, at, "cd", 4 * SAMPLES, seed=4)
    errors = np.hypot(smooth.standard_error, 2.0 * differences.standard_error)
    assert np.all(np.abs(smooth.gradient - differences.gradient) <= BOUND * errors)


def paths(replications=64, seed=5):
    """Gaps and services of the first replications, by SciPy's quantiles."""
    queue = build()(AT)
    return [
        oracles.variates(entry.distribution, input_uniforms(k, entry.draws, replications, seed))
        for k, entry in enumerate(queue.inputs())
    ]


def readings(gaps, services, y=Y):
    """What every output is, by a loop over customers."""
    system, wait = [], []
    time = np.zeros(services.shape[1])
    for n, service in enumerate(services):
        waited = np.maximum(time - gaps[n - 1], 0.0) if n else 0.0 * service
        time = waited + service
        wait.append(waited)
        system.append(time)
    system, wait = np.array(system), np.array(wait)
    end = gaps.sum(axis=0) + system[-1]
    return {
        ("system", False): system.mean(axis=0),
        ("wait", False): wait.mean(axis=0),
        ("system", True): (system > y).mean(axis=0),
        ("wait", True): (wait > y).mean(axis=0),
        ("number", False): system.sum(axis=0) / end,
        ("utilisation", False): services.sum(axis=0) / end,
    }


@pytest.mark.parametrize(("output", "tail"), list(readings(*paths(1))))
def test_every_reading_is_that_of_a_loop_over_customers(output, tail):
    wanted = readings(*paths())[output, tail]
    found = fg.simulate(build(output, tail_of if tail else None)(AT), replications=64, seed=5)
    assert found.value == pytest.approx(wanted.mean(), rel=1e-11)
    assert found.variance == pytest.approx(wanted.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize("output", ["wait", "number", "utilisation"])
def test_ipa_is_the_slope_of_every_path(output):
    """Both times scale with θ: Y(θ(1 + h)) on the same uniforms."""
    gaps, services = paths()
    h = 1e-7
    for place, moved in (("gap", (1.0, 0.0)), ("service", (0.0, 1.0))):
        ends = [
            readings(gaps * (1.0 + s * h * moved[0]), services * (1.0 + s * h * moved[1]))
            for s in (-1.0, 1.0)
        ]
        slope = (ends[1][output, False] - ends[0][output, False]) / (2.0 * h * AT[place])
        at = {"gap": GAP, "service": SERVICE}
        found = fg.gradient(build(output), at, "ipa", 64, seed=5)
        assert found.gradient[place] == pytest.approx(slope.mean(), rel=1e-6)


@pytest.mark.parametrize("output", ["wait", "number", "utilisation"])
@pytest.mark.parametrize("method", ["lr", "wd", "cd"])
def test_other_methods_agree_with_ipa(output, method):
    at = {"gap": GAP, "service": SERVICE}
    along = fg.gradient(build(output), at, "ipa", SAMPLES, seed=6)
    found = fg.gradient(build(output), at, method, SAMPLES, seed=7)
    error = np.hypot(flat(along.standard_error), flat(found.standard_error))
    assert np.all(np.abs(flat(along.gradient) - flat(found.gradient)) <= BOUND * error)


@pytest.mark.parametrize("output", ["wait", "number", "utilisation"])
@pytest.mark.parametrize("representation", ["natural", "hahn-jordan"])
def test_followed_phantoms_are_whole_simulations(output, representation):
    """`phantoms="one"` simulates each phantom anew: its mean over many runs is the same."""
    at = {"gap": GAP, "service": SERVICE}
    followed, anew = (
        fg.gradient(
            build(output, customers=4), at,
            fg.WeakDerivative(representation, phantoms=phantoms), SAMPLES, seed=8,
        )
        for phantoms in ("all", "one")
    )  # fmt: skip
    error = np.hypot(flat(followed.standard_error), flat(anew.standard_error))
    assert np.all(np.abs(flat(followed.gradient) - flat(anew.gradient)) <= BOUND * error)


def test_number_is_a_time_average():
    """∫ L(t) dt until the last customer leaves, event by event."""
    gaps, services = (rows[:, :8] for rows in paths())
    for r in range(8):
        arrivals = np.concatenate([[0.0], np.cumsum(gaps[:, r])])
        time, departures = 0.0, []
        for arrival, service in zip(arrivals, services[:, r], strict=True):
            time = max(time, arrival) + service
            departures.append(time)
        marks = sorted([(t, 1) for t in arrivals] + [(t, -1) for t in departures])
        area = inside = last = 0.0
        for t, change in marks:
            area, inside, last = area + inside * (t - last), inside + change, t
        wanted = readings(gaps[:, r : r + 1], services[:, r : r + 1])["number", False][0]
        assert area / last == pytest.approx(wanted, rel=1e-12)


def several(theta):
    return {"mean": fg.Mean(), "late": fg.Tail(theta["y"]), "very": fg.Tail(2.0 * theta["y"])}


@pytest.mark.parametrize("method", ["lr", "wd", "cd", "auto"])
def test_each_of_several_is_what_it_is_alone(method):
    found = fg.gradient(build(measure=several), AT, method, 5000, seed=9)
    assert tuple(found) == ("mean", "late", "very")
    for name, one in found.items():
        if method == "cd":
            break  # a step each, for the run as a whole
        alone = fg.gradient(
            build(measure=lambda t, n=name: several(t)[n]), AT, method, 5000, seed=9
        )
        assert one.gradient == alone.gradient
        assert one.performance.value == alone.performance.value
    assert found.covariance.shape == (12, 12)
    assert found.warnings == {}


def test_tails_alone_are_smoothed_together():
    def build_tails(theta):
        return build(measure=lambda t: [fg.Tail(t["y"]), fg.Tail(t["y"] + 1.0)])(theta)

    found = fg.gradient(build_tails, AT, "spa", SAMPLES, seed=1)
    alone = fg.gradient(build(measure=lambda t: fg.Tail(t["y"] + 1.0)), AT, "spa", SAMPLES, seed=1)
    assert found[1].gradient == alone.gradient


def test_the_ratio_of_two_measures_covers():
    """P(T > 3)/P(T > 1.5), averages over customers: 300 seeds, 95 % within binomial bounds."""
    top, bottom = (tail_of_customers(GAP, SERVICE, y).mean() for y in (2.0 * Y, Y))
    _, above = exact({**AT, "y": 2.0 * Y}, False)
    _, below = exact(AT, False)
    slope = (above[1] - top / bottom * below[1]) / bottom
    queue = build(measure=lambda t: [fg.Tail(Y), fg.Tail(2.0 * Y)])

    def at_service(s):
        return queue({"gap": GAP, "service": s})

    covered = np.zeros(2)
    for seed in range(300):
        ratio = fg.gradient(at_service, SERVICE, "spa", 4000, seed=seed).ratio(1, 0)
        intervals = (ratio.performance.confidence_interval(), ratio.confidence_interval())
        covered += [
            low <= x <= high
            for (low, high), x in zip(intervals, (top / bottom, slope), strict=True)
        ]
    low, high = stats.binom.ppf([FAMILY_WISE / 4, 1.0 - FAMILY_WISE / 4], 300, 0.95)
    assert np.all((covered >= low) & (covered <= high)), covered


REFUSED = [
    ("system", tail_of, "ipa", "step function"),
    ("system", None, "spa", "needs no smoothing"),
    ("number", None, "spa", "needs no smoothing"),
]


@pytest.mark.parametrize(("output", "measure", "method", "reason"), REFUSED)
def test_refusals(output, measure, method, reason):
    with pytest.raises(fg.NotApplicable, match=reason):
        fg.gradient(build(output, measure), AT, method, 100)


def constant(theta):
    return fg.SingleServerQueue(
        fg.Exponential(1.0), fg.Deterministic(theta), 5, measure=fg.Tail(1.5)
    )


def lattice(theta):
    return fg.SingleServerQueue(fg.Poisson(2.0), fg.Geometric(0.4), 5, measure=fg.Tail(theta))


def shortest(theta):
    return fg.SingleServerQueue(
        fg.Exponential(1.0), fg.Exponential(0.5), 5, output="wait", measure=fg.Tail(theta)
    )


def edge(theta):
    return fg.SingleServerQueue(
        fg.Exponential(1.0), fg.Uniform(0.0, theta), 5, measure=fg.Tail(1.5)
    )


@pytest.mark.parametrize(
    ("queue", "at"), [(constant, 1.5), (lattice, 3.0), (shortest, 0.0), (edge, 1.5)]
)
def test_a_threshold_that_times_meet_is_refused(queue, at):
    with pytest.raises(fg.NotApplicable, match=r"jump|kink"):
        fg.gradient(queue, at, "cd", 100)


@pytest.mark.parametrize("output", ["number", "utilisation"])
def test_bad_input(output):
    with pytest.raises(ValueError, match=r"has no Tail: .*Little"):
        build(output, tail_of)(AT)
    with pytest.raises(ValueError, match="output must be one of 'system', 'wait'"):
        build("waits")(AT)
    with pytest.raises(TypeError, match=r"Mean\(\) or Tail\(y\), or a list or dict"):
        build(measure=lambda t: [fg.Mean(), "cost"])(AT)
    with pytest.raises(ValueError, match="at least one measure"):
        build(measure=lambda t: [])(AT)


def test_zero_customers_wait_alone():
    found = fg.gradient(build("wait", customers=1), AT, "cd", 100)
    assert found.performance.value == 0.0
    assert math.isclose(fg.simulate(build("number", customers=1)(AT), 100).value, 1.0)
