"""Weak derivatives of a mixture.

In a weight the natural pair is the component against the mixture. The Hahn-Jordan pair is
made of the positive and negative parts of f_i - r, where r is the mixture given any other
component, by rejection: a variate of f_i is kept with probability (1 - r / f_i)⁺, one of r
with probability (1 - f_i / r)⁺. Trials use the `further` uniforms of v and w, as many as it
takes: 1 / c on average, c being the total variation distance between f_i and r.

In a parameter of component i the pair is the component's own, with w_i times its constant.
"""

from .mixture_parts import MixtureParts

# At the least distance that is allowed, 10^-3, more are needed with probability e^-1000.
MOST_TRIALS = 1_000_000
KINDS = ("natural", "hahn_jordan", "natural_second")


def source(mixture: MixtureParts) -> list[str]:
    """natural_…, hahn_jordan_…, natural_second_… and their constants."""
    parts = []
    for i in mixture.components:
        parts.append(natural_weight(mixture, i))
        if mixture.count > 1:
            parts += hahn_jordan_weight(mixture, i)
        for parameter in mixture.own[i]:
            parts += [
                component(mixture, i, parameter, kind)
                for kind in KINDS
                if mixture.has(i, f"{kind}_{parameter}")
            ]
    return parts


def natural_weight(mixture: MixtureParts, i: int) -> str:
    """The component against the mixture; the mixture is linear in its weights."""
    drawn = mixture.call(i, "variate", u="v")
    return "\n\n".join([
        mixture.define(f"natural_weights_{i}", ["x", "v"], f"return {drawn}, x"),
        mixture.define(f"natural_weights_{i}_constant", [], "return 1.0"),
        mixture.define(f"natural_second_weights_{i}", ["x"], "return x, x"),
        mixture.define(f"natural_second_weights_{i}_constant", [], "return 0.0"),
    ])  # fmt: skip


def hahn_jordan_weight(mixture: MixtureParts, i: int) -> list[str]:
    """The pair, and how much of the component lies above the others."""
    others = [k for k in mixture.components if k != i]
    rest = " + ".join(mixture.weights[k] for k in others)
    mixed = " + ".join(f"{mixture.weights[k]} * f[{k}]" for k in others)
    excess = mixture.define(
        f"excess_{i}", ["x"], f"f = likelihoods(x, {mixture.all})", f"r = ({mixed}) / ({rest})",
        f"return share(f[{i}] - r, f[{i}]), share(r - f[{i}], r)",
    )  # fmt: skip
    above = mixture.define(
        f"excess_weights_{i}", ["u"], f"x = {mixture.call(i, 'variate', u='u')}",
        f"return max(excess_{i}(x, {mixture.all})[0], 0.0)",
    )  # fmt: skip
    pair = mixture.define(
        f"hahn_jordan_weights_{i}", ["v", "w"],
        f"return {_kept(mixture, i, 0)}, {_kept(mixture, i, 1)}",
    )  # fmt: skip
    return [excess, above, _others(mixture, i, others, rest), *_rejections(mixture, i), pair]


def _others(mixture: MixtureParts, i: int, others: list[int], rest: str) -> str:
    """A variate of the mixture given any component but i."""
    lines = [f"rest = u * ({rest})"]
    for k in others:
        weight = mixture.weights[k]
        made = mixture.call(k, "variate", u=f"inside(rest / {weight})")
        lines += [f"if rest <= {weight} or {k} == {others[-1]}:", f"    return {made}"]
        lines.append(f"rest -= {weight}")
    return mixture.define(f"others_{i}", ["u"], *lines)


def _kept(mixture: MixtureParts, i: int, side: int) -> str:
    return f"kept_{i}_{side}(v, w, {mixture.all})"


def _rejections(mixture: MixtureParts, i: int) -> list[str]:
    """The first variate of f_i, and the first of r, that is kept."""
    made = [mixture.call(i, "variate", u="u"), f"others_{i}(u, {mixture.all})"]
    return [
        mixture.define(
            f"kept_{i}_{side}", ["v", "w"], "u, coin = v, w", f"for trial in range({MOST_TRIALS}):",
            f"    x = {made[side]}", f"    if coin < excess_{i}(x, {mixture.all})[{side}]:",
            "        break", "    u, coin = further(v, trial + 1), further(w, trial + 1)",
            "return x",
        )
        for side in (0, 1)
    ]  # fmt: skip


def component(mixture: MixtureParts, i: int, parameter: str, kind: str) -> str:
    """The component's own pair, made of fresh uniforms, times its weight."""
    function, name = f"{kind}_{parameter}", f"{kind}_components_{i}_{parameter}"
    asked = mixture.asked(i, function)
    constant = mixture.call(i, f"{function}_constant")
    # The nominal variate may be of another component: this one's is made anew.
    fresh = "further(w, 1)" if "w" in asked else "w"
    lines = [f"own = {mixture.call(i, 'variate', u=fresh)}"] if "x" in asked else []
    lines.append(f"return {mixture.call(i, function, x='own', v='v', w='w')}")
    return "\n\n".join([
        mixture.define(name, ["v", "w"], *lines),
        mixture.define(f"{name}_constant", [], f"return {mixture.weights[i]} * {constant}"),
    ])  # fmt: skip
