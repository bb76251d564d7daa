"""Relaxed mixture (Gumbel-Softmax): every component, each with a soft share.

    X = Σ X_k z_k,    z = softmax((ln w_k + G_k) / τ),    G_k = -ln(-ln U_k)

    dX/dw_j = z_j (X_j - X) / (τ w_j),    dX/dp = z_j dX_j/dp for a parameter p of component j

As τ → 0, z becomes the indicator of the largest ln w_k + G_k, which is k with probability w_k.
The components' variates X_k are all made of the variate's own uniform, as if another had made
the choice: the U_k are its `further` ones. The straight-through form takes the winner's
variate, and differentiates the soft ones in the weights.
"""

from .mixture_parts import MixtureParts


def source(mixture: MixtureParts) -> list[str]:
    """heights, shares, variates, variate, derivative_…"""
    soft = mixture.representation == "relaxed"
    parts = [heights(mixture), shares(mixture), variates(mixture), mean(mixture), winner(mixture)]
    parts.append(mixture.define("variate", ["u"], *_variate(mixture, soft)))
    for j in mixture.components:
        parts.append(weight_derivative(mixture, j))
        parts += [
            derivative(mixture, j, parameter, soft)
            for parameter in mixture.own[j]
            if mixture.has(j, f"derivative_{parameter}")
        ]
    return parts


def _all(mixture: MixtureParts, form: str) -> list[str]:
    return [form.format(k=k, w=weight) for k, weight in enumerate(mixture.weights)]


def heights(mixture: MixtureParts) -> str:
    """(ln w_k + G_k) / τ: -ln U_k is exponential, and w_k over it is what is compared."""
    lines = _all(mixture, "h_{k} = log({w} / -log_inside(further(u, {k} + 1))) / temperature")
    return mixture.define("heights", ["u"], *lines, f"return {', '.join(_all(mixture, 'h_{k}'))},")


def shares(mixture: MixtureParts) -> str:
    """z, relative to the highest: nothing overflows."""
    lines = [f"h = heights(u, {mixture.all})", "highest = h[0]"]
    lines += _all(mixture, "highest = max(highest, h[{k}])")
    lines += _all(mixture, "e_{k} = exp(h[{k}] - highest)")
    lines.append(f"total = {' + '.join(_all(mixture, 'e_{k}'))}")
    return mixture.define(
        "shares", ["u"], *lines, f"return {', '.join(_all(mixture, 'e_{k} / total'))},"
    )


def variates(mixture: MixtureParts) -> str:
    """X_k."""
    made = [mixture.call(k, "variate", u="u") for k in mixture.components]
    return mixture.define("variates", ["u"], f"return {', '.join(made)},")


def mean(mixture: MixtureParts) -> str:
    """Σ X_k z_k."""
    lines = [f"z, x = shares(u, {mixture.all}), variates(u, {mixture.all})"]
    return mixture.define(
        "mean", ["u"], *lines, f"return {' + '.join(_all(mixture, 'z[{k}] * x[{k}]'))}"
    )


def winner(mixture: MixtureParts) -> str:
    """The component with the largest share."""
    lines = [f"h = heights(u, {mixture.all})", "which, highest = 0, h[0]"]
    for k in mixture.components:
        lines += [f"if h[{k}] > highest:", f"    which, highest = {k}, h[{k}]"]
    return mixture.define("winner", ["u"], *lines, "return which")


def _variate(mixture: MixtureParts, soft: bool) -> list[str]:
    if soft:
        return [f"return mean(u, {mixture.all})"]
    return [f"x = variates(u, {mixture.all})", f"return x[winner(u, {mixture.all})]"]


def weight_derivative(mixture: MixtureParts, j: int) -> str:
    lines = [
        f"z, x = shares(u, {mixture.all}), variates(u, {mixture.all})",
        f"return z[{j}] * (x[{j}] - mean(u, {mixture.all})) / (temperature * {mixture.weights[j]})",
    ]
    return mixture.define(f"derivative_weights_{j}", ["u"], *lines)


def derivative(mixture: MixtureParts, j: int, parameter: str, soft: bool) -> str:
    """The component's own, times its share."""
    own = mixture.call(j, f"derivative_{parameter}", u="u", x="x")
    share = f"shares(u, {mixture.all})[{j}]"
    if not soft:
        share = f"(1.0 if winner(u, {mixture.all}) == {j} else 0.0)"
    lines = [f"x = variates(u, {mixture.all})[{j}]", f"return {share} * {own}"]
    return mixture.define(f"derivative_components_{j}_{parameter}", ["u"], *lines)
