"""What a marked threshold means to every method, what is refused, and in which words."""

import marked_models as models
import numpy as np
import pytest
from fastgrad.kernels.marks.step import step
from scipy import stats

import fastgrad as fg

REPLICATIONS = 2000


def gradient(build, at, method="spa", replications=REPLICATIONS, **settings):
    return fg.gradient(build, at=at, method=method, replications=replications, **settings)


def expectation(function, *distributions):
    return lambda t: fg.Expectation(function, [distribution(t) for distribution in distributions])


def exponential(t):
    return fg.Exponential(t)


def twice(x):
    """The same question, asked twice."""
    return step(x > 1.0) + step(x > 1.0)


def once(x):
    return 2.0 * step(x > 1.0)


def asked_again(x):
    """One question in two forms, the second in control flow."""
    first = step(x > 1.0)
    if step(2.0 - x >= 1.0):
        return first
    return first + 1.0


def test_a_question_asked_again_counts_once():
    one, two, three = (
        gradient(expectation(f, exponential), 0.8) for f in (once, twice, asked_again)
    )
    assert one.gradient == pytest.approx(2.0 * np.exp(-1.25) * 1.25 / 0.8, rel=1e-9)
    assert two.gradient == pytest.approx(one.gradient, rel=1e-9)
    assert three.gradient == pytest.approx(one.gradient, rel=1e-9)


def stairs(x):
    return step(x > 0.5) + 3.0 * step(x > 1.5)


def test_two_thresholds_of_one_draw():
    def term(a):
        return np.exp(-a / 0.8) * a / 0.64

    estimate = gradient(expectation(stairs, exponential), 0.8)
    assert estimate.gradient == pytest.approx(term(0.5) + 3.0 * term(1.5), rel=1e-9)


def test_ipa_names_the_mark():
    build = expectation(stairs, exponential)
    with pytest.raises(fg.NotApplicable, match="a marked threshold") as refusal:
        gradient(build, 0.8, "ipa")
    assert "step(x > 0.5)" in refusal.value.reason
    assert {"spa", "lr", "wd", "cd", "auto"} <= set(refusal.value.alternatives)
    assert "spa" in gradient(build, 0.8, "auto").methods.values()
    verdicts = {(e.method, e.valid) for e in fg.explain(build, 0.8)}
    assert {("ipa", False), ("spa", True), ("lr", True), ("wd", True)} <= verdicts
    assert fg.explain(build, 0.8).recommended == {"theta": "spa"}


def test_ipa_stays_valid_where_no_margin_moves():
    """The reorder point shifts the level and what it is compared with alike."""

    def build(s):
        inputs = {"demand": fg.Exponential(1.0).repeat(10)}
        return fg.Simulation(models.inventory, inputs, {"s": s, "q": 2.0})

    along, smoothed = (gradient(build, 1.0, method) for method in ("ipa", "spa"))
    np.testing.assert_allclose(along.gradient, smoothed.gradient, rtol=1e-12)
    np.testing.assert_allclose(along.variance, smoothed.variance, rtol=1e-12)


def nested(x):
    if step(x > 0.5):
        return 1.0 + step(x > 1.5)
    return 0.0


def two_sided(x):
    return step(abs(x) > 1.5)


def jumping(x):
    return step((x if x < 1.0 else x + 1.0) > 1.5)


def by_branches(x, y):
    wait = 0.0
    if x > y:
        wait = x - y
    return step(wait > 0.5)


@pytest.mark.parametrize(
    ("function", "distributions", "reason"),
    [
        (nested, [exponential], r"x\[0\] decides whether or how this mark is reached"),
        (two_sided, [lambda t: fg.Normal(0.0, t)], "changes its sign more than once"),
        (jumping, [exponential], "the margin itself jumps"),
        (by_branches, [exponential, exponential], r"max\(a, b\) instead of a branch"),
    ],
)
def test_what_cannot_be_smoothed(function, distributions, reason):
    build = expectation(function, *distributions)
    with pytest.raises(fg.NotApplicable, match=reason) as refusal:
        gradient(build, 0.8)
    assert "step(" in refusal.value.reason
    assert {"lr", "wd"} <= set(refusal.value.alternatives)
    chosen = gradient(build, 0.8, "auto").methods
    moved = {"x.sd" if function is two_sided else "x.mean"}
    assert set(chosen) == moved | ({"y.mean"} if function is by_branches else set())
    assert set(chosen.values()) <= {"lr", "wd"}


def on_a_lattice(x, p):
    level = p.start
    for n in range(len(x.demand)):
        level -= x.demand[n]
    return step(level < p.limit)


@pytest.mark.parametrize(("limit", "lattice"), [(2.0, True), (2.5, False)])
def test_discrete_draws(limit, lattice):
    """The level is whole: at 2.5 nothing is near, at 2 the derivative does not exist."""

    def build(t):
        inputs = {"demand": fg.Poisson(2.0).repeat(3)}
        return fg.Simulation(on_a_lattice, inputs, {"start": 10.0, "limit": t})

    if lattice:
        with pytest.raises(fg.NotApplicable, match="two sides are equal on"):
            gradient(build, limit)
    else:
        assert gradient(build, limit).gradient == 0.0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: step(x > 1.0 and x < 2.0),
        lambda x: step(x),
        lambda x: step(not x > 1.0),
        lambda x: step(x == 1.0),
    ],
)
def test_a_mark_is_one_comparison(function):
    with pytest.raises(TypeError, match=r"one comparison of two numbers.*\n.*\n.*step\("):
        gradient(expectation(function, exponential), 0.8)


def is_late(wait, limit):
    """A helper with a mark, which is a module's function here."""
    return fg.step(wait > limit)


def in_many_ways(x, p):
    waits, wait = [], 0.0
    while len(x.gap) > 0:
        wait = max(0.0, wait + p.service - x.gap.next())
        waits.append(is_late(wait, p.limit))
    return {"late": sum(waits), "last": wait}


def in_one_way(x, p):
    late = wait = 0.0
    for i in range(6):
        wait = max(0.0, wait + p.service - x.gap[i])
        if p.limit < wait:
            late += 1.0
        late += 0.0 * wait
    return late


def marked_one_way(x, p):
    late = wait = 0.0
    for i in range(6):
        wait = max(0.0, wait + p.service - x.gap[i])
        late += step(p.limit < wait)
    return late


@pytest.mark.parametrize("debug", [False, True])
def test_a_plain_run_does_not_see_the_marks(debug):
    distributions = {"gap": fg.Exponential(1.0).repeat(6)}
    reals = {"service": 1.1, "limit": 0.7}
    plain = fg.simulate(fg.Simulation(in_one_way, distributions, reals), 500, seed=3)
    marked = fg.simulate(
        fg.Simulation(marked_one_way, distributions, reals, debug=debug), 500, seed=3
    )
    assert plain.value == marked.value
    assert plain.variance == marked.variance


def test_marks_in_helpers_lists_streams_and_dicts():
    def ways(t):
        distributions = {"gap": fg.Exponential(t[0]).stream(6)}
        return fg.Simulation(
            in_many_ways, distributions, {"service": t[1], "limit": 0.7}, output="late"
        )

    def way(t):
        distributions = {"gap": fg.Exponential(t[0]).repeat(6)}
        return fg.Simulation(marked_one_way, distributions, {"service": t[1], "limit": 0.7})

    many, one = (gradient(build, [1.0, 1.1], seed=5) for build in (ways, way))
    np.testing.assert_array_equal(many.gradient, one.gradient)
    np.testing.assert_array_equal(many.variance, one.variance)


def test_a_mark_needs_no_model():
    assert fg.step(2.0 > 1.0) == 1.0
    assert fg.step(np.float64(1.0) > 1.0) == 0.0


@pytest.mark.parametrize(
    "settings", [{"antithetic": True}, {"sampler": "sobol"}, {"sampler": "lhs"}, {"threads": 1}]
)
def test_settings_of_a_run(settings):
    def build(t):
        distributions = {"gap": fg.Exponential(t[0]).repeat(6)}
        return fg.Simulation(marked_one_way, distributions, {"service": t[1], "limit": 0.7})

    plain = gradient(build, [1.0, 1.1], replications=20_000, seed=2)
    other = gradient(build, [1.0, 1.1], replications=20_000, seed=3 - ("threads" in settings),
                     **settings)  # fmt: skip
    if "threads" in settings:
        np.testing.assert_array_equal(plain.gradient, other.gradient)
    error = np.hypot(plain.standard_error, other.standard_error)
    assert np.all(np.abs(plain.gradient - other.gradient) <= 5.5 * error)


def test_a_hundred_marks_on_a_path():
    """More than the records that are made room for at first."""

    def build(t):
        inputs = {
            "gap": fg.Exponential(t[0]).repeat(100),
            "service": fg.Exponential(t[1]).repeat(100),
        }
        return fg.Simulation(models.clinic, inputs, {"limit": t[2]})

    def exact(gap, mean, limit):
        rows = models.seen(100, mean / gap)
        terms = np.array([1.0 + 0.0 * mean])
        for j in range(1, 100):
            terms = np.append(terms, terms[-1] * (limit / mean) / j)
        sums = np.cumsum(terms)
        waits = [sum(row[1:] * sums[: len(row) - 1]) for row in rows]
        return np.exp(-limit / mean) * sum(waits) / 100.0

    at = (1.0, 0.6, 0.5)
    estimate = gradient(build, at, replications=20_000, seed=4)
    error = 5.5 * estimate.standard_error
    np.testing.assert_array_less(np.abs(estimate.gradient - models.complex_step(exact, *at)), error)


def half_marked(x, p):
    late = step(x.a > p.first)
    if x.b > p.second:
        late += 1.0
    return late


def fully_marked(x, p):
    return step(x.a > p.first) + step(x.b > p.second)


@pytest.mark.parametrize("function", [half_marked, fully_marked])
@pytest.mark.parametrize("method", ["spa", "lr"])
def test_a_jump_without_a_mark(function, method):
    """θ moves both thresholds: the one that is marked would be right, the other missed."""

    def build(t):
        inputs = {"a": fg.Gamma(3.0, 0.4), "b": fg.Gamma(4.0, 0.3)}
        return fg.Simulation(function, inputs, {"first": t, "second": 1.0 * t})

    if function is fully_marked and method == "spa":
        exact = -sum(stats.gamma(k, scale=s).pdf(1.2) for k, s in ((3.0, 0.4), (4.0, 0.3)))
        assert gradient(build, 1.2).gradient == pytest.approx(exact, rel=1e-9)
        return
    reason = "exactly one mark" if function is fully_marked else "second: the output jumps"
    with pytest.raises(fg.NotApplicable, match=reason):
        gradient(build, 1.2, method)

    def build_one(t):
        inputs = {"a": fg.Gamma(3.0, 0.4), "b": fg.Gamma(4.0, 0.3)}
        return fg.Simulation(function, inputs, {"first": t, "second": 1.2})

    if function is half_marked:
        assert gradient(build_one, 1.2, method).gradient < 0.0


def one_threshold(x, p):
    late = step(x.a > p.limit)
    if x.b > p.limit:
        late += 1.0
    return late


def test_a_jump_without_a_mark_in_a_parameter_that_moves_one():
    def build(t):
        inputs = {"a": fg.Gamma(3.0, 0.4), "b": fg.Gamma(4.0, 0.3)}
        return fg.Simulation(one_threshold, inputs, {"limit": t})

    with pytest.raises(fg.NotApplicable, match="also jumps where no mark stands") as refusal:
        gradient(build, 1.2)
    assert "if x.b > p.limit" in refusal.value.reason


def test_what_was_found_elsewhere_says_nothing_here():
    def build(t):
        inputs = {"demand": fg.Poisson(2.0).repeat(3)}
        return fg.Simulation(on_a_lattice, inputs, {"start": 10.0, "limit": t})

    assert gradient(build, 2.5).gradient == 0.0
    with pytest.raises(fg.NotApplicable, match="two sides are equal on"):
        gradient(build, 2.0)


def test_an_option_of_another_model_is_refused():
    """`cut` is said to networks, `steady` to inventories, `marks` to functions."""

    def build(t):
        return fg.Inventory(1.0, 1.0 + t, fg.Exponential(1.0), 5, holding=1.0)

    with pytest.raises(fg.NotApplicable, match="cut= of SPA says nothing to Inventory"):
        fg.gradient(build, 3.0, fg.SPA(cut="smallest"), 100)
