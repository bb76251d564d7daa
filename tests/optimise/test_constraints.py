"""Boxes, simplexes, linear and expected constraints: against optima in closed form."""

import math

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

import fastgrad as fg
from fastgrad.core.theta import Theta
from fastgrad.optimise.region import Region


def squares(theta):
    """E Σ (θ_i - X_i)², X_i with means 1, 2, 3: the nearest point of the region to them."""

    def loss(x, p):
        return (p.a - x.a) ** 2 + (p.b - x.b) ** 2 + (p.c - x.c) ** 2

    return fg.Simulation(
        loss,
        inputs={"a": fg.Normal(1.0, 1.0), "b": fg.Normal(2.0, 1.0), "c": fg.Normal(3.0, 1.0)},
        parameters={"a": theta[0], "b": theta[1], "c": theta[2]},
    )


REGIONS = {
    "simplex": ([fg.Simplex(3.0)], None, [0.0, 1.0, 2.0]),
    "box": ([], (0.0, 1.5), [1.0, 1.5, 1.5]),
    "linear": ([LinearConstraint([[1, 1, 1]], -np.inf, 3.0)], None, [0.0, 1.0, 2.0]),
    "both": ([LinearConstraint([[1, -1, 0]], 0.0, 0.0)], (0.0, 2.5), [1.5, 1.5, 2.5]),
}


@pytest.mark.parametrize("algorithm", ["robbins-monro", "spsa", "saa"])
@pytest.mark.parametrize("region", REGIONS)
def test_the_optimum_lies_on_the_constraint(region, algorithm):
    constraints, bounds, wanted = REGIONS[region]
    found = fg.minimize(
        squares, [1.0, 1.0, 1.0], bounds, constraints, algorithm, replications=6000, seed=1
    )
    # n Var = σ²/H² with σ = 2, H = 2 of each component: a hundredth, and as much for the steps.
    assert found.x == pytest.approx(wanted, abs=0.12)
    inside = Region(Theta([1.0, 1.0, 1.0]), bounds, constraints)
    assert inside.violation(found.x) is None
    assert all(inside.violation(x) is None for x in found.path.recommended)


def test_a_projection_is_the_nearest_point():
    generator = np.random.default_rng(1)
    rows = [[1.0, 2.0, 3.0], [1.0, -1.0, 0.0]]
    linear = LinearConstraint(rows, [-np.inf, 0.0], [4.0, 1.0])
    region = Region(Theta([0.5, 0.4, 0.3]), (0.0, 2.0), [linear])
    for _ in range(20):
        point, scale = 3.0 * generator.normal(size=3), np.exp(generator.normal(size=3))
        made = region.project(point, scale)
        assert region.violation(made) is None
        best = minimize(
            lambda z, point=point, scale=scale: np.sum(((z - point) / scale) ** 2),
            [0.5, 0.4, 0.3], bounds=[(0.0, 2.0)] * 3, constraints=[linear], method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )  # fmt: skip
        assert np.sum(((made - point) / scale) ** 2) <= best.fun + 1e-7


def test_a_simplex_is_projected_onto_as_by_sorting():
    generator = np.random.default_rng(2)
    region = Region(Theta(np.full(6, 1 / 6)), None, [fg.Simplex()])
    for _ in range(20):
        point = 2.0 * generator.normal(size=6)
        down = np.sort(point)[::-1]
        level = (np.cumsum(down) - 1.0) / np.arange(1, 7)
        shift = level[np.flatnonzero(down > level)[-1]]
        assert region.project(point) == pytest.approx(np.maximum(point - shift, 0.0), abs=1e-12)


def left_over(theta):
    return fg.Simulation(
        lambda x, p: max(p.q - x.d, 0.0), inputs={"d": fg.Exponential(1.0)},
        parameters={"q": theta},
    )  # fmt: skip


def missing(theta):
    return fg.Simulation(
        lambda x, p: max(x.d - p.q, 0.0), inputs={"d": fg.Exponential(1.0)},
        parameters={"q": theta},
    )  # fmt: skip


@pytest.mark.parametrize("algorithm", ["robbins-monro", "saa"])
@pytest.mark.parametrize("form", ["at_most", "at_least"])
@pytest.mark.parametrize("start", [0.2, 6.0])
def test_a_service_level_binds(algorithm, form, start):
    """Least stock with E (D - q)⁺ = e^{-q} at most 0.1: q = ln 10."""
    if form == "at_most":
        service = fg.Expected(missing, at_most=0.1)
    else:
        service = fg.Expected(lambda theta: -missing(theta), at_least=-0.1)
    found = fg.minimize(
        left_over, start, (0.0, 20.0), service, algorithm, replications=200_000, seed=1
    )
    # A replication of (D - q)⁺ has sd 0.42 and the slope 0.1: q is known to 4.2/√n, and of
    # 200,000 paths some 5,000 are fresh replications of the constraint.
    assert found.x == pytest.approx(math.log(10.0), abs=5.0 * 4.2 / math.sqrt(5000.0))
    (entry,) = found.expected
    assert entry["feasible"]
    assert found.success
    exact = math.exp(-found.x) * (1.0 if form == "at_most" else -1.0)
    assert abs(entry["value"] - exact) < 5.0 * entry["error"]


def test_a_constraint_that_does_not_bind_changes_little():
    problem = fg.problems.newsvendor()
    slack = fg.Expected(missing, at_most=0.9)
    for algorithm in ("robbins-monro", "saa"):
        found = fg.minimize(
            problem.build, 8.0, problem.bounds, slack, algorithm, replications=10_000, seed=1
        )
        assert problem.gap(found.x) < 0.01 * problem.gap(8.0)
        assert found.expected[0]["verdict"] == "feasible"


def test_constraints_that_cannot_be_met_are_told():
    above = LinearConstraint([[1.0, 1.0, 1.0]], 9.0, 12.0)
    with pytest.raises(ValueError, match="no theta satisfies"):
        fg.minimize(squares, [1.0, 1.0, 1.0], (0.0, 2.0), above)
    with pytest.raises(ValueError, match="start: linear constraint 0 has the value 3"):
        fg.minimize(squares, [1.0, 1.0, 1.0], (0.0, 9.0), above)
    with pytest.raises(ValueError, match="has 2 columns"):
        fg.minimize(squares, [1.0, 1.0, 1.0], None, LinearConstraint([[1.0, 1.0]], 0.0, 1.0))
    with pytest.raises(ValueError, match="give one of at_most= and at_least="):
        fg.Expected(missing)
    with pytest.raises(ValueError, match="total must be a positive number"):
        fg.Simplex(-1.0)
    never = fg.minimize(
        left_over, 1.0, (0.0, 2.0), fg.Expected(missing, at_most=0.01), "saa", replications=4000
    )
    assert not never.success
    assert "violated" in never.message


def test_whole_components_are_for_spsa():
    """Stock for Poisson demand: the first whole q with P(D ≤ q) ≥ 9/10."""

    def build(theta):
        return fg.Simulation(
            lambda x, p: max(p.q - x.d, 9.0 * (x.d - p.q)), inputs={"d": fg.Poisson(6.0)},
            parameters={"q": theta["q"]},
        )  # fmt: skip

    with pytest.raises(fg.NotApplicable, match="whole number") as refusal:
        fg.minimize(build, {"q": 2.0}, (0, 30), algorithm="saa", integer=["q"])
    assert refusal.value.alternatives == ("spsa",)
    found = fg.minimize(
        build, {"q": 2.0}, (0, 30), algorithm="spsa", integer=["q"], replications=10_000, seed=1
    )
    assert found.x == {"q": 9.0}
