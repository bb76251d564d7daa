"""What a study file asks for: run, compare, sweep, explain, minimize, report."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastgrad as fg

from ..results.comparison import Comparison, Comparisons, run_comparison
from ..results.explanation import COLUMNS, explain
from ..results.known import known_gradient
from ..results.labels import labelled
from ..results.sweeps import Sweep, run_sweep
from ..studies.opening import name_of_store, opened
from ..study_files.study_file import StudyFile, read_study
from .display import Display
from .output import console, print_json, table, write_whole
from .results import is_writable, page, print_result, write_results


@contextlib.contextmanager
def _read(path: Path, allow_code: bool, **given: Any) -> Iterator[StudyFile]:
    """The study, with the settings of the command line above those of the file, and its workers."""
    study = read_study(path, allow_code)
    chosen = {name: value for name, value in given.items() if value is not None}
    with study.workers() as executor:
        if executor is not None:
            chosen["executor"] = executor
        yield dataclasses.replace(study, settings=study.settings | chosen)


def run(
    path: Path, as_json: bool, method: str | None, output: Path | None = None,
    files: bool = True, allow_code: bool = False, store: Path | None = None, **given: Any,
) -> None:  # fmt: skip
    """One gradient, or the sweep that the file asks for, with results and a report.

    Every finished chunk is kept in a store, so that a run that was killed goes on.
    """
    with _read(path, allow_code, **given) as study:
        folder = output or path.with_name(f"{path.stem}-results")
        files = files and is_writable(folder)
        own = folder if files and store is None else None  # where the study has a store of its own
        if study.points is not None:
            if method is not None:
                study = dataclasses.replace(study, methods=[method])
            made: Any = _swept(study, as_json, store, own)
        else:
            chosen = method or study.method
            call = {**study.settings, "verb": "gradient", "method": chosen}
            with Display(1, study.settings.get("replications"), quiet=as_json) as show:
                show("running (compiling on first use only)")
                settings = {"progress": show, **study.settings}
                target = _store(store, own, study, [study.theta], call)
                made = fg.gradient(study.build, study.theta, chosen, store=target, **settings)
        exact = None if study.points is not None else (_exact(study, [study.theta]) or [None])[0]
        written = write_results(made, study, folder, exact) if files else []
        print_result(made, as_json, written, "", exact)


def compare(
    path: Path, as_json: bool, plot: Path | None, output: Path | None = None,
    allow_code: bool = False, store: Path | None = None, **given: Any,
) -> None:  # fmt: skip
    """Several methods side by side."""
    with _read(path, allow_code, **given) as study:
        made = _compared(study, as_json, store)
        _finish(made, study, as_json, plot, output)


def sweep(
    path: Path, as_json: bool, plot: Path | None, output: Path | None = None,
    allow_code: bool = False, store: Path | None = None, **given: Any,
) -> None:  # fmt: skip
    """Several methods at every point of the design."""
    with _read(path, allow_code, **given) as study:
        if study.points is None:
            raise ValueError(f"{path}: there is no [sweep]: say over which parameters")
        _finish(_swept(study, as_json, store), study, as_json, plot, output)


def _finish(
    made: Any, study: StudyFile, as_json: bool, plot: Path | None, output: Path | None
) -> None:
    """Draw, write and print."""
    drawn = plot or study.plot
    if drawn:
        made.plot(drawn)
    written = write_results(made, study, output) if output and is_writable(output) else []
    print_result(made, as_json, written, str(drawn) if drawn else None)


def explain_study(path: Path, as_json: bool, allow_code: bool = False) -> None:
    """Which method is valid where."""
    study = read_study(path, allow_code)
    order = study.settings.get("order", 1)
    made = explain(study.build, study.theta, study.methods, order=order)
    if as_json:
        print_json(made.to_dict())
        return
    out = console()
    for alike in made.groups():
        out.print(table(made.table_rows(alike[0]), COLUMNS, made.heading(alike)))


def minimize(
    path: Path, as_json: bool, plot: Path | None, output: Path | None = None,
    allow_code: bool = False, **given: Any,
) -> None:  # fmt: skip
    """The optimum that the file asks for."""
    with _read(path, allow_code) as study:
        if study.minimize is None:
            raise ValueError(f"{path}: there is no [minimize]: bounds, algorithm, replications")
        chosen = {name: value for name, value in given.items() if value is not None}
        options = {**_shared(study), **study.minimize, **chosen}
        search = fg.maximize if options.pop("goal") == "maximize" else fg.minimize
        shown = not as_json and sys.stderr.isatty()
        made = search(study.build, options.pop("start"), progress=shown, **options)
        _finish(made, study, as_json, plot, output)


def _shared(study: StudyFile) -> dict[str, Any]:
    """Settings of the whole file that an optimisation takes too."""
    shared = ("seed", "threads", "executor")
    return {name: study.settings[name] for name in shared if name in study.settings}


def report(
    path: Path, output: Path | None, as_json: bool, allow_code: bool = False, **given: Any
) -> None:
    """Everything that the file asks for, as one page."""
    with _read(path, allow_code, **given) as study:
        order = study.settings.get("order", 1)
        parts: list[Any] = [explain(study.build, study.theta, study.methods, order=order)]
        parts.append(
            _swept(study, as_json) if study.points is not None else _compared(study, as_json)
        )
        if study.minimize is not None:
            options = {**_shared(study), **study.minimize}
            search = fg.maximize if options.pop("goal") == "maximize" else fg.minimize
            parts.append(search(study.build, options.pop("start"), **options))
        target = output or path.with_suffix(".html")
        write_whole(target, page(parts, study))
        if as_json:
            print_json({"report": str(target)})
        else:
            print(f"written to {target}")


def _compared(study: StudyFile, quiet: bool, store: Path | None = None) -> Comparison | Comparisons:
    methods = labelled(study.methods)
    exact = _exact(study, [study.theta])
    with (
        _opened(store, None, study, [study.theta], "compare", methods) as kept,
        Display(len(methods), study.settings.get("replications"), quiet) as show,
    ):
        settings = {"progress": show, "store": kept, **study.settings}
        value = None if exact is None else exact[0]
        return run_comparison(study.build, study.theta, methods, settings, value, show)


def _swept(
    study: StudyFile, quiet: bool, store: Path | None = None, own: Path | None = None
) -> Sweep:
    points = study.points or []
    methods = labelled(study.methods)
    exact = _exact(study, points)
    with (
        _opened(store, own, study, points, "sweep", methods) as kept,
        Display(len(methods) * len(points), study.settings.get("replications"), quiet) as show,
    ):
        settings = {"progress": show, "store": kept, **study.settings}
        return run_sweep(study.build, points, methods, settings, exact, show)


def _opened(
    store: Path | None,
    own: Path | None,
    study: StudyFile,
    points: list[Any],
    verb: str,
    methods: Any,
) -> Any:
    """The store of a study, open; None without one."""
    call = {**study.settings, "verb": verb, "methods": methods}
    target = _store(store, own, study, points, call)
    return opened(target, study.build, points, study.settings.get("seed", 0), call)


def _store(
    store: Path | None, own: Path | None, study: StudyFile, points: list[Any], call: dict[str, Any]
) -> Path | None:
    """The store that was named, or one in a folder, where each study has one of its own."""
    if store is not None or own is None:
        return store
    return own / name_of_store(study.build, points, study.settings.get("seed", 0), call)


def _exact(study: StudyFile, points: list[Any]) -> list[Any] | None:
    """Exact gradients: the file's own, or those of models whose values are known."""
    if study.exact is False or study.settings.get("order", 1) != 1:
        return None if study.exact in (None, False) else [study.exact] * len(points)
    if study.exact not in (None, True):
        each = study.exact if isinstance(study.exact, list) else []
        return each if len(each) == len(points) > 1 else [study.exact] * (len(points) == 1) or None
    found = [known_gradient(study.build, point) for point in points]
    return None if all(value is None for value in found) else found
