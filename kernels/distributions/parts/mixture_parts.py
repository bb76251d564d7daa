"""What the source text of every function of a mixture is made of."""

import inspect
from types import ModuleType

from .families import call_of, identifier

RELAXED = ("relaxed", "straight_through")


class MixtureParts:
    """The families of a mixture; its parameters are weights_0 …, components_0_mean ….

    representation:

    labelled          u falls among the weights, and what is left of it, rescaled, makes the
                      variate of that component
    single            u runs through uniform components on adjoining intervals from below to
                      above, so that the path is continuous in the weights
    relaxed           every component with a soft share (see mixture_relaxed.py)
    straight_through  one component, with the derivative of the soft shares
    """

    def __init__(self, representation: str, families: list[str], modules: list[ModuleType]):
        self.representation, self.families, self.modules = representation, families, modules
        self.words = [identifier(family) for family in families]
        self.relaxed = representation in RELAXED
        self.count = len(families)
        self.components = range(self.count)
        self.weights = [f"weights_{i}" for i in self.components]
        self.own = [
            {p: f"components_{i}_{p}" for p in module.PARAMETERS}
            for i, module in enumerate(modules)
        ]
        self.parameters = {
            **dict.fromkeys(self.weights, "probability"),
            **{
                name: module.PARAMETERS[p]
                for module, own in zip(modules, self.own, strict=True)
                for p, name in own.items()
            },
            **({"temperature": "positive"} if self.relaxed else {}),
        }
        self.all = ", ".join(self.parameters)
        self.atomic = [hasattr(module, "probability") for module in modules]

    def define(self, name: str, rows: list[str], *lines: str) -> str:
        """A device function of some rows and all parameters."""
        body = "\n".join(f"    {line}" for line in lines)
        return f"@device\ndef {name}({', '.join([*rows, self.all])}):\n{body}"

    def asked(self, i: int, function: str) -> list[str]:
        """The names of the arguments of a component's own function."""
        return list(inspect.signature(getattr(self.modules[i], function).py_func).parameters)

    def call(self, i: int, function: str, **rows: str) -> str:
        """A call of a component's own function, by the names of its arguments."""
        return call_of(self.modules[i], self.words[i], self.own[i], function, **rows)

    def likelihood(self, i: int) -> str:
        """The density of a component at x, or its probability of x."""
        return self.call(i, "probability" if self.atomic[i] else "density", x="x")

    def has(self, i: int, function: str) -> bool:
        """Whether a component's file has this function."""
        return hasattr(self.modules[i], function)

    def chain(self, which: str, results: list[str]) -> list[str]:
        """Lines that return the result of the component whose number `which` is."""
        lines = []
        for i, result in enumerate(results[:-1]):
            lines += [f"if {which} == {i}:", f"    return {result}"]
        return [*lines, f"return {results[-1]}"]
