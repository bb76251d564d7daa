"""The source text of a mixture's functions, for its families."""

import inspect


class Writer:
    """Writes each function once: parameters are weights_0 …, components_0_mean ….

    `labelled`: u falls among the weights, and what is left of it, rescaled, makes the
    variate of that component. `single`: u runs through uniform components on adjoining
    intervals from below to above, so that the path is continuous in the weights.
    """

    def __init__(self, families, modules, representation):
        self.families, self.modules, self.representation = families, modules, representation
        self.count = len(families)
        self.weights = [f"weights_{i}" for i in range(self.count)]
        self.own = [
            {p: f"components_{i}_{p}" for p in module.PARAMETERS}
            for i, module in enumerate(modules)
        ]
        names = [*self.weights, *(name for own in self.own for name in own.values())]
        domains = [d for module in modules for d in module.PARAMETERS.values()]
        self.parameters = dict(zip(names, ["probability"] * self.count + domains, strict=True))
        self.all = ", ".join(names)

    def source(self) -> str:
        """All functions."""
        parts = [self.label(), self.variate()]
        dense = all(hasattr(module, "density") for module in self.modules)
        if dense:
            parts.append(self.density())
        for i in range(self.count):
            parts.append(self.natural_weight(i))
            if dense:
                parts.append(self.weight_scores(i))
            if self.representation == "single":
                parts.append(self.weight_derivative(i))
            parts += [self.component(i, p, dense) for p in self.own[i]]
        return "\n\n".join(parts)

    def define(self, name, rows, *lines):
        """A device function of some rows and all parameters."""
        body = "\n".join(f"    {line}" for line in lines)
        return f"@device\ndef {name}({', '.join([*rows, self.all])}):\n{body}"

    def call(self, i, function, **rows):
        """A call of a component's own function, by the names of its arguments."""
        module = self.modules[i]
        asked = inspect.signature(getattr(module, function).py_func).parameters
        given = {**self.own[i], **rows}
        return f"{self.families[i]}.{function}({', '.join(given[a] for a in asked)})"

    def label(self):
        """The component that u falls into, and its remainder."""
        lines = ["rest = u"]
        for i, weight in enumerate(self.weights[:-1]):
            lines += [f"if rest <= {weight}:", f"    return {i}, inside(rest / {weight})"]
            lines += [f"rest -= {weight}"]
        lines.append(f"return {self.count - 1}, inside(rest / {self.weights[-1]})")
        return self.define("label", ["u"], *lines)

    def variate(self):
        lines = [f"which, rest = label(u, {self.all})"]
        for i in range(self.count):
            lines += [f"if which == {i}:", f"    return {self.call(i, 'variate', u='rest')}"]
        return self.define("variate", ["u"], *lines, "return 0.0")

    def density(self):
        terms = (f"{w} * {self.call(i, 'density', x='x')}" for i, w in enumerate(self.weights))
        return self.define("density", ["x"], f"return {' + '.join(terms)}")

    def weight_scores(self, i):
        """f_i / f - 1, and the second and mixed scores -f_i f_j / f²."""
        share = "{} / density(x, " + self.all + ")"
        here = share.format(self.call(i, "density", x="x"))
        parts = [
            self.define(f"score_weights_{i}", ["x"], f"return {here} - 1.0"),
            self.define(
                f"second_score_weights_{i}", ["x"], f"share = {here}", "return -share * share"
            ),
        ]
        for j in range(i + 1, self.count):
            other = share.format(self.call(j, "density", x="x"))
            name = f"second_score_weights_{i}_weights_{j}"
            parts.append(self.define(name, ["x"], f"return -({here}) * ({other})"))
        return "\n\n".join(parts)

    def natural_weight(self, i):
        """The component against the mixture; the mixture is linear in its weights."""
        drawn = self.call(i, "variate", u="v")
        return "\n\n".join([
            self.define(f"natural_weights_{i}", ["x", "v"], f"return {drawn}, x"),
            self.define(f"natural_weights_{i}_constant", [], "return 1.0"),
            self.define(f"natural_second_weights_{i}", ["x"], "return x, x"),
            self.define(f"natural_second_weights_{i}_constant", [], "return 0.0"),
        ])  # fmt: skip

    def weight_derivative(self, i):
        """u = w_0 + … + w_(k-1) + w_k t: moving w_i moves t in component k >= i."""
        lines = [f"which, rest = label(u, {self.all})"]
        for k in range(i, self.count):
            own = self.own[k]
            speed = f"({own['high']} - {own['low']}) / {self.weights[k]}"
            moved = "rest" if k == i else "1.0"
            lines += [f"if which == {k}:", f"    return -{speed} * {moved}"]
        return self.define(f"derivative_weights_{i}", ["u"], *lines, "return 0.0")

    def component(self, i, parameter, dense):
        """What the component's own functions of this parameter give."""
        module, weight, name = self.modules[i], self.weights[i], f"components_{i}_{parameter}"
        parts = []
        if hasattr(module, f"derivative_{parameter}"):
            own = self.call(i, f"derivative_{parameter}", u="rest", x="x")
            lines = [
                f"which, rest = label(u, {self.all})",
                f"return {own} if which == {i} else 0.0",
            ]
            parts.append(self.define(f"derivative_{name}", ["u", "x"], *lines))
        if dense and hasattr(module, f"score_{parameter}"):
            share = f"{weight} * {self.call(i, 'density', x='x')} / density(x, {self.all})"
            score = self.call(i, f"score_{parameter}", x="x")
            lines = [f"share = {share}", f"return share * {score} if share > 0.0 else 0.0"]
            parts.append(self.define(f"score_{name}", ["x"], *lines))
            second = self.call(i, f"second_score_{parameter}", x="x")
            lines = [
                f"share = {share}",
                "if share == 0.0:",
                "    return 0.0",
                f"score = {score}",
                f"return share * ({second} + (1.0 - share) * score * score)",
            ]
            parts.append(self.define(f"second_score_{name}", ["x"], *lines))
        for kind in ("natural", "hahn_jordan"):
            if hasattr(module, f"{kind}_{parameter}"):
                parts.append(self.component_pair(i, parameter, kind))
        return "\n\n".join(parts)

    def component_pair(self, i, parameter, kind):
        """The component's own pair, made of fresh uniforms, times its weight."""
        function = f"{kind}_{parameter}"
        asked = inspect.signature(getattr(self.modules[i], function).py_func).parameters
        if "w" in asked:
            return ""
        name = f"{kind}_components_{i}_{parameter}"
        constant = self.call(i, f"{function}_constant")
        lines = [f"own = {self.call(i, 'variate', u='w')}"] if "x" in asked else []
        lines.append(f"return {self.call(i, function, x='own', v='v')}")
        return "\n\n".join([
            self.define(name, ["v", "w"], *lines),
            self.define(f"{name}_constant", [], f"return {self.weights[i]} * {constant}"),
        ])  # fmt: skip
