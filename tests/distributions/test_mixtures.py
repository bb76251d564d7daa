"""Mixtures of any families: Hahn-Jordan pairs, second order, components with atoms."""

import itertools
import json

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.distributions import (
    binomial,
    deterministic,
    geometric,
    negative_binomial,
    poisson,
)
from rows import row, variates
from scipy import integrate, stats
from tolerance import accept, bound
from typer.testing import CliRunner

import fastgrad as fg
from fastgrad.cli.__main__ import app

SAMPLES = 200_000
CELLS = 100  # comparisons in this file, at most
Z = bound(CELLS)


def g(x):
    return np.sin(x) + x * x


def close(sample, exact):
    return abs(sample.mean() - exact) <= Z * sample.std() / np.sqrt(len(sample)) + 1e-12


def continuous(w=(0.3, 0.5, 0.2), mean=0.8, place=0.4, spread=0.6, shape=1.7, scale=1.2):
    return fg.Mixture(w, [fg.Exponential(mean), fg.Normal(place, spread), fg.Weibull(shape, scale)])


WITH_ATOMS = ("poisson", "geometric", "deterministic", "exponential")
ATOM_WEIGHTS = (0.4, 0.2, 0.1, 0.3)


def atomic(w=ATOM_WEIGHTS, mean=1.5, p=0.4, value=2.0, rate=0.9):
    parts = [fg.Poisson(mean), fg.Geometric(p), fg.Deterministic(value), fg.Exponential(rate)]
    return fg.Mixture(w, parts)


def means(mean=1.5, p=0.4, value=2.0, rate=0.9):
    """E[g] of each component of `atomic`."""
    k = np.arange(200)
    exponential = rate / (1.0 + rate * rate) + 2.0 * rate * rate
    return np.array([
        stats.poisson(mean).pmf(k) @ g(k), stats.geom(p).pmf(k) @ g(k), g(value), exponential
    ])  # fmt: skip


# --- Hahn-Jordan pairs of weights ------------------------------------------------------------


def densities(distribution, x):
    return [
        stats.expon(0, 0.8).pdf(x), stats.norm(0.4, 0.6).pdf(x),
        stats.weibull_min(1.7, 0, 1.2).pdf(x),
    ]  # fmt: skip


@pytest.mark.parametrize("i", range(3))
def test_hahn_jordan_pairs_of_weights_are_the_parts_of_the_difference(i):
    distribution, w = continuous(), np.array([0.3, 0.5, 0.2])
    others = np.delete(np.arange(3), i)

    def difference(x):
        f = densities(distribution, x)
        return f[i] - sum(w[k] * f[k] for k in others) / w[others].sum()

    points = [-1.0, 0.0, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0]
    positive, _ = integrate.quad(
        lambda x: max(difference(x), 0.0), -4, 20, points=points, limit=400, epsabs=1e-11
    )
    constant = distribution.constant(f"hahn_jordan_weights[{i}]_constant")
    assert constant == pytest.approx(w[others].sum() * positive, abs=1e-8)

    v, u = np.random.default_rng(i).random((2, SAMPLES))
    plus, minus = row(distribution, f"hahn_jordan_weights[{i}]", v=v, w=u)
    assert np.all(difference(plus) > 0.0)
    assert np.all(difference(minus) < 0.0)
    exact = integrate.quad(
        lambda x: w[others].sum() * difference(x) * g(x), -4, 30, points=points, limit=400
    )[0]
    assert close(constant * (g(plus) - g(minus)), exact)


def test_the_constant_is_found_where_components_have_atoms():
    """Poisson against the rest: a sum over its atoms. Geometric likewise."""
    distribution, k = atomic(), np.arange(200)
    masses = [stats.poisson(1.5).pmf(k), stats.geom(0.4).pmf(k), 1.0 * (k == 2), 0.0 * k]
    w = np.array(ATOM_WEIGHTS)
    for i in (0, 1, 2):
        others = np.delete(np.arange(4), i)
        rest = sum(w[j] * masses[j] for j in others) / w[others].sum()
        exact = w[others].sum() * np.maximum(masses[i] - rest, 0.0).sum()
        found = distribution.constant(f"hahn_jordan_weights[{i}]_constant")
        assert found == pytest.approx(exact, rel=1e-9)
    # What has no atoms lies wholly above what has only atoms in common with it.
    assert distribution.constant("hahn_jordan_weights[3]_constant") == pytest.approx(0.7, rel=1e-12)


@pytest.mark.parametrize("place", [1e-3, 0.5, 6.0, 20.0])
def test_the_constant_is_found_where_densities_cross_within_a_narrow_place(place):
    """An exponential above a normal of width 1e-4 of its place: all but the width of the peak."""
    spread = 1e-4 * place
    distribution = fg.Mixture([0.4, 0.6], [fg.Exponential(1.0), fg.Normal(place, spread)])
    # Inside the peak, from z = -d to d, the normal lies above; the slope there is negligible.
    height = spread * np.exp(-place) * np.sqrt(2.0 * np.pi)
    d = np.sqrt(-2.0 * np.log(height))
    covered = np.exp(-place) * 2.0 * d * spread + 2.0 * stats.norm.sf(d)
    found = distribution.constant("hahn_jordan_weights[0]_constant")
    assert 1.0 - found / 0.6 == pytest.approx(covered, rel=1e-4)


def test_components_that_almost_coincide_are_refused_with_the_reason():
    distribution = fg.Mixture([0.5, 0.5], [fg.Exponential(1.0), fg.Exponential(1.0001)])
    assert distribution.has("natural_weights[0]")
    assert not distribution.has("hahn_jordan_weights[0]")
    assert "rejections" in distribution.reason("hahn_jordan", "weights[0]")


# --- scores ------------------------------------------------------------------------------------


def log_density(x, w0, mean, place, spread, shape, scale):
    """ln f of `continuous` when w_0 = w0, w_1 = 0.8 - w0, in mpmath."""
    m = mpmath
    z = (x - place) / spread
    y = x / scale
    terms = (
        w0 * m.exp(-x / mean) / mean,
        (m.mpf("0.8") - w0) * m.exp(-z * z / 2) / (spread * m.sqrt(2 * m.pi)),
        m.mpf("0.2") * shape / x * y**shape * m.exp(-(y**shape)),
    )
    return m.log(sum(terms))


NAMES = ("components[0].mean", "components[1].mean", "components[1].sd", "components[2].shape",
         "components[2].scale")  # fmt: skip
AT = (0.8, 0.4, 0.6, 1.7, 1.2)


@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(range(5), 2)))
def test_all_second_scores_of_component_parameters(pair):
    distribution, x = continuous(), np.array([0.05, 0.4, 1.1, 2.5])
    a, b = pair
    name = NAMES[a] if a == b else f"{NAMES[a]}_{NAMES[b]}"
    found = row(distribution, f"second_score_{name}", x=x)
    order = tuple(int(k == a) + int(k == b) for k in range(5))
    with mpmath.workdps(40):
        exact = [
            float(mpmath.diff(lambda *p: log_density(mpmath.mpf(t), mpmath.mpf("0.3"), *p),  # noqa: B023
                              tuple(map(mpmath.mpf, map(str, AT))), order))
            for t in x
        ]  # fmt: skip
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("k", range(5))
def test_second_scores_of_a_weight_and_a_parameter(k):
    """Scores of weights are centred, so only their sum along an allowed direction is fixed."""
    distribution, x = continuous(), np.array([0.05, 0.4, 1.1, 2.5])
    along = [row(distribution, f"second_score_weights[{i}]_{NAMES[k]}", x=x) for i in (0, 1)]
    found = along[0] - along[1]
    order = (1, *(int(j == k) for j in range(5)))
    with mpmath.workdps(40):
        exact = [
            float(mpmath.diff(lambda w, *p: log_density(mpmath.mpf(t), w, *p),  # noqa: B023
                              tuple(map(mpmath.mpf, ("0.3", *map(str, AT)))), order))
            for t in x
        ]  # fmt: skip
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-11)


def second_model(theta):
    """θ in the weights and in a mean; E[X²] = w 2m² + (1 - w)(1 + 0.36)."""
    distribution = fg.Mixture(
        [theta["w"], 1.0 - theta["w"]], [fg.Exponential(theta["m"]), fg.Normal(1.0, 0.6)]
    )
    return fg.Expectation(lambda x: x * x, [distribution])


def test_second_derivatives_by_the_likelihood_ratio():
    found = fg.gradient(second_model, {"w": 0.4, "m": 0.9}, "lr", SAMPLES, seed=1, order=2)
    exact = {("m", "m"): 0.4 * 4.0, ("w", "m"): 4.0 * 0.9, ("w", "w"): 0.0}
    for (a, b), value in exact.items():
        error = Z * found.standard_error[a][b] + 1e-12
        assert abs(found.gradient[a][b] - value) <= error


# --- pairs of component parameters -----------------------------------------------------------


BENDS = {
    "components[0].mean": 0.3 * ((2 * 0.8**3 - 6 * 0.8) / (1 + 0.8**2) ** 3 + 4.0),
    "components[1].mean": 0.5 * (2.0 - np.sin(0.4) * np.exp(-0.18)),
    "components[1].sd": 0.5 * (2.0 + np.sin(0.4) * (0.6**2 - 1.0) * np.exp(-0.18)),
}


@pytest.mark.parametrize("slot", BENDS)
def test_second_order_pairs_of_component_parameters(slot):
    distribution = continuous()
    v, w = np.random.default_rng(8).random((2, SAMPLES))
    plus, minus = row(distribution, f"natural_second_{slot}", v=v, w=w)
    constant = distribution.constant(f"natural_second_{slot}_constant")
    assert close(constant * (g(plus) - g(minus)), BENDS[slot])


# --- components with atoms ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "distribution", "parameters"),
    [
        (poisson.probability, stats.poisson(2.3), (2.3,)),
        (poisson.probability, stats.poisson(400.0), (400.0,)),
        (binomial.probability, stats.binom(9, 0.3), (9.0, 0.3)),
        (geometric.probability, stats.geom(0.2), (0.2,)),
        (negative_binomial.probability, stats.nbinom(3, 0.4, loc=3), (3.0, 0.4)),
    ],
)
def test_probabilities_of_atoms(function, distribution, parameters):
    for x in (*range(-1, 30), 390, 420):
        assert function(float(x), *parameters) == pytest.approx(distribution.pmf(x), rel=1e-12)
    assert function(1.5, *parameters) == 0.0


def test_a_deterministic_component_is_one_atom():
    assert deterministic.probability(2.0, 2.0) == 1.0
    assert deterministic.probability(2.5, 2.0) == 0.0


@pytest.mark.parametrize("i", range(4))
def test_scores_and_pairs_of_weights_with_atoms(i):
    distribution, w = atomic(), np.array(ATOM_WEIGHTS)
    exact = means()[i] - w @ means()
    rng = np.random.default_rng(10 + i)
    x = variates(distribution, rng.random(SAMPLES))
    score = row(distribution, f"score_weights[{i}]", x=x)
    assert close(score, 0.0)
    assert close(g(x) * score, exact)
    v, u = rng.random((2, SAMPLES))
    for kind in ("natural", "hahn_jordan"):
        plus, minus = row(distribution, f"{kind}_weights[{i}]", x=x, v=v, w=u)
        assert close(
            distribution.constant(f"{kind}_weights[{i}]_constant") * (g(plus) - g(minus)), exact
        )


@pytest.mark.parametrize(
    ("slot", "moved"),
    [("components[0].mean", "mean"), ("components[1].p", "p"), ("components[3].mean", "rate")],
)
def test_parameters_of_components_beside_atoms(slot, moved):
    distribution, i = atomic(), int(slot[11])
    at = {"mean": 1.5, "p": 0.4, "rate": 0.9}[moved]
    up, down = (means(**{moved: at + h})[i] for h in (1e-4, -1e-4))
    exact = ATOM_WEIGHTS[i] * (up - down) / 2e-4
    rng = np.random.default_rng(20 + i)
    x = variates(distribution, rng.random(SAMPLES))
    score = row(distribution, f"score_{slot}", x=x)
    assert close(g(x) * score, exact)
    v, w = rng.random((2, SAMPLES))
    plus, minus = row(distribution, f"natural_{slot}", x=x, v=v, w=w)
    assert close(distribution.constant(f"natural_{slot}_constant") * (g(plus) - g(minus)), exact)


def test_what_a_component_lacks_is_refused_with_its_reason():
    distribution = atomic()
    assert "integer valued" in distribution.reason("derivative", "components[0].mean")
    assert "dipole" in distribution.reason("score", "components[2].value")
    assert not distribution.has("density")
    uniform = fg.Mixture([0.5, 0.5], [fg.Uniform(0.0, 1.0), fg.Exponential(1.0)])
    name = "second_score_weights[0]_components[0].low"
    assert not uniform.has(name)
    assert "support" in uniform.reason("second_score", name.removeprefix("second_score_"))


def test_few_valued_components_are_taken_apart():
    inner = fg.Mixture([0.5, 0.5], [fg.Exponential(1.0), fg.Normal(0.0, 1.0)])
    distribution = fg.Mixture(
        [0.2, 0.3, 0.5], [fg.Discrete([1.0, 4.0], [0.9, 0.1]), fg.Bernoulli(0.25, 7.0, -7.0), inner]
    )
    np.testing.assert_allclose(distribution.weights, [0.18, 0.02, 0.075, 0.225, 0.25, 0.25])
    assert distribution.values[6:10] == (1.0, 4.0, 7.0, -7.0)
    assert distribution.expectation() == pytest.approx(0.2 * 1.3 + 0.3 * -3.5 + 0.25)
    x = variates(distribution, np.random.default_rng(1).random(50_000))
    counts = [(x == value).sum() for value in distribution.values[6:10]]
    counts.append(len(x) - sum(counts))
    expected = np.array([0.18, 0.02, 0.075, 0.225, 0.5]) * len(x)
    assert stats.chisquare(counts, expected).pvalue > 1e-6


def test_theta_may_stand_within_a_component_that_is_taken_apart():
    """E[X²] = 0.6 θ + 0.4 · 2, θ the probability of 1."""

    def build(theta):
        distribution = fg.Mixture([0.6, 0.4], [fg.Bernoulli(theta), fg.Exponential(1.0)])
        return fg.Expectation(lambda x: x * x, [distribution])

    for method in ("spa", "wd", "lr"):
        found = fg.gradient(build, 0.3, method, 50_000, seed=2)
        accept(found, 0.6, CELLS, error=1e-12)


def test_many_families_make_a_name_that_a_file_can_have():
    parts = [fg.Deterministic(float(k)) for k in range(24)]
    distribution = fg.Mixture([1 / 24] * 24, parts)
    x = variates(distribution, (np.arange(24) + 0.5) / 24)
    np.testing.assert_array_equal(x, np.arange(24))


STUDY = """
theta = 0.3
replications = 5000
seed = 1
[model]
kind = "SingleServerQueue"
customers = 1
interarrival = {kind = "Exponential", mean = 1.0}
[model.service]
kind = "Mixture"
weights = ["theta", "1 - theta"]
components = [
    {kind = "Exponential", mean = 0.5},
    {kind = "Discrete", values = [0.2, 1.0], probabilities = ["0.5", 0.5]},
]
"""


def test_lists_stand_in_study_files(tmp_path):
    """E[X] = 0.5 θ + 0.6 (1 - θ)."""
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    done = CliRunner().invoke(app, ["run", str(path), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert abs(found["gradient"] + 0.1) <= Z * found["standard_error"]
