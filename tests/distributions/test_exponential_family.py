"""Scores built from (k, v, t) are the hand-made ones."""

import numpy as np
import pytest
from rows import row
from scipy import special

import fastgrad.distributions.families as d
from fastgrad.distributions.exponential_family import exponential_family_score

X = np.linspace(0.2, 4.0, 20)
WHOLE = np.arange(0.0, 6.0)

# distribution, θ, its parameter, k, v, t, where
FAMILIES = [
    (d.Exponential(1.4), 1.4, "mean", lambda m: 1 / m, [lambda m: -1 / m], [lambda x: x], X),
    (
        d.Normal(0.3, 0.7),
        0.3,
        "mean",
        lambda m: np.exp(-m * m / (2 * 0.49)),
        [lambda m: m / 0.49],
        [lambda x: x],
        X,
    ),
    (
        d.Normal(0.4, 0.8),
        0.8,
        "sd",
        lambda s: np.exp(-0.08 / (s * s)) / s,
        [lambda s: -0.5 / (s * s), lambda s: 0.4 / (s * s)],
        [lambda x: x * x, lambda x: x],
        X,
    ),
    (d.Gamma(2.3, 0.9), 0.9, "scale", lambda s: s**-2.3, [lambda s: -1 / s], [lambda x: x], X),
    (
        d.Gamma(2.3, 0.9),
        2.3,
        "shape",
        lambda a: 0.9**-a / special.gamma(a),
        [lambda a: a],
        [np.log],
        X,
    ),
    (
        d.Weibull(1.7, 1.2),
        1.2,
        "scale",
        lambda s: s**-1.7,
        [lambda s: -(s**-1.7)],
        [lambda x: x**1.7],
        X,
    ),
    (
        d.Pareto(2.5, 0.1),
        2.5,
        "shape",
        lambda a: a * 0.1**a,
        [lambda a: -a],
        [np.log],
        X,
    ),
    (
        d.Beta(2.2, 1.8),
        2.2,
        "a",
        lambda a: special.gamma(a + 1.8) / special.gamma(a),
        [lambda a: a],
        [np.log],
        X / 5.0,
    ),
    (d.Poisson(2.2), 2.2, "mean", lambda m: np.exp(-m), [np.log], [lambda x: x], WHOLE),
    (
        d.Binomial(6, 0.4),
        0.4,
        "p",
        lambda p: (1 - p) ** 6,
        [lambda p: np.log(p / (1 - p))],
        [lambda x: x],
        WHOLE,
    ),
    (
        d.NegativeBinomial(3, 0.45),
        0.45,
        "p",
        lambda p: (p / (1 - p)) ** 3,
        [lambda p: np.log(1 - p)],
        [lambda x: x],
        WHOLE + 3,
    ),
    (
        d.Geometric(0.35),
        0.35,
        "p",
        lambda p: p / (1 - p),
        [lambda p: np.log(1 - p)],
        [lambda x: x],
        WHOLE + 1,
    ),
]


@pytest.mark.parametrize(
    ("distribution", "theta", "parameter", "k", "v", "t", "x"),
    FAMILIES,
    ids=[f"{type(f[0]).__name__}-{f[2]}" for f in FAMILIES],
)
def test_the_score_is_the_hand_made_one(distribution, theta, parameter, k, v, t, x):
    made = exponential_family_score(k, v, t)(theta, x)
    np.testing.assert_allclose(made, row(distribution, f"score_{parameter}", x=x), atol=1e-12)


def test_several_parameters_at_once():
    score = exponential_family_score(
        lambda p: np.exp(-0.5 * (p["mean"] / p["sd"]) ** 2) / p["sd"],
        [lambda p: p["mean"] / p["sd"] ** 2, lambda p: -0.5 / p["sd"] ** 2],
        [lambda x: x, lambda x: x * x],
    )
    both = score({"mean": 0.4, "sd": 0.8}, X)
    distribution = d.Normal(0.4, 0.8)
    np.testing.assert_allclose(both[0], row(distribution, "score_mean", x=X), atol=1e-12)
    np.testing.assert_allclose(both[1], row(distribution, "score_sd", x=X), atol=1e-12)


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="as many statistics"):
        exponential_family_score(lambda m: m, [lambda m: m], [])
    with pytest.raises(ValueError, match="positive"):
        exponential_family_score(lambda m: -m, [], [])(1.0, 1.0)
