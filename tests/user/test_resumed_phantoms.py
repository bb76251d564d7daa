"""Phantoms of users' functions, resumed where their draw is read: the bits of whole simulations."""

import linecache

import numpy as np
import pytest
from fastgrad.kernels.user.resumable import walk_of

import fastgrad as fg
from fastgrad.user import model as user_model
from fastgrad.user import streams


def line(x, p):
    """Two stations: a sum, a count, state that comes together again."""
    first = second = total = 0.0
    late = 0
    for n in range(len(x.gap)):
        first = x.a[n] + max(first - x.gap[n], 0.0)
        second = max(second, first) + p.c * x.b[n]
        total += second
        if second > 3.0:
            late += 1
        second -= x.gap[n]
    return {"total": total / len(x.a), "late": late / len(x.a)}


def stock(x, p):
    """A while loop, an array that is written to, a draw that is read again, an early end."""
    level, n = p.top, 0
    pipe = np.zeros(2)
    while n < 12:
        level += pipe[n % 2] - x.d[n]
        pipe[n % 2] = 0.3 * x.d[n] + 0.2 * x.d[n - 1]
        if level < -4.0:
            return level
        n += 1
    return level * level + x.d[-1] + x.late[0]


def calls(x, p):
    """Draws on demand, from two streams."""
    t = x.gap.next()
    cost = 0.0
    free = 0.0
    while t < p.horizon:
        free = max(free, t) + x.time.next()
        cost -= free - t
        t += x.gap.next()
        if free > t + 2.0:
            continue
        t += 0.5
    return cost


def held(x, p):
    """A number of one iteration is read in the next: nothing can be said of it."""
    total = 0.0
    for n in range(len(x.d)):
        if n > 0:
            total += before  # noqa: F821
        before = x.d[n]  # noqa: F841
    return total


def whole(x, p):
    return np.sum(x.d)


def repeated(distribution):
    return distribution.repeat(12)


CASES = {
    "line": lambda t: fg.Simulation(
        line,
        {"gap": repeated(fg.Exponential(1.0)), "a": repeated(fg.Gamma(2.0, t)),
         "b": repeated(fg.Weibull(2.0, t))},
        {"c": 0.8},
    ),
    "stock": lambda t: fg.Simulation(
        stock, {"d": repeated(fg.Gamma(1.5, t)), "late": fg.Exponential(t).repeat(2)}, {"top": 5.0}
    ),
    "calls": lambda t: fg.Simulation(
        calls,
        {"gap": fg.Exponential(1.0).stream(60), "time": fg.Gamma(2.0, t).stream(60)},
        {"horizon": 8.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_same_bits_as_whole_simulations(name, monkeypatch):
    monkeypatch.setattr(streams, "SECONDS_TO_COMPILE", -1.0)

    def estimated():
        found = fg.gradient(CASES[name], 0.4, "wd", 600, seed=4)
        several = found.values() if isinstance(found, fg.Estimates) else [found]
        return [(one.gradient, one.variance, one.performance.value) for one in several]

    model = CASES[name](0.4)
    names = model.outputs()
    one = model if names is None else model.choosing(names)
    assert one.operation("phantoms") is not None
    resumed = estimated()
    monkeypatch.setattr(user_model, "phantoms", lambda *given: None)
    assert resumed == estimated()


def test_what_cannot_be_resumed():
    for function in (held, whole):
        model = fg.Simulation(function, {"d": fg.Exponential(1.0).repeat(4)})
        assert walk_of(function, model.layout) is None


WALKED = """
def balked(x, p):
    total = 0.0
    for n in range(len(x.d)):
        if x.d[n] > 1.0:
            total += p.c * x.d[n]
            total -= 0.1
        if total > 9.0:
            break
    return total
"""


@pytest.mark.parametrize(
    "edit",
    [
        ("> 1.0", "> 2.0"),
        ("if x.d", "if not x.d"),
        ("total += p.c *", "total -= p.c *"),
        ("    total -= 0.1", "total -= 0.1"),
        ("break", "continue"),
        ("        if total", "    if total"),
    ],
)
def test_a_file_that_was_edited_meanwhile_says_nothing(edit, tmp_path):
    """What is written anew is the source; what runs is the code that was made of it before."""
    file = tmp_path / f"edited_{abs(hash(edit))}.py"
    file.write_text(WALKED)
    scope = {}
    exec(compile(WALKED, str(file), "exec"), scope)
    model = fg.Simulation(scope["balked"], {"d": fg.Exponential(1.0).repeat(3)}, {"c": 1.0})
    assert walk_of(scope["balked"], model.layout) is not None
    file.write_text(WALKED.replace(*edit))
    linecache.checkcache(str(file))
    assert walk_of(scope["balked"], model.layout) is None
