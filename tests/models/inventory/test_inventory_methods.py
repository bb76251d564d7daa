"""Every method on inventories against exact values, path by path, and what is refused."""

import numpy as np
import pytest
from inventory_oracle import paths
from tolerance import accept, bound
from uniforms import sample

import fastgrad as fg

SAMPLES = 100_000
CELLS = 1000  # comparisons in this file, at most
BOUND = bound(CELLS)
PRICES = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0, "unit": 0.7}
MEASURES = ["level", "cost", "service", "stockout", "fill"]


def inventory(measure, lead=0, periods=10):
    def build(theta):
        return fg.Inventory(
            1.0 * theta["s"],
            theta["s"] + theta["q"],
            fg.Exponential(theta["mean"]),
            periods,
            measure=measure,
            lead=lead,
            **PRICES,
        )

    return build


def agree(estimate, exact):
    for name, wanted in exact.items():
        error = estimate.standard_error[name]
        # Where the derivative is a constant (dV/ds = 1) only rounding is left.
        # What a difference loses by rounding: a few units of the output's last place, by the step.
        step = estimate.step[name] if estimate.step else 1.0
        lost = 1e-12 + 4.0 * np.finfo(float).eps * abs(estimate.performance.value) / step
        assert abs(estimate.gradient[name] - wanted) < BOUND * error + lost, name


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lead", [0, 1, 3])
@pytest.mark.parametrize(("s", "q", "mean"), [(1.0, 2.0, 1.0), (-0.5, 1.5, 0.8)])
def test_smoothed(measure, lead, s, q, mean):
    at = {"s": s, "q": q, "mean": mean}
    exact = fg.exact.inventory(s, s + q, mean, 10, measure=measure, lead=lead, **PRICES)
    estimate = fg.gradient(
        inventory(measure, lead), at=at, method="spa", replications=SAMPLES, seed=1
    )
    agree(estimate, {"s": exact.d_s, "q": exact.d_q, "mean": exact.d_mean})
    performance = estimate.performance
    accept(performance, exact.value, CELLS)


@pytest.mark.parametrize("lead", [0, 4, 5, 9])
def test_a_horizon_not_longer_than_the_lead_time(lead):
    exact = fg.exact.inventory(0.5, 2.0, 1.0, 5, lead=lead, **PRICES)
    at = {"s": 0.5, "q": 1.5, "mean": 1.0}
    build = inventory("cost", lead, periods=5)
    estimate = fg.gradient(build, at=at, method="spa", replications=SAMPLES, seed=2)
    agree(estimate, {"s": exact.d_s, "q": exact.d_q, "mean": exact.d_mean})


@pytest.mark.parametrize("measure", ["level", "cost", "fill"])
@pytest.mark.parametrize("lead", [0, 2])
@pytest.mark.parametrize("method", ["auto", "lr", "wd", "cd", fg.WeakDerivative("hahn-jordan")])
def test_push_out_and_the_others(measure, lead, method):
    exact = fg.exact.inventory(1.0, 3.0, 1.0, 10, measure=measure, lead=lead, **PRICES)

    at = {"s": 1.0, "q": 2.0, "mean": 1.0}
    build = inventory(measure, lead)
    estimate = fg.gradient(build, at=at, method=method, replications=SAMPLES, seed=3)
    agree(estimate, {"s": exact.d_s, "q": exact.d_q, "mean": exact.d_mean})


def test_ipa_in_s_and_in_prices():
    exact = fg.exact.inventory(1.0, 3.0, 1.0, 10, **PRICES)

    def build(theta):
        prices = {**PRICES, "holding": theta["holding"], "fixed": theta["fixed"]}
        return fg.Inventory(1.0 * theta["s"], theta["s"] + 2.0, fg.Exponential(1.0), 10, **prices)

    at = {"s": 1.0, "holding": 1.0, "fixed": 5.0}
    estimate = fg.gradient(build, at=at, method="ipa", replications=SAMPLES, seed=4)
    more = [
        fg.exact.inventory(1.0, 3.0, 1.0, 10, **{**PRICES, name: PRICES[name] + 1.0}).value
        for name in ("holding", "fixed")
    ]
    wanted = {"s": exact.d_s, "holding": more[0] - exact.value, "fixed": more[1] - exact.value}
    agree(estimate, wanted)


def test_steady_state_form():
    exact = fg.exact.inventory(1.0, 3.0, 1.0, **PRICES)
    periods = 400
    at = {"s": 1.0, "q": 2.0, "mean": 1.0}
    build = inventory("cost", periods=periods)
    estimate = fg.gradient(build, at=at, method=fg.SPA(steady=True), replications=20_000, seed=5)
    finite = fg.exact.inventory(1.0, 3.0, 1.0, periods, **PRICES)
    transient = {"q": finite.d_q - exact.d_q, "mean": finite.d_mean - exact.d_mean}
    for name, wanted in {"q": exact.d_q, "mean": exact.d_mean}.items():
        # Bias O(1/N): a few times the transient of the derivative itself.
        allowed = BOUND * estimate.standard_error[name] + 10.0 * abs(transient[name])
        assert abs(estimate.gradient[name] - wanted) < allowed


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lead", [0, 1, 4])
def test_the_output_path_by_path(measure, lead):
    periods, lanes = 7, 64
    model = fg.Inventory(
        0.4, 1.9, fg.Exponential(0.8), periods, measure=measure, lead=lead, **PRICES
    )
    u = sample(periods + 1, lanes, seed=6)[:periods]
    prices = tuple(PRICES.values())
    demand = -0.8 * np.log(u)
    wanted = paths(0.4, 1.9, demand, measure, prices=prices, lead=lead, mean=0.8)
    given = fg.simulate(model, lanes, seed=6)
    assert given.value == pytest.approx(wanted.mean(), rel=1e-12)
    assert given.variance == pytest.approx(wanted.var(ddof=1), rel=1e-9, abs=1e-20)


@pytest.mark.parametrize("method", ["sp", "rd"])
def test_components_moved_at_once_have_steps_in_proportion(method):
    """The output jumps in q only: a tiny step for s would divide the noise of q by 1e-5."""

    def build(theta):
        demand = fg.Exponential(1.0)
        return fg.Inventory(theta["s"], theta["s"] + theta["q"], demand, 10, fixed=5.0)

    at = {"s": 1.0, "q": 2.0}
    made = fg.gradient(build, at, method, 50_000, seed=3)
    single = fg.gradient(build, at, "cd", 50_000, seed=3)
    assert made.step["q"] == 2.0 * made.step["s"]
    # The noise of q, and half the step of q: four times its variance, and a margin of two.
    assert made.variance["s"] < 8.0 * single.variance["q"]


def test_ipa_in_q_is_refused_with_the_reason():
    build = inventory("cost")
    at = {"s": 1.0, "q": 2.0, "mean": 1.0}
    with pytest.raises(fg.NotApplicable, match="an order is placed or not") as refused:
        fg.gradient(build, at=at, method="ipa", replications=100)
    assert {"spa", "lr", "wd", "auto"} <= set(refused.value.alternatives)


def test_demand_that_may_be_negative():
    """Then a path that loses an order need not order next; the smoothed one follows both."""

    def build(theta):
        return fg.Inventory(1.0, 3.0, fg.Normal(theta, 0.8), 8, **PRICES)

    smoothed, ratio = (
        fg.gradient(build, at=0.7, method=method, replications=SAMPLES, seed=seed)
        for method, seed in (("spa", 8), ("lr", 9))
    )
    error = np.hypot(smoothed.standard_error, ratio.standard_error)
    assert abs(smoothed.gradient - ratio.gradient) < BOUND * error


def test_other_refusals():
    def normal(theta):
        return fg.Inventory(1.0, 1.0 + theta, fg.Normal(1.0, 0.5), 5, measure="level")

    with pytest.raises(fg.NotApplicable, match="negative"):
        fg.gradient(normal, at=2.0, method=fg.SPA(steady=True), replications=100)

    def stockout(theta):
        return fg.Inventory(1.0 * theta, theta + 2.0, fg.Exponential(1.0), 5, measure="stockout")

    with pytest.raises(fg.NotApplicable, match="stock-out"):
        fg.gradient(stockout, at=1.0, method="ipa", replications=100)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"s": 3.0}, "s must be below S"),
        ({"S": float("nan")}, "S must be finite"),
        ({"periods": 0}, "periods"),
        ({"measure": "profit"}, "measure must be one of"),
        ({"lead": -1}, "lead"),
        ({"holding": float("inf")}, "holding must be finite"),
    ],
)
def test_bad_input(arguments, message):
    good = {"s": 1.0, "S": 3.0, "demand": fg.Exponential(1.0), "periods": 5}
    with pytest.raises(ValueError, match=message):
        fg.Inventory(**{**good, **arguments})


def test_a_demand_that_is_no_distribution():
    with pytest.raises(TypeError, match="demand must be a distribution"):
        fg.Inventory(1.0, 3.0, 1.0, 5)


WHOLE = [
    fg.Poisson(2.0),
    fg.Geometric(0.4),
    fg.Discrete([0.0, 1.0, 5.0], [0.3, 0.5, 0.2]),
    fg.Bernoulli(0.4, 3.0, 1.0),
    fg.Deterministic(1.0),
]


@pytest.mark.parametrize("demand", WHOLE)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lead", [0, 2])
def test_between_whole_units_the_path_is_smooth(demand, measure, lead):
    """q = 2.5 moves no order, and S = 3.2 no level across 0: the slope of the same paths."""

    def build(theta):
        s, q = theta
        return fg.Inventory(s, s + q, demand, 12, measure=measure, lead=lead, **PRICES)

    at, step = np.array([0.7, 2.5]), 1e-3
    estimate = fg.gradient(build, at, "auto", 1000, seed=1)
    assert set((estimate.methods or {"": "ipa"}).values()) <= {"ipa"}
    for k, move in enumerate(step * np.eye(2)):
        above, below = (fg.simulate(build(at + d), 1000, seed=1).value for d in (move, -move))
        assert estimate.gradient[k] == pytest.approx((above - below) / (2 * step), abs=1e-9)


@pytest.mark.parametrize("method", ["auto", "ipa", "spa", "wd", "lr", "cd"])
@pytest.mark.parametrize("demand", WHOLE)
def test_on_whole_units_there_is_no_derivative(demand, method):
    def in_q(theta):
        return fg.Inventory(0.5, 0.5 + theta, demand, 12, holding=1.0)

    def in_s(theta):
        return fg.Inventory(theta, theta + 1.5, demand, 12, holding=1.0)

    with pytest.raises(fg.NotApplicable, match="jumps in q"):
        fg.gradient(in_q, 2.0, method, 100)
    with pytest.raises(fg.NotApplicable, match="has a kink"):
        fg.gradient(in_s, 0.5, method, 100)


def test_rounding_decides_no_order():
    """S - 3 is below s by rounding for s = 0.3, S = 3.3; demand 3 must leave exactly s."""
    for s in (0.1, 0.3, 0.7, 1.1, 2.3):
        demand = fg.Deterministic(1.0)
        model = fg.Inventory(s, s + 3.0, demand, 4, fixed=1.0)
        assert fg.simulate(model, 100).value == 0.25  # an order after the fourth demand


UNBOUNDED = [
    (fg.Uniform(0.0, 2.0), 1.9, 20, False),  # the slack stays below the largest demand
    (fg.Uniform(0.0, 2.0), 2.1, 20, True),
    (fg.Uniform(0.0, 2.0), 3.0, 20, True),
    (fg.Uniform(0.0, 2.0), 3.0, 1, False),  # and is q in the first period
    (fg.Uniform(1.0, 2.0), 2.5, 20, False),  # or jumps over it: 2.5, below 1.5
    (fg.Uniform(1.0, 2.0), 3.0, 20, True),
    (fg.Beta(2.0, 1.0), 1.5, 20, True),
    (fg.Beta(2.0, 1.5), 1.5, 20, False),
    (fg.Gamma(0.5, 1.0), 1.0, 20, True),
    (fg.Gamma(0.6, 1.0), 1.0, 20, False),
    (fg.Exponential(1.0), 9.0, 20, False),
]


@pytest.mark.parametrize(("demand", "q", "periods", "refused"), UNBOUNDED)
def test_an_infinite_variance_is_refused(demand, q, periods, refused):
    def build(theta):
        return fg.Inventory(1.0 * theta["s"], theta["s"] + theta["q"], demand, periods, holding=1.0)

    at = {"s": 1.0, "q": q}
    assert not any(
        e.method == "spa" and not e.valid for e in fg.explain(build, at) if e.place == "s"
    )
    if not refused:
        fg.gradient(build, at, "spa", 100)
        return
    with pytest.raises(fg.NotApplicable, match="infinite variance") as caught:
        fg.gradient(build, at, "spa", 100)
    assert "cd" in caught.value.alternatives
    if isinstance(demand, fg.Beta):  # which cannot be divided by q either
        assert "auto" not in caught.value.alternatives
    else:
        assert fg.gradient(build, at, "auto", 100).methods == {"s": "ipa", "q": "wd"}


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lead", [0, 2])
def test_ten_million_replications(measure, lead):
    at = {"s": 0.5, "q": 1.2, "mean": 1.1}
    exact = fg.exact.inventory(0.5, 1.7, 1.1, 10, measure=measure, lead=lead, **PRICES)
    wanted = {"s": exact.d_s, "q": exact.d_q, "mean": exact.d_mean}
    methods = ("spa",) if measure in ("service", "stockout") else ("spa", "lr")
    for method in methods:
        build = inventory(measure, lead)
        agree(fg.gradient(build, at=at, method=method, replications=10_000_000, seed=7), wanted)
