"""Relaxed mixture (Gumbel-Softmax): every component, each with a soft share.

    X = Σ X_k z_k,    z = softmax((ln w_k + G_k) / τ),    G_k = -ln(-ln U_k)

    dX/dw_j = z_j (X_j - X) / (τ w_j),    dX/dp = z_j dX_j/dp for a parameter p of component j

As τ → 0, z becomes the indicator of the largest ln w_k + G_k, which is k with probability w_k.
The components' variates X_k are all made of the variate's own uniform, as if another had made
the choice: the U_k are its `further` ones. The straight-through form takes the winner's
variate, and differentiates the soft ones in the weights.
"""

from .mixture_law import Law


def source(law: Law) -> list[str]:
    """heights, shares, variates, variate, derivative_…"""
    soft = law.representation == "relaxed"
    parts = [heights(law), shares(law), variates(law), mean(law), winner(law)]
    parts.append(law.define("variate", ["u"], *_variate(law, soft)))
    for j in law.components:
        parts.append(weight_derivative(law, j))
        parts += [
            derivative(law, j, parameter, soft)
            for parameter in law.own[j]
            if law.has(j, f"derivative_{parameter}")
        ]
    return parts


def _all(law: Law, form: str) -> list[str]:
    return [form.format(k=k, w=weight) for k, weight in enumerate(law.weights)]


def heights(law: Law) -> str:
    """(ln w_k + G_k) / τ: -ln U_k is exponential, and w_k over it is what is compared."""
    lines = _all(law, "h_{k} = log({w} / -log_inside(further(u, {k} + 1))) / temperature")
    return law.define("heights", ["u"], *lines, f"return {', '.join(_all(law, 'h_{k}'))},")


def shares(law: Law) -> str:
    """z, relative to the highest: nothing overflows."""
    lines = [f"h = heights(u, {law.all})", "highest = h[0]"]
    lines += _all(law, "highest = max(highest, h[{k}])")
    lines += _all(law, "e_{k} = exp(h[{k}] - highest)")
    lines.append(f"total = {' + '.join(_all(law, 'e_{k}'))}")
    return law.define("shares", ["u"], *lines, f"return {', '.join(_all(law, 'e_{k} / total'))},")


def variates(law: Law) -> str:
    """X_k."""
    made = [law.call(k, "variate", u="u") for k in law.components]
    return law.define("variates", ["u"], f"return {', '.join(made)},")


def mean(law: Law) -> str:
    """Σ X_k z_k."""
    lines = [f"z, x = shares(u, {law.all}), variates(u, {law.all})"]
    return law.define("mean", ["u"], *lines, f"return {' + '.join(_all(law, 'z[{k}] * x[{k}]'))}")


def winner(law: Law) -> str:
    """The component with the largest share."""
    lines = [f"h = heights(u, {law.all})", "which, highest = 0, h[0]"]
    for k in law.components:
        lines += [f"if h[{k}] > highest:", f"    which, highest = {k}, h[{k}]"]
    return law.define("winner", ["u"], *lines, "return which")


def _variate(law: Law, soft: bool) -> list[str]:
    if soft:
        return [f"return mean(u, {law.all})"]
    return [f"x = variates(u, {law.all})", f"return x[winner(u, {law.all})]"]


def weight_derivative(law: Law, j: int) -> str:
    lines = [
        f"z, x = shares(u, {law.all}), variates(u, {law.all})",
        f"return z[{j}] * (x[{j}] - mean(u, {law.all})) / (temperature * {law.weights[j]})",
    ]
    return law.define(f"derivative_weights_{j}", ["u"], *lines)


def derivative(law: Law, j: int, parameter: str, soft: bool) -> str:
    """The component's own, times its share."""
    own = law.call(j, f"derivative_{parameter}", u="u", x="x")
    share = f"shares(u, {law.all})[{j}]"
    if not soft:
        share = f"(1.0 if winner(u, {law.all}) == {j} else 0.0)"
    lines = [f"x = variates(u, {law.all})[{j}]", f"return {share} * {own}"]
    return law.define(f"derivative_components_{j}_{parameter}", ["u"], *lines)
