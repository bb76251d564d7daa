"""Results of commands: printed, and in the files of a folder."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..results.comparison import Comparison, Comparisons
from ..results.report import report_page
from ..results.sweeps import Sweep
from ..study_files.study_file import StudyFile
from .output import console, finite, print_json, table, write_whole

LEAST_SPACE = 1 << 16  # bytes: results and report of one gradient


def is_writable(folder: Path) -> bool:
    """Whether results can be written there; says why not, which costs no result."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(LEAST_SPACE))
            file.flush()
            return True
    except OSError as error:
        print(f"nothing written to {folder}: {error.strerror or error}", file=sys.stderr)
        return False


def write_results(made: Any, study: StudyFile, folder: Path, exact: Any = None) -> list[str]:
    """Results and report in a folder: the names of the files."""
    known = {} if exact is None else {"exact": exact}
    plain = json.dumps(finite(made.to_dict() | known), indent=2, ensure_ascii=False)
    contents = {"results.json": plain, "report.html": page([made], study, exact)}
    written = []
    try:
        if hasattr(made, "save"):
            written.append(str(made.save(folder / "results.csv")))
        for name, text in contents.items():
            write_whole(folder / name, text)
            written.append(str(folder / name))
    except OSError as error:
        print(f"not written to {folder}: {error.strerror or error}", file=sys.stderr)
    return written


def page(parts: list[Any], study: StudyFile, exact: Any = None) -> str:
    return report_page(
        parts, title=study.title, source=study.text, command=["fastgrad", *sys.argv[1:]],
        seed=study.settings.get("seed", 0), exact=exact,
    )  # fmt: skip


def print_result(
    made: Any, as_json: bool, written: list[str], drawn: str | None, exact: Any = None
) -> None:
    """Results on stdout, where their files are in the last line."""
    if as_json:
        more: dict[str, Any] = {"files": written} if written else {}
        more |= {} if exact is None else {"exact": exact}
        if isinstance(made, Mapping) and drawn != "":
            more["plot"] = drawn
        print_json(made.to_dict() | more)
        return
    out = console()
    if isinstance(made, Comparison | Comparisons):
        _print_comparison(out, made)
    elif isinstance(made, Sweep):
        for one in made:
            out.print(f"θ = {one.theta}")
            _print_comparison(out, one)
        for number, reason in made.refused.items():
            out.print(f"point {number}: {reason}", soft_wrap=True)
    else:
        out.print(str(made), soft_wrap=True)
        if exact is not None:
            out.print(f"exact gradient: {exact}", soft_wrap=True)
    if drawn:
        out.print(f"drawn to {drawn}", soft_wrap=True)
    if written:
        out.print(f"written to {', '.join(written)}", soft_wrap=True)


def _print_comparison(out: Any, made: Comparison | Comparisons) -> None:
    if isinstance(made, Comparisons):
        for name in made.outputs:
            out.print(f"output {name}")
            _print_comparison(out, made.of(name))
        return
    if made:
        out.print(table(made.table_rows(), made.columns()))
    for label, reason in made.refused.items():
        out.print(f"{label}: not applicable: {reason}", soft_wrap=True)
    for label, sentences in made.warnings.items():
        for sentence in sentences:
            out.print(f"warning: {label}: {sentence}", soft_wrap=True)
    if made:
        out.print(made.note(), soft_wrap=True)
