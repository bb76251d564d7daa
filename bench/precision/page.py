"""docs/precision.md: a summary and every row, a block for each processor."""

import re

from problems import problems
from results import DOCS, best

PAGE = DOCS / "precision.md"
OURS, GOAL = "fastgrad", 10.0


def write(kept):
    """Put what was measured between the two markers of the page."""
    every = problems()
    blocks = [_block(name, list(rows.values()), every) for name, rows in kept.machines.items()]
    markers = r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)"
    text = "\n\n".join(blocks) + "\n"
    PAGE.write_text(re.sub(markers, lambda _: text, PAGE.read_text(), flags=re.DOTALL))


def _block(machine, rows, every):
    peers = list(dict.fromkeys(row.contender for row in rows if row.contender != OURS))
    parts = [f"## {machine}", _summary(rows, every, peers)]
    for name, problem in every.items():
        mine = [row for row in rows if row.problem == name]
        if mine:
            parts.append(f"### {problem.title}\n\n{_all(mine)}")
    return "\n\n".join(parts)


def _summary(rows, every, peers):
    lines = [
        "| problem | fastgrad's best | " + " | ".join(peers) + " | nearest peer | 10 times |",
        "|---|---|" + "---|" * (len(peers) + 2),
    ]
    for name, problem in every.items():
        ours = best(rows, name, OURS)
        if ours is None:
            continue
        cells = [problem.title, f"{time(ours)}, {way(ours)}"]
        found = {peer: best(rows, name, peer) for peer in peers}
        cells += [time(row) if row else "" for row in found.values()]
        ratios = {peer: row.seconds / ours.seconds for peer, row in found.items() if row}
        if ratios:
            near = min(ratios, key=ratios.get)
            met = "met" if ratios[near] >= GOAL else "missed"
            cells += [f"{near}, {ratios[near]:.3g} ×", met]
        else:
            cells += ["none", ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _all(rows):
    ours = best(rows, rows[0].problem, OURS)
    lines = [
        "| | method, sampler | replications | time | of the best here | |",
        "|---|---|---|---|---|---|",
    ]
    order = sorted(rows, key=lambda row: (row.contender != OURS, row.contender, row.seconds))
    for row in order:
        ratio = f"{row.seconds / ours.seconds:.3g} ×" if ours else ""
        verdict = "" if row.right else "wrong"
        cells = [row.contender, way(row), f"{row.replications:,}", time(row), ratio, verdict]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def way(row):
    """ "ipa, sobol"."""
    return f"{row.method}, {row.sampler}"


def time(row):
    """ "≈ 3.2 s", "12 ms"."""
    value, unit = (row.seconds, "s") if row.seconds >= 1.0 else (1e3 * row.seconds, "ms")
    return (
        f"{'≈ ' if row.extrapolated else ''}{value:,.0f} {unit}"
        if value >= 1e3
        else (f"{'≈ ' if row.extrapolated else ''}{value:.3g} {unit}")
    )
