"""Prints the coverage of 95 % intervals in steady state, and how often runs are warned of.

python docs/figures/steady_coverage.py [seeds] [names of methods] [numbers of cycles]
"""

import itertools
import math
import sys
import warnings

import fastgrad as fg

METHODS = {
    "IPA": ("ipa", 1),
    "LR": ("lr", 1),
    "WD": ("wd", 1),
    "SPA, of a tail": ("spa", 1),
    "SPA, second order": ("spa", 2),
    "WD, second order": ("wd", 2),
    "LR, second order": ("lr", 2),
}
SIZES = (10**3, 10**4, 10**5, 10**6)
UTILISATIONS = (0.5, 0.8)


def exact_of(name, rho):
    """The derivative that is estimated: of E[T], or of P(T > E[T])."""
    exact = fg.exact.mm1(1.0, rho)
    if name == "SPA, of a tail":
        return math.exp(-1.0) * exact.value / rho**2
    return exact.d_service if METHODS[name][1] == 1 else exact.d2_service


def covers(name, rho, cycles, seed):
    """(whether the interval covers, whether the run is warned of)"""
    (method, order), each = METHODS[name], max(cycles // 1000, 1)
    late = fg.Tail(fg.exact.mm1(1.0, rho).value)
    measure = late if name == "SPA, of a tail" else fg.Mean()

    def queue(theta):
        times = fg.Exponential(1.0), fg.Exponential(theta)
        return fg.SingleServerQueue(*times, horizon=fg.Cycles(each), measure=measure)

    est = fg.gradient(queue, rho, method, cycles // each, seed=seed, order=order, threads=1)
    low, high = est.confidence_interval(0.95)
    return bool(low <= exact_of(name, rho) <= high), bool(est.warnings)


def row(name, rho, cells):
    """A line of the table, from (seeds, covered, warned) for each number of cycles."""
    shown = [f"{100 * hit / n:.1f} ({100 * said / n:.0f})" if n else "" for n, hit, said in cells]
    return f"| {name} | {rho} | {' | '.join(shown)} |"


def main() -> None:
    """One line of the table for each method and utilisation."""
    warnings.simplefilter("ignore")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    names = [name for name in sys.argv[2:] if name in METHODS] or METHODS
    sizes = [int(float(size)) for size in sys.argv[2:] if size not in METHODS] or SIZES
    for name, rho in itertools.product(names, UTILISATIONS):
        cells = []
        for cycles in sizes:
            found = [covers(name, rho, cycles, seed) for seed in range(seeds)]
            cells.append((seeds, *map(sum, zip(*found, strict=True))))
        print(row(name, rho, cells), flush=True)


if __name__ == "__main__":
    main()
