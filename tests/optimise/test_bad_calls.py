"""What cannot be optimised is said in one clear line, before any work."""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint

import fastgrad as fg

INSIDE = (0.1, 3.0)
PROBLEM = fg.problems.mm1()


def queue(theta):
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 10) + 1.0 / theta


def pair(theta):
    return fg.SingleServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 10)


def named(theta):
    return queue(theta["m"])


def one(start=0.5, bounds=INSIDE, constraints=(), **options):
    return lambda: fg.minimize(queue, start, bounds, constraints, **options)


def two(start=(1.0, 0.5), bounds=INSIDE, constraints=(), **options):
    return lambda: fg.minimize(pair, list(start), bounds, constraints, **options)


def taking(algorithm):
    return two(algorithm=algorithm, replications=1000)


def limit(**options):
    return lambda: fg.Expected(queue, **options)


def comparing(problem=PROBLEM, algorithms=("saa",), budget=1000, runs=2, **options):
    return lambda: fg.compare_algorithms(problem, algorithms, budget, runs, **options)


def values(*given, **options):
    return lambda: fg.objective(queue, "ipa", *given, **options)


TYPE, VALUE = TypeError, ValueError
BAD = [
    (one(5.0), VALUE, "start: theta = 5 lies outside its bounds"),
    (one(float("nan")), VALUE, "theta must be finite"),
    (one("0.5"), TYPE, "theta must be a number"),
    (one(True), TYPE, "theta must be a number"),
    (lambda: fg.minimize(queue, -0.5), VALUE, "mean must be a positive number, got -0.5"),
    (lambda: fg.minimize(pair, []), VALUE, "no components"),
    (lambda: fg.minimize(pair, 0.5), TYPE, "theta is one number"),
    (lambda: fg.minimize(named, {"x": 0.5}), KeyError, "no component 'm'"),
    (lambda: fg.minimize(queue(0.5), 0.5), TYPE, "build must be a function"),
    (lambda: fg.minimize(lambda t: t * t, 0.5), TYPE, "must return a model .* got a number"),
    (lambda: fg.minimize(lambda t: queue(float(t)), 0.5), TYPE, "plain float"),
    (lambda: fg.maximize(3, 0.5), TYPE, "build must be a function"),
    (lambda: fg.maximize(queue, 5.0, INSIDE), VALUE, "start: theta = 5"),
    (one(bounds=(3.0, 0.1)), VALUE, "low must not be above high"),
    (one(bounds=(float("nan"), 1.0)), VALUE, "low must not be above high"),
    (one(bounds=("a", "b")), TYPE, "bounds must be numbers"),
    (one(bounds="ab"), TYPE, "bounds must be"),
    (one(bounds=3.0), TYPE, "bounds must be"),
    (one(bounds=(0.1, 1.0, 2.0)), VALUE, "for each of the 1 components"),
    (two(bounds=Bounds([0.1] * 3, [3.0] * 3)), VALUE, "Bounds of 3 components, but theta has 2"),
    (lambda: fg.minimize(named, {"m": 0.5}, {"x": (0, 1)}), VALUE, "no component 'x', only 'm'"),
    (two(constraints=LinearConstraint([[1, 1]], 10, 20)), VALUE, "no theta satisfies"),
    (two(constraints=LinearConstraint([[1, 1]], 5, 1)), VALUE, "no theta satisfies"),
    (two(constraints=LinearConstraint([[1, 1, 1]], 0, 9)), VALUE, "3 columns, but theta has 2"),
    (two(constraints=NonlinearConstraint(np.sum, 0, 1)), TYPE, "constraints must be"),
    (two(constraints={"type": "ineq"}), TYPE, "constraints must be"),
    (two(constraints=queue(0.5)), TYPE, "constraints must be"),
    (two((0.5, 0.6), constraints=fg.Simplex(1.0)), VALUE, "start: linear constraint 0"),
    (two(constraints=fg.Simplex(1.0, of=["x"])), VALUE, "Simplex: theta has no component 'x'"),
    (limit(), VALUE, "give one of at_most= and at_least="),
    (limit(at_most=1.0, at_least=0.0), VALUE, "give one of at_most= and at_least="),
    (limit(at_most="x"), TYPE, "the limit must be a number"),
    (limit(at_least=np.nan), VALUE, "the limit must be a finite number"),
    (one(algorithm="newton"), VALUE, "unknown algorithm 'newton'; known: 'auto'"),
    (one(algorithm=3), TYPE, "algorithm must be one of"),
    (one(method="newton"), VALUE, "unknown method 'newton'"),
    (one(replications=0), VALUE, "100 or more, got 0"),
    (one(replications=1000.5), TYPE, "whole number, got 1000.5"),
    (one(replications=10**30), VALUE, "or less, got"),
    (one(seconds=0), VALUE, "seconds must be a positive number"),
    (one(seconds=float("inf")), VALUE, "seconds must be a positive number"),
    (one(seconds=True), VALUE, "seconds must be a positive number"),
    (one(seed=-1), VALUE, "seed must be between"),
    (one(averaging="yes"), TYPE, "averaging must be True or False"),
    (one(averaging=True, algorithm="saa"), VALUE, "'saa' solves samples"),
    (one(progress="yes"), TYPE, "progress must be True or False"),
    (one(callback=3), TYPE, "callback must be a function"),
    (one(threads=0), VALUE, "threads must be"),
    (one(executor=3), TYPE, "executor must be"),
    (one(tolerance=1e-3), TYPE, "tolerance"),
    (one(integer=["x"]), VALUE, "integer: theta has no component 'x'"),
    (one(1.2, (1.1, 1.9), integer=[0], algorithm="spsa"), VALUE, "no two whole numbers"),
    (one(1.0, integer=[0], algorithm="adam"), fg.NotApplicable, "is a whole number"),
    (lambda: fg.RobbinsMonro(a=-1.0), VALUE, "a must be a positive number"),
    (lambda: fg.RobbinsMonro(a="x"), TYPE, "a must be a number"),
    (lambda: fg.RobbinsMonro(alpha=5.0), VALUE, "alpha must be between 0 and 1"),
    (lambda: fg.RobbinsMonro(skip="x"), TYPE, "skip must be a number"),
    (lambda: fg.RobbinsMonro(batch=0), VALUE, "batch must be a whole number, 1 or more"),
    (taking(fg.RobbinsMonro(a=[1.0, 2.0, 3.0])), VALUE, "one for each component .* got 3"),
    (taking(fg.RobbinsMonro(batch=10**6)), VALUE, "more than all replications"),
    (lambda: fg.SPSA(measurements=3), VALUE, "measurements must be 2 or 1"),
    (lambda: fg.SPSA(c=0.0), VALUE, "c must be a positive number"),
    (lambda: fg.SPSA(gamma=-1.0), VALUE, "gamma must be 0 or more"),
    (lambda: fg.KieferWolfowitz(common="x"), TYPE, "common must be True or False"),
    (lambda: fg.Adam(beta1=2.0), VALUE, "beta1 must be between 0 and 1"),
    (lambda: fg.SAA(samples="x"), VALUE, "samples must be a whole number, 2 or more"),
    (lambda: fg.SAA(solver="zz"), VALUE, "solver must be 'L-BFGS-B' or"),
    (lambda: fg.SAA(options=3), TYPE, "options must be a dict"),
    (taking(fg.SAA(solver="BFGS")), VALUE, "solver 'BFGS' keeps no bounds; 'L-BFGS-B'"),
    (lambda: fg.objective(3), TYPE, "build must be a function"),
    (lambda: fg.objective(queue, "zz"), VALUE, "unknown method 'zz'"),
    (values("5"), VALUE, "replications must be a whole number, 2 or more"),
    (values(float("nan")), VALUE, "replications must be a whole number, 2 or more"),
    (values(100, foo=3), TYPE, "unknown argument 'foo'"),
    (lambda: values(100)()("a"), TYPE, "theta must be a vector of numbers"),
    (lambda: values(100)()([[0.5]]), VALUE, "theta must be a vector, got shape"),
    (comparing("mm1"), TYPE, "problem must be a fastgrad.problems.Problem"),
    (comparing(algorithms=["zz"]), VALUE, "unknown algorithm 'zz'"),
    (comparing(algorithms=[]), TYPE, "algorithms must be a list"),
    (comparing(budget="1000"), VALUE, "budget must be a whole number, 100 or more"),
    (comparing(runs=0), VALUE, "runs must be a whole number, 1 or more"),
    (comparing(start=9.0), VALUE, "start: theta = 9 lies outside"),
    (comparing(start=[1.0, 2.0]), VALUE, "start must be like"),
    (comparing(start=float(PROBLEM.optimum[0])), VALUE, "is the optimum"),
    (comparing(replications=3), TYPE, "takes no replications="),
    (comparing(solved_below="x"), TYPE, "solved_below must be a number"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "line"), BAD)
def test_one_line_says_what_is_wrong(call, kind, line):
    with pytest.raises(kind, match=line) as said:
        call()
    assert len(str(said.value).splitlines()) == 1


def test_an_objective_with_a_biased_gradient_is_refused():
    def steps(theta):
        return fg.Simulation(
            lambda x, p: 1.0 if x.z > p.t else 0.0, {"z": fg.Normal(0.0, 1.0)}, {"t": theta}
        )

    function = fg.objective(steps, "ipa", 100)  # so few paths would not have shown it
    with pytest.raises(fg.NotApplicable, match="jumps"):
        function([0.5])


def test_an_objective_that_is_not_a_number_at_the_start_is_refused():
    def root(theta):
        return fg.Simulation(
            lambda x, p: np.sqrt(p.t - 2.0) * x.z, {"z": fg.Normal(0.0, 1.0)}, {"t": theta}
        )

    for algorithm in ("auto", "spsa"):
        with pytest.raises(ValueError, match="start: the objective has no value there"):
            fg.minimize(root, 0.5, INSIDE, algorithm=algorithm)
