"""A continuous family given low <= X <= high, F being its distribution function and f its density.

With M = F(high) - F(low), X is the quantile of F(low) + u M, counted from the nearer end so that
tails keep their digits. Differentiating F(X) = F(low) (1 - u) + F(high) u gives

    dX/dlow = (1 - u) f(low) / f(X)     dX/dhigh = u f(high) / f(X)
    dX/dp = D(X) - ((1 - u) f(low) D(low) + u f(high) D(high)) / f(X)

for D = dX/dp of the family itself, p one of its parameters, and the score in p is the family's own
plus (f(high) D(high) - f(low) D(low)) / M. Its pair is made by inversion (see `inversion.py`).
"""

import functools
import sys
from types import ModuleType

from .parts import inversion
from .parts.families import written
from .parts.reasons import MOVING, SECOND_DIPOLE
from .parts.writer import Writer

SIDES = {"low": ("low",), "high": ("high",), "both": ("low", "high")}
NEEDED = ("variate", "density", "survival", "cdf", "lower_quantile", "upper_quantile")
MEASURES = ("score", "second_score")


@functools.cache
def of(sides: str, inner: str) -> ModuleType:
    """The functions of a family cut off at one end or both."""
    ends = SIDES[sides]
    w = Writer(dict.fromkeys(ends, "real"), inner)
    source = [*borders(w, ends), *distribution(w), *end_functions(w, ends)]
    for parameter, name in w.names.items():
        if w.has(f"derivative_{parameter}"):
            source += inner_functions(w, ends, parameter, name)
    made = written(sys.modules[__name__], (sides, inner), source, {**inversion.SCOPE, **w.scope})
    made.PARAMETERS = w.parameters
    made.NOT_APPLICABLE = {f"{k}_{e}": MOVING.format(e) for e in ends for k in MEASURES}
    made.NOT_APPLICABLE |= {f"natural_second_{e}": SECOND_DIPOLE.format(e) for e in ends}
    return made


def borders(w: Writer, ends: tuple[str, ...]) -> list[str]:
    """F and 1 - F at both ends, and the probability between them; below, above: of x."""
    at = [w.call(f, x=e) if e in ends else none for e, f, none in (
        ("low", "cdf", "0.0"), ("low", "survival", "1.0"),
        ("high", "cdf", "1.0"), ("high", "survival", "0.0"),
    )]  # fmt: skip
    parts = [
        w.define(
            "constants", [], f"f_low, s_low, f_high, s_high = {', '.join(at)}",
            "mass = 1.0 - f_low - s_high",
            "mass = s_low - s_high if f_low > 0.5 else mass",
            "mass = f_high - f_low if s_high > 0.5 else mass",
            "return f_low, s_low, f_high, s_high, mass", kind="procedure",
        )
    ]  # fmt: skip
    for name, one, other in (("below", "cdf", "survival"), ("above", "survival", "cdf")):
        near, far = ("f_low", "s_low") if name == "below" else ("s_high", "f_high")
        parts.append(
            w.define(
                name, ["x", "constants"], "f_low, s_low, f_high, s_high, mass = constants",
                f"if {near} <= 0.5:", f"    part = {w.call(one, x='x')} - {near}",
                "else:", f"    part = {far} - {w.call(other, x='x')}",
                "return min(max(part / mass, 0.0), 1.0)",
            )
        )  # fmt: skip
    return parts


def distribution(w: Writer) -> list[str]:
    """variate, its inverses from either end, density, survival, cdf."""
    low = "max(x, low)" if "low" in w.parameters else "x"
    kept = f"min({low}, high)" if "high" in w.parameters else low
    nearer = [
        "f_low, s_low, f_high, s_high, mass = constants",
        "lower, upper = f_low + p * mass, s_high + q * mass",
        f"x = {w.call('lower_quantile', q='lower')} if lower < upper "
        f"else {w.call('upper_quantile', q='upper')}",
        f"return {kept}",
    ]
    outside = [
        f"x {sign} {end}" for end, sign in (("low", "<"), ("high", ">")) if end in w.parameters
    ]
    density = f"return 0.0 if {' or '.join(outside)} else {w.call('density', x='x')} / constants[4]"
    a = w.all
    return [
        w.define("placed", ["p", "q", "constants"], *nearer),
        w.define("variate", ["u", "constants"], f"return placed(u, 1.0 - u, constants, {a})"),
        w.define(
            "lower_quantile", ["q"], f"return placed(q, 1.0 - q, constants({a}), {a})",
            kind="procedure",
        ),
        w.define(
            "upper_quantile", ["q"], f"return placed(1.0 - q, q, constants({a}), {a})",
            kind="procedure",
        ),
        # The same by rows, which are of u: for moments by quadrature from either end.
        w.define("lower_variate", ["u"], f"return lower_quantile(u, {a})"),
        w.define("upper_variate", ["u"], f"return upper_quantile(u, {a})"),
        w.define("given", ["x", "constants"], density),
        w.define("density", ["x"], f"return given(x, constants({a}), {a})"),
        w.define("survival", ["x"], f"return above(x, constants({a}), {a})"),
        w.define("cdf", ["x"], f"return below(x, constants({a}), {a})"),
    ]  # fmt: skip


def end_functions(w: Writer, ends: tuple[str, ...]) -> list[str]:
    """How the variate moves with an end, and the pair: a point mass there against the variate."""
    parts = []
    for end, share in (("low", "above"), ("high", "below")):
        if end not in ends:
            continue
        here, there = w.call("density", x=end), w.call("density", x="x")
        moved = f"return {here} / f * {share}(x, constants, {w.all}) if f > 0.0 else 0.0"
        pair = "return x, low + 0.0 * x" if end == "low" else "return high + 0.0 * x, x"
        parts.append(w.define(f"derivative_{end}", ["x", "constants"], f"f = {there}", moved))
        for kind in ("natural", "hahn_jordan"):
            constant = f"return {here} / constants({w.all})[4]"
            parts.append(w.define(f"{kind}_{end}", ["x"], pair))
            parts.append(w.define(f"{kind}_{end}_constant", [], constant))
    return parts


def inner_functions(w: Writer, ends: tuple[str, ...], parameter: str, name: str) -> list[str]:
    """Derivative, score and pair in a parameter of the family."""
    a, moved = w.all, f"derivative_{parameter}"
    lines = []
    for end in ("low", "high"):
        lines.append(f"at_{end} = {w.call('density', x=end) if end in ends else '0.0'}")
        if end in ends:
            value = f"at_{end} * {w.call(moved, x=end)}"
            lines.append(f"at_{end} = {value} if at_{end} > 0.0 else 0.0")
    parts = [
        w.define(f"edges_{name}", [], *lines, "return at_low, at_high", kind="procedure"),
        w.define(
            f"constants_derivative_{name}", [], f"return constants({a}), edges_{name}({a})"
        ),
        w.define(
            f"derivative_{name}", ["x", "constants"],
            "borders, edges = constants", f"f = {w.call('density', x='x')}",
            f"pulled = edges[0] * above(x, borders, {a}) + edges[1] * below(x, borders, {a})",
            f"return {w.call(moved, x='x')} - pulled / f if f > 0.0 else 0.0",
        ),
    ]  # fmt: skip
    if not w.has(f"score_{parameter}"):
        return parts
    score = w.call(f"score_{parameter}", x="x")
    return [
        *parts,
        w.define(
            f"constants_score_{name}", [], f"edges = edges_{name}({a})",
            f"return (edges[1] - edges[0]) / constants({a})[4]",
        ),
        w.define(f"score_{name}", ["x", "constants"], f"return {score} + constants"),
        w.define(f"prepared_{name}", [], f"return constants({a}), edges_{name}({a})"),
        w.define(
            f"drawn_{name}", ["u", "c"], f"return variate(u, c[0], {a})", kind="procedure",
        ),
        w.define(
            f"slope_{name}", ["u", "c"], "borders, edges = c", f"x = variate(u, borders, {a})",
            f"return score_{name}(x, (edges[1] - edges[0]) / borders[4], {a})", kind="procedure",
        ),
        w.define(
            f"height_{name}", ["u", "c"], f"x = variate(u, c[0], {a})",
            f"return -given(x, c[0], {a}) * derivative_{name}(x, c, {a})", kind="procedure",
        ),
        *inversion.pair("hahn_jordan", name, a),
        *(f"natural_{name}{end} = hahn_jordan_{name}{end}" for end in ("", "_constant")),
        f"constants_natural_{name} = constants_hahn_jordan_{name}",
    ]  # fmt: skip
