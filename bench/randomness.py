"""Run dieharder's complete battery on the uniforms, as the estimators consume them.

    python bench/randomness.py               every interleaving that has no result yet
    python bench/randomness.py draws-high    only this one
    python bench/randomness.py --table       rewrite the table in docs/randomness.md
    python bench/randomness.py --speed       words per second, without dieharder

Results go to docs/randomness/<name>.txt. A test assessed WEAK or FAILED is run again, longer
and with another seed; that result goes to docs/randomness/<name>-repeat.txt. A battery takes
the better part of an hour and up to 250 GB of words.
"""

import argparse
import ctypes
import itertools
import re
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fastgrad.kernels.random.philox import uniform_rows

PAGE = Path(__file__).parents[1] / "docs" / "randomness.md"
RESULTS = PAGE.with_suffix("")

LANES, DRAWS = 64, 1024
SEED, REPEAT_SEED = 1, 2
REPEAT_FACTOR = 2

AXES = ("input", "draw", "replication")

# The battery's words are 32 bits, a uniform is k / 2^53. Its high word is k >> 21, its low
# word k mod 2^32. The two share 11 bits, so a stream must not hold both words of one uniform.
HIGH_BITS_SHIFT = 21
LOW_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class Interleaving:
    """In which order the words of (input, draw, replication) follow each other."""

    order: tuple[str, str, str]  # slowest first
    words: str  # "high", "low" or "alternating" (high of even draws, low of odd ones)
    inputs: int
    meaning: str


INTERLEAVINGS = {
    "replications-high": Interleaving(
        ("input", "draw", "replication"),
        "high",
        1,
        "64 replications, then the next draw",
    ),
    "draws-alternating": Interleaving(
        ("input", "replication", "draw"),
        "alternating",
        1,
        "1024 draws, then the next replication",
    ),
    "inputs-high": Interleaving(
        ("replication", "draw", "input"),
        "high",
        2,
        "inputs 0 and 1 in turn, then the next draw",
    ),
    "replications-low": Interleaving(
        ("input", "draw", "replication"),
        "low",
        1,
        "64 replications, then the next draw",
    ),
    "draws-high": Interleaving(
        ("input", "replication", "draw"),
        "high",
        1,
        "1024 draws, then the next replication",
    ),
}


def word_blocks(interleaving, seed):
    """Endless contiguous blocks of uint32 words in the order of the interleaving."""
    fill = uniform_rows.compiled.ctypes
    uniforms = np.empty((interleaving.inputs, DRAWS, LANES))
    pointers = [row.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for row in uniforms]
    axes = [AXES.index(axis) for axis in interleaving.order]
    for first in itertools.count(0, LANES):
        for stream, pointer in enumerate(pointers):
            fill(LANES, DRAWS, 0, stream, first, seed, 0, LANES, pointer)
        integers = (uniforms * 2.0**53).astype(np.int64)
        yield np.ascontiguousarray(_words(integers, interleaving.words).transpose(axes))


def _words(integers, which):
    if which == "low":
        return (integers & LOW_WORD).astype(np.uint32)
    words = (integers >> HIGH_BITS_SHIFT).astype(np.uint32)
    if which == "alternating":
        words[:, 1::2] = integers[:, 1::2] & LOW_WORD
    return words


def run_dieharder(interleaving, seed, options, destination):
    """Stream words to dieharder until it has enough; append its lines to `destination`."""
    # dieharder reads word by word through stdio: a large buffer saves it system calls.
    command = ["stdbuf", "-i1M", "-oL", "dieharder", "-g", "200"]
    command += ["-D", "default", "-D", "show_num", *options]
    start, sent = time.perf_counter(), 0
    with destination.open("a") as file:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, bufsize=0)
        try:
            for block in word_blocks(interleaving, seed):
                process.stdin.write(block.data.cast("B"))
                sent += block.nbytes
        except BrokenPipeError:
            pass
        if process.wait() != 0:
            raise RuntimeError(f"dieharder ended with code {process.returncode}")
        elapsed = time.perf_counter() - start
        file.write(f"# seed {seed}, {sent / 1e9:.1f} GB, {elapsed:.0f} s\n")


def parse(path):
    """The rows of a result: dictionaries of dieharder's columns."""
    columns = ("test", "number", "ntuple", "tsamples", "psamples", "p", "assessment")
    rows = []
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == len(columns) and cells[-1] in ("PASSED", "WEAK", "FAILED"):
            rows.append(dict(zip(columns, cells, strict=True)))
    return rows


def run_battery(name):
    """The complete battery on one interleaving, and longer repeats of what was not passed."""
    result = RESULTS / f"{name}.txt"
    # A result gets its name only when it is complete; until then it is called partial.
    if not result.exists():
        partial = result.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        run_dieharder(INTERLEAVINGS[name], SEED, ["-a"], partial)
        partial.rename(result)
    run_repeats(name, parse(result))


def run_repeats(name, rows):
    """Repeat what was not passed, unless its repeat is there already."""
    repeat, partial = RESULTS / f"{name}-repeat.txt", RESULTS / f"{name}-repeat.partial"
    for row in rows:
        done = parse(repeat) if repeat.exists() else []
        if row["assessment"] != "PASSED" and not _same_test(row, rows, done):
            partial.unlink(missing_ok=True)
            run_dieharder(INTERLEAVINGS[name], REPEAT_SEED, _repeat_options(row), partial)
            with repeat.open("a") as file:
                file.write(partial.read_text())
            partial.unlink()


def _repeat_options(row):
    """The same test, longer: twice the p-values, or twice the samples of its only p-value."""
    tsamples, psamples = int(row["tsamples"]), int(row["psamples"])
    # Never two p-values: dieharder then calls 47 % of all perfect results FAILED (`kstest` in
    # its source compares the sorted p-values with i / (n + 1) alone).
    if psamples == 1:
        tsamples *= REPEAT_FACTOR
    else:
        psamples *= REPEAT_FACTOR
    return ("-d", row["number"], "-n", row["ntuple"], "-t", str(tsamples), "-p", str(psamples))


def _same_test(row, results, repeats):
    """The repeat of a row; where a test gives several p-values, the one in the same place."""

    def alike(other):
        return (other["test"], other["ntuple"]) == (row["test"], row["ntuple"])

    place = [other for other in results if alike(other)].index(row)
    found = [other for other in repeats if alike(other)]
    return found[place] if place < len(found) else None


def table():
    """The summary of every result, in Markdown; a battery under way says so."""
    lines = [
        "| interleaving | order | words | p-values | passed | weak | failed | not passed, repeat |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, interleaving in INTERLEAVINGS.items():
        path, state = RESULTS / f"{name}.txt", ""
        if not path.exists():
            path, state = path.with_suffix(".partial"), " (unfinished)"
        if not path.exists():
            continue
        rows, repeat = parse(path), RESULTS / f"{name}-repeat.txt"
        repeats = parse(repeat) if repeat.exists() else []
        count = Counter(row["assessment"] for row in rows)
        notes = []
        for row in rows:
            if row["assessment"] != "PASSED":
                again = _same_test(row, rows, repeats)
                settled = f"{again['p']} {again['assessment'].lower()}" if again else "not run"
                notes.append(f"{row['test']} ({row['ntuple']}): {row['p']}, repeat {settled}")
        counts = [len(rows), *(count[kind] for kind in ("PASSED", "WEAK", "FAILED"))]
        cells = [f"`{name}`{state}", interleaving.meaning, interleaving.words, *counts]
        lines.append("| " + " | ".join(map(str, [*cells, "; ".join(notes) or "none"])) + " |")
    return "\n".join(lines)


def write_table():
    """Put the summary between the two markers of docs/randomness.md, if the page exists."""
    print(table())
    if PAGE.exists():
        markers = r"(?<=<!-- table -->\n).*?(?=<!-- end of table -->)"
        text = re.sub(markers, lambda _: table() + "\n", PAGE.read_text(), flags=re.DOTALL)
        PAGE.write_text(text)


def print_speed():
    """Megabytes of words per second; dieharder reads about 160."""
    for name, interleaving in INTERLEAVINGS.items():
        blocks = word_blocks(interleaving, SEED)
        next(blocks)
        start = time.perf_counter()
        size = sum(block.nbytes for block in itertools.islice(blocks, 500))
        print(f"{name:20} {size / 1e6 / (time.perf_counter() - start):8.0f} MB/s")


def main():
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(INTERLEAVINGS)}")
    parser.add_argument("--table", action="store_true", help="only rewrite the table")
    parser.add_argument("--speed", action="store_true", help="only measure the words per second")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(INTERLEAVINGS):
        parser.error(f"no such interleaving: {', '.join(sorted(unknown))}")
    if arguments.speed:
        print_speed()
        return
    if not arguments.table:
        RESULTS.mkdir(parents=True, exist_ok=True)
        for name in arguments.names or INTERLEAVINGS:
            run_battery(name)
            write_table()
    write_table()


if __name__ == "__main__":
    main()
