"""Which method is valid for which parameter of which distribution, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..core.theta import Theta
from ..core.traced_model import Slot, TracedModel
from ..methods import METHODS, Method, Verdict, WeakDerivative
from ..models.queue.single_server import SingleServerQueue
from .families import DISTRIBUTIONS, Discrete, Distribution, Exponential, Mixture, Truncated

MATRIX: dict[str, Method] = {
    **{name: method for name, method in METHODS.items() if name not in ("auto", "wd")},
    "wd natural": WeakDerivative(),
    "wd hahn-jordan": WeakDerivative(representation="hahn-jordan"),
    "wd common": WeakDerivative(representation="common"),
}


def support_matrix() -> str:
    """Distribution parameter x method, as a Markdown table made from the code.

    ✓ is valid and unbiased, ≈ valid with a bias that vanishes with the step, and a number
    points to the reason why not, below the table. The model is one whose output is
    continuous in its inputs (a single-server queue).
    """
    reasons: dict[str, int] = {}
    lines = [
        f"| parameter | {' | '.join(MATRIX)} |",
        f"|---|{':-:|' * len(MATRIX)}",
    ]
    for name in DISTRIBUTIONS:
        title = f"**{name}** "
        for parameter, traced, slot in _examples(name):
            marks = [_mark(method.check(traced, slot), reasons) for method in MATRIX.values()]
            lines.append(f"| {title}`{parameter}` | {' | '.join(marks)} |")
            title = ""
    notes = [f"{number}. {reason}" for reason, number in reasons.items()]
    return "\n".join([*lines, "", *notes, ""])


def _examples(name: str) -> Iterator[tuple[str, TracedModel, Slot]]:
    """Each parameter of a distribution, in a traced model where θ stands in it.

    Of a list of parameters the first stands for all: `weights[i]`.
    """
    kind = DISTRIBUTIONS[name]
    for make, at, note in LISTS.get(name) or [(kind, example(kind), "")]:
        traced = _served(make, at)
        for slot in traced.slots:
            if "[1]" not in slot.parameter:
                yield slot.parameter.replace("[0]", "[i]") + note, traced, slot


def _served(make: Callable[..., Any], at: list[float]) -> TracedModel:
    """A model with this service distribution, θ standing in each of its parameters."""
    arrivals: Any = Exponential  # made from a table, so its arguments are not known statically
    return TracedModel(lambda theta: SingleServerQueue(arrivals(1.0), make(*theta), 2), Theta(at))


def _mixed(weight: Any, mean: Any) -> Distribution:
    parts: Any = DISTRIBUTIONS
    return Mixture([weight, 1.0 - weight], [parts["Exponential"](mean), parts["Uniform"](0.0, 1.0)])


def _single(weight: Any) -> Distribution:
    uniform: Any = DISTRIBUTIONS["Uniform"]
    parts = [uniform(1.0, 2.0), uniform(0.0, 1.0)]
    return Mixture([1.0 - weight, weight], parts, representation="single")


def _image(shift: Any, scale: Any, a: Any, b: Any) -> Distribution:
    families: Any = DISTRIBUTIONS
    made: Distribution = shift + scale * families["Beta"](a, b)
    return made


def _late(shift: Any, mean: Any) -> Distribution:
    families: Any = DISTRIBUTIONS
    made: Distribution = shift + families["Exponential"](mean)
    return made


def _cut(low: Any, high: Any, mean: Any, sd: Any) -> Distribution:
    families: Any = DISTRIBUTIONS
    return Truncated(families["Normal"](mean, sd), low, high)


# Distributions whose parameters are lists or distributions: how one is made of numbers, and a
# note for the table.
LISTS: dict[str, list[tuple[Callable[..., Any], list[float], str]]] = {
    "Affine": [(_image, [1.0, 2.0, 2.5, 3.5], " of Beta"), (_late, [1.0, 2.0], " of Exponential")],
    "Truncated": [(_cut, [0.5, 2.0, 1.0, 1.5], " of Normal")],
    "Discrete": [(lambda v, p: Discrete([v, 3.0], [p, 1.0 - p]), [1.0, 0.3], "")],
    "Mixture": [(_mixed, [0.3, 1.0], ""), (_single, [0.3], ', representation="single"')],
}


def example(kind: type[Distribution]) -> list[float]:
    """Parameters of a distribution, somewhere in their domains."""
    values = {"probability": 0.3, "count": 2.0}
    domains = kind.kernel.PARAMETERS.values()
    return [values.get(domain, 1.0 + i) for i, domain in enumerate(domains)]


def _mark(verdict: Verdict, reasons: dict[str, int]) -> str:
    if verdict.valid:
        return "✓" if verdict.unbiased else "≈"
    return f"[{reasons.setdefault(verdict.reason, len(reasons) + 1)}]"
