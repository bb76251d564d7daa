"""What is wrong with a user's function is said in terms of the user's lines."""

import inspect
import math
import random
import traceback

import numpy as np
import pytest

import fastgrad as fg
from fastgrad import Simulation


def single(function, output=None, **parameters):
    return Simulation(function, {"s": fg.Exponential(1.0)}, parameters, output=output)


def line_of(function, text):
    """The number of the line of a function that holds this text."""
    lines, first = inspect.getsourcelines(function)
    return first + next(k for k, line in enumerate(lines) if text in line)


def adds_text(x, p):
    y = 2.0 * x.s
    return y + "a"


def helper(y):
    return y.nothing


def calls_a_helper(x, p):
    return helper(x.s)


def opens_a_file(x, p):
    with open("file") as file:
        return file.read()


def asks_for_another_input(x, p):
    return x.other


def forgets_a_name(x, p):
    y = 2.0 * x.s
    return y + forgotten  # noqa: F821


@pytest.mark.parametrize(
    ("function", "where", "text"),
    [
        (forgets_a_name, forgets_a_name, "y + forgotten"),
        (adds_text, adds_text, 'y + "a"'),
        (calls_a_helper, helper, "y.nothing"),
        (opens_a_file, opens_a_file, "def opens_a_file"),
        (asks_for_another_input, asks_for_another_input, "x.other"),
    ],
)
def test_code_that_cannot_be_compiled(function, where, text):
    with pytest.raises(TypeError, match=f"{function.__name__} cannot be compiled") as error:
        fg.simulate(single(function), 100)
    assert f'File "{__file__}", line {line_of(where, text)}' in str(error.value)
    assert text in str(error.value)


def test_a_result_that_is_not_a_number():
    with pytest.raises(TypeError, match="must return one number, or output="):
        fg.simulate(single(lambda x, p: [x.s, x.s]), 100)


def divides(x, p):
    return 1.0 / (x.s - x.s)


def overruns(x, p):
    values = np.zeros(3)
    return values[3 if x.s > 1.0 else 0]


def complains(x, p):
    if x.s > 2.0:
        raise ValueError("too long a service")
    return x.s


@pytest.mark.parametrize(
    ("function", "kind", "text"),
    [
        (divides, ZeroDivisionError, "1.0 / (x.s - x.s)"),
        (overruns, IndexError, "values[3"),
        (complains, ValueError, "raise ValueError"),
    ],
)
def test_what_the_function_raises_is_raised_with_its_line(function, kind, text):
    model = single(function)
    with pytest.raises(kind) as error:
        model.explain_failure(seed=4, replications=1000)
    last = traceback.extract_tb(error.value.__traceback__)[-1]
    assert (last.filename, last.lineno) == (__file__, line_of(function, text))
    assert "in replication" in error.value.__notes__[0]


def test_an_output_that_is_not_finite_is_shown_with_its_inputs():
    model = single(lambda x, p: math.inf if x.s > 3.0 else x.s)
    with pytest.raises(ValueError, match=r"not a finite number but inf in replication \d+"):
        model.explain_failure(seed=4, replications=1000)


def test_nothing_is_said_of_a_function_that_works():
    single(lambda x, p: x.s).explain_failure(seed=4, replications=1000)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((math.sin, {"s": fg.Exponential(1.0)}), TypeError, "plain Python function"),
        ((divides, {}), TypeError, "names to distributions"),
        ((divides, {"s": 1.0}), TypeError, "must be a distribution"),
        ((divides, {"s": fg.Exponential(1.0).repeat(0)}), ValueError, "1 or more"),
        ((divides, {"two words": fg.Exponential(1.0)}), ValueError, "cannot be a name"),
        ((divides, {"class": fg.Exponential(1.0)}), ValueError, "cannot be a name"),
        ((divides, {"_s": fg.Exponential(1.0)}), ValueError, "cannot be a name"),
        ((divides, {"s": fg.Exponential(1.0)}, {"level": "high"}), TypeError, "must be a number"),
        ((divides, {"s": fg.Exponential(1.0)}, [1.0]), TypeError, "names to numbers"),
    ],
)
def test_wrong_arguments(arguments, kind, message):
    with pytest.raises(kind, match=message):
        Simulation(*arguments)


def test_one_of_several_outputs():
    def both(x, p):
        return x.s, p.factor * x.s

    first, second = (fg.simulate(single(both, k, factor=3), 500, seed=1).value for k in (0, 1))
    assert second == pytest.approx(3.0 * first, rel=1e-14)


def test_one_of_several_named_outputs():
    def both(x, p):
        return {"length": x.s, "square": x.s**2}

    def build(theta):
        return Simulation(both, {"s": fg.Exponential(theta)}, output="square")

    estimate = fg.gradient(build, 1.0, "ipa", replications=100_000, seed=1)
    assert abs(estimate.gradient - 4.0) <= 5.0 * estimate.standard_error


def test_randomness_outside_the_inputs_is_refused():
    def noisy(y):
        return y + np.random.normal()

    with pytest.raises(ValueError, match="noisy draws random numbers by itself"):
        single(lambda x, p: noisy(x.s))
    with pytest.raises(ValueError, match="make them inputs"):
        single(lambda x, p: x.s + random.random())


def rate():
    return random.random()


def test_a_parameter_may_have_the_name_of_a_function():
    estimate = fg.simulate(single(lambda x, p: p.rate * x.s, rate=2.0), 100)
    assert estimate.replications == 100


def sums_a_diagonal(x, p):
    return np.trace(np.eye(2) * x.s)


def test_what_derivatives_along_the_path_do_not_know_is_said_with_what_does():
    def build(theta):
        return Simulation(sums_a_diagonal, {"s": fg.Exponential(theta)})

    with pytest.raises(TypeError, match="derivatives along the path") as error:
        fg.gradient(build, 1.0, "ipa", replications=100)
    assert "no trace of these: trace(2-d array of number with derivatives)" in str(error.value)
    assert f'File "{__file__}", line {line_of(sums_a_diagonal, "np.trace")}' in str(error.value)
    assert fg.gradient(build, 1.0, "lr", replications=100).replications == 100


class Shop:
    rate = 2.0

    def cost(self, y):
        return self.rate * y


SHOP = Shop()


def with_an_object(x, p):
    return SHOP.cost(x.s)


def that_sets(x, p):
    p.b = 3.0
    return x.s


def ipa(function, **given):
    def build(theta):
        return fg.Simulation(function, {"s": fg.Exponential(theta)}, {"b": 1.0}, **given)

    return fg.gradient(build, 0.5, "ipa", 100, seed=1).gradient


def test_a_python_object_is_refused_with_the_way_out_which_works():
    with pytest.raises(TypeError, match="debug=True runs it as plain Python"):
        ipa(with_an_object)
    assert ipa(with_an_object, debug=True) == 2.0 * ipa(lambda x, p: x.s)


def test_setting_what_is_only_read_is_refused_in_the_users_words():
    with pytest.raises(TypeError, match=r"\.b cannot be set: x and p are only read") as refused:
        ipa(that_sets)
    assert "debug=True" not in str(refused.value)


@pytest.mark.parametrize("scope", [{}, {"__name__": "nowhere.at_all"}])
def test_a_function_made_by_exec_is_a_function(scope):
    exec("def f(x, p): return 2.0 * x.s\ndef g(x, p): return unknown * x.s", scope)
    assert ipa(scope["f"]) == ipa(scope["f"], debug=True) == 2.0 * ipa(lambda x, p: x.s)
    with pytest.raises(TypeError, match="name 'unknown' is not defined"):
        ipa(scope["g"])
