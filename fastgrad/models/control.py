"""Control variates: models with a known mean, read on the same paths as the model itself."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..core.parts import deterministic_parts
from ..core.tracer import tangent_of, value_of
from ..kernels.jit.compile import Operation
from .joint import Joint
from .model import Affine, Input, Model, Ratio, check_single

OWN = "the model"  # the name of its output beside those of controls


@dataclasses.dataclass(frozen=True, eq=False)
class Control:
    """A model, or an output of the model itself, with a known mean: a control variate.

    Parameters
    ----------
    of : callable, Model, str or int
        θ -> model, or a model, with exactly the same inputs as the one whose mean is estimated;
        or the name of one of its own outputs, which is then not reported.
    mean : callable or float
        θ -> E of it, an ordinary function as `build` is, so that its derivatives are known too;
        a number where the mean does not depend on θ.

    Raises
    ------
    TypeError
        For anything else.
    """

    of: Any
    mean: Any

    def __post_init__(self) -> None:
        own = isinstance(self.of, (str, int)) and not isinstance(self.of, bool)
        if not (own or isinstance(self.of, Model) or callable(self.of)):
            raise TypeError(
                "Control: of must be a function theta -> model, a model, or the name of an output "
                f"of the model itself, got {self.of!r}"
            )
        number = hasattr(self.mean, "tangent") or isinstance(value_of(self.mean), (int, float))
        if isinstance(self.mean, bool) or not (callable(self.mean) or number):
            raise TypeError(
                f"Control: mean must be a number or a function of theta, got {self.mean!r}"
            )

    def __repr__(self) -> str:  # without an address: a store knows it again
        named = [getattr(x, "__qualname__", repr(x)) for x in (self.of, self.mean)]
        return f"Control({', '.join(named)})"

    def model_at(self, theta: Any) -> Any:
        """The control at θ; None for an output of the model itself."""
        if isinstance(self.of, (str, int)):
            return None
        if isinstance(self.of, Model):
            return self.of
        made = self.of(theta)
        if not isinstance(made, Model):
            raise TypeError(f"Control: of must return a model, got {type(made).__name__}")
        return made

    def mean_at(self, theta: Any) -> Any:
        """Its known mean at θ."""
        return self.mean(theta) if callable(self.mean) else self.mean


class Beside(Model):
    """A model and its controls, as one model with several outputs.

    Attributes
    ----------
    inner : Model
    others : dict of str to Model
        Controls that are models, without the scale and shift around them.
    roles : dict
        The known mean, without scale and shift, of each output that is a control.
    """

    def __init__(self, inner: Model, others: dict[str, Model], roles: dict[Any, Any]) -> None:
        self.inner, self.others, self.roles = inner, others, roles

    def outputs(self) -> tuple:
        """Those of the model, then its controls."""
        own = self.inner.outputs()
        return (*((OWN,) if own is None else own), *self.others)

    def choosing(self, output: Any) -> Model:
        """One of them alone."""
        if output not in self.others:
            return self.inner if output == OWN else self.inner.choosing(output)
        made = copy.copy(self.others[output])
        # Parameters of its own, whatever their names: a strike may be another one.
        object.__setattr__(made, "of_measure", tuple(made.structure()))
        return made

    def joint_operation(self, name: str) -> Operation | None:
        """All at once only where the model itself has them all."""
        return None if self.others else self.inner.joint_operation(name)

    def spending(self, replications: int | None, memory: Any) -> Beside:
        """Each of them."""
        spent = {name: one.spending(replications, memory) for name, one in self.others.items()}
        return Beside(self.inner.spending(replications, memory), spent, self.roles)

    def inputs(self) -> list[Input]:
        """Those of the model."""
        return self.inner.inputs()

    def cure_of_several(self, output: Any) -> str:
        """That of the model."""
        return self.inner.cure_of_several(output)

    def cautions(self) -> Iterable[str]:
        """Those of the model."""
        return self.inner.cautions()


def beside(
    build: Callable[[Any], Model], controls: list[Any], several: bool
) -> Callable[[Any], Model]:
    """A build that makes the model with its controls; `several`: it may have several outputs."""

    def paired(theta: Any) -> Model:
        model = build(theta)
        if not isinstance(model, Model):
            return model  # the refusal is another's
        if isinstance(model, Joint):
            model = model.whole
        inner, scale, shift = deterministic_parts(model)
        if isinstance(inner, Ratio):
            raise ValueError("control= is for means: a ratio of two has none")
        if inner.steady:
            raise ValueError("a steady state over cycles has no control=: say a fixed horizon")
        if isinstance(inner, Ratio):
            raise ValueError("a ratio has no control=: its denominator is one already")
        if not several:
            check_single(inner)
        others: dict[str, Model] = {}
        roles: dict[Any, Any] = {}
        for given in controls:
            name, control = _resolved(given, inner, len(others))
            made = control.model_at(theta)
            if made is None:
                _check_output(control.of, inner, roles)
                roles[control.of] = (control.mean_at(theta) - shift) / scale
                continue
            part, factor, plus = deterministic_parts(made)
            check_single(part)
            _check_inputs(name, inner.inputs(), part.inputs())
            others[name] = part
            roles[name] = (control.mean_at(theta) - plus) / factor
        return Affine(Beside(inner, others, roles), scale, shift)

    return paired


def _resolved(given: Any, inner: Model, number: int) -> tuple[str, Control]:
    """The name that refusals give it, and the control."""
    if isinstance(given, str):
        return f"control {given!r}", inner.control(given)
    return f"control {number + 1}", given


def _check_output(name: Any, inner: Model, roles: dict[Any, Any]) -> None:
    known = inner.outputs() or ()
    if name not in known:
        told = ", ".join(map(repr, known)) or "one output alone"
        raise ValueError(f"control: the model has no output {name!r}; there are {told}")
    if len(roles) + 1 >= len(known):
        raise ValueError("control: all outputs are controls, and none is left to estimate")


def _check_inputs(name: str, own: list[Input], others: list[Input]) -> None:
    """A control reads the paths of the model: its inputs must be those."""
    if len(own) != len(others):
        raise ValueError(f"{name} has {len(others)} inputs, the model {len(own)}: give it the same")
    for mine, its in zip(own, others, strict=True):
        if mine.draws != its.draws or mine.distribution.kind != its.distribution.kind:
            raise ValueError(f"{name}: input {its.name!r} is not that of the model, {mine.name!r}")
        pairs = zip(mine.distribution.parameters, its.distribution.parameters, strict=True)
        if not all(_alike(a, b) for a, b in pairs):
            raise ValueError(
                f"{name}: parameters of {its.name!r} are not those of the model's {mine.name!r}, "
                "or depend on theta in another way"
            )


def _alike(one: Any, other: Any) -> bool:
    """Whether two numbers are the same, with the same derivatives, up to rounding."""
    a, b = value_of(one), value_of(other)
    if not _close(a, b):
        return False
    size = max((len(x.tangent) for x in (one, other) if hasattr(x, "tangent")), default=0)
    return _close(tangent_of(one, size), tangent_of(other, size))


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))
