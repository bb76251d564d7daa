"""Densities and scores of a mixture, f = Σ w_k f_k.

All follow from the shares s_k = w_k f_k / f, the probabilities of the components given x:
∂ ln f/∂w_k = s_k / w_k (centred: less 1), ∂ ln f/∂p = s_k ∂ ln f_k/∂p for p of component k, and

    ∂² ln f/∂a∂b = (∂²f/∂a∂b) / f - (∂ ln f/∂a)(∂ ln f/∂b),

where ∂²f/∂a∂b is 0 unless a and b belong to the same component. At a point with positive
probability densities count for nothing: f_k is the probability of x there.
"""

from itertools import combinations

from .mixture_parts import MixtureParts


def source(mixture: MixtureParts) -> list[str]:
    """density (if there is one), shares, score_…, second_score_…"""
    parts = [likelihoods(mixture), shares(mixture)]
    if not any(mixture.atomic):
        parts.append(density(mixture))
    scored = [
        (i, p) for i in mixture.components for p in mixture.own[i] if mixture.has(i, f"score_{p}")
    ]  # fmt: skip
    for i in mixture.components:
        parts.append(weight_score(mixture, i))
        parts += [mixed_weights(mixture, i, j) for j in range(i + 1, mixture.count)]
        parts += [weight_and_parameter(mixture, i, j, p) for j, p in scored]
    for i, p in scored:
        parts += parameter_scores(mixture, i, p)
    parts += [
        mixed_parameters(mixture, a, b) for a, b in combinations(scored, 2) if known(mixture, a, b)
    ]
    parts += [
        point_derivative(mixture, i, p)
        for i in mixture.components
        for p in mixture.own[i]
        if mixture.has(i, f"derivative_{p}")
    ]
    return parts


def known(mixture: MixtureParts, first: tuple[int, str], second: tuple[int, str]) -> bool:
    """Parameters of one component need its own mixed second score."""
    (i, p), (j, q) = first, second
    return i != j or mixture.has(i, f"second_score_{p}_{q}")


def likelihoods(mixture: MixtureParts) -> str:
    """f_k(x) of every component: all probabilities, or all densities."""
    lines = [f"f_{k} = {mixture.likelihood(k)}" for k in mixture.components if mixture.atomic[k]]
    atoms = [f"f_{k} > 0.0" for k in mixture.components if mixture.atomic[k]]
    if atoms:
        lines.append(f"atom = {' or '.join(atoms)}")
    for k in mixture.components:
        if not mixture.atomic[k]:
            given = mixture.likelihood(k)
            lines.append(f"f_{k} = 0.0 if atom else {given}" if atoms else f"f_{k} = {given}")
    found = ", ".join(f"f_{k}" for k in mixture.components)
    return mixture.define("likelihoods", ["x"], *lines, f"return {found},")


def shares(mixture: MixtureParts) -> str:
    """w_k f_k / f."""
    parts = [f"{weight} * f[{k}]" for k, weight in enumerate(mixture.weights)]
    shared = ", ".join(f"share({part}, total)" for part in parts)
    return mixture.define(
        "shares",
        ["x"],
        f"f = likelihoods(x, {mixture.all})",
        f"total = {' + '.join(parts)}",
        f"return {shared},",
    )


def density(mixture: MixtureParts) -> str:
    terms = (f"{weight} * f[{k}]" for k, weight in enumerate(mixture.weights))
    lines = [f"f = likelihoods(x, {mixture.all})", f"return {' + '.join(terms)}"]
    return mixture.define("density", ["x"], *lines)


def _shared(mixture: MixtureParts) -> str:
    return f"s = shares(x, {mixture.all})"


def weight_score(mixture: MixtureParts, i: int) -> str:
    """Centred, because the tangents of the weights sum to zero."""
    weight = mixture.weights[i]
    parts = [
        mixture.define(
            f"score_{weight}", ["x"], _shared(mixture), f"return s[{i}] / {weight} - 1.0"
        ),
        mixture.define(
            f"second_score_{weight}",
            ["x"],
            _shared(mixture),
            f"return -(s[{i}] / {weight}) * (s[{i}] / {weight})",
        ),
    ]
    return "\n\n".join(parts)


def mixed_weights(mixture: MixtureParts, i: int, j: int) -> str:
    first, second = mixture.weights[i], mixture.weights[j]
    value = f"return -(s[{i}] / {first}) * (s[{j}] / {second})"
    return mixture.define(f"second_score_{first}_{second}", ["x"], _shared(mixture), value)


def weight_and_parameter(mixture: MixtureParts, i: int, j: int, parameter: str) -> str:
    weight, name = mixture.weights[i], mixture.own[j][parameter]
    kept = f"(1.0 - s[{i}])" if i == j else f"-s[{j}]"
    own = mixture.call(j, f"score_{parameter}", x="x")
    lines = [_shared(mixture), f"if s[{j}] == 0.0 or s[{i}] == 0.0:", "    return 0.0"]
    lines.append(f"return s[{i}] / {weight} * {kept} * {own}")
    return mixture.define(f"second_score_{weight}_{name}", ["x"], *lines)


def parameter_scores(mixture: MixtureParts, i: int, parameter: str) -> list[str]:
    """The component's own, times its share: 0 where the share is, whatever the score there."""
    name = mixture.own[i][parameter]
    own, second = (
        mixture.call(i, f"{kind}_{parameter}", x="x") for kind in ("score", "second_score")
    )  # fmt: skip
    zero = [_shared(mixture), f"if s[{i}] == 0.0:", "    return 0.0"]
    parts = [mixture.define(f"score_{name}", ["x"], *zero, f"return s[{i}] * {own}")]
    lines = [*zero, f"score = {own}"]
    lines.append(f"return s[{i}] * ({second} + (1.0 - s[{i}]) * score * score)")
    return [*parts, mixture.define(f"second_score_{name}", ["x"], *lines)]


def mixed_parameters(mixture: MixtureParts, first: tuple[int, str], second: tuple[int, str]) -> str:
    (i, p), (j, q) = first, second
    one, other = (mixture.call(k, f"score_{name}", x="x") for k, name in (first, second))
    lines = [_shared(mixture), f"if s[{i}] == 0.0 or s[{j}] == 0.0:", "    return 0.0"]
    if i == j:
        both = mixture.call(i, f"second_score_{p}_{q}", x="x")
        lines.append(f"return s[{i}] * ({both} + (1.0 - s[{i}]) * {one} * {other})")
    else:
        lines.append(f"return -s[{i}] * s[{j}] * {one} * {other}")
    return mixture.define(f"second_score_{mixture.own[i][p]}_{mixture.own[j][q]}", ["x"], *lines)


def point_derivative(mixture: MixtureParts, i: int, parameter: str) -> str:
    """-(∂F/∂p)/f at x, which is E[dX/dp | X = x]: for smoothing, which knows no label."""
    own = mixture.call(i, f"derivative_{parameter}", x="x")
    lines = [_shared(mixture), f"return s[{i}] * {own} if s[{i}] > 0.0 else 0.0"]
    return mixture.define(f"point_derivative_{mixture.own[i][parameter]}", ["x"], *lines)
