"""θ as numbers that carry derivatives: each rule, arrays, dicts, and what is refused."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

import fastgrad as fg
from fastgrad.core.theta import Theta
from fastgrad.core.tracer import RULES, Traced, tangent_of, value_of

# NumPy's name and mpmath's function, with an interval on which both are smooth
UNARY = {
    np.negative: (lambda x: -x, -2.0, 2.0),
    np.positive: (lambda x: x, -2.0, 2.0),
    np.absolute: (abs, 0.1, 2.0),
    np.exp: (mpmath.exp, -2.0, 2.0),
    np.expm1: (mpmath.expm1, -2.0, 2.0),
    np.log: (mpmath.log, 0.1, 3.0),
    np.log2: (lambda x: mpmath.log(x, 2), 0.1, 3.0),
    np.log10: (mpmath.log10, 0.1, 3.0),
    np.log1p: (mpmath.log1p, -0.5, 3.0),
    np.sqrt: (mpmath.sqrt, 0.1, 3.0),
    np.cbrt: (mpmath.cbrt, 0.1, 3.0),
    np.square: (lambda x: x * x, -2.0, 2.0),
    np.reciprocal: (lambda x: 1 / x, 0.2, 3.0),
    np.sin: (mpmath.sin, -2.0, 2.0),
    np.cos: (mpmath.cos, -2.0, 2.0),
    np.tan: (mpmath.tan, -1.0, 1.0),
    np.arcsin: (mpmath.asin, -0.9, 0.9),
    np.arccos: (mpmath.acos, -0.9, 0.9),
    np.arctan: (mpmath.atan, -2.0, 2.0),
    np.sinh: (mpmath.sinh, -2.0, 2.0),
    np.cosh: (mpmath.cosh, -2.0, 2.0),
    np.tanh: (mpmath.tanh, -2.0, 2.0),
    special.gamma: (mpmath.gamma, 0.3, 4.0),
    special.gammaln: (mpmath.loggamma, 0.3, 4.0),
    special.psi: (mpmath.digamma, 0.3, 4.0),
    special.erf: (mpmath.erf, -2.0, 2.0),
    special.ndtr: (mpmath.ncdf, -2.0, 2.0),
    special.expit: (lambda x: 1 / (1 + mpmath.exp(-x)), -2.0, 2.0),
}
BINARY = {
    np.add: lambda x, y: x + y,
    np.subtract: lambda x, y: x - y,
    np.multiply: lambda x, y: x * y,
    np.divide: lambda x, y: x / y,
    np.power: lambda x, y: x**y,
    np.float_power: lambda x, y: x**y,
    np.maximum: max,
    np.minimum: min,
    np.arctan2: mpmath.atan2,
    np.hypot: mpmath.hypot,
}
OF_KNOWN_RULE = {**dict.fromkeys(UNARY, 1), **dict.fromkeys(BINARY, 2)}


def number(value, *tangent):
    return Traced(value, np.array(tangent, dtype=float))


def test_the_tables_know_every_rule():
    assert set(RULES) == set(OF_KNOWN_RULE)


@pytest.mark.parametrize("function", UNARY, ids=lambda f: f.__name__)
def test_functions_of_one_number(function):
    exact, low, high = UNARY[function]
    for x in np.linspace(low, high, 9):
        found = function(number(x, 1.0, -2.0))
        value, slope = float(exact(mpmath.mpf(x))), float(mpmath.diff(exact, mpmath.mpf(x)))
        assert found.value == pytest.approx(value, rel=1e-14, abs=1e-15)
        assert found.tangent == pytest.approx([slope, -2.0 * slope], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
@pytest.mark.parametrize(("x", "y"), [(0.7, 1.3), (2.0, 0.4), (1.5, 3.0)])
def test_functions_of_two_numbers(function, x, y):
    exact = BINARY[function]
    left, right = (float(mpmath.diff(exact, (x, y), order)) for order in ((1, 0), (0, 1)))
    value = float(exact(mpmath.mpf(x), mpmath.mpf(y)))
    both = function(number(x, 1.0, 0.0), number(y, 0.0, 1.0))
    assert both.value == pytest.approx(value, rel=1e-14)
    assert both.tangent == pytest.approx([left, right], rel=1e-12, abs=1e-13)
    assert function(number(x, 1.0), y).tangent == pytest.approx([left], rel=1e-12, abs=1e-13)
    assert function(x, number(y, 1.0)).tangent == pytest.approx([right], rel=1e-12, abs=1e-13)


def test_python_operators_are_the_same_rules():
    a, b = number(2.0, 1.0, 0.0), number(0.5, 0.0, 1.0)
    pairs = [
        (a + b, np.add(a, b)),
        (a - b, np.subtract(a, b)),
        (a * b, np.multiply(a, b)),
        (a / b, np.divide(a, b)),
        (a**b, np.power(a, b)),
        (3.0 - a, np.subtract(3.0, a)),
        (3 / a, np.divide(3, a)),
        (2**a, np.power(2, a)),
        (-a, np.negative(a)),
        (abs(-a), np.absolute(np.negative(a))),
        (np.float64(2.0) * a, np.multiply(2.0, a)),
        (a * np.float64(2.0), np.multiply(a, 2.0)),
    ]
    for found, wanted in pairs:
        assert found.value == wanted.value
        assert np.array_equal(found.tangent, wanted.tangent)
    assert (a > b, a >= 2, a < b, a == 2.0, a != 2.0) == (True, True, False, True, False)


def test_powers_at_their_corners():
    zero = number(0.0, 1.0)
    assert (zero**2).tangent == 0.0
    assert (zero**1).tangent == 1.0
    assert (number(-3.0, 1.0) ** 2).tangent == -6.0
    assert (number(2, 1.0) ** -1).tangent == -0.25


def test_ties_take_one_side_only():
    """The kink of a maximum: any of its two slopes, but not their sum."""
    a = number(1.0, 1.0)
    for function in (np.maximum, np.minimum):
        assert function(a, a).tangent == 1.0
        assert function(a, 1.0).tangent + function(1.0, a).tangent in (0.0, 1.0)


# Arrays


def traced_array(values):
    return Theta(np.array(values)).traced()


def jacobian(outputs, components):
    return np.array([tangent_of(x, components) for x in np.ravel(outputs)])


def test_arrays_of_theta():
    at = np.array([0.3, 1.1, 2.0])
    weights = np.array([1.0, -2.0, 0.5])
    theta = traced_array(at)
    cases = [
        (theta @ weights, weights),
        (weights @ theta, weights),
        (np.dot(theta, weights), weights),
        (theta.sum(), np.ones(3)),
        (np.sum(theta**2), 2.0 * at),
        (np.sum(np.exp(theta) * weights), np.exp(at) * weights),
        (np.mean(theta), np.ones(3) / 3.0),
        (np.prod(theta), np.prod(at) / at),
        (np.sqrt(np.sum(theta * theta)), at / np.sqrt(at @ at)),
        (theta[0] * theta[-1], [at[2], 0.0, at[0]]),
        (sum(theta), np.ones(3)),
        (max(theta), [0.0, 0.0, 1.0]),
    ]
    for found, wanted in cases:
        assert tangent_of(found, 3) == pytest.approx(wanted, rel=1e-13)
    assert jacobian(np.cumsum(theta), 3) == pytest.approx(np.tril(np.ones((3, 3))))
    assert jacobian(np.outer(weights, weights) @ theta, 3) == pytest.approx(
        np.outer(weights, weights)
    )


def test_a_number_times_a_plain_array_on_either_side():
    theta, weights = number(0.5, 1.0), np.array([1.0, 3.0])
    for product in (theta * weights, weights * theta, np.multiply(theta, weights)):
        assert [value_of(x) for x in product] == [0.5, 1.5]
        assert jacobian(product, 1).ravel() == pytest.approx(weights)


def test_theta_keeps_its_shape():
    for at in (0.5, np.array([0.5, 1.0]), {"a": 0.5, "b": 1.0}):
        theta = Theta(at)
        traced = theta.traced()
        assert type(theta.shaped([2.0] * len(theta.vector))) is not type(None)
        if isinstance(at, dict):
            assert {name: value_of(x) for name, x in traced.items()} == at
            assert [x.tangent.tolist() for x in traced.values()] == [[1.0, 0.0], [0.0, 1.0]]
        elif isinstance(at, float):
            assert (traced.value, traced.tangent.tolist()) == (0.5, [1.0])
        else:
            assert [value_of(x) for x in traced] == [0.5, 1.0]
    assert Theta(np.array(0.5)).shaped([1.0]) == 1.0


# Random expressions against mpmath's derivative


@st.composite
def expressions(draw, depth=4):
    """A function of two numbers that works for Traced, and for mpmath, and stays tame."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["x", "y", "number"]))
        constant = draw(st.floats(0.5, 2.0))
        return {
            "x": lambda x, y, m: x,
            "y": lambda x, y, m: y,
            "number": lambda x, y, m: constant,
        }[leaf]
    kind = draw(st.sampled_from(["+", "*", "/", "tanh", "exp", "sqrt", "log1p"]))
    left = draw(expressions(depth=depth - 1))
    if kind in "+*/":
        right = draw(expressions(depth=depth - 1))
        return {
            "+": lambda x, y, m: left(x, y, m) + right(x, y, m),
            "*": lambda x, y, m: left(x, y, m) * right(x, y, m),
            "/": lambda x, y, m: left(x, y, m) / (1.0 + right(x, y, m) ** 2),
        }[kind]
    return {
        "tanh": lambda x, y, m: m.tanh(left(x, y, m)),
        "exp": lambda x, y, m: m.exp(-(left(x, y, m) ** 2)),
        "sqrt": lambda x, y, m: m.sqrt(1.0 + left(x, y, m) ** 2),
        "log1p": lambda x, y, m: m.log1p(left(x, y, m) ** 2),
    }[kind]


@settings(max_examples=150, deadline=None)
@given(expressions(), st.floats(0.2, 2.0), st.floats(0.2, 2.0))
def test_any_expression_has_its_derivative(expression, x, y):
    found = expression(number(x, 1.0, 0.0), number(y, 0.0, 1.0), np)
    with mpmath.workdps(30):
        for component, order in enumerate([(1, 0), (0, 1)]):
            wanted = mpmath.diff(lambda a, b: mpmath.mpf(expression(a, b, mpmath)), (x, y), order)
            size = 1.0 + abs(float(wanted))
            got = tangent_of(found, 2)[component]
            # Conditioning of nested products: their intermediate values, up to some thousands.
            scale = size + abs(float(value_of(found))) ** 2
            assert abs(got - float(wanted)) <= 1e-11 * scale


# What is refused


def test_plain_floats_would_lose_the_derivative():
    for turn in (float, int, complex):
        with pytest.raises(TypeError, match="loses its derivative"):
            turn(number(1.0, 1.0))


def test_unknown_functions_are_named():
    for call in (np.floor, np.sign, np.isfinite):
        with pytest.raises(TypeError, match=f"uses {call.__name__}; known functions are"):
            call(number(1.5, 1.0))
    with pytest.raises(TypeError):
        np.exp(number(1.0, 1.0), where=True)


def test_other_types_are_not_numbers():
    for other in ([1.0], "1", None):
        with pytest.raises(TypeError):
            number(1.0, 1.0) + other


# The chain in a whole study: one θ in several places, several in one


def test_chain_from_theta_to_every_slot():
    """J depends on (a, s) = (interarrival mean, service mean); the rest is calculus."""

    def build(theta):
        r, s = theta["r"], theta["s"]
        queue = fg.SingleServerQueue(
            fg.Exponential(np.exp(-r)), fg.Exponential(np.sqrt(s) * np.exp(-r)), 5
        )
        return 2.0 * r * queue + s**2

    r, s = 0.2, 0.4
    value = fg.exact.mm1(np.exp(-r), np.sqrt(s) * np.exp(-r), 5)
    a, b = np.exp(-r), np.sqrt(s) * np.exp(-r)
    wanted = {
        "r": 2.0 * value.value + 2.0 * r * (-a * value.d_interarrival - b * value.d_service),
        "s": 2.0 * r * value.d_service * 0.5 * b / s + 2.0 * s,
    }
    for method in ("ipa", "lr", "wd", "cd", "sp", "auto"):
        est = fg.gradient(build, {"r": r, "s": s}, method, replications=50_000, seed=3)
        low, high = est.confidence_interval(1.0 - 1e-6 / 20)
        for name, exact in wanted.items():
            assert low[name] - 1e-8 <= exact <= high[name] + 1e-8, (method, name)
        assert est.performance.value == pytest.approx(
            2.0 * r * value.value + s**2, abs=6.0 * est.performance.standard_error
        )


def test_branches_on_theta_work_in_every_replication():
    """A build that compares θ: fine at a point, and point by point for perturbed ones."""

    def build(theta):
        mean = theta[0] if theta[0] > 0.3 else 0.3 + 0.0 * theta[0]
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), 3)

    plain = fg.gradient(build, [0.5, 1.0], "sp", replications=2000, seed=2)
    smooth = fg.gradient(
        lambda t: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(t[0]), 3),
        [0.5, 1.0], "sp", replications=2000, seed=2,
    )  # fmt: skip
    assert np.array_equal(plain.gradient, smooth.gradient)
