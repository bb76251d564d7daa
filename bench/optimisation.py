"""The tables of docs/optimisation.md: `python bench/optimisation.py [runs]`.

Every problem from three poor starts, every algorithm, 10,000 paths; the 13 activities from 54.15;
the rates of convergence; and the time that an iteration spends outside compiled code.
"""

import sys
import time

import numpy as np
from fastgrad.kernels.estimators import loop

import fastgrad as fg

BUDGET = 10_000
ALGORITHMS = [
    "robbins-monro",
    fg.RobbinsMonro(averaging=True),
    "kiefer-wolfowitz",
    "spsa",
    "random-directions",
    "2spsa",
    "adam",
    "saa",
    "auto",
]


def problems(runs):
    """Median and worst final gap, as shares of the initial one."""
    print("| problem, start | initial gap | " + " | ".join(map(label, ALGORITHMS)) + " |")
    print("|---|---|" + "---|" * len(ALGORITHMS))
    worst = {label(a): 0.0 for a in ALGORITHMS}
    for make in fg.problems.PROBLEMS.values():
        problem = make()
        for start in problem.starts:
            made = fg.compare_algorithms(problem, ALGORITHMS, BUDGET, runs, start=start)
            cells = []
            for name in made.algorithms:
                shares = 100.0 * made.shares(name)
                worst[name] = max(worst[name], shares.max())
                cells.append(f"{np.median(shares):.2g} ({shares.max():.2g})")
            row = [f"{problem.name}, {short(start)}", f"{made.initial_gap:.4g}", *cells]
            print("| " + " | ".join(row) + " |", flush=True)
    print("| worst run of all | | " + " | ".join(f"{w:.2g}" for w in worst.values()) + " |")


def label(algorithm):
    if isinstance(algorithm, str):
        return algorithm
    return f"{algorithm.name} averaging"


def short(start):
    if isinstance(start, dict):
        return ", ".join(f"{name} = {value:g}" for name, value in start.items())
    if np.ndim(start) == 0:
        return f"{start:g}"
    return f"{start[0]:g}, {start[1]:g}, …"


def testbed(runs):
    """The 13 activities from 54.15: E[Y] + Σ 1/θ at the end."""
    problem = fg.problems.network()
    print(f"\n13 activities from all θ = 8 (54.15), {BUDGET:,} paths; optimum 18.0493")
    print("| algorithm | median | best | worst |")
    print("|---|---|---|---|")
    for algorithm in ALGORITHMS:
        ends = [
            problem.optimal_value + problem.gap(
                fg.minimize(
                    problem.build, problem.starts[0], problem.bounds, algorithm=algorithm,
                    replications=BUDGET, seed=seed,
                ).x
            )
            for seed in range(runs)
        ]  # fmt: skip
        print(f"| {label(algorithm)} | {np.median(ends):.4f} | {min(ends):.4f} | {max(ends):.4f} |")


def rates(runs):
    """RMSE of θ against n, and the slope between the ends."""
    cases = {
        "Robbins-Monro, averaged": (fg.RobbinsMonro(a=1.0, A=0.0, alpha=0.7, averaging=True,
                                                    search=False, batch=1), -1 / 2),
        "Kiefer-Wolfowitz, symmetric": (fg.KieferWolfowitz(a=1.0, A=0.0, c=0.5, common=False,
                                                           search=False, batch=1), -1 / 3),
        "Kiefer-Wolfowitz, forward": (fg.KieferWolfowitz(a=1.0, A=0.0, c=0.5, common=False,
                                                         differences="forward", search=False,
                                                         batch=1), -1 / 4),
    }  # fmt: skip
    print("\n| algorithm | RMSE at n = 100 | at n = 3,000 | slope | theory |")
    print("|---|---|---|---|---|")
    for name, (algorithm, theory) in cases.items():
        ends = []
        for seed in range(runs):
            found = fg.minimize(
                skew, 0.5, (-1.0, 3.0), algorithm=algorithm, method="ipa", seed=seed,
                replications=8000,
            )  # fmt: skip
            steps = [s for s in found.path if s.phase == "descent"]
            ends.append([float(steps[n - 1].recommended[0]) for n in (100, 3000)])
        rmse = np.sqrt(np.mean(np.square(ends), axis=0))
        slope = np.log(rmse[1] / rmse[0]) / np.log(30.0)
        print(f"| {name} | {rmse[0]:.3g} | {rmse[1]:.3g} | {slope:.2f} | {theory:.2f} |")


def skew(theta):
    """θ² + θ³/6 + noise: the third derivative that symmetric differences are biased by."""
    return fg.Simulation(
        lambda x, p: p.t * p.t + p.t * p.t * p.t / 6.0 + (1.0 + p.t) * x.z,
        inputs={"z": fg.Normal(0.0, 1.0)},
        parameters={"t": theta},
    )


def overhead(iterations):
    """The share of a run's time that is not spent in compiled code."""
    inside, plain = [0.0], loop.loop_of

    class Timed:
        def __init__(self, operation):
            self.operation = operation

        def entry(self, *arguments):
            began = time.thread_time()
            self.operation.entry(*arguments)
            inside[0] += time.thread_time() - began

    def queue(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 100) + 1.0 / theta

    algorithm = fg.RobbinsMonro(batch=100)
    fg.minimize(queue, 0.3, (0.05, 0.95), algorithm=algorithm, replications=2000)
    loop.loop_of = lambda *kinds: Timed(plain(*kinds))
    try:
        began = time.thread_time()
        found = fg.minimize(
            queue, 0.3, (0.05, 0.95), algorithm=algorithm, replications=int(100 * iterations / 0.86)
        )
        seconds = time.thread_time() - began
    finally:
        loop.loop_of = plain
    print(
        f"\n{found.nit:,} iterations of 100 replications of 100 customers: "
        f"{seconds:.1f} s of processor, "
        f"{1e6 * seconds / found.nit:.0f} µs each, {100 * (1 - inside[0] / seconds):.0f} % outside "
        "kernels"
    )


if __name__ == "__main__":
    RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    problems(RUNS)
    testbed(RUNS)
    rates(5 * RUNS)
    overhead(100_000)
