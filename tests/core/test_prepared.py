"""`prepare`: the same estimator at many θ, bit for bit what `gradient` gives at each."""

import numpy as np
import pytest

import fastgrad as fg

POINTS = [0.5, 0.8, 0.3]


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 10)


def shop(theta):
    return 2.0 * fg.Inventory(
        s=theta["s"], S=theta["s"] + theta["q"], demand=fg.Exponential(theta["m"]), periods=8,
        holding=1.0, backlog=9.0, fixed=5.0,
    ) + theta["q"]  # fmt: skip


def same(a, b):
    assert repr(a.gradient) == repr(b.gradient)
    assert repr(a.standard_error) == repr(b.standard_error)
    assert a.performance.value == b.performance.value
    assert repr(a.step) == repr(b.step)
    assert (a.baseline, a.methods, a.method) == (b.baseline, b.methods, b.method)


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "fd", "cd", "sp", "rd", "auto"])
def test_every_theta_gives_the_bits_of_gradient(method):
    prepared = fg.prepare(queue, method, replications=300, seed=3)
    for at in POINTS:
        same(prepared(at), fg.gradient(queue, at, method, 300, seed=3))
    same(prepared(0.5, 200, seed=4), fg.gradient(queue, 0.5, method, 200, seed=4))


@pytest.mark.parametrize("method", ["spa", "auto", "cd"])
def test_structure_scale_and_shift_may_move_too(method):
    prepared = fg.prepare(shop, method, replications=200, seed=3)
    for m in (1.0, 1.3):
        at = {"s": 1.0 * m, "q": 2.0, "m": m}
        same(prepared(at), fg.gradient(shop, at, method, 200, seed=3))


@pytest.mark.parametrize("method", ["ipa", "lr", "cd", "auto"])
def test_settings_do_not_change_the_bits(method):
    for options in ({"antithetic": True}, {"threads": 1}, {"sampler": "lhs"}):
        prepared = fg.prepare(queue, method, 600, seed=3, pilot="once", **options)
        prepared(0.5)
        at_first = fg.prepare(queue, method, 600, seed=3, pilot="once", **options)(0.5)
        same(prepared(0.5), at_first)


def test_a_run_from_a_later_replication_continues_the_first():
    prepared = fg.prepare(queue, "ipa", seed=3)
    whole = prepared(0.5, 5000)
    parts = [prepared(0.5, 2000), prepared(0.5, 3000, first=2000)]
    mean = 0.4 * parts[0].gradient + 0.6 * parts[1].gradient
    assert mean == pytest.approx(whole.gradient, rel=1e-12)
    assert parts[0].gradient != parts[1].gradient


def test_pilots_are_run_once_if_the_caller_says_so():
    once = fg.prepare(queue, "cd", replications=300, seed=3, pilot="once")
    first, second = once(0.5), once(0.8)
    assert first.step == second.step
    assert fg.prepare(queue, "cd", replications=300, seed=3)(0.8).step != first.step
    kept = fg.prepare(queue, "lr", replications=300, seed=3, pilot="once")
    assert kept(0.5).baseline == kept(0.8).baseline


def test_a_kept_step_that_leads_out_of_the_model_is_shortened():
    def rare(p):
        return fg.Expectation(lambda x: x * x, fg.Bernoulli(p))

    once = fg.prepare(rare, fg.CentralDifference(), replications=300, seed=3, pilot="once")
    wide = once(0.5).step
    assert once(1e-9).step < min(wide, 1e-9)


def test_one_model_after_another():
    def changing(theta):
        size = 5 if theta < 0.6 else 9
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), size)

    prepared = fg.prepare(changing, "ipa", replications=100, seed=1, pilot="once")
    for at in (0.5, 0.7, 0.5):
        same(prepared(at), fg.gradient(changing, at, "ipa", 100, seed=1))


def test_several_outputs():
    def both(theta):
        return fg.Simulation(
            lambda x, p: {"twice": 2.0 * x.a, "square": x.a * x.a},
            inputs={"a": fg.Exponential(theta)},
        )

    made = fg.prepare(both, "ipa", replications=100, seed=1)(2.0)
    asked = fg.gradient(both, 2.0, "ipa", 100, seed=1)
    assert made["square"].gradient == asked["square"].gradient


def test_bad_input_is_told_in_one_line():
    with pytest.raises(TypeError, match="build must be a function"):
        fg.prepare(queue(0.5))
    with pytest.raises(ValueError, match="pilot must be 'each' or 'once'"):
        fg.prepare(queue, pilot="never")
    with pytest.raises(ValueError, match="unknown method"):
        fg.prepare(queue, "worst")
    prepared = fg.prepare(queue)
    with pytest.raises(ValueError, match="say how long to run"):
        prepared(0.5)
    with pytest.raises(ValueError, match="first must be between"):
        prepared(0.5, 100, first=-1)
    with pytest.raises(TypeError, match="unknown argument 'colour'"):
        prepared(0.5, 100, colour="red")
    with pytest.raises(fg.NotApplicable):
        fg.prepare(shop, "ipa", 100)({"s": 1.0, "q": 2.0, "m": 1.0})


def test_validity_is_checked_at_each_theta_unless_once():
    def equal(theta):
        return fg.SingleServerQueue(fg.Deterministic(1.0), fg.Deterministic(theta), 10)

    each = fg.prepare(equal, "ipa", 100, seed=1)
    assert np.isfinite(each(1.5).gradient)
    with pytest.raises(fg.NotApplicable, match="kink"):
        each(1.0)


@pytest.mark.parametrize("method", ["sp", "rd"])
@pytest.mark.parametrize("form", ["shift", "scale", "both"])
def test_scale_and_shift_move_with_every_direction(method, form):
    """One moves and the other does not: each replication has its own of both."""
    forms = {
        "shift": (lambda t: queue(t) + 1.0 / t, lambda v, t: -1.0 / t**2),
        "scale": (lambda t: queue(0.5) * t, lambda v, t: v),
        "both": (lambda t: queue(0.5) * t + 1.0 / t, lambda v, t: v - 1.0 / t**2),
    }
    build, derivative = forms[form]
    value = fg.exact.mm1(1.0, 0.5, 10).value
    moving = fg.exact.mm1(1.0, 0.5, 10).d_service if form == "shift" else 0.0
    truth = derivative(value, 0.5) + moving
    chosen = {"sp": fg.SimultaneousPerturbation, "rd": fg.RandomDirections}[method](step=0.01)
    found = fg.gradient(build, 0.5, chosen, 20_000, seed=2)
    bias = 6.0 * 0.01**2 / 0.5**4  # |J'''| of 1/θ is 6/θ⁴, and 15 moments of a normal at most
    assert abs(found.gradient - truth) < 5.0 * found.standard_error + bias


def test_relaxed_choices_are_those_of_gradient():
    def choice(theta):
        return fg.Expectation(lambda x, z: x * x + z, [fg.Bernoulli(theta), fg.Exponential(theta)])

    for pilot in ("each", "once"):
        prepared = fg.prepare(choice, "gs", replications=300, seed=3, pilot=pilot)
        for at in POINTS:
            same(prepared(at), fg.gradient(choice, at, "gs", 300, seed=3))
