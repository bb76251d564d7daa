"""One driver for every distribution of the table: itself, and each derivative against its truth.

The truth (`derivative_truth`) is dE[g]/dθ by differences of E[g] under SciPy's form, for three
functions g of which one jumps. Pathwise derivatives and scores are integrated over the uniform
by the double exponential rule; weak derivatives are averaged over seeded samples, with their
standard error.
"""

import numpy as np
import pytest
from derivative_truth import EDGE, Outputs, differences, integral, kinks
from distributions_table import CASES, CONTINUOUS, DISCRETE
from rows import row, variates, variates_by_lane
from scipy import stats

import fastgrad.distributions.families as d

FAMILY_WISE = 1e-6


def by_name(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def parameters_with(kind, cases=CASES):
    """(case, parameter) for every parameter that has this kind of derivative."""
    pairs = [
        (case, parameter)
        for case in cases
        for parameter in case.make().kernel.PARAMETERS
        if case.make().has(f"{kind}_{parameter}")
    ]
    return pytest.mark.parametrize(
        ("case", "parameter"), pairs, ids=[f"{c.name}-{p}" for c, p in pairs]
    )


# --- the distribution -------------------------------------------------------------------------

TAILS = np.array([EDGE, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.02])
GRID = np.concatenate([TAILS, np.linspace(0.05, 0.95, 37), 1.0 - TAILS[::-1]])


@by_name(CONTINUOUS)
def test_the_quantile_agrees_with_scipy(case):
    """Up to the effect of one rounding of u, and 1e-11 (SciPy's own errors)."""
    distribution, u = case.reference(), GRID
    x = variates(case.make(), u)
    exact = distribution.isf(u) if case.falls else distribution.ppf(u)
    rounding = (
        EDGE * np.minimum(1.0, np.maximum(u, 1 - u)) / np.maximum(distribution.pdf(exact), 1e-300)
    )
    assert np.all(np.abs(x - exact) <= 1e-11 * (np.abs(exact) + 1e-3) + rounding)


@by_name(DISCRETE)
def test_the_discrete_quantile_is_the_smallest_value_that_covers_u(case):
    distribution, u = case.reference(), GRID
    x = variates(case.make(), u)
    slack = 1e-12
    if "high" in case.parameters:
        assert np.array_equal(x, np.where(u <= case.parameters["p"], 1.5, -0.5))
    elif case.falls:
        assert np.all(distribution.sf(x) <= u * (1 + slack))
        assert np.all(distribution.sf(x - 1) >= u * (1 - slack))
    else:
        assert np.all(distribution.cdf(x) >= u * (1 - slack))
        assert np.all(distribution.cdf(x - 1) < u * (1 + slack))
        assert np.all(distribution.sf(x) <= (1 - u) * (1 + slack) + EDGE)


@by_name(CASES)
def test_parameters_may_differ_from_lane_to_lane(case):
    """As simultaneous perturbations need it: equal parameters give equal variates."""
    distribution, u = case.make(), np.linspace(0.01, 0.99, 33)
    shared, by_lane = variates(distribution, u), variates_by_lane(distribution, u)
    np.testing.assert_allclose(by_lane, shared, rtol=1e-14)


@by_name(CASES)
def test_samples_have_the_law(case):
    x = variates(case.make(), np.random.default_rng(5).random(20_000))
    reference = case.reference()
    if case in CONTINUOUS:
        p_value = stats.kstest(x, reference.cdf).pvalue
    else:
        edges = np.unique(reference.ppf(np.linspace(0.02, 0.98, 25)))
        shares = np.diff(np.concatenate([[0.0], reference.cdf(edges), [1.0]]))
        counts = np.bincount(np.searchsorted(edges, x), minlength=len(shares))
        kept = shares * len(x) > 1.0
        p_value = stats.chisquare(counts[kept], shares[kept] * len(x)).pvalue
    assert p_value > FAMILY_WISE / len(CASES)


# --- derivatives by integration over the uniform ----------------------------------------------


def breaks(case, outputs):
    """The uniforms where the integrand may have a corner or a jump."""
    reference = case.reference()
    share = reference.sf if case.falls else reference.cdf
    return [float(share(point)) for point in [outputs.jump, *kinks(case)]]


@parameters_with("derivative", CONTINUOUS)
def test_the_pathwise_derivative_gives_the_derivative_of_the_mean(case, parameter):
    outputs, distribution = Outputs(case), case.make()
    for k in range(2):
        exact, _ = differences(case, outputs, k, parameter)

        def sample(u, k=k):
            x = variates(distribution, u)
            return outputs.slope(k, x) * row(distribution, f"derivative_{parameter}", u=u, x=x)

        assert integral(sample, breaks(case, outputs)) == pytest.approx(exact, rel=1e-6, abs=1e-8)


def mean_of(case, outputs, function):
    """E[function(X)]: over the uniform, or over the support."""
    if case in CONTINUOUS:
        distribution = case.make()
        return integral(lambda u: function(variates(distribution, u)), breaks(case, outputs))
    reference = case.reference()
    if "high" in case.parameters:
        support = np.array([case.parameters["low"], case.parameters["high"]])
    else:
        support = np.arange(float(reference.ppf(1e-15)), float(reference.ppf(1 - 1e-13)) + 80.0)
    return float(reference.pmf(support) @ function(support))


@parameters_with("score")
def test_the_score_has_mean_zero_and_gives_the_derivative(case, parameter):
    outputs, distribution = Outputs(case), case.make()
    score = f"score_{parameter}"
    size = mean_of(case, outputs, lambda x: np.abs(row(distribution, score, x=x)))
    assert abs(mean_of(case, outputs, lambda x: row(distribution, score, x=x))) <= 1e-9 * size
    for k in range(3):
        exact, _ = differences(case, outputs, k, parameter)
        mean = mean_of(case, outputs, lambda x, k=k: outputs(k, x) * row(distribution, score, x=x))
        assert mean == pytest.approx(exact, rel=1e-6, abs=1e-7 * size)


@parameters_with("second_score")
def test_the_second_score_gives_the_second_derivative(case, parameter):
    outputs, distribution = Outputs(case), case.make()

    def weight(x):
        first = row(distribution, f"score_{parameter}", x=x)
        return first * first + row(distribution, f"second_score_{parameter}", x=x)

    size = mean_of(case, outputs, lambda x: np.abs(weight(x)))
    # Next to the pole z = 0, where u ~ z³, 1/z² is only known down to (2^-53)^(1/3).
    slack = 3e-5 if case.kind is d.Maxwell else 1e-8
    assert abs(mean_of(case, outputs, weight)) <= slack * (size + 1.0)
    for k in range(3):
        _, exact = differences(case, outputs, k, parameter)
        mean = mean_of(case, outputs, lambda x, k=k: outputs(k, x) * weight(x))
        assert mean == pytest.approx(exact, rel=1e-5, abs=max(3e-6, slack) * (size + 1.0))


def parameter_pairs():
    for case in CASES:
        names = [n for n in case.make().kernel.PARAMETERS if case.make().has(f"score_{n}")]
        for i, first in enumerate(names):
            for second in names[i + 1 :]:
                joint = f"{first}_{second}"
                if case.make().has(f"second_score_{joint}"):
                    yield pytest.param(case, first, second, id=f"{case.name}-{first}-{second}")
                else:  # of images: how the family's own score changes with its variate
                    assert "known" in case.make().reason("second_score", joint)


@pytest.mark.parametrize(("case", "first", "second"), list(parameter_pairs()))
def test_the_mixed_score_is_the_derivative_of_either_score(case, first, second):
    x = variates(case.make(), np.linspace(0.01, 0.99, 44))
    mixed = row(case.make(), f"second_score_{first}_{second}", x=x)
    for scored, moved in ((first, second), (second, first)):
        at = case.parameters[moved]
        step = 1e-5 * max(abs(at), 0.1)
        up, down = (
            row(case.make(**{moved: at + sign * step}), f"score_{scored}", x=x) for sign in (1, -1)
        )
        np.testing.assert_allclose((up - down) / (2.0 * step), mixed, rtol=1e-6, atol=1e-7)


# --- weak derivatives by sampling -----------------------------------------------------------

SAMPLES = 200_000
INVERTED = 8_000  # of pairs that take some microseconds each
BY_INVERSION = ("StudentT", "PERT", "image_of_beta", "mirrored_gamma", "part_of_normal")
PAIR_KINDS = ("natural", "hahn_jordan", "natural_second")


def sampled_pair(case, name, rng):
    """X⁺ and X⁻, as the estimators make them."""
    distribution = case.make()
    samples = INVERTED if case.kind.__name__ in BY_INVERSION else SAMPLES
    u, v, w = (np.maximum(rng.random(samples), EDGE) for _ in range(3))
    return row(distribution, name, x=variates(distribution, u), v=v, w=w)


@pytest.mark.parametrize("kind", PAIR_KINDS)
@by_name(CASES)
def test_weak_derivatives_give_the_derivative(case, kind):
    outputs, distribution = Outputs(case), case.make()
    cells = 3 * len(PAIR_KINDS) * sum(len(c.parameters) for c in CASES)
    z = stats.norm.isf(FAMILY_WISE / cells / 2)
    for parameter in distribution.kernel.PARAMETERS:
        name = f"{kind}_{parameter}"
        if not distribution.has(name):
            assert distribution.reason(kind, parameter)
            continue
        constant = distribution.constant(f"{name}_constant")
        plus, minus = sampled_pair(case, name, np.random.default_rng(11))
        for k in range(3):
            exact = differences(case, outputs, k, parameter)[kind == "natural_second"]
            sample = constant * (outputs(k, plus) - outputs(k, minus))
            error = sample.std() / np.sqrt(len(sample))
            assert abs(sample.mean() - exact) <= z * error + 3e-6 * (1.0 + abs(constant)), (
                f"{name}, g {k}: {sample.mean()} ± {error}, exact {exact}"
            )


@parameters_with("hahn_jordan")
def test_hahn_jordan_has_the_smallest_constant(case, parameter):
    distribution = case.make()
    best, natural = (
        distribution.constant(f"{kind}_{parameter}_constant") for kind in ("hahn_jordan", "natural")
    )
    assert best <= natural * (1 + 1e-12)
    if distribution.has(f"score_{parameter}"):
        outputs = Outputs(case)
        total = mean_of(
            case, outputs, lambda x: np.abs(row(distribution, f"score_{parameter}", x=x))
        )
        # The total variation of the derivative is 2c; |score| has a corner at its zero.
        assert total == pytest.approx(2.0 * best, rel=3e-3)


# Both ends of one slice: the best coupling for outputs that are even about the mode.
SLICES = {(d.Normal, "mean"), (d.LogNormal, "mu"), (d.Cauchy, "location")}
SLICES |= {(d.StudentT, "location")}
SLICES |= {(d.Triangular, "low"), (d.Triangular, "mode"), (d.Triangular, "high")}


@pytest.mark.parametrize("kind", ["natural", "hahn_jordan"])
@by_name(CASES)
def test_coupled_pairs_have_no_larger_variance_than_independent_ones(case, kind):
    """For a monotone output: the common variate or uniform makes both ends rise together."""
    outputs, distribution = Outputs(case), case.make()
    for parameter in distribution.kernel.PARAMETERS:
        name = f"{kind}_{parameter}"
        if distribution.has(name) and not (kind == "natural" and (case.kind, parameter) in SLICES):
            plus, minus = sampled_pair(case, name, np.random.default_rng(3))
            _, independent = sampled_pair(case, name, np.random.default_rng(4))
            coupled = (outputs(0, plus) - outputs(0, minus)).var()
            free = (outputs(0, plus) - outputs(0, independent)).var()
            assert coupled <= free * (1 + 12.0 / np.sqrt(len(plus))), name


# --- every derivative exists, or says why not ----------------------------------------------------


@by_name(CASES)
def test_what_is_missing_has_a_reason_and_what_is_there_has_none(case):
    distribution = case.make()
    reasons = getattr(distribution.kernel, "NOT_APPLICABLE", {})
    for parameter, domain in distribution.kernel.PARAMETERS.items():
        for kind in ("derivative", "score", "second_score", *PAIR_KINDS):
            name = f"{kind}_{parameter}"
            given = distribution.has(name)
            assert not (given and name in reasons), name
            assert (
                given
                or domain == "count"
                or hasattr(distribution, "base")  # images and parts are of any distribution
                or "known" not in distribution.reason(kind, parameter)
                or name in reasons
            ), f"{name} is missing without a reason"
