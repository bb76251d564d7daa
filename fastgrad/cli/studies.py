"""`fastgrad run`, `compare` and `explain`: what a study file asks for."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import fastgrad as fg

from ..results.comparison import run_comparison
from ..results.explanation import COLUMNS, explain
from ..results.labels import labelled
from .output import console, print_json, status, table
from .study_file import StudyFile, read_study


def _read(path: Path, **given: Any) -> StudyFile:
    """The study, with the settings of the command line above those of the file."""
    study = read_study(path)
    chosen = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(study, settings=study.settings | chosen)


def run(path: Path, as_json: bool, method: str | None, **given: Any) -> None:
    """One gradient."""
    study = _read(path, **given)
    with status(quiet=as_json) as tell:
        tell("running (compiling on first use only)")
        estimate = fg.gradient(study.build, study.theta, method or study.method, **study.settings)
    if as_json:
        print_json(estimate.to_dict())
    else:
        console().print(str(estimate), soft_wrap=True)


def compare(path: Path, as_json: bool, plot: Path | None, **given: Any) -> None:
    """Several methods side by side."""
    study = _read(path, **given)
    methods = labelled(study.methods)
    with status(quiet=as_json) as tell:
        made = run_comparison(study.build, study.theta, methods, study.settings, study.exact, tell)
    drawn = plot or study.plot
    if drawn:
        made.plot(drawn)
    if as_json:
        print_json(made.to_dict() | {"plot": str(drawn) if drawn else None})
        return
    out = console()
    out.print(table(made.table_rows(), made.columns()))
    for label, reason in made.refused.items():
        out.print(f"{label}: not applicable: {reason}", soft_wrap=True)
    out.print(made.note(), soft_wrap=True)
    if drawn:
        out.print(f"drawn to {drawn}", soft_wrap=True)


def explain_study(path: Path, as_json: bool) -> None:
    """Which method is valid where."""
    study = _read(path)
    made = explain(study.build, study.theta, study.methods)
    if as_json:
        print_json(made.to_dict())
        return
    out = console()
    for alike in made.groups():
        out.print(table(made.table_rows(alike[0]), COLUMNS, made.heading(alike)))
