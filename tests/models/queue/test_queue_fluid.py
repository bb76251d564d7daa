"""The fluid queue: a path of corners, what IPA counts, exact values, differences."""

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from references import for_each, value
from tolerance import bound

import fastgrad as fg

SEED, PATHS = 11, 64
AT = {"on": 1.0, "off": 1.4, "up": 1.0, "down": 0.9, "buffer": 1.1}
HORIZONS = [fg.Cycles(1), fg.Cycles(15), fg.Time(0.8), fg.Time(12.0)]


def fluid(theta, horizon, output="loss"):
    on, off = fg.Gamma(1.5, theta["on"] / 1.5), fg.Exponential(theta["off"])
    return fg.FluidQueue(on, off, theta["up"], theta["down"], theta["buffer"], horizon, output)


def path(on, off, up, down, buffer, end):
    """(loss, area, length, busy periods with a loss, time from a loss to empty) of one path.

    Corner by corner: full, empty, the end of a period, the end of the horizon.
    """
    level = loss = area = now = late = 0.0
    overflows, lost_here = 0, False
    for length, slope in [piece for pair in zip(on, off, strict=True) for piece in
                          ((pair[0], up), (pair[1], -down))]:  # fmt: skip
        length = min(length, end - now)
        to_border = (buffer - level) / up if slope > 0 else level / down
        moving = min(length, to_border)
        after = level + slope * moving
        area += 0.5 * (level + after) * moving
        late += moving * lost_here
        rest = length - moving
        if rest > 0.0 and slope > 0:
            after = buffer
            loss += up * rest
            overflows += not lost_here
            lost_here = True
            late += rest
        elif rest > 0.0:
            after, lost_here = 0.0, False
        area += after * rest
        level, now = after, now + length
    return loss, area, now, overflows, late


def samples(horizon):
    model = fluid(AT, horizon)
    on, off = (
        oracles.variates(entry.distribution, input_uniforms(k, entry.draws, PATHS, SEED))
        for k, entry in enumerate(model.inputs())
    )
    end = horizon.length if isinstance(horizon, fg.Time) else np.inf
    numbers = AT["up"], AT["down"], AT["buffer"]
    return np.array([path(on[:, r], off[:, r], *numbers, end) for r in range(PATHS)]).T


@pytest.mark.parametrize("horizon", HORIZONS)
def test_outputs_and_what_the_buffer_does_to_them(horizon):
    """A unit of buffer saves one unit of loss in each busy period that has one, and from there
    to its end it holds one more."""
    loss, area, length, overflows, late = samples(horizon)
    for output, total, slope in (("loss", loss, -overflows), ("content", area, late)):
        est = fg.gradient(
            lambda b, o=output: fluid(AT | {"buffer": b}, horizon, o),
            AT["buffer"], "ipa", PATHS, SEED,
        )  # fmt: skip
        assert est.performance.value == pytest.approx(np.mean(total / length), rel=1e-12)
        assert est.gradient == pytest.approx(np.mean(slope / length), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("output", ["loss", "content"])
@pytest.mark.parametrize("horizon", HORIZONS)
def test_ipa_is_the_limit_of_differences(horizon, output):
    def build(theta):
        return fluid(theta, horizon, output)

    along = fg.gradient(build, AT, "ipa", PATHS, SEED)
    differences = fg.gradient(build, AT, fg.CentralDifference(step=1e-7), PATHS, SEED)
    for name in AT:
        close = pytest.approx(differences.gradient[name], rel=1e-5, abs=2e-7)
        assert along.gradient[name] == close, name


NAMES = {"on": "on_mean", "off": "off_mean", "up": "up", "down": "down", "buffer": "buffer"}


@for_each(["sfm.B1"])
@pytest.mark.parametrize("output", ["loss", "content"])
def test_steady_state(name, output):
    """4,000 cycles from empty: the start weighs 1e-5, a hundredth of the error here."""
    at = {"on": 1.0, "off": 2.0, "up": 1.0, "down": 1.0, "buffer": 1.0}

    def build(t):
        on, off = fg.Exponential(t["on"]), fg.Exponential(t["off"])
        return fg.FluidQueue(on, off, t["up"], t["down"], t["buffer"], fg.Cycles(4000), output)

    est = fg.gradient(build, at, "ipa", 100, seed=1)
    z = bound(14)
    known = value(name)[output == "content"], value(name)[2 + (output == "content")]
    assert abs(est.performance.value - known[0]) <= z * est.performance.standard_error
    assert abs(est.gradient["buffer"] - known[1]) <= z * est.standard_error["buffer"]
    exact = fg.exact.fluid_queue(*at.values())
    slopes = exact.d_loss if output == "loss" else exact.d_content
    for slot, long in NAMES.items():
        assert abs(est.gradient[slot] - slopes[long]) <= z * est.standard_error[slot], slot


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_scores_and_phantoms_of_periods_agree_with_ipa(method):
    def build(mean):
        return fluid(AT | {"off": mean}, fg.Cycles(6))

    along, other = (
        fg.gradient(build, 1.4, m, 40_000, seed=s) for m, s in (("ipa", 1), (method, 2))
    )
    error = np.hypot(along.standard_error, other.standard_error)
    assert abs(along.gradient - other.gradient) <= bound(2) * error


def test_constant_periods_that_just_fill_or_empty_are_refused():
    def build(on):
        off = fg.Deterministic(1.0)
        return fg.FluidQueue(fg.Deterministic(on), off, 1.0, 1.0, 2.0, fg.Cycles(5), "content")

    for tie in (1.0, 2.0):
        with pytest.raises(fg.NotApplicable, match="just meets a border"):
            fg.gradient(build, tie, "ipa", 100)
    assert fg.gradient(build, 0.8, "ipa", 100).replications == 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"buffer": -1.0}, "buffer must be positive and finite, got -1"),
        ({"up": 0.0}, "up must be positive"),
        ({"down": "fast"}, "down must be a number"),
        ({"horizon": 100}, r"horizon must be Cycles\(…\) or Time\(…\)"),
        ({"on": 1.0}, "on must be a distribution"),
        ({"output": "throughput"}, "output must be one of 'loss', 'content'"),
    ],
)
def test_bad_input_is_refused(options, message):
    given = {"on": fg.Exponential(1.0), "off": fg.Exponential(1.0), "up": 1.0, "down": 1.0}
    given |= {"buffer": 1.0, "horizon": fg.Cycles(3)}
    with pytest.raises((ValueError, TypeError), match=message):
        fg.FluidQueue(**(given | options))


@pytest.mark.parametrize(("make", "message"), [
    (lambda: fg.Cycles(0), "Cycles: count must be 1 or more"),
    (lambda: fg.Time(0.0), "Time: length must be positive"),
    (lambda: fg.Time("long"), "Time: length must be a number"),
])  # fmt: skip
def test_horizons_are_checked(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
