"""Over cycles: smoothed tails, θ in the threshold, averages over time, several measures at once."""

import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg

GAP, SERVICE, LATE = 1.0, 0.5, 1.5
AT = {"gap": GAP, "service": SERVICE, "y": LATE}
Z = bound(120)


def queue(output="system", measure=None, service=fg.Exponential, cycles=20):
    def build(theta):
        made = fg.Tail(theta["y"]) if measure is None else measure(theta)
        return fg.SingleServerQueue(
            fg.Exponential(theta["gap"]), service(theta["service"]), horizon=fg.Cycles(cycles),
            output=output, measure=made,
        )  # fmt: skip

    return build


def mean(theta):
    return fg.Mean()


def both(theta):
    return {"mean": fg.Mean(), "late": fg.Tail(theta["y"])}


def stays_late(a, x, y):
    """P(T > y) of M/M/1."""
    return np.exp(-(1.0 / x - 1.0 / a) * y)


def waits_late(a, x, y):
    """P(W > y) of M/M/1."""
    return x / a * stays_late(a, x, y)


def waits_late_for_constant(a, x, y):
    """P(W > y) of M/D/1 for y below the service time."""
    return 1.0 - (1.0 - x / a) * np.exp(y / a)


def stays_late_for_constant(a, x, y):
    """P(T > y) of M/D/1 for y between one and two service times."""
    return waits_late_for_constant(a, x, y - x)


def slopes(function, at):
    """The gradient, by complex steps."""
    numbers = np.array(list(at.values()), dtype=complex)
    return {
        name: float(np.imag(function(*(numbers + 1e-30j * e))) / 1e-30)
        for name, e in zip(at, np.eye(len(numbers)), strict=True)
    }


def check(est, value, wanted, slack=0.0):
    assert abs(est.performance.value - value) <= Z * est.performance.standard_error
    for name, slope in wanted.items():
        assert abs(est.gradient[name] - slope) <= Z * est.standard_error[name] + slack, name


@pytest.mark.parametrize("method", ["spa", "lr", "wd", "auto"])
@pytest.mark.parametrize(
    ("output", "exact"), [("system", stays_late), ("wait", waits_late)], ids=["system", "wait"]
)
def test_tails_by_every_number(output, exact, method):
    est = fg.gradient(queue(output), AT, method, 8_000, seed=8)
    check(est, exact(*AT.values()), slopes(exact, AT))


@pytest.mark.parametrize(
    ("output", "y", "exact"),
    [("wait", 0.3, waits_late_for_constant), ("system", 0.8, stays_late_for_constant)],
)
def test_tails_smoothed_by_the_interarrival_time(output, y, exact):
    at = AT | {"y": y}
    est = fg.gradient(queue(output, service=fg.Deterministic), at, "spa", 8_000, seed=9)
    check(est, exact(*at.values()), slopes(exact, at))


@pytest.mark.parametrize("method", ["cd", fg.CentralDifference(step=0.1)], ids=["chosen", "given"])
def test_differences_of_tails(method):
    """Unbiased for the difference of exact values."""
    est = fg.gradient(queue(), AT, method, 8_000, seed=10)
    numbers, steps = np.array(list(AT.values())), np.array([est.step[name] for name in AT])
    wanted = [
        (stays_late(*(numbers + c * e)) - stays_late(*(numbers - c * e))) / (2.0 * c)
        for c, e in zip(steps, np.eye(3), strict=True)
    ]
    assert np.all(steps > 1e-3)
    check(est, stays_late(*AT.values()), dict(zip(AT, wanted, strict=True)))


def test_smoothing_varies_least():
    errors = {m: fg.gradient(queue(), AT, m, 4_000, seed=11).standard_error for m in METHODS}
    for name in AT:
        assert errors["spa"][name] < min(errors["wd"][name], errors["lr"][name])


METHODS = ("spa", "wd", "lr")


@pytest.mark.parametrize("method", ["auto", "lr", "wd", "cd"])
def test_measures_of_one_run_are_those_of_runs_of_their_own(method):
    """To the last bit, where both runs do the same; differences choose common steps."""
    chosen = fg.CentralDifference(step=0.05) if method == "cd" else method
    joint = fg.gradient(queue(measure=both), AT, chosen, 2_000, seed=12)
    for name, measure in (("mean", mean), ("late", None)):
        alone = fg.gradient(queue(measure=measure), AT, chosen, 2_000, seed=12)
        assert joint[name].performance.value == alone.performance.value
        for place in AT:
            assert joint[name].gradient[place] == pytest.approx(alone.gradient[place], rel=1e-12)
            spread = pytest.approx(alone.standard_error[place], rel=1e-9)
            assert joint[name].standard_error[place] == spread
    assert np.all(np.linalg.eigvalsh(joint.covariance) > -1e-9 * np.abs(joint.covariance).max())


def test_auto_follows_means_and_smooths_tails():
    est = fg.gradient(queue(measure=both), AT, "auto", 2_000, seed=12)
    assert set(est["mean"].methods.values()) == {"ipa"}
    assert set(est["late"].methods.values()) == {"spa"}


@pytest.mark.parametrize("interval", ["delta", "jackknife"])
def test_the_same_measure_twice_has_its_variance_as_covariance(interval):
    def build(theta):
        return queue(measure=lambda t: [fg.Tail(t["y"]), fg.Tail(t["y"]), fg.Mean()])(theta)

    est = fg.simulate(build(AT), 3_000, seed=13, interval=interval)
    assert est.covariance[0, 1] == pytest.approx(est.covariance[0, 0], rel=1e-9)
    assert est[0].value == est[1].value
    assert est.covariance[0, 2] > 0.0


def test_ratio_of_two_measures():
    """P(T > y) / E[T], from the joint covariance or as a model of its own."""

    def exact(a, x, y):
        return stays_late(a, x, y) * (1.0 / x - 1.0 / a)

    joint = fg.gradient(queue(measure=both), AT, "lr", 8_000, seed=14).ratio("late", "mean")
    check(joint, exact(*AT.values()), slopes(exact, AT))

    def divided(theta):
        model = queue(measure=both)(theta)
        return 2.0 * (model["late"] / model["mean"])

    alone = fg.gradient(divided, AT, "lr", 8_000, seed=14)
    for name in AT:
        assert alone.gradient[name] == pytest.approx(2.0 * joint.gradient[name], rel=1e-9)
        wanted = pytest.approx(2.0 * joint.standard_error[name], rel=1e-6)
        assert alone.standard_error[name] == wanted


TIMES = {"gap": GAP, "service": SERVICE}


def number(a, x):
    return x / (a - x)


def utilisation(a, x):
    return x / a


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd"])
@pytest.mark.parametrize("exact", [number, utilisation], ids=lambda f: f.__name__)
def test_averages_over_time(exact, method):
    """Little's law: E[T]/E[A] and E[X]/E[A]."""
    build = queue(exact.__name__, mean)
    est = fg.gradient(build, TIMES, method, 8_000, seed=15)
    check(est, exact(GAP, SERVICE), slopes(exact, TIMES), slack=1e-5)
    if exact is number:
        system = fg.simulate(queue("system", mean)(TIMES), 8_000, 15)
        assert est.performance.value == pytest.approx(system.value / GAP, rel=1e-12)


@pytest.mark.parametrize("method", ["spa", "wd"])
def test_second_derivatives_of_the_number(method):
    at = {"gap": 1.0, "service": 0.4}
    est = fg.gradient(queue("number", mean), at, method, 10_000, seed=16, order=2)
    a, x = at.values()
    wanted = {
        ("gap", "gap"): 2.0 * x / (a - x) ** 3,
        ("gap", "service"): -(a + x) / (a - x) ** 3,
        ("service", "service"): 2.0 * a / (a - x) ** 3,
    }
    for (one, other), bend in wanted.items():
        assert abs(est.gradient[one][other] - bend) <= Z * est.standard_error[one][other]


def test_rates_of_other_distributions_are_differentiated():
    """E[A] of a Weibull time is a gamma function of its shape: the rate by Richardson's rule."""
    from scipy import special

    def build(theta):
        return fg.SingleServerQueue(
            fg.Weibull(theta, 1.0), fg.Exponential(0.3), horizon=fg.Cycles(20), output="utilisation"
        )

    est = fg.gradient(build, 1.7, "lr", 2_000, seed=17)
    mean_gap = special.gamma(1.0 + 1.0 / 1.7)
    wanted = 0.3 / mean_gap * special.digamma(1.0 + 1.0 / 1.7) / 1.7**2
    assert abs(est.gradient - wanted) <= Z * est.standard_error + 1e-7
    assert est.standard_error < 0.1


def test_refusals():
    with pytest.raises(fg.NotApplicable, match="step function"):
        fg.gradient(queue(), AT, "ipa", 100)
    with pytest.raises(fg.NotApplicable, match="needs no smoothing"):
        fg.gradient(queue(measure=mean), TIMES, "spa", 100)
    with pytest.raises(ValueError, match="has no Tail"):
        queue("number")(AT)
    with pytest.raises(fg.NotApplicable, match="known for output="):
        fg.gradient(queue("utilisation", mean), TIMES, "spa", 100, order=2)
