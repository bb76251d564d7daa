"""Stochastic approximation against exact recursions, enumerated means and measured rates."""

import numpy as np
import pytest
from scipy import stats

import fastgrad as fg
from fastgrad.core.theta import Theta
from fastgrad.optimise.gains import Gains
from fastgrad.optimise.recursion import Way, covariance
from fastgrad.optimise.sampling import Source
from fastgrad.settings import Settings

COMPONENTS = 8
SIGNIFICANT = 4.9  # two-sided 1e-6


def bowls(theta):
    """Σ t_i² + t_i Z_i: H = 2 and a gradient 2 t_i + Z_i in each component, independently."""

    def loss(x, p):
        return (
            p.t0 * (p.t0 + x.z[0]) + p.t1 * (p.t1 + x.z[1]) + p.t2 * (p.t2 + x.z[2])
            + p.t3 * (p.t3 + x.z[3]) + p.t4 * (p.t4 + x.z[4]) + p.t5 * (p.t5 + x.z[5])
            + p.t6 * (p.t6 + x.z[6]) + p.t7 * (p.t7 + x.z[7])
        )  # fmt: skip

    return fg.Simulation(
        loss,
        inputs={"z": fg.Normal(0.0, 1.0).repeat(COMPONENTS)},
        parameters={f"t{i}": theta[i] for i in range(COMPONENTS)},
    )


def errors(algorithm, iterations, runs, averaged):
    """Errors after so many iterations, one for each run and component."""
    found = []
    for seed in range(runs):
        made = fg.minimize(
            bowls, np.ones(COMPONENTS), algorithm=algorithm, method="ipa",
            replications=int(iterations / 0.87) + 100, seed=seed,
        )  # fmt: skip
        steps = [step for step in made.path if step.phase == "descent"]
        last = steps[iterations - 1]
        found.append(last.recommended if averaged else last.x)
    return np.concatenate(found)


@pytest.mark.parametrize(
    ("key", "averaged", "options"),
    [
        ("sa.rm.a0.25", False, {"a": 0.25, "alpha": 1.0}),
        ("sa.pr", True, {"a": 0.5, "alpha": 0.7, "averaging": True, "skip": 0.0}),
    ],
)
def test_exact_moments_of_the_recursion(reference, key, averaged, options):
    """Mean and variance after N steps from e = 1, gradient noise 1: closed recursions."""
    iterations = int(reference.table[key]["parameters"]["N"])
    algorithm = fg.RobbinsMonro(A=0.0, batch=1, search=False, **options)
    seen = errors(algorithm, iterations, 4, averaged)
    mean, variance = reference(key)
    assert abs(seen.mean() - mean) < SIGNIFICANT * np.sqrt(variance / len(seen))
    low, high = stats.chi2.ppf([5e-7, 1 - 5e-7], len(seen)) / len(seen)
    assert low < np.mean((seen - mean) ** 2) / variance < high


@pytest.mark.parametrize("key", ["sa.mm1.lam1_c1", "sa.mm1.lam0.5_c2"])
def test_the_optimum_of_the_queue_in_the_steady_state(reference, key):
    best, least, curved = reference(key)
    given = reference.table[key]["parameters"]
    problem = fg.problems.mm1_steady(given["c"], rate=given["lam"])
    assert problem.optimum[0] == pytest.approx(best, rel=1e-12)
    assert problem.optimal_value == pytest.approx(least, rel=1e-12)
    ends = [problem.gap(best + h) for h in (1e-4, -1e-4)]
    assert sum(ends) / 1e-8 == pytest.approx(curved, rel=1e-4)
    # The same optimum by simulation, without a bias of the start: ratios over cycles.
    cycles = fg.problems.mm1_steady(given["c"], rate=given["lam"], cycles=20)
    found = fg.minimize(cycles.build, cycles.starts[2], cycles.bounds, replications=4000, seed=1)
    assert found.algorithm == "robbins-monro"
    error = np.sqrt(found.covariance[0, 0])
    assert abs(found.x - best) < SIGNIFICANT * error < 0.1 * best
    for refused in ("saa", "spsa", "kiefer-wolfowitz"):
        with pytest.raises(fg.NotApplicable, match="cycles"):
            fg.minimize(cycles.build, cycles.starts[2], cycles.bounds, algorithm=refused)


@pytest.mark.parametrize("key", ["sa.rm.a0.25", "sa.pr"])
def test_the_covariance_of_the_answer_is_the_exact_recursion(reference, key):
    """The mean there is what is left of the start: variance + mean² in one number."""
    given = reference.table[key]["parameters"]
    count, one = int(given["N"]), np.ones(1)
    gains = Gains(given["a"] * one, 0.0, given.get("alpha", 1.0), one, 0.0)
    way = Way([(0, gains)], count, 0 if key == "sa.pr" else count - 1, one)
    found = covariance(way, given["H"] * np.eye(1), np.eye(1), 0.0 * one)
    mean, variance = reference(key)
    assert found[0, 0] == pytest.approx(variance + mean**2, rel=1e-9)


def smooth(theta):
    """exp(a + 2b - c) + a² b, without noise."""
    return fg.Simulation(
        lambda x, p: np.exp(p.a + 2.0 * p.b - p.c) + p.a * p.a * p.b + 0.0 * x.z,
        inputs={"z": fg.Normal(0.0, 1.0)},
        parameters={"a": theta[0], "b": theta[1], "c": theta[2]},
    )


def only_exponential(theta):
    return fg.Simulation(
        lambda x, p: np.exp(p.a + 2.0 * p.b - p.c) + 0.0 * x.z,
        inputs={"z": fg.Normal(0.0, 1.0)},
        parameters={"a": theta[0], "b": theta[1], "c": theta[2]},
    )


def mean_gradient(build, algorithm, theta, steps, count):
    source = Source(build, Theta(theta), "ipa", Settings(seed=5))
    return algorithm.gradient(source, np.array(theta), np.array(steps), count, 0)


@pytest.mark.parametrize("measurements", [1, 2])
def test_the_mean_of_simultaneous_perturbations(reference, measurements):
    given = reference.table["sp.exact"]["parameters"]
    algorithm = fg.SPSA(directions="rademacher", measurements=measurements)
    found = mean_gradient(smooth, algorithm, given["theta"], given["c"], 100_000)
    off = np.abs(found.gradient - reference("sp.exact")) / np.sqrt(found.variance)
    assert np.all(off < SIGNIFICANT)
    assert np.linalg.norm(np.subtract(reference("sp.grad"), reference("sp.exact"))) > 1e-3


def test_the_mean_of_random_directions(reference):
    given = reference.table["rd.gauss"]["parameters"]
    algorithm = fg.RandomDirectionSearch()
    found = mean_gradient(only_exponential, algorithm, given["theta"], [given["c"]] * 3, 100_000)
    # Draws beyond four standard deviations are cut: 1 - E[Δ²; cut] = 2e-4 at most.
    bias = 2e-4 * np.abs(reference("rd.gauss"))
    off = np.abs(found.gradient - reference("rd.gauss")) - bias
    assert np.all(off < SIGNIFICANT * np.sqrt(found.variance))


def test_the_hessian_of_two_perturbations_is_unbiased_for_quadratics():
    def build(theta):
        return fg.Simulation(
            lambda x, p: p.a * p.a + 3.0 * p.a * p.b + 5.0 * p.b * p.b + x.z * p.a,
            inputs={"z": fg.Normal(0.0, 1.0)}, parameters={"a": theta[0], "b": theta[1]},
        )  # fmt: skip

    source = Source(build, Theta([1.0, -1.0]), "ipa", Settings(seed=5))
    algorithm = fg.SecondOrderSPSA()
    made = np.array([
        algorithm.both(source, np.array([1.0, -1.0]), np.array([0.1, 0.1]), 2, 2 * k)[1]
        for k in range(400)
    ])  # fmt: skip
    error = made.std(axis=0, ddof=1) / np.sqrt(len(made))
    assert np.all(np.abs(made.mean(axis=0) - [[2.0, 3.0], [3.0, 10.0]]) < SIGNIFICANT * error)


OTHERS = [
    "kiefer-wolfowitz", fg.KieferWolfowitz(differences="forward"), "spsa", "random-directions",
    "2spsa", "adam",
]  # fmt: skip


@pytest.mark.parametrize("algorithm", ["saa", fg.RobbinsMonro(averaging=True)], ids=str)
def test_confidence_intervals_cover(algorithm):
    covered(algorithm, 40)


@pytest.mark.parametrize("algorithm", OTHERS, ids=str)
def test_every_algorithm_has_an_interval(algorithm):
    covered(algorithm, 5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "algorithm", ["saa", fg.RobbinsMonro(averaging=True), "robbins-monro", *OTHERS], ids=str
)
def test_confidence_intervals_cover_in_400_runs(algorithm):
    covered(algorithm, 400)


def covered(algorithm, runs):
    problem = fg.problems.mm1()
    hits = 0
    for seed in range(runs):
        found = fg.minimize(
            problem.build, 1.2, problem.bounds, algorithm=algorithm, replications=10_000, seed=seed
        )
        low, high = found.confidence_interval()
        assert 0.0 < high - low < 0.3
        hits += low <= problem.optimum[0] <= high
    least, most = stats.binom.ppf([5e-7, 1 - 5e-7], runs, 0.95)
    assert least <= hits <= most


@pytest.mark.parametrize("algorithm", ["spsa", "adam"])
def test_an_interval_in_two_dimensions(algorithm):
    problem = fg.problems.inventory(periods=20)
    found = fg.minimize(
        problem.build, {"s": 0.5, "q": 4.0}, problem.bounds, algorithm=algorithm,
        replications=100_000, seed=1,
    )  # fmt: skip
    error = np.sqrt(np.diag(found.covariance))
    low, high = (np.array(list(end.values())) for end in found.confidence_interval())
    assert (np.abs(0.5 * (low + high) - problem.optimum) < 6.0 * error).all()  # t of 19
    assert (error < 0.5 * problem.optimum).all()


def test_solutions_by_scores_have_no_interval():
    problem = fg.problems.mm1()
    found = fg.minimize(
        problem.build, 1.2, problem.bounds, algorithm="saa", method="lr", replications=4000
    )
    with pytest.raises(ValueError, match="gradients follow the path"):
        found.confidence_interval()


def test_an_objective_goes_to_scipy_by_hand():
    from scipy.optimize import minimize

    problem = fg.problems.mm1()
    function = fg.objective(problem.build, "ipa", 4000, seed=1)
    found = minimize(function, [2.0], jac=True, bounds=[problem.bounds], method="L-BFGS-B")
    assert problem.gap(found.x) < 0.01 * problem.gap(2.0)
    assert function([0.5]) == function(0.5)
    assert function.evaluations == found.nfev + 2
    up, down = (function([0.5 + h])[0] for h in (1e-6, -1e-6))
    assert function([0.5])[1][0] == pytest.approx((up - down) / 2e-6, rel=1e-5)


def test_algorithms_are_compared_with_equal_budgets():
    problem = fg.problems.newsvendor()
    made = fg.compare_algorithms(
        problem, ["robbins-monro", fg.SPSA(measurements=1), "saa"], budget=2000, runs=3
    )
    assert made.algorithms == ["robbins-monro", "spsa measurements=1", "saa"]
    frame = made.to_frame()
    assert len(frame) == 9
    assert (frame["paths"] <= 2000 * 1.05).all()
    curve = made.curve("robbins-monro")
    assert curve["gap"][0] == 1.0
    assert curve["gap"][-1] == pytest.approx(made.shares("robbins-monro").mean())
    profile = made.profile("saa")["solved"]
    assert profile[0] == 0.0
    assert "solved" in str(made)


def test_pictures(tmp_path):
    problem = fg.problems.newsvendor()
    found = fg.minimize(problem.build, 8.0, problem.bounds, replications=2000)
    found.plot(tmp_path / "path.png")
    made = fg.compare_algorithms(problem, ["adam", "saa"], budget=1000, runs=2)
    made.plot(tmp_path / "comparison.png")
    assert all(file.stat().st_size > 10_000 for file in tmp_path.iterdir())
