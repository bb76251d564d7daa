"""Whole numbers that leave 64 bits: Python's have no bound, compiled ones must not wrap."""

import math

import pytest

import fastgrad as fg


def doubled(x, p):
    n = 2
    for _ in range(69):
        n = n * 2
    return n * p.q


def added(x, p):
    n = 2**62
    n += 2**62
    return n * p.q


def subtracted(x, p):
    n = -(2**62)
    n -= 2**62 + 1
    return n * p.q


def made_whole(x, p):
    return int(x.a * 1e19) % 7 + p.q


def rounded_down(x, p):
    return math.floor((1.0 + x.a) * 1e19) * p.q


def power(x, p):
    return 3 ** (40 + int(x.a)) * p.q


def shifted(x, p):
    return (1 << (63 + int(x.a))) * p.q


def helped(x, p):
    return doubled(x, p)


def model(function, debug=False):
    return lambda q: fg.Simulation(function, {"a": fg.Uniform(0.0, 1.0)}, {"q": q}, debug=debug)


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (doubled, "n = n \\* 2"),
        (added, "n \\+= 2\\*\\*62"),
        (subtracted, "n -= 2"),
        (made_whole, "made_whole"),
        (rounded_down, "rounded_down"),
        (power, "power"),
        (shifted, "shifted"),
        (helped, "n = n \\* 2"),
    ],
)
def test_what_leaves_64_bits_is_refused(function, line):
    with pytest.raises(OverflowError, match=f"64 bits.*{line}"):
        fg.simulate(model(function)(1.5), 1000)


@pytest.mark.parametrize("function", [doubled, made_whole])
def test_derivatives_are_refused_too(function):
    with pytest.raises(OverflowError, match="64 bits"):
        fg.gradient(model(function), 1.5, "ipa", replications=1000)


def test_plain_python_has_no_bound():
    estimate = fg.gradient(model(doubled, debug=True), 1.5, "ipa", replications=100)
    assert estimate.gradient == pytest.approx(2.0**70, rel=1e-15)


def within(x, p):
    """All that stays inside of 64 bits, up to the ends."""
    n = 0
    for k in range(60):
        n += int(10.0 * x.a) + round(3.0 * x.a) + k
    n -= 3 * n
    ends = (2**62 - 1) * 2 + 1 - (1 << 62) - 2**62 + (-2) ** 63 // 2 + 2**62
    whole = n + ends + 3**39 - 3**39 + 1**1000 + (-1) ** -3 + int(-(2.0**63)) // 2**62
    return whole * p.q


def test_what_stays_inside_is_as_in_python():
    compiled, plain = (
        fg.gradient(model(within, debug), 1.5, "ipa", replications=100, seed=1)
        for debug in (False, True)
    )
    assert compiled.gradient == plain.gradient


def halved(x, p):
    return 2 ** (int(x.a) - 1) * p.q  # 0.5 in Python, no whole number


def test_a_negative_power_is_refused():
    with pytest.raises(OverflowError, match="floats"):
        fg.simulate(model(halved)(1.5), 100)
