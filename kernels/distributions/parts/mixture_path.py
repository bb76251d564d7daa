"""How a variate of a mixture is made of its uniform, and how it moves."""

from .mixture_law import Law


def source(law: Law) -> list[str]:
    """label, variate, conditional_weights_i, derivative_…"""
    parts = [label(law), variate(law)]
    for i in law.components:
        parts.append(conditional(law, i))
        if law.representation == "single":
            parts.append(weight_derivative(law, i))
        for parameter in law.own[i]:
            if law.has(i, f"derivative_{parameter}"):
                parts.append(derivative(law, i, parameter))
        parts += second_derivatives(law, i)
    return parts


def label(law: Law) -> str:
    """The component that u falls into, and what is left of u, again uniform."""
    lines = ["rest = u"]
    for i, weight in enumerate(law.weights[:-1]):
        lines += [f"if rest <= {weight}:", f"    return {i}, inside(rest / {weight})"]
        lines += [f"rest -= {weight}"]
    lines.append(f"return {law.count - 1}, inside(rest / {law.weights[-1]})")
    return law.define("label", ["u"], *lines)


def variate(law: Law) -> str:
    made = [law.call(i, "variate", u="rest") for i in law.components]
    lines = law.chain("which", made)
    return law.define("variate", ["u"], f"which, rest = label(u, {law.all})", *lines)


def conditional(law: Law, i: int) -> str:
    """Given all but the choice, the derivative in w_i is Y with component i chosen.

    Against the nominal variate, because the tangents of the weights sum to zero.
    """
    forced = law.call(i, "variate", u="rest")
    lines = [f"which, rest = label(u, {law.all})", f"return x if which == {i} else {forced}, x"]
    parts = [
        law.define(f"conditional_weights_{i}", ["u", "x"], *lines),
        law.define(f"conditional_weights_{i}_constant", [], "return 1.0"),
    ]
    return "\n\n".join(parts)


def weight_derivative(law: Law, i: int) -> str:
    """u = w_0 + … + w_(k-1) + w_k t: moving w_i moves t in component k >= i."""
    lines = [f"which, rest = label(u, {law.all})"]
    for k in range(i, law.count):
        own = law.own[k]
        speed = f"({own['high']} - {own['low']}) / {law.weights[k]}"
        moved = "rest" if k == i else "1.0"
        lines += [f"if which == {k}:", f"    return -{speed} * {moved}"]
    return law.define(f"derivative_weights_{i}", ["u"], *lines, "return 0.0")


def derivative(law: Law, i: int, parameter: str) -> str:
    """The component's own, where it was chosen."""
    own = law.call(i, f"derivative_{parameter}", u="rest", x="x")
    lines = [f"which, rest = label(u, {law.all})", f"return {own} if which == {i} else 0.0"]
    return law.define(f"derivative_components_{i}_{parameter}", ["u", "x"], *lines)


def second_derivatives(law: Law, i: int) -> list[str]:
    """The component's own, where it was chosen: the choice does not move with them."""
    names = list(law.own[i])
    pairs = [p if p == q else f"{p}_{q}" for p in names for q in names]
    parts = []
    for pair in pairs:
        if law.has(i, f"second_derivative_{pair}"):
            own = law.call(i, f"second_derivative_{pair}", u="rest", x="x")
            lines = [f"which, rest = label(u, {law.all})", f"return {own} if which == {i} else 0.0"]
            name = f"second_derivative_components_{i}_{pair}"
            parts.append(law.define(name, ["u", "x"], *lines))
    return parts
