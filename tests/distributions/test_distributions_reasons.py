"""The reasons given where a derivative is refused, checked where they are statements in numbers."""

import numpy as np
import pytest

import fastgrad.distributions.families as d

LOW, MODE, HIGH = 0.5, 1.2, 2.5
NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)


def score_low(x):
    """∂ log f/∂low of f = 2 (x - low) / ((high - low)(mode - low)), or beyond the mode."""
    left = 1.0 / (HIGH - LOW) + 1.0 / (MODE - LOW) - 1.0 / (x - LOW)
    return np.where(x < MODE, left, 1.0 / (HIGH - LOW))


def density(x):
    left = 2.0 * (x - LOW) / ((HIGH - LOW) * (MODE - LOW))
    return np.where(x < MODE, left, 2.0 * (HIGH - x) / ((HIGH - LOW) * (HIGH - MODE)))


def integral(function, low, high):
    x = (low + high) / 2.0 + (high - low) / 2.0 * NODES
    return float(WEIGHTS @ function(x)) * (high - low) / 2.0


def over_the_law(function, start=LOW):
    return sum(
        integral(lambda x: function(x) * density(x), *ends)
        for ends in ((start, MODE), (MODE, HIGH))
    )


def test_the_score_of_a_triangular_end_is_unbiased():
    """E[S] = 0 and E[X² S] = dE[X²]/dlow, E[X²] = (l² + m² + h² + l m + l h + m h) / 6."""
    assert over_the_law(score_low) == pytest.approx(0.0, abs=1e-13)
    exact = (2.0 * LOW + MODE + HIGH) / 6.0
    assert over_the_law(lambda x: x * x * score_low(x)) == pytest.approx(exact, rel=1e-12)


def test_the_score_of_a_triangular_end_has_no_variance():
    """E[S²] without the ε next to the end grows by 2 log 10 / ((h - l)(m - l)) per decade of ε."""

    def square(decade):
        start, end = LOW + 10.0 ** -(decade + 1), LOW + 10.0**-decade
        return integral(lambda x: score_low(x) ** 2 * density(x), start, end)

    a_decade = 2.0 * np.log(10.0) / ((HIGH - LOW) * (MODE - LOW))
    for decade in (4, 6, 8):
        assert square(decade) == pytest.approx(a_decade, rel=20.0 * 10.0**-decade)


@pytest.mark.parametrize("parameter", ["low", "high"])
def test_the_reasons_say_so(parameter):
    distribution = d.Triangular(LOW, MODE, HIGH)
    assert "E[S²] diverges" in distribution.reason("score", parameter)
    assert "point mass" in distribution.reason("second_score", parameter)


def test_every_pair_of_second_order_exists_or_has_a_reason_in_mathematics():
    """Dipoles (a point mass that moves) and whole numbers: nothing is missing for want of a
    sampler."""
    for distribution in set(d.DISTRIBUTIONS.values()) - {d.PERT, d.StudentT}:
        reasons = getattr(distribution.kernel, "NOT_APPLICABLE", {})
        for parameter, domain in distribution.kernel.PARAMETERS.items():
            name = f"natural_second_{parameter}"
            if not hasattr(distribution.kernel, name) and domain != "count":
                assert "measure" in reasons.get(name, reasons.get(f"natural_{parameter}", "")), name
