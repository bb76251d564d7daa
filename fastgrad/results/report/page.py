"""The page: its style, its sections, and how the results were made."""

from __future__ import annotations

import datetime
import html
import platform
import shlex
from collections.abc import Sequence
from typing import Any

from .parts import sections_of

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 1.5rem 1rem 4rem; color: #111827;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: #fff; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid #e5e7eb; }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .4rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.quiet { color: #6b7280; font-size: .92rem; }
.wide { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .7rem .28rem 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid #f3f4f6; }
th { border-bottom: 1px solid #9ca3af; font-weight: 600; vertical-align: bottom; }
td.word, th.word { text-align: left; }
th.long { text-align: left; }
td.long { text-align: left; white-space: normal; min-width: 20rem; }
tr.best td { font-weight: 600; }
.warning { border-left: 3px solid #d97706; background: #fffbeb; padding: .4rem .8rem;
  margin: .5rem 0; font-size: .92rem; overflow-wrap: anywhere; }
figure { margin: .8rem 0; }
figure svg { max-width: 100%; height: auto; display: block; }
figure.broad { grid-column: 1 / -1; overflow-x: auto; }
figure.broad svg { min-width: 44rem; }
.figures { display: grid; gap: .5rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
pre { background: #f9fafb; border: 1px solid #e5e7eb; padding: .8rem; overflow-x: auto;
  font-size: .82rem; line-height: 1.45; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }
dt { color: #6b7280; } dd { margin: 0; overflow-wrap: anywhere; }
details > summary { cursor: pointer; margin: .6rem 0; }
@media print { .wide { overflow: visible; } }
"""  # noqa: E501


def report_page(
    results: Sequence[Any],
    title: str = "",
    source: str = "",
    command: Sequence[str] = (),
    seed: int | None = None,
    exact: Any = None,
) -> str:
    """A self-contained HTML page: tables, figures as SVG, warnings, how it was made.

    Parameters
    ----------
    results : sequence
        Estimates, comparisons, sweeps, explanations and optimisations, in this order.
    title : str
    source : str
        The study file.
    command : sequence of str
    seed : int, optional
    exact : optional
        The exact gradient of an estimate, where it is known.
    """
    name = html.escape(title or "Gradients of expectations")
    body = "\n".join(section for result in results for section in sections_of(result, exact))
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{STYLE}</style></head>\n<body>\n"
        f"<h1>{name}</h1>\n{body}\n{_made(source, command, seed)}\n</body></html>\n"
    )


def _made(source: str, command: Sequence[str], seed: int | None) -> str:
    """Versions, seed, machine, command, and the study itself."""
    facts = dict(_facts(command, seed))
    listed = "".join(
        f"<dt>{html.escape(key)}</dt><dd>{html.escape(str(value))}</dd>"
        for key, value in facts.items()
    )
    study = ""
    if source:
        study = (
            "<details><summary>The study file</summary>"
            f"<pre>{html.escape(source.strip())}</pre></details>"
        )
    return f"<h2>How it was made</h2>\n<dl>{listed}</dl>\n{study}"


def _facts(command: Sequence[str], seed: int | None) -> list[tuple[str, Any]]:
    from ...cli.doctor import examine

    found = examine().facts
    versions = {name: v for name, v in found["versions"].items() if v}
    threads, processor = found["threads"], found["processor"]
    made: list[tuple[str, Any]] = []
    if command:
        made.append(("command", shlex.join(command)))
    if seed is not None:
        made.append(("seed", seed))
    made += [
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("machine", f"{processor['name']}, {threads['cores']} cores, {platform.platform()}"),
        ("threads", threads["used"]),
        ("date", datetime.datetime.now().astimezone().isoformat(" ", "seconds")),
    ]
    return made
