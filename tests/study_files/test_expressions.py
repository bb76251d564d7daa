"""Expressions of study files: exactly arithmetic, with exact derivatives, and nothing else."""

import math

import numpy as np
import pytest
from scipy import special

from fastgrad.core.theta import Theta
from fastgrad.core.tracer import Traced
from fastgrad.study_files.expressions import FUNCTIONS, parse

NAMES = {"a": 2.0, "b": 0.5}
GOOD = {
    "1": 1.0,
    "a": 2.0,
    "a + b * 3": 3.5,
    "(a + b) * 3": 7.5,
    "-a ** 2": -4.0,
    "2 ** 3 ** 2": 512.0,
    "a - b - 1": 0.5,
    "1 / a / 2": 0.25,
    "+b": 0.5,
    "sqrt(a * 2)": 2.0,
    "np.exp(log(b))": 0.5,
    "pi * a": 2.0 * math.pi,
    "maximum(a, b)": 2.0,
    " a ": 2.0,
    "1e-3": 0.001,
}


@pytest.mark.parametrize(("text", "value"), GOOD.items())
def test_values(text, value):
    assert parse(text, NAMES)(NAMES) == pytest.approx(value, rel=1e-15)


def test_derivatives_are_exact():
    theta = Theta({"a": 2.0, "b": 0.5})
    found = parse("exp(a * b) / a", NAMES)(theta.traced())
    assert isinstance(found, Traced)
    e = math.e
    assert found.tangent == pytest.approx([0.5 * e / 2 - e / 4, e], rel=1e-14)


def test_components_of_an_array():
    names = {"theta": [2.0, 3.0]}
    assert parse("theta[1] / theta[0]", names)(names) == 1.5
    with pytest.raises(ValueError, match="theta has 2 components"):
        parse("theta[2]", names)
    with pytest.raises(ValueError, match="a has no components"):
        parse("a[0]", NAMES)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_that_the_tracer_knows(name):
    function = getattr(np, name, None) or getattr(special, name)
    arguments = (0.5, 0.25)[: function.nin]
    text = f"{name}({', '.join(map(str, arguments))})"
    assert parse(text, {})({}) == pytest.approx(float(function(*arguments)), rel=1e-15)


BAD = [
    "",
    "a +",
    "a; b",
    "a = 1",
    "c",
    "a.real",
    "a if a else b",
    "[a]",
    "a < b",
    "a and b",
    "True",
    "'a'",
    "lambda: a",
    "open('x')",
    "np.load('x')",
    "a.__class__()",
    "exp(x=a)",
    "exp(a, b)",
    "exp",
    "(lambda: a)()",
    "a[0].b",
    "a % b",
    "a // b",
    "1j",
    "(" * 300 + "a" + ")" * 300,
    "a" * 2000,
    "-" * 990 + "a",
]


@pytest.mark.parametrize("text", BAD, ids=[text[:20] for text in BAD])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"expression|operations|unknown|only|takes|components"):
        parse(text, NAMES)


@pytest.mark.parametrize("text", ["1 / 0", "9.0 ** 9 ** 9"])
def test_what_cannot_be_computed(text):
    with pytest.raises(ValueError, match="cannot be computed"):
        parse(text, NAMES)(NAMES)
