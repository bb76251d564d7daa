"""How a variate of a mixture is made of its uniform, and how it moves."""

from .mixture_parts import MixtureParts


def source(mixture: MixtureParts) -> list[str]:
    """label, variate, conditional_weights_i, derivative_…"""
    parts = [label(mixture), variate(mixture)]
    for i in mixture.components:
        parts.append(conditional(mixture, i))
        if mixture.representation == "single":
            parts.append(weight_derivative(mixture, i))
        for parameter in mixture.own[i]:
            if mixture.has(i, f"derivative_{parameter}"):
                parts.append(derivative(mixture, i, parameter))
        parts += second_derivatives(mixture, i)
    return parts


def label(mixture: MixtureParts) -> str:
    """The component that u falls into, and what is left of u, again uniform."""
    lines = ["rest = u"]
    for i, weight in enumerate(mixture.weights[:-1]):
        lines += [f"if rest <= {weight}:", f"    return {i}, inside(rest / {weight})"]
        lines += [f"rest -= {weight}"]
    lines.append(f"return {mixture.count - 1}, inside(rest / {mixture.weights[-1]})")
    return mixture.define("label", ["u"], *lines)


def variate(mixture: MixtureParts) -> str:
    made = [mixture.call(i, "variate", u="rest") for i in mixture.components]
    lines = mixture.chain("which", made)
    return mixture.define("variate", ["u"], f"which, rest = label(u, {mixture.all})", *lines)


def conditional(mixture: MixtureParts, i: int) -> str:
    """Given all but the choice, the derivative in w_i is Y with component i chosen.

    Against the nominal variate, because the tangents of the weights sum to zero.
    """
    forced = mixture.call(i, "variate", u="rest")
    lines = [f"which, rest = label(u, {mixture.all})", f"return x if which == {i} else {forced}, x"]
    parts = [
        mixture.define(f"conditional_weights_{i}", ["u", "x"], *lines),
        mixture.define(f"conditional_weights_{i}_constant", [], "return 1.0"),
    ]
    return "\n\n".join(parts)


def weight_derivative(mixture: MixtureParts, i: int) -> str:
    """u = w_0 + … + w_(k-1) + w_k t: moving w_i moves t in component k >= i."""
    lines = [f"which, rest = label(u, {mixture.all})"]
    for k in range(i, mixture.count):
        own = mixture.own[k]
        speed = f"({own['high']} - {own['low']}) / {mixture.weights[k]}"
        moved = "rest" if k == i else "1.0"
        lines += [f"if which == {k}:", f"    return -{speed} * {moved}"]
    return mixture.define(f"derivative_weights_{i}", ["u"], *lines, "return 0.0")


def derivative(mixture: MixtureParts, i: int, parameter: str) -> str:
    """The component's own, where it was chosen."""
    own = mixture.call(i, f"derivative_{parameter}", u="rest", x="x")
    lines = [f"which, rest = label(u, {mixture.all})", f"return {own} if which == {i} else 0.0"]
    return mixture.define(f"derivative_components_{i}_{parameter}", ["u", "x"], *lines)


def second_derivatives(mixture: MixtureParts, i: int) -> list[str]:
    """The component's own, where it was chosen: the choice does not move with them."""
    names = list(mixture.own[i])
    pairs = [p if p == q else f"{p}_{q}" for p in names for q in names]
    parts = []
    for pair in pairs:
        if mixture.has(i, f"second_derivative_{pair}"):
            own = mixture.call(i, f"second_derivative_{pair}", u="rest", x="x")
            lines = [
                f"which, rest = label(u, {mixture.all})",
                f"return {own} if which == {i} else 0.0",
            ]
            name = f"second_derivative_components_{i}_{pair}"
            parts.append(mixture.define(name, ["u", "x"], *lines))
    return parts
