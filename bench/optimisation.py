"""The tables of docs/optimisation.md: `python bench/optimisation.py FILE [runs]`.

Every problem from three poor starts, every algorithm, 10,000 paths; the 13 activities from 54.15;
how often intervals for θ* cover; and the time that an iteration spends outside compiled code.

Each cell is a line of JSON in FILE, and cells that are there are not measured again: a run that
was stopped goes on. With every cell there, the tables are written into the page.
"""

import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np
from fastgrad.kernels.estimators import loop

import fastgrad as fg

PAGE = Path(__file__).parents[1] / "docs" / "optimisation.md"
BUDGET = 10_000
ALGORITHMS = {
    "robbins-monro": "robbins-monro",
    "robbins-monro averaging": fg.RobbinsMonro(averaging=True),
    "kiefer-wolfowitz": "kiefer-wolfowitz",
    "spsa": "spsa",
    "random-directions": "random-directions",
    "2spsa": "2spsa",
    "adam": "adam",
    "saa": "saa",
}
AUTO = {"saa": "saa", "robbins-monro": "robbins-monro averaging"}  # what "auto" takes
SLOW = ("kiefer-wolfowitz", "random-directions", "2spsa")  # half as many runs of them
COVERAGE, PORTION, FROM = 400, 50, 1.2  # runs, at a time, from this service time
PUBLISHED = {"SPSA": "53.7", "Adam with IPA": "18.33", "ASTRO-DF": "18.18"}
COVERED = ("robbins-monro", "robbins-monro averaging", "kiefer-wolfowitz", "spsa",
           "random-directions", "2spsa", "adam", "saa")  # fmt: skip


def cells(runs):
    """What is measured: a key, and how."""
    for name in fg.problems.PROBLEMS:
        for start, algorithm in itertools.product(range(3), ALGORITHMS):
            yield ("gap", name, start, algorithm, runs_of(algorithm, runs)), shares
    for algorithm in COVERED:
        for first in range(0, runs_of(algorithm, COVERAGE), PORTION):
            yield ("coverage", algorithm, first), covered
    yield ("overhead", 100_000), overhead


def runs_of(algorithm, runs):
    """All, or half as many."""
    return runs // 2 if algorithm in SLOW else runs


def shares(name, start, algorithm, runs):
    """Final gaps as shares of the initial one, in percent; None where it is not applicable."""
    problem = fg.problems.PROBLEMS[name]()
    made = fg.compare_algorithms(
        problem, [ALGORITHMS[algorithm]], BUDGET, runs, start=problem.starts[start]
    )
    if made.refused:
        return None
    return [float(100.0 * s) for s in made.shares(made.algorithms[0])]


def covered(algorithm, first):
    """Of so many runs on the queue, how many have an interval, and how many cover θ*."""
    problem = fg.problems.mm1()
    there = hits = 0
    for seed in range(first, first + PORTION):
        found = fg.minimize(
            problem.build, FROM, problem.bounds, algorithm=ALGORITHMS[algorithm],
            replications=BUDGET, seed=1000 + seed,
        )  # fmt: skip
        if found.covariance is not None:
            low, high = found.confidence_interval()
            there += 1
            hits += low <= problem.optimum[0] <= high
    return [there, int(hits)]


def overhead(iterations):
    """Microseconds of one iteration of 100 replications of 100 customers, and of its kernels."""
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
    return [1e6 * seconds / found.nit, 1e6 * inside[0] / found.nit]


def gap_table(known, runs):
    """Median and worst final gap, as shares of the initial one."""
    there = [a for a in ALGORITHMS if key("gap", "mm1", 0, a, runs_of(a, runs)) in known]
    fewer = [a for a in SLOW if a in there]
    yield f"Final gap in percent of the initial one, median of {runs} runs and the worst of them in"
    yield f"brackets, {BUDGET:,} paths each, from poor starts"
    yield f"({runs // 2} of {', '.join(fewer)});" if fewer else "(the same runs for all);"
    yield "– where an algorithm is not applicable, … where it was not measured:"
    yield ""
    yield "| problem, start | initial gap | " + " | ".join(there) + " | auto |"
    yield "|---|---|---|" + "---|" * len(there)
    worst, above = dict.fromkeys(there, 0.0), 0
    for name, make in fg.problems.PROBLEMS.items():
        problem = make()
        for k, start in enumerate(problem.starts):
            row = [f"{problem.name}, {short(start)}", f"{problem.gap(start):.4g}"]
            for algorithm in there:
                cell = key("gap", name, k, algorithm, runs_of(algorithm, runs))
                found = known.get(cell)
                row.append(shown(found) if cell in known else "…")
                if found is not None:
                    worst[algorithm] = max(worst[algorithm], max(found))
                    above += sum(share > 100.0 + 1e-9 for share in found)
            row.append(f"as {taken_by_auto(problem)}")
            yield "| " + " | ".join(row) + " |"
    yield "| worst run of all | | " + " | ".join(f"{w:.2g}" for w in worst.values()) + " | |"
    yield ""
    yield f"Runs that end above their start: {above or 'none'}."


def shown(found):
    """Median and worst."""
    return "–" if found is None else f"{np.median(found):.2g} ({max(found):.2g})"


def taken_by_auto(problem):
    """Which algorithm "auto" is here, with the same runs."""
    found = fg.minimize(problem.build, problem.starts[0], problem.bounds, replications=200)
    return AUTO[found.algorithm]


def testbed_table(known, runs):
    """The 13 activities from all θ = 8: E[Y] + Σ 1/θ at the end."""
    problem = fg.problems.network()
    first = problem.gap(problem.starts[0])
    yield f"The 13 activities of the published testbed, from 54.15 (optimum 18.0493), {BUDGET:,}"
    yield "paths, beside what has been published of the same:"
    yield ""
    yield "| algorithm | median | best | worst |"
    yield "|---|---|---|---|"
    for algorithm in ALGORITHMS:
        cell = key("gap", "network", 0, algorithm, runs_of(algorithm, runs))
        if cell not in known:
            continue
        found = np.array(known[cell])
        ends = problem.optimal_value + first * found / 100.0
        yield f"| {algorithm} | {np.median(ends):.4f} | {ends.min():.4f} | {ends.max():.4f} |"
    for name, value in PUBLISHED.items():
        yield f"| published: {name} | {value} | | |"


def coverage_table(known):
    """How often 95 % intervals cover."""
    yield f"Coverage of 95 % intervals, {COVERAGE} runs ({', '.join(SLOW)}: half as many) of"
    yield f"{BUDGET:,} paths each, M/M/1 of 10 customers from {FROM}; binomial noise is ± 2.1 %"
    yield "(3.0 % of half as many):"
    yield ""
    yield "| algorithm | with an interval | covering |"
    yield "|---|---|---|"
    for algorithm in COVERED:
        runs = runs_of(algorithm, COVERAGE)
        cells = [key("coverage", algorithm, k) for k in range(0, runs, PORTION)]
        if not all(cell in known for cell in cells):
            continue
        there, hits = np.sum([known[cell] for cell in cells], axis=0)
        share = 100.0 * hits / max(there, 1)
        yield f"| {algorithm} | {100.0 * there / runs:.0f} % | {share:.1f} % |"


def overhead_lines(known):
    """What an iteration costs beside its simulation."""
    whole, inside = known[key("overhead", 100_000)]
    yield "100,000 iterations of Robbins-Monro on M/M/1, 100 replications of 100 customers each:"
    yield f"{whole:.0f} µs an iteration, {100.0 * (1.0 - inside / whole):.0f} % of them outside"
    yield "compiled code (AMD EPYC, one core)."


def short(start):
    """A start in a table."""
    if isinstance(start, dict):
        return ", ".join(f"{name} = {value:g}" for name, value in start.items())
    if np.ndim(start) == 0:
        return f"{start:g}"
    return f"{start[0]:g}, {start[1]:g}, …"


def key(*parts):
    """Of a cell."""
    return json.dumps(parts)


def measured(file, runs):
    """All cells by key: from the file, or measured now and added to it."""
    known = {}
    if file.exists():
        known = dict(json.loads(line) for line in file.read_text().splitlines())
    for parts, measure in cells(runs):
        if key(*parts) not in known:
            known[key(*parts)] = found = measure(*parts[1:])
            with file.open("a") as out:
                out.write(json.dumps([key(*parts), found]) + "\n")
    return known


def write(page, mark, lines):
    """The lines between the marks of a page."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    text = page.read_text()
    before, rest = text.split(begin)
    page.write_text(before + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])


def main():
    """Measure what is missing, and write the page."""
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    known = measured(Path(sys.argv[1]), runs)
    tell(known, runs)


def tell(known, runs):
    """The tables of what has been measured, into the page."""
    write(PAGE, "gaps", [*gap_table(known, runs), "", *testbed_table(known, runs)])
    write(PAGE, "coverage", coverage_table(known))
    write(PAGE, "overhead", overhead_lines(known))


if __name__ == "__main__":
    main()
