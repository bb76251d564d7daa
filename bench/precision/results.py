"""Rows that were measured, kept by processor in docs/precision.json."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import report

DOCS = Path(__file__).parents[2] / "docs"
FILE = DOCS / "precision.json"


class Row(NamedTuple):
    """One way to estimate one gradient, and what it took (see `measure.Timing`)."""

    problem: str
    contender: str
    method: str
    sampler: str
    replications: int
    seconds: float
    extrapolated: bool
    right: bool

    @property
    def key(self):
        """What makes it the same row in another run."""
        return self[:4]


class Results:
    """All rows, of this processor and of others: {machine: {key: row}}."""

    def __init__(self):
        stored = json.loads(FILE.read_text()) if FILE.exists() else {}
        self.machines = {
            name: {Row(*row).key: Row(*row) for row in rows} for name, rows in stored.items()
        }
        self.here = report.here()

    def put(self, row):
        """Keep a row in the place of an older one."""
        self.machines.setdefault(self.here, {})[row.key] = row

    def save(self):
        """Write all of them, one a line."""
        blocks = []
        for name, rows in self.machines.items():
            lines = ",\n".join("  " + json.dumps(list(row), ensure_ascii=False)
                               for row in rows.values())  # fmt: skip
            blocks.append(f"{json.dumps(name)}: [\n{lines}\n]")
        FILE.write_text("{\n" + ",\n".join(blocks) + "\n}\n")
        print(f"{FILE}: {sum(map(len, self.machines.values()))} rows", file=sys.stderr)


def best(rows, problem, contender):
    """The fastest right row, or None."""
    mine = [r for r in rows if (r.problem, r.contender) == (problem, contender) and r.right]
    return min(mine, key=lambda row: row.seconds, default=None)
