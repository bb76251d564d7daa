"""Hahn-Jordan pairs of any parameter with a score: by inversion in the uniform.

Let X = X(u), S its score in p, and H(u) = ∫ S(X(t)) dt over 0 < t < u, which is minus or plus the
density times dX/dp: known in closed form, and so is its slope S. The positive part of the
density's derivative lies where H rises, the negative part where it falls. H is 0 at both ends;
between the zeros of S it is monotone. With c = the sum of its rises,

    v c = rises of H up to u        X⁺ = X(u)        (comonotone: X⁻ likewise, from the same v)

and no pair has a smaller constant. A density that does not vanish where the support ends makes H
start or end with a jump: a point mass, which is drawn like all else.
"""

import inspect

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from ...jit.compile import device, procedure

# Where zeros of S are looked for: evenly, and towards both ends by powers.
_TAIL = [2.0**-53, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.004]
_EVENLY = [0.01 + 0.98 * k / 48 for k in range(49)]
PLACES = np.array([*_TAIL, *_EVENLY, *(1.0 - p for p in reversed(_TAIL))])
MOST = 6  # zeros of a score
# Newton squares this once more.
_ENOUGH = 1e-9
_HALVINGS = 80


def _turns(p: str, a: str) -> str:
    """Source of where H turns; p the parameter, a the arguments."""
    places = f"(EDGE, {'0.5, ' * MOST}1.0 - EDGE)"
    return (
        f"@procedure\ndef turns_{p}({a}):\n"
        f'    """u_0 … u_7 and H there: the ends, and the zeros of S between them."""\n'
        f"    c, places = prepared_{p}({a}), {places}\n"
        f"    u_0, s_0, found = PLACES[0], slope_{p}(PLACES[0], c, {a}), 0\n"
        f"    for u_1 in PLACES:\n"
        f"        s_1 = slope_{p}(u_1, c, {a})\n"
        f"        if s_0 * s_1 < 0.0 and found < {MOST}:\n"
        f"            from_u, to_u = u_0, u_1\n"
        f"            for _ in range({_HALVINGS}):\n"
        f"                middle = 0.5 * (from_u + to_u)\n"
        f"                same = slope_{p}(middle, c, {a}) * s_0 > 0.0\n"
        f"                from_u, to_u = (middle, to_u) if same else (from_u, middle)\n"
        f"            found += 1\n"
        f"            places = put(places, found, 0.5 * (from_u + to_u))\n"
        f"        if s_1 != 0.0:\n"
        f"            u_0, s_0 = u_1, s_1\n"
        f"    for k in range(found + 1, {MOST + 1}):\n"
        f"        places = put(places, k, 1.0 - EDGE)\n"
        f"    heights = places\n"
        f"    for k in range({MOST + 2}):\n"
        f"        heights = put(heights, k, height_{p}(places[k], c, {a}))\n"
        f"    return places, heights, c"
    )


def _half(p: str, a: str) -> str:
    """Source of the inverse of the rises or falls of H."""
    return (
        f"@procedure\ndef half_{p}(v, side, places, heights, c, {a}):\n"
        f'    """u where H rises (side 1) or falls (side -1), a share v of all its way."""\n'
        f"    left = v * rises(heights)\n"
        f"    from_u, to_u, level, before = EDGE, 1.0 - EDGE, 0.0, 0.0\n"
        f"    for k in range({MOST + 3}):\n"
        f"        here = heights[k] if k < {MOST + 2} else 0.0\n"
        f"        way = side * (here - before)\n"
        f"        if way > 0.0:\n"
        f"            from_u = places[k - 1] if k > 0 else EDGE\n"
        f"            to_u = places[k] if k < {MOST + 2} else 1.0 - EDGE\n"
        f"            level = before + side * min(left, way)\n"
        f"            left -= way\n"
        f"            if left <= 0.0:\n"
        f"                break\n"
        f"        before = here\n"
        f"    u = 0.5 * (from_u + to_u)\n"
        f"    for _ in range({_HALVINGS}):\n"
        f"        off = height_{p}(u, c, {a}) - level\n"
        f"        from_u, to_u = (from_u, u) if side * off > 0.0 else (u, to_u)\n"
        f"        after = u - off / slope_{p}(u, c, {a})\n"
        f"        if not (from_u < after and after < to_u):\n"
        f"            after = 0.5 * (from_u + to_u)\n"
        f"        enough = max({_ENOUGH} * min(after, 1.0 - after), EDGE)\n"
        f"        if abs(after - u) <= enough or to_u - from_u <= EDGE:\n"
        f"            return after\n"
        f"        u = after\n"
        f"    return u"
    )


def pair(name: str, parameter: str, arguments: str) -> list[str]:
    """Source of the pair `name`_`parameter`, its constant and what it is made of once per row.

    The text calls prepared_{parameter}(…), once per row, for what is the same everywhere, and with
    that height_{parameter}(u, c, …), which is H, slope_{parameter}(u, c, …), which is S, and
    drawn_{parameter}(u, c, …), the variate. arguments: the names of all parameters, none of which
    may be one of the text's own (from_u, to_u, places, …).
    """
    p, a = parameter, arguments
    made = [_turns(p, a), _half(p, a)]
    made.append(f"@device\ndef constants_{name}_{p}({a}):\n    return turns_{p}({a})")
    made.append(
        f"@device\ndef {name}_{p}(v, constants, {a}):\n"
        f"    places, heights, c = constants\n"
        f"    return (\n"
        f"        drawn_{p}(half_{p}(v, 1.0, places, heights, c, {a}), c, {a}),\n"
        f"        drawn_{p}(half_{p}(v, -1.0, places, heights, c, {a}), c, {a}),\n"
        f"    )"
    )
    made.append(f"@device\ndef {name}_{p}_constant({a}):\n    return rises(turns_{p}({a})[1])")
    return made


@procedure
def rises(heights):
    """The sum of all rises from 0 over the heights back to 0."""
    before = total = 0.0
    for height in heights:
        total += abs(height - before)
        before = height
    return 0.5 * (total + abs(before))


SCOPE = {"EDGE": 2.0**-53, "PLACES": PLACES, "put": tuple_setitem, "rises": rises}


def add(module: dict, parameter: str, *also: str) -> None:
    """Write the Hahn-Jordan pair of a parameter into a family's file, by its variate(u, …),
    density(x, …), score_{parameter} and derivative_{parameter}; and under other kinds' names.

    module: the file's globals(); its variates rise in u.
    """
    names = ", ".join(module["PARAMETERS"])

    def own(function: str) -> str:
        asked = inspect.signature(module[function].py_func).parameters
        return f"{function}({', '.join(asked)})"

    height = f"return -{own('density')} * {own(f'derivative_{parameter}')}"
    source = [
        f"@device\ndef prepared_{parameter}({names}):\n    return 0.0",
        f"@procedure\ndef drawn_{parameter}(u, c, {names}):\n    return {own('variate')}",
        f"@procedure\ndef height_{parameter}(u, c, {names}):\n"
        f"    x = {own('variate')}\n    {height}",
        f"@procedure\ndef slope_{parameter}(u, c, {names}):\n    x = {own('variate')}\n"
        f"    return {own(f'score_{parameter}')}",
        *pair("hahn_jordan", parameter, names),
    ]
    scope = module | SCOPE | {"device": device, "procedure": procedure}
    exec(compile("\n\n".join(source), module["__file__"], "exec"), scope)
    for kind in ("hahn_jordan", *also):
        for name in ("{0}_{1}", "{0}_{1}_constant", "constants_{0}_{1}"):
            found = scope[name.format("hahn_jordan", parameter)]
            module[name.format(kind, parameter)] = found
