"""`fastgrad demo`: all methods on the M/M/1 queue against exact values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastgrad as fg

from ..results.labels import labelled
from ..results.side_by_side import Comparison
from ..results.sweeps import Sweep, run_sweep
from ..results.text_table import Column, number, score
from .display import Display
from .output import console, print_json, table

CUSTOMERS = 100
UTILISATIONS = (0.3, 0.5, 0.9)
COLUMNS = [
    Column("method", "method", right=False),
    Column("gradient", "gradient", number(5)),
    Column("interval", "95 % interval"),
    Column("variance", "variance", number(3)),
    Column("seconds", "seconds", "{:.2f}".format),
    Column("variance_time", "var x time", "{:.1e}".format),
    Column("z_exact", "z", score),
]


def methods() -> list[Any]:
    """Every method, with the variants that differ."""
    return [
        "fd",
        "cd",
        fg.CentralDifference(common=False),
        "sp",
        "rd",
        "ipa",
        "lr",
        fg.LikelihoodRatio(baseline=False),
        "wd",
        fg.WeakDerivative(representation="hahn-jordan"),
        fg.WeakDerivative(representation="common"),
        fg.WeakDerivative(phantoms="one"),
    ]


def queue(theta: Any) -> fg.Model:
    """M/M/1 with mean interarrival time 1: θ is the mean service time and the utilisation."""
    return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), CUSTOMERS)


def exact(theta: float) -> float:
    """d E[mean time in system]/dθ."""
    return float(fg.exact.mm1(1.0, theta, CUSTOMERS).d_service)


def run(replications: int, seed: int, threads: int | None, plot: Path, as_json: bool) -> None:
    """Compare, print, draw."""
    fixed = {"replications": replications, "seed": seed, "threads": threads}
    cells = len(UTILISATIONS) * len(methods())
    with Display(cells, replications, quiet=as_json) as shown:
        settings = fixed | {"progress": shown}
        sweep = run_sweep(queue, UTILISATIONS, labelled(methods()), settings, exact, shown)
    drawn, why = _draw(sweep, plot)
    if as_json:
        print_json(sweep.to_dict() | {"customers": CUSTOMERS, "plot": drawn, "no_plot": why})
        return
    out = console()
    out.print(
        f"M/M/1 queue, mean time in system of the first {CUSTOMERS} customers: its derivative\n"
        f"by the mean service time, {replications:,} replications, seed {seed}"
    )
    for comparison in sweep:
        out.print(_table(comparison))
    out.print("variance: per replication; var x time: variance x seconds per replication")
    out.print("z: distance from the exact value in standard errors; bold: least var x time")
    out.print(f"drawn to {drawn}" if drawn else f"not drawn: {why}")


def _table(comparison: Comparison) -> Any:
    rows = comparison.table_rows()
    least = min(row["variance_time"] for row in rows)
    title = f"utilisation {comparison.theta}, exact {rows[0]['exact']:.6g}"
    marked = [row | {"best": row["variance_time"] == least} for row in rows]
    return table(marked, COLUMNS, title)


def _draw(sweep: Sweep, plot: Path) -> tuple[str | None, str | None]:
    """Where the figure is, or why there is none."""
    try:
        sweep.plot(plot, label="utilisation (mean service time θ, mean interarrival time 1)")
    except ImportError as error:
        return None, str(error)
    except OSError as error:
        return None, f"{plot}: {error.strerror or error}"
    return str(plot), None
