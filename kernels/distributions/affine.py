"""The affine image of a family: X = shift + scale Z, scale positive or negative.

All follows from the family's own functions at z = (x - shift) / scale. With l = (ln f)' of Z,

    f_X(x) = f(z) / |scale|
    ∂ ln f_X/∂shift = -l(z) / scale     ∂ ln f_X/∂scale = -(1 + z l(z)) / scale

and the pairs in shift and scale are made by inversion (see `inversion.py`), of

    ∫ S du = ∓ f(z) / scale  and  ∓ f(z) z / scale,

minus where Z rises in its uniform, plus where it falls.
"""

import functools
import sys
from math import floor, inf
from types import ModuleType

from .parts import inversion
from .parts.families import written
from .parts.writer import Writer

OWN = {"shift": "real", "scale": "real"}
# What follows from x alone: asked at z, with a factor. Pairs are mapped; their constants stay.
PLAIN = ("score", "second_score")
PATHS = ("derivative", "second_derivative")
PAIRS = ("natural", "hahn_jordan", "natural_second")
SCOPE = {**inversion.SCOPE, "floor": floor}
_LEAST, _BELOW_ONE = "2.2250738585072014e-308", "0.9999999999999999"


@functools.cache
def of(inner: str) -> ModuleType:
    """The functions of the image of a family."""
    w = Writer(OWN, inner)
    source = [*distribution(w), *paths(w), *base_functions(w), *moves(w)]
    made = written(sys.modules[__name__], (inner,), source, {**SCOPE, **w.scope})
    made.PARAMETERS = w.parameters
    if hasattr(w.module, "TABLE"):
        made.TABLE = w.module.TABLE
    return made


def inside(w: Writer) -> str:
    """z, which rounding must not lead to or beyond the ends of its support.

    Whole numbers are rounded back to what they are.
    """
    if getattr(w.module, "UNIT", None) is not None:
        return "floor((x - shift) / scale + 0.5)"
    low, high = getattr(w.module, "SUPPORT", (-inf, inf))
    z = "(x - shift) / scale"
    for end, within, first in ((low, _LEAST, "max"), (high, _BELOW_ONE, "min")):
        if isinstance(end, str):
            z = f"{first}({z}, {w.names[end]})"
        elif end not in (-inf, inf):
            z = f"{first}({z}, {within if end in (0.0, 1.0) else end})"
    return z


def distribution(w: Writer) -> list[str]:
    """z, variate, variate_by_table, density, survival, probability …"""
    parts = [w.define("inner", ["x"], f"return {inside(w)}")]
    for name, row in (("variate", "u"), ("variate_by_table", "table")):
        if w.has(name):
            rows = ["u", "table"] if row == "table" else ["u"]
            parts.append(w.define(name, rows, f"return shift + scale * {w.call(name)}"))
    z = "z = (x - shift) / scale"
    if w.has("density"):
        value = f"return {w.call('density', x='z')} / abs(scale)"
        parts.append(w.define("density", ["x"], z, value))
    if w.has("survival") and w.has("cdf"):
        above, below = w.call("survival", x="z"), w.call("cdf", x="z")
        for name, one, other in (("survival", above, below), ("cdf", below, above)):
            line = f"return {one} if scale > 0.0 else {other}"
            parts.append(w.define(name, ["x"], z, line))
        above, below = w.call("upper_quantile", q="q"), w.call("lower_quantile", q="q")
        for name, one, other in (("upper", above, below), ("lower", below, above)):
            line = f"return shift + scale * ({one} if scale > 0.0 else {other})"
            parts.append(w.define(f"{name}_quantile", ["q"], line))
    if w.has("probability"):
        lines = [f"z = inner(x, {w.all})", "if abs(shift + scale * z - x) > 1e-9 * abs(scale):"]
        given = w.call("probability", x="z")
        parts.append(w.define("probability", ["x"], *lines, "    return 0.0", f"return {given}"))
    return parts


def paths(w: Writer) -> list[str]:
    """How the image moves with shift and scale."""
    parts = [
        w.define("derivative_shift", ["x"], "return 1.0 + 0.0 * x"),
        w.define("derivative_scale", ["x"], f"return inner(x, {w.all})"),
    ]
    for parameter, name in w.names.items():
        if w.has(f"derivative_{parameter}"):
            value = w.call(f"derivative_{parameter}", x="z")
            lines = [f"z = inner(x, {w.all})", f"return {value}"]
            parts.append(w.define(f"second_derivative_scale_{name}", ["x"], *lines))
    return parts


def base_functions(w: Writer) -> list[str]:
    """Derivatives, scores and pairs in the family's own parameters."""
    pairs = [p if p == q else f"{p}_{q}" for p in w.names for q in w.names]
    parts = []
    for joint in pairs:
        name = joint_name(w, joint)
        for kind in (*PATHS, *PLAIN):
            function = f"{kind}_{joint}"
            if not w.has(function):
                continue
            factor = "scale * " if kind in PATHS else ""
            lines = [f"z = inner(x, {w.all})", f"return {factor}{w.call(function, x='z')}"]
            parts.append(w.define(f"{kind}_{name}", ["x"], *lines))
        if w.has(f"derivative_{joint}_by_table"):
            given = w.call(f"derivative_{joint}_by_table", x="z")
            lines = [f"z = inner(x, {w.all})", f"return scale * {given}"]
            rows = ["u", "x", "slopes"]
            parts.append(w.define(f"derivative_{name}_by_table", rows, *lines))
        for kind in PAIRS:
            if w.has(f"{kind}_{joint}"):
                parts += mapped_pair(w, f"{kind}_{joint}", f"{kind}_{name}")
    return parts


def joint_name(w: Writer, joint: str) -> str:
    """base_shape, or base_shape_base_scale of shape_scale."""
    if joint in w.names:
        return w.names[joint]
    first = next(p for p in w.names if joint.startswith(f"{p}_") and joint[len(p) + 1 :] in w.names)
    return f"{w.names[first]}_{w.names[joint[len(first) + 1 :]]}"


def mapped_pair(w: Writer, function: str, name: str) -> list[str]:
    """The family's own pair, each end mapped."""
    rows = [row for row in ("x", "v", "w") if row in w.asked(function)]
    lines = [f"z = inner(x, {w.all})"] if "x" in rows else []
    lines += [f"plus, minus = {w.call(function, x='z')}"]
    lines += ["return shift + scale * plus, shift + scale * minus"]
    constant = w.call(f"{function}_constant")
    return [
        w.define(name, rows, *lines),
        w.define(f"{name}_constant", [], f"return {constant}"),
    ]


def moves(w: Writer) -> list[str]:
    """Scores and pairs in shift and scale, where the slope of the density is known."""
    if not (w.has("log_slope") and w.has("density")):
        return []
    z, slope = f"z = inner(x, {w.all})", f"slope = {w.call('log_slope', x='z')}"
    parts = [
        w.define("score_shift", ["x"], z, slope, "return -slope / scale"),
        w.define("score_scale", ["x"], z, slope, "return -(1.0 + z * slope) / scale"),
    ]
    if w.has("log_bend"):
        bend, square = f"bend = {w.call('log_bend', x='z')}", "(scale * scale)"
        second = "return (1.0 + 2.0 * z * slope + z * z * bend) / " + square
        parts += [
            w.define("second_score_shift", ["x"], z, bend, f"return bend / {square}"),
            w.define("second_score_scale", ["x"], z, slope, bend, second),
            w.define(
                "second_score_shift_scale", ["x"], z, slope, bend,
                f"return (slope + z * bend) / {square}",
            ),
        ]  # fmt: skip
    sign = "" if getattr(w.module, "FALLS", False) else "-"
    for parameter, factor in (("shift", ""), ("scale", " * z")):
        if parameter == "shift" and w.has("natural_location"):
            parts += located(w, "natural") + located(w, "hahn_jordan")
            continue
        height = f"return {sign}{w.call('density', x='z')}{factor} / scale"
        drawn = f"z = {w.call('variate', u='u')}"
        score = f"return score_{parameter}(shift + scale * z, {w.all})"
        made = f"return variate(u, {w.all})"
        parts.append(w.define(f"prepared_{parameter}", [], "return 0.0"))
        parts.append(w.define(f"drawn_{parameter}", ["u", "c"], made, kind="procedure"))
        parts.append(w.define(f"height_{parameter}", ["u", "c"], drawn, height, kind="procedure"))
        parts.append(w.define(f"slope_{parameter}", ["u", "c"], drawn, score, kind="procedure"))
        parts += inversion.pair("hahn_jordan", parameter, w.all)
        for end in ("", "_constant"):
            parts.append(f"natural_{parameter}{end} = hahn_jordan_{parameter}{end}")
        parts.append(f"constants_natural_{parameter} = constants_hahn_jordan_{parameter}")
    return parts


def located(w: Writer, kind: str) -> list[str]:
    """The pair of a location that the family knows without having it, as the exponential does."""
    lines = [f"z = inner(x, {w.all})", f"one, other = {w.call(f'{kind}_location', x='z')}"]
    lines += ["plus, minus = (one, other) if scale > 0.0 else (other, one)"]
    lines += ["return shift + scale * plus, shift + scale * minus"]
    rows = [row for row in ("x", "v", "w") if row in ("x", *w.asked(f"{kind}_location"))]
    constant = w.call(f"{kind}_location_constant")
    return [
        w.define(f"{kind}_shift", rows, *lines),
        w.define(f"{kind}_shift_constant", [], f"return {constant} / abs(scale)"),
    ]
