"""Sections of a report: one for each kind of result."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..exact_beside import with_exact
from ..text_table import Column, cells, number, of_what, score

LONG = ("reason",)
ESTIMATE = [
    Column("parameter", "parameter", right=False),
    Column("gradient", "gradient", number(6)),
    Column("standard_error", "std. error", number(2)),
    Column("interval", "95 % interval"),
    Column("variance", "variance", number(4)),
]
LEAST_POINTS = 4  # of a surface
MOST_POINTS = 200  # tables of so many points; all are in the results' files

BROAD = 1.8  # times as wide as high: a figure of several panels has the page's width


def sections_of(result: Any, exact: Any = None) -> list[str]:
    """HTML of one result; `exact` is the exact gradient of an estimate, by output of several."""
    kinds: dict[str, Callable[[Any], list[str]]] = {  # by name: results write reports
        "Explanation": _explanation,
        "Comparison": _comparison,
        "Comparisons": _comparisons,
        "Sweep": _sweep,
        "OptimizationResult": _optimum,
    }
    for kind in type(result).__mro__:
        if kind.__name__ in kinds:
            return kinds[kind.__name__](result)
    if hasattr(result, "components"):
        return _estimate(result, exact)
    if isinstance(result, Mapping):  # several outputs
        return [
            section
            for name, one in result.items()
            for section in [f"<h2>{_e(of_what(name))}</h2>", *_one(one, (exact or {}).get(name))]
        ]
    return [f"<pre>{_e(result)}</pre>"]


def _e(value: Any) -> str:
    return html.escape(str(value))


def _theta(theta: Any) -> str:
    """θ as people write it."""
    if isinstance(theta, Mapping):
        return ", ".join(f"{name} = {_theta(value)}" for name, value in theta.items())
    if hasattr(theta, "tolist"):
        theta = theta.tolist()
    return f"{theta:.6g}" if isinstance(theta, float) else str(theta)


def _at(theta: Any) -> str:
    """θ = 0.5, or its names and values."""
    return _e(_theta(theta) if isinstance(theta, Mapping) else f"θ = {_theta(theta)}")


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> str:
    """A table in a container that scrolls."""
    kinds = ["long" if c.key in LONG else "word" if not c.right else "" for c in columns]

    def line(tag: str, texts: Sequence[str], best: bool = False) -> str:
        entries = "".join(
            f'<{tag} class="{kind}">{_e(text)}</{tag}>' if kind else f"<{tag}>{_e(text)}</{tag}>"
            for text, kind in zip(texts, kinds, strict=True)
        )
        return f'<tr class="best">{entries}</tr>' if best else f"<tr>{entries}</tr>"

    head = line("th", [column.heading for column in columns])
    body = "".join(line("td", cells(row, columns), bool(row.get("best"))) for row in rows)
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def warnings(sentences: Iterable[str]) -> str:
    """Each in a box of its own."""
    return "".join(f'<p class="warning">{_e(sentence)}</p>' for sentence in sentences)


def figures(draw: Sequence[Callable[[], Any]]) -> str:
    """Figures as SVG inside the page, or why there are none."""
    made: list[str] = []
    for one in draw:
        try:
            figure = one()
        except ImportError as error:
            return f'<p class="quiet">No figures: {_e(error)}</p>'
        if figure is not None:
            width, height = figure.get_size_inches()
            kind = (
                ' class="broad"' if width > BROAD * height else ""
            )  # else its words are too small
            made.append(f"<figure{kind}>{_svg(figure, len(made))}</figure>")
    return f'<div class="figures">{"".join(made)}</div>' if made else ""


def _svg(figure: Any, which: int) -> str:
    import io

    from ...extras import require

    matplotlib = require("matplotlib", "a report's figures")
    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": f"report-{which}"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    body = text.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", body[body.index("<svg") :], flags=re.DOTALL)


def _estimate(made: Any, exact: Any) -> list[str]:
    order = "second derivatives" if made.order == 2 else "gradient"
    return [f"<h2>{order.capitalize()} at {_at(made.theta)}</h2>", *_one(made, exact)]


def _one(made: Any, exact: Any = None) -> list[str]:
    if not hasattr(made, "components"):
        return [f"<p>{_e(made.line())}</p>", warnings(made.warnings)]
    rows = [r | {"interval": f"[{r['low']:.6g}, {r['high']:.6g}]"} for r in made.components()]
    columns = list(ESTIMATE)
    if exact is not None:
        rows = with_exact(made, exact, rows)
        columns += [Column("exact", "exact", number(6)), Column("z_exact", "z exact", score)]
    used = made.methods or {}
    how = ", ".join(f"{place}: {name}" for place, name in used.items()) or made.method
    return [
        table(rows, columns),
        f"<p>E[Y] = {_e(made.performance.line())}</p>",
        f'<p class="quiet">by {_e(how)}, {made.replications:,} replications, '
        f"{made.seconds:.3g} s</p>",
        warnings(dict.fromkeys((*made.warnings, *made.performance.warnings))),
    ]


def _comparison(made: Any) -> list[str]:
    return [
        f"<h2>Methods side by side at {_at(made.theta)}</h2>",
        *_side_by_side(made),
        figures([
            lambda: made.plot() if made else None,
            lambda: made.plot(kind="agreement") if len(made) > 1 else None,
        ]),
    ]  # fmt: skip


def _comparisons(made: Any) -> list[str]:
    parts = []
    for name in made.outputs:
        head, *rest = _comparison(made.of(name))
        parts += [head.replace("Methods", f"{_e(of_what(name))}: methods"), *rest]
    return parts


def _side_by_side(made: Any) -> list[str]:
    if made.outputs is not None:
        return [
            part
            for name in made.outputs
            for part in (f"<h4>{_e(of_what(name))}</h4>", *_side_by_side(made.of(name)))
        ]
    rows = made.table_rows()
    for name in dict.fromkeys(row["parameter"] for row in rows):
        own = [row for row in rows if row["parameter"] == name and row["variance_time"] > 0.0]
        if own:
            min(own, key=lambda row: row["variance_time"])["best"] = True
    columns = list(made.columns())
    if rows and "exact" in rows[0]:
        columns.insert(len(columns) - 1, Column("exact", "exact", number(6)))
    said = [f"{label}: {s}" for label, sentences in made.warnings.items() for s in sentences]
    refused = [{"method": label, "reason": reason} for label, reason in made.refused.items()]
    left_out = [Column("method", "not applicable", right=False), Column("reason", "", right=False)]
    return [
        table(rows, columns) if rows else "",
        f'<p class="quiet">{_e(made.note())}; bold: least variance × time</p>' if rows else "",
        table(refused, left_out) if refused else "",
        warnings(said),
    ]


def _sweep(made: Any) -> list[str]:
    parts = [f"<h2>Sweep over {len(made)} points</h2>"]
    for name in made.outputs or ():
        parts += [f"<h3>{_e(of_what(name))}</h3>", _figures_of(made.of(name))]
    if made.outputs is None:
        parts.append(_figures_of(made))
    for point, one in enumerate(list(made)[:MOST_POINTS]):
        parts += [f"<h3>Point {point}: {_at(one.theta)}</h3>", *_side_by_side(one)]
    if len(made) > MOST_POINTS:
        parts.append(f"<p>{len(made) - MOST_POINTS} more points are in the results' files.</p>")
    parts.append(warnings(f"point {n} is left out: {why}" for n, why in made.refused.items()))
    return parts


def _figures_of(made: Any) -> str:
    """Those of a sweep of one output."""
    drawn: list[Callable[[], Any]] = []
    for k in made.moving() if len(made) else ():
        drawn += [
            functools.partial(made.plot, kind=kind, component=k)
            for kind in ("gradient", "variance", "variance_time")
        ]
    if drawn and len(made.moving()) == 2 and len(made) >= LEAST_POINTS:
        drawn.insert(0, lambda: made.plot(kind="surface"))
    if len(made):
        drawn.append(lambda: made.plot(kind="agreement"))
    return figures(drawn)


def _explanation(made: Any) -> list[str]:
    parts = ["<h2>Which method is valid</h2>"]
    for alike in made.groups():
        parts.append(f"<h3>{_e(made.heading(alike))}</h3>")
        parts.append(table(made.table_rows(alike[0]), made.COLUMNS))
    return parts


def _optimum(made: Any) -> list[str]:
    theta = made._theta
    low, high = [None] * len(theta.names), [None] * len(theta.names)
    if made.covariance is not None:
        from ...core.theta import Theta

        low, high = (list(Theta(end).vector) for end in made.confidence_interval())
    rows = [
        {"parameter": name, "value": float(value),
         "interval": "" if a is None else f"[{a:.6g}, {b:.6g}]"}
        for name, value, a, b in zip(theta.names, made._vector, low, high, strict=True)
    ]  # fmt: skip
    columns = [
        Column("parameter", "parameter", right=False),
        Column("value", "optimum", number(6)),
        Column("interval", "95 % interval"),
    ]
    gain, error = made.improvement
    facts = [
        f"objective {made.fun:.6g} ± {made.fun_error:.2g}",
        f"better than the start by {gain:.6g} ± {error:.2g}",
        f"{made.nit} iterations, {made.replications:,} paths, {made.seconds:.3g} s",
    ]
    expected = [
        f"expected {entry['value']:.6g} ± {entry['error']:.2g}, {entry['wanted']}: "
        f"{entry['verdict']}"
        for entry in made.expected
    ]
    return [
        "<h2>Optimum</h2>",
        f"<p>{_e(made.algorithm)} ({_e(made.method)}): {_e(made.message)}</p>",
        table(rows, columns),
        *(f"<p>{_e(fact)}</p>" for fact in (*facts, *expected)),
        figures([made.plot]),
    ]
