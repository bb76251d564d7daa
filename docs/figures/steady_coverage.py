"""Prints the coverage of 95 % intervals in steady state, and how often runs are warned of."""

import itertools
import sys
import warnings

import fastgrad as fg

METHODS = {
    "IPA": ("ipa", 1),
    "LR": ("lr", 1),
    "WD": ("wd", 1),
    "SPA, second order": ("spa", 2),
    "WD, second order": ("wd", 2),
    "LR, second order": ("lr", 2),
}


def coverage(method, order, rho, cycles, seeds):
    """(share of intervals that cover, share of warnings, share of warnings among misses)"""
    each = max(cycles // 1000, 1)

    def queue(theta):
        horizon = fg.Cycles(each)
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), horizon=horizon)

    exact = fg.exact.mm1(1.0, rho)
    wanted = exact.d_service if order == 1 else exact.d2_service
    covered = warned = 0
    for seed in range(seeds):
        est = fg.gradient(queue, rho, method, cycles // each, seed=seed, order=order, threads=1)
        low, high = est.confidence_interval(0.95)
        covered += low <= wanted <= high
        warned += bool(est.warnings)
    return covered / seeds, warned / seeds


def main() -> None:
    """One line of the table for each method and utilisation."""
    warnings.simplefilter("ignore")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    names = [name for name in sys.argv[2:] if name in METHODS]
    sizes = [int(float(size)) for size in sys.argv[2:] if size not in METHODS] or [
        10**3,
        10**4,
        10**5,
        10**6,
    ]
    chosen = {name: METHODS[name] for name in names} or METHODS
    for (name, (method, order)), rho in itertools.product(chosen.items(), (0.5, 0.8)):
        cells = [coverage(method, order, rho, cycles, seeds) for cycles in sizes]
        shown = " | ".join(f"{100 * hit:.1f} ({100 * said:.0f})" for hit, said in cells)
        print(f"| {name} | {rho} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
