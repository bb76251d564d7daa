"""What a user reads: the line, the reason and the cure; and no words about nothing."""

import math
import os

import pytest

import fastgrad as fg


def refused(function, inputs, parameters, at, method="ipa", **options):
    def build(t):
        return fg.Simulation(function, inputs, {name: t * v for name, v in parameters.items()})

    with pytest.raises(fg.NotApplicable) as caught:
        fg.gradient(build, at, method, 20_000, **options)
    return caught.value


def ternary(x, p):
    y = x.a * p.b
    return 1.0 if y > 2.0 else y


def plain(x, p):
    alive = 1.0
    if p.b * x.a < 0.7:
        alive = 0.0
    return alive


def rounded(x, p):
    y = p.b * x.a
    z = math.floor(3.0 * y)
    return y + 0.1 * z


EXPONENTIAL = {"a": fg.Exponential(1.0)}


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (ternary, "1.0 if y > 2.0 else y"),
        (plain, "if p.b * x.a < 0.7:"),
        (rounded, "z = math.floor(3.0 * y)"),
    ],
)
def test_the_line_of_a_jump_and_the_cure(function, line):
    for method, distribution in (("ipa", fg.Exponential(1.0)), ("auto", fg.Uniform(0.0, 3.0))):
        refusal = refused(function, {"a": distribution}, {"b": 1.0}, 1.0, method)
        reason = refusal.reason
        file = os.path.relpath(__file__)
        assert f"{file}:" in reason
        assert line in reason
        assert "fg.step" in reason
        assert len(str(refusal).replace(file, "ruin.py")) < 200
        assert reason.count(line) == 1


def first(x, p):
    return 1.0 if x.a * p.b > 1.0 else 0.0


def second(x, p):
    return 1.0 if x.a * p.b > 1.0 else 0.0


def test_equal_bodies_report_their_own_lines():
    for function in (first, second):
        line = f"{os.path.relpath(__file__)}:{function.__code__.co_firstlineno + 1}"
        assert line in refused(function, EXPONENTIAL, {"b": 1.0}, 1.0).reason


def streamed(x, p):
    total, taken = 0.0, 0.0
    while total < 1.0:
        total += p.b * x.a.next()
        taken += 1.0
    return taken


def test_the_line_is_the_users_own():
    reason = refused(streamed, {"a": fg.Exponential(0.5).stream(60)}, {"b": 1.0}, 1.0).reason
    assert f"{os.path.relpath(__file__)}:{streamed.__code__.co_firstlineno + 2}" in reason
    assert "while total < 1.0:" in reason


def outputs(x, p):
    free = clock = late = total = 0.0
    for i in range(len(x.gap)):
        clock += x.gap[i]
        start = max(free, clock)
        total += start - clock
        late += fg.step(start - clock > p.promise)
        free = start + p.pace * x.service[i]
    return {"late": late, "wait": total}


def test_a_mark_that_serves_another_output_stops_no_one():
    distributions = {"gap": fg.Exponential(1.0).repeat(5), "service": fg.Exponential(0.8).repeat(5)}

    def build(output):
        return lambda t: fg.Simulation(
            outputs, distributions, {"promise": 1.0, "pace": t}, output=output
        )

    assert fg.gradient(build("wait"), 1.0, "ipa", 2000).gradient > 0.0
    with pytest.raises(fg.NotApplicable, match="a marked threshold"):
        fg.gradient(build("late"), 1.0, "ipa", 2000)


def test_a_captured_theta_is_told_where_to_go():
    def build(t):
        def model(x, p):
            return x.a * t

        return fg.Simulation(model, EXPONENTIAL, {})

    with pytest.raises(ValueError, match=r"reads theta from outside \(t\): give it in parameters"):
        fg.gradient(build, 1.0, "ipa", 100)
    with pytest.raises(ValueError, match="default value"):
        fg.gradient(
            lambda t: fg.Simulation(lambda x, p, q=t: x.a * q, EXPONENTIAL, {}), 1.0, "cd", 100
        )


def identity(x, p):
    return x.a + 0.0 * p.b


def test_a_theta_that_reaches_nothing_is_warned_about():
    with pytest.warns(fg.EstimateWarning, match="theta reaches no input"):
        found = fg.gradient(lambda t: fg.Simulation(identity, EXPONENTIAL, {"b": 1.0}), 1.0, "ipa",
                            100)  # fmt: skip
    assert any("reaches no" in sentence for sentence in found.warnings)
    builds = {
        1.0: lambda t: t * fg.Simulation(identity, EXPONENTIAL, {"b": 1.0}),
        2.0: lambda t: fg.Simulation(identity, EXPONENTIAL, {"b": t}),
        0.0: lambda t: fg.Simulation(identity, EXPONENTIAL, {"b": t * t}),
    }
    for at, build in builds.items():
        found = fg.gradient(build, at, "ipa", 100)
        assert not any("reaches no" in sentence for sentence in found.warnings)


def talking(x, p):
    print(x.a)
    return x.a[0] * p.b


@pytest.mark.parametrize("debug", [False, True])
def test_pilots_print_nothing(capfd, debug):
    def build(t):
        inputs = {"a": fg.Exponential(1.0).repeat(2)}
        return fg.Simulation(talking, inputs, {"b": t}, debug=debug)

    fg.gradient(build, 1.0, "ipa", 5)
    block = 256 * (2 if debug else 1)  # arrays of numbers with tangents take two lines
    assert len(capfd.readouterr().out.splitlines()) <= block
