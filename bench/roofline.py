"""docs/roofline.md: where the time of every hot loop goes, in ns a draw and as a share."""

from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[1] / "docs" / "roofline.md"
MARK = ", against its random numbers and variates"
GOAL = 1.15
PARTS = ["random numbers", "and variates", "value alone", "gradient"]


def is_limit(result):
    """Whether a result is a comparison with the limit."""
    return getattr(result, "title", "").endswith(MARK)


def table(comparisons):
    """A row for each loop."""
    lines = [
        "| | random numbers | transforms | recursion | derivative | gradient | over the limit | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for comparison in comparisons:
        times = np.array([np.median(comparison.times[part]) for part in PARTS])
        cells = [f"{part:.2f} ({part / times[-1]:.0%})" for part in np.diff(times, prepend=0.0)]
        over = comparison.ratio("gradient", "and variates")[0]
        cells += [f"{times[-1]:.2f} ns", f"{over:.2f} ×", "met" if over <= GOAL else "missed"]
        lines.append(f"| {' | '.join([comparison.title.removesuffix(MARK), *cells])} |")
    return "\n".join(lines)
