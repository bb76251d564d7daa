"""Second derivatives by a score and the path: options, queues, refusals."""

import pytest
from references import REFERENCES, for_each
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

CELLS = 100  # comparisons in this file, at most
Z = bound(CELLS)
AT = {"spot": 100.0, "K": 100.0, "vol": 0.2}
NAMES = {"spot": "spot", "K": "strike", "vol": "volatility"}


def option(payoff, steps=1):
    def build(t):
        t = {**AT, **t}
        dynamics = fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"])
        return fin.Option(dynamics, payoff(t["K"]), 1.0, steps)

    return build


def agrees(made, exact):
    rows = made.gradient.items()
    wanted = {a: {b: exact.hessian[NAMES[a]][NAMES[b]] for b in row} for a, row in rows}
    accept(made, wanted, CELLS)


@pytest.mark.parametrize("first", ["score", "path"])
@pytest.mark.parametrize("steps", [1, 3])
def test_the_whole_hessian_of_a_call(first, steps):
    exact = fg.exact.black_scholes(100.0, 100.0, 0.05, 0.2, 1.0)
    method = fg.ScorePathwise(first)
    made = fg.gradient(option(fin.European, steps), AT, method, 40_000, seed=2, order=2)
    agrees(made, exact)


@pytest.mark.parametrize("steps", [2, 4])
def test_digitals_need_the_smoothed_payoff(steps):
    exact = fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0)
    at = {"spot": 100.0, "K": 100.0}
    with pytest.raises(fg.NotApplicable, match="jumps"):
        fg.gradient(option(fin.Digital, steps), at, "lr-ipa", 100, order=2)
    made = fg.gradient(option(fin.Digital, steps), at, "lr-spa", 40_000, seed=3, order=2)
    agrees(made, exact)
    with pytest.raises(fg.NotApplicable, match="integrated out"):
        fg.gradient(option(fin.Digital, steps), {"vol": 0.2}, "lr-spa", 100, order=2)


def test_gammas_have_the_variances_of_the_textbook():
    """LR–pathwise 7.80e-4, pathwise–LR 1.43e-3 (quadrature); 200,000 samples know them to 3 %."""
    for first, wanted in (("score", 7.80e-4), ("path", 1.4323327843e-3)):
        made = fg.gradient(
            option(fin.European), {"spot": 100.0}, fg.ScorePathwise(first), 200_000, order=2
        )  # fmt: skip
        assert made.variance["spot"]["spot"] == pytest.approx(wanted, rel=0.03)


@for_each(["opt.atm.var.PWLR_gamma"])
def test_reference_of_the_pathwise_score_gamma(name):
    method = fg.ScorePathwise("path")
    made = fg.gradient(option(fin.European), {"spot": 100.0}, method, 200_000, seed=4, order=2)
    assert made.variance["spot"]["spot"] == pytest.approx(REFERENCES[name]["value"], rel=0.03)


def test_a_queue_has_it_too():
    """Exact: 10 customers, service mean 0.5 (scores and weak derivatives agree with it)."""

    def queue(mean):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(mean), customers=10)

    made = fg.gradient(queue, 0.5, "lr-ipa", 40_000, seed=5, order=2)
    other = fg.gradient(queue, 0.5, "spa", 40_000, seed=6, order=2)
    both = (made.standard_error**2 + other.standard_error**2) ** 0.5
    assert abs(made.gradient - other.gradient) <= Z * both


def test_refusals_name_the_reason():
    def gamma(shape):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Gamma(shape, 0.5), customers=5)

    with pytest.raises(fg.NotApplicable, match="not one of a location or scale"):
        fg.gradient(gamma, 1.5, "lr-ipa", 100, order=2)
    with pytest.raises(fg.NotApplicable, match="second derivatives only"):
        fg.gradient(gamma, 1.5, "lr-ipa", 100)
    with pytest.raises(ValueError, match="first must be"):
        fg.ScorePathwise("sideways")
