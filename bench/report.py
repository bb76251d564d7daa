"""Results as Markdown, on the terminal and in docs/speed.md."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

import numba
import numpy as np
import roofline
from timing import Comparison, Figure, holds

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"


def markdown(results):
    """All results: first what has a goal, then every comparison in full."""
    figures = [result for result in results if isinstance(result, Figure)]
    comparisons = [result for result in results if isinstance(result, Comparison)]
    parts = [f"## {here()}", versions(), goals(comparisons, figures), *map(full, comparisons)]
    return "\n\n".join(parts)


def goals(comparisons, figures):
    """One line for each ratio or figure that has a limit."""
    lines = ["| | measured | goal | |", "|---|---|---|---|"]
    for comparison in comparisons:
        for ratio in comparison.known_ratios():
            if holds(1.0, ratio.most, ratio.least) is None:
                continue
            value, low, high = comparison.ratio(ratio.numerator, ratio.denominator)
            name = f"{comparison.title}: {ratio.numerator} / {ratio.denominator}"
            measured = f"{value:.2f} ({low:.2f} to {high:.2f})"
            lines.append(_goal(name, measured, value, ratio.most, ratio.least))
    for figure in figures:
        measured = f"{figure.value:.3g} {figure.unit}"
        lines.append(_goal(figure.name, measured, figure.value, figure.most, None))
    return "\n".join(lines)


def _goal(name, measured, value, most, least):
    limit = f"at most {most:g}" if least is None else f"at least {least:g}"
    return f"| {name} | {measured} | {limit} | {'met' if holds(value, most, least) else 'missed'} |"


def full(comparison):
    """Every contender of a comparison: its time, and its ratios to others."""
    lines = [
        f"### {comparison.title}",
        "",
        f"| | ns a {comparison.unit} | ratios |",
        "|---|---|---|",
    ]
    for name, times in comparison.times.items():
        mine = [ratio for ratio in comparison.known_ratios() if ratio.numerator == name]
        ratios = (
            f"{comparison.ratio(name, ratio.denominator)[0]:.2f} × {ratio.denominator}"
            for ratio in mine
        )
        lines.append(f"| {name} | {np.median(times):.3g} | {', '.join(ratios)} |")
    return "\n".join([*lines, *(f"\n{note}" for note in comparison.notes)])


def here():
    """The processor and how many cores of it: the name of a block of results."""
    return f"{_processor()} ({os.cpu_count()} cores)"


def versions():
    """What this was measured with."""
    names = ["numba", "llvmlite", "numpy", "scipy", "jax"]
    versions = [f"{name} {_version(name)}" for name in names if _version(name)]
    return (
        f"{numba.config.NUMBA_NUM_THREADS} threads; Python {platform.python_version()}, "
        f"{', '.join(versions)}, {_compiler()}."
    )


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _processor():
    try:
        found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found.group(1) if found else platform.processor()


def _compiler():
    try:
        answer = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True)
    except FileNotFoundError:
        return "no gcc"
    return f"gcc {answer.stdout.strip()}"


def write(results):
    """Put the results into docs/speed.md, and those of the limits into docs/roofline.md."""
    limits = [result for result in results if roofline.is_limit(result)]
    others = [result for result in results if not roofline.is_limit(result)]
    if others:
        _write(PAGE, markdown(others))
    if limits:
        _write(roofline.PAGE, f"## {here()}\n\n{roofline.table(limits)}")


def _write(file, block):
    """Put a block between the two markers of a page, in the place of this processor's."""
    page = file.read_text()
    markers = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)", re.DOTALL)
    (kept,) = markers.findall(page)
    text = with_block(kept, here(), block)
    file.write_text(markers.sub(lambda _: text, page))


def with_block(text, name, block):
    """Blocks, each with a heading of a name, with this one new or in the place of its older."""
    blocks = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", text, flags=re.M) if part}
    blocks[name] = block.removeprefix("## ") + "\n\n"
    return "".join(f"## {part.rstrip()}\n\n" for part in blocks.values()).rstrip() + "\n"
