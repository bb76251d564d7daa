"""Densities and scores of a mixture, f = Σ w_k f_k.

All follow from the shares s_k = w_k f_k / f, the probabilities of the components given x:
∂ ln f/∂w_k = s_k / w_k (centred: less 1), ∂ ln f/∂p = s_k ∂ ln f_k/∂p for p of component k, and

    ∂² ln f/∂a∂b = (∂²f/∂a∂b) / f - (∂ ln f/∂a)(∂ ln f/∂b),

where ∂²f/∂a∂b is 0 unless a and b belong to the same component. At a point with positive
probability densities count for nothing: f_k is the probability of x there.
"""

from itertools import combinations

from .mixture_law import Law


def source(law: Law) -> list[str]:
    """density (if there is one), shares, score_…, second_score_…"""
    parts = [likelihoods(law), shares(law)]
    if not any(law.atomic):
        parts.append(density(law))
    scored = [
        (i, p) for i in law.components for p in law.own[i] if law.has(i, f"score_{p}")
    ]  # fmt: skip
    for i in law.components:
        parts.append(weight_score(law, i))
        parts += [mixed_weights(law, i, j) for j in range(i + 1, law.count)]
        parts += [weight_and_parameter(law, i, j, p) for j, p in scored]
    for i, p in scored:
        parts += parameter_scores(law, i, p)
    parts += [mixed_parameters(law, a, b) for a, b in combinations(scored, 2) if known(law, a, b)]
    parts += [
        point_derivative(law, i, p)
        for i in law.components
        for p in law.own[i]
        if law.has(i, f"derivative_{p}")
    ]
    return parts


def known(law: Law, first: tuple[int, str], second: tuple[int, str]) -> bool:
    """Parameters of one component need its own mixed second score."""
    (i, p), (j, q) = first, second
    return i != j or law.has(i, f"second_score_{p}_{q}")


def likelihoods(law: Law) -> str:
    """f_k(x) of every component: all probabilities, or all densities."""
    lines = [f"f_{k} = {law.likelihood(k)}" for k in law.components if law.atomic[k]]
    atoms = [f"f_{k} > 0.0" for k in law.components if law.atomic[k]]
    if atoms:
        lines.append(f"atom = {' or '.join(atoms)}")
    for k in law.components:
        if not law.atomic[k]:
            given = law.likelihood(k)
            lines.append(f"f_{k} = 0.0 if atom else {given}" if atoms else f"f_{k} = {given}")
    found = ", ".join(f"f_{k}" for k in law.components)
    return law.define("likelihoods", ["x"], *lines, f"return {found},")


def shares(law: Law) -> str:
    """w_k f_k / f."""
    parts = [f"{weight} * f[{k}]" for k, weight in enumerate(law.weights)]
    shared = ", ".join(f"share({part}, total)" for part in parts)
    return law.define(
        "shares",
        ["x"],
        f"f = likelihoods(x, {law.all})",
        f"total = {' + '.join(parts)}",
        f"return {shared},",
    )


def density(law: Law) -> str:
    terms = (f"{weight} * f[{k}]" for k, weight in enumerate(law.weights))
    lines = [f"f = likelihoods(x, {law.all})", f"return {' + '.join(terms)}"]
    return law.define("density", ["x"], *lines)


def _shared(law: Law) -> str:
    return f"s = shares(x, {law.all})"


def weight_score(law: Law, i: int) -> str:
    """Centred, because the tangents of the weights sum to zero."""
    weight = law.weights[i]
    parts = [
        law.define(f"score_{weight}", ["x"], _shared(law), f"return s[{i}] / {weight} - 1.0"),
        law.define(
            f"second_score_{weight}",
            ["x"],
            _shared(law),
            f"return -(s[{i}] / {weight}) * (s[{i}] / {weight})",
        ),
    ]
    return "\n\n".join(parts)


def mixed_weights(law: Law, i: int, j: int) -> str:
    first, second = law.weights[i], law.weights[j]
    value = f"return -(s[{i}] / {first}) * (s[{j}] / {second})"
    return law.define(f"second_score_{first}_{second}", ["x"], _shared(law), value)


def weight_and_parameter(law: Law, i: int, j: int, parameter: str) -> str:
    weight, name = law.weights[i], law.own[j][parameter]
    kept = f"(1.0 - s[{i}])" if i == j else f"-s[{j}]"
    own = law.call(j, f"score_{parameter}", x="x")
    lines = [_shared(law), f"if s[{j}] == 0.0 or s[{i}] == 0.0:", "    return 0.0"]
    lines.append(f"return s[{i}] / {weight} * {kept} * {own}")
    return law.define(f"second_score_{weight}_{name}", ["x"], *lines)


def parameter_scores(law: Law, i: int, parameter: str) -> list[str]:
    """The component's own, times its share: 0 where the share is, whatever the score there."""
    name = law.own[i][parameter]
    own, second = (
        law.call(i, f"{kind}_{parameter}", x="x") for kind in ("score", "second_score")
    )  # fmt: skip
    zero = [_shared(law), f"if s[{i}] == 0.0:", "    return 0.0"]
    parts = [law.define(f"score_{name}", ["x"], *zero, f"return s[{i}] * {own}")]
    lines = [*zero, f"score = {own}"]
    lines.append(f"return s[{i}] * ({second} + (1.0 - s[{i}]) * score * score)")
    return [*parts, law.define(f"second_score_{name}", ["x"], *lines)]


def mixed_parameters(law: Law, first: tuple[int, str], second: tuple[int, str]) -> str:
    (i, p), (j, q) = first, second
    one, other = (law.call(k, f"score_{name}", x="x") for k, name in (first, second))
    lines = [_shared(law), f"if s[{i}] == 0.0 or s[{j}] == 0.0:", "    return 0.0"]
    if i == j:
        both = law.call(i, f"second_score_{p}_{q}", x="x")
        lines.append(f"return s[{i}] * ({both} + (1.0 - s[{i}]) * {one} * {other})")
    else:
        lines.append(f"return -s[{i}] * s[{j}] * {one} * {other}")
    return law.define(f"second_score_{law.own[i][p]}_{law.own[j][q]}", ["x"], *lines)


def point_derivative(law: Law, i: int, parameter: str) -> str:
    """-(∂F/∂p)/f at x, which is E[dX/dp | X = x]: for smoothing, which knows no label."""
    own = law.call(i, f"derivative_{parameter}", x="x")
    lines = [_shared(law), f"return s[{i}] * {own} if s[{i}] > 0.0 else 0.0"]
    return law.define(f"point_derivative_{law.own[i][parameter]}", ["x"], *lines)
