"""Time to a 1 % interval, for every method here and everywhere: `python bench/precision`.

Rows go to docs/precision.json as they are measured, and the page and the picture are made of those
of this processor and all others: a run may do a part (`--problems queue line --contenders NumPy`).
"""

import argparse
import importlib.util
import sys
import time

import measure
import results
from problems import problems

# Module, and the package that it needs.
PEERS = {
    "NumPy": ("in_numpy", "numpy"),
    "JAX": ("in_jax", "jax"),
    "PyTorch": ("in_torch", "torch"),
    "QuantLib": ("in_quantlib", "QuantLib"),
    "radonlab": ("in_radonlab", "radonlab"),
    "elworthy": ("in_elworthy", "elworthy"),
    "SimOpt": ("in_simopt", "simopt"),
}
OURS = "fastgrad"


def main():
    """Measure what is asked for; write the page and the picture unless it was a quick look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", nargs="*", help="some of the problems, by name")
    parser.add_argument("--contenders", nargs="*", help=f"of {OURS}, {', '.join(PEERS)}")
    parser.add_argument("--limit", type=float, default=2.0, help="longest run, in seconds")
    parser.add_argument("--quick", action="store_true", help="runs of 0.1 s, nothing written")
    parser.add_argument("--only-write", action="store_true", help="page and picture, no runs")
    given = parser.parse_args()
    kept = results.Results()
    if not given.only_write:
        chosen = {
            name: problem
            for name, problem in problems().items()
            if not given.problems or name in given.problems
        }
        if given.quick:
            measure.LIMIT, measure.PILOT, measure.TOTAL = 0.1, 0.01, 0.02
        else:
            measure.LIMIT = given.limit
        for contender in given.contenders or [OURS, *PEERS]:
            for name, problem in chosen.items():
                for row in rows(contender, name, problem):
                    print(row, flush=True)
                    kept.put(row)
    if not given.quick:
        kept.save()
        importlib.import_module("page").write(kept)
        importlib.import_module("picture").draw(kept)


def rows(contender, name, problem):
    """Rows of one contender on one problem: all its ways, the promising ones at length."""
    ways = found(contender, name, problem)
    if ways is None:
        return
    started, pilots = time.perf_counter(), []
    for way in ways:
        try:
            pilots.append((way, measure.first_look(problem, way)))
        except ValueError as error:
            print(f"{contender}, {name}, {way.method} {way.sampler}: {error}", file=sys.stderr)
    best = min((pilot.predicted(problem) for _, pilot in pilots), default=0.0)
    for way, pilot in pilots:
        full = pilot.predicted(problem) <= max(measure.PROMISING * best, measure.PILOT)
        timing = measure.time_to_precision(problem, way, pilot, full)
        yield results.Row(name, contender, way.method, way.sampler, *timing)
    print(f"{contender}, {name}: {time.perf_counter() - started:.1f} s", file=sys.stderr)


def found(contender, name, problem):
    """The ways of a contender, or None where it is not installed."""
    if contender == OURS:
        return importlib.import_module("ours").ways(name, problem)
    module, package = PEERS[contender]
    if importlib.util.find_spec(package) is None:
        print(f"without {contender}: pip install 'fastgrad[peers]'", file=sys.stderr)
        return None
    return importlib.import_module(module).ways(name)
