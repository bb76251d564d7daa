"""What a model is to the rest of the library."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..core.numbers import checked_number
from ..core.tracer import Traced, is_number, value_of
from ..distributions.families import Distribution
from ..errors import SeveralOutputs
from ..kernels.jit.compile import Operation
from .capabilities import Capabilities
from .checks import check_count as check_count
from .checks import check_distribution as check_distribution


class Input(NamedTuple):
    """One source of randomness: `draws` independent variates of one distribution."""

    name: str
    distribution: Distribution
    draws: int


class Part(NamedTuple):
    """Of a model with several outputs: one of them."""

    whole: Model
    output: Any


class Model(Capabilities):
    """Base of all models: immutable dataclasses, validated when made.

    A model names its inputs (each with a stream of its own), its own parameters and its
    integers, and points to the file of its operations under `kernels/models/`. Which
    operations that file defines is the support matrix.
    """

    kernel: ModuleType
    # The model's own parameters that belong to what is measured (the threshold of a tail).
    of_measure: ClassVar[tuple[str, ...]] = ()

    def inputs(self) -> list[Input]:
        """The inputs, in the order of their rows."""
        raise NotImplementedError

    def structure(self) -> Mapping[str, Any]:
        """The model's own parameters (thresholds, strikes, …), which θ may stand in."""
        return {}

    def counts(self) -> np.ndarray:
        """The integers that its operations read."""
        raise NotImplementedError

    def work(self) -> int:
        """Rows of scratch its operations ask for."""
        raise NotImplementedError

    def taken_row(self, which: int) -> int:
        """The row of scratch with the draws taken of an input; -1 where all of them are."""
        return -1

    def functions(self) -> list[Operation]:
        """Row operations (density, survival, …) that the model's operations call."""
        return []

    def operation(self, name: str) -> Operation | None:
        """One of the model's compiled operations, or None if it has no such."""
        return getattr(self.kernel, name, None)

    def joint_operation(self, name: str) -> Operation | None:
        """One that writes all outputs at once, for a model with several; None: one by one."""
        return None

    def discontinuity(self, place: str) -> str | None:
        """Why the output jumps when the parameter at this place moves; None if it does not."""
        return None

    def bend(self, slots: list) -> str | None:
        """Why the first derivative along the path jumps in some of these slots; None if not."""
        return None

    def outputs(self) -> tuple | None:
        """Names of its outputs, for a model with several; None if there is one."""
        return None

    def choosing(self, output: Any) -> Model:
        """The same model with one of its outputs."""
        raise ValueError(f"{type(self).__name__}: no measure {output!r}; there is one, unnamed")

    def __getitem__(self, output: Any) -> Model:
        """The same model with one of its outputs, which remembers where it is from."""
        made = copy.copy(self.choosing(output))
        object.__setattr__(made, "part", Part(self, output))
        return made

    __iter__ = None  # or Python would try 0, 1, …

    def cure_of_several(self, output: Any) -> str:
        """How the user asks for one of several outputs."""
        return f"Simulation(..., output={output!r})"

    def spending(self, replications: int | None, memory: Any) -> Model:
        """The same model, whose pilots are in proportion to so many replications.

        memory keeps what they find, if the caller prepared an estimator.
        """
        return self

    @property
    def quiet(self) -> Model:
        """The same model, which prints nothing: for pilots."""
        return self

    @property
    def unsmoothed(self) -> str:
        """Why there is no smoothed derivative, for a model without one."""
        return "the model has no smoothed derivative"

    def explain_failure(self, seed: int, replications: int, first: int = 0) -> None:
        """Raise the error behind an output that is not a number, if the model knows it.

        Parameters
        ----------
        seed : int
            Of the run that failed.
        replications, first : int
            The replications first … first + replications - 1 are looked at.
        """

    def grows_with(self) -> Iterable[str]:
        """Names of inputs that Y grows with in proportion: without their mean it has none."""
        return ()

    def paths(self) -> Sequence[Sequence[int]]:
        """Rows of variates that are normal increments of a path, in order of time, path by path."""
        return ()

    def control(self, name: str) -> Any:
        """A `Control` that the model itself knows, by name."""
        raise ValueError(
            f"{type(self).__name__} has no control {name!r} of its own: give a "
            "Control(model, mean) whose mean you know"
        )

    def limit(self, method: Any, order: int) -> str | None:
        """Why a method has no derivatives of this order here, whatever θ stands in; or None."""
        return None

    def kink(self) -> str | None:
        """Why E[Y] itself has no derivative at these parameters; None if it has."""
        return None

    def cautions(self) -> Iterable[str]:
        """What every estimate of this model must say about itself (results/cautions.py)."""
        return ()

    def __add__(self, other: Any) -> Affine:
        return Affine(self, 1.0, other) if is_number(other) else NotImplemented

    def __mul__(self, other: Any) -> Affine:
        return Affine(self, other, 0.0) if is_number(other) else NotImplemented

    def __sub__(self, other: Any) -> Affine:
        return self + (-other) if is_number(other) else NotImplemented

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Model):
            return quotient_of(self, other)
        return self * (1.0 / other) if is_number(other) else NotImplemented

    def __neg__(self) -> Affine:
        return self * -1.0

    def __rsub__(self, other: Any) -> Affine:
        return -self + other

    part: Part | None = None  # of model[output]

    __radd__ = __add__
    __rmul__ = __mul__
    __array_ufunc__ = None  # NumPy numbers leave the operator to the model


@dataclasses.dataclass(frozen=True, eq=False)
class Affine(Model):
    """scale · model + shift, both deterministic expressions of θ."""

    model: Model
    scale: Any
    shift: Any

    def __post_init__(self) -> None:
        for name, number in (("times", self.scale), ("plus", self.shift)):
            value = value_of(number)
            if isinstance(value, int):
                value = float(checked_number(f"model {name} a number: that", value))
            right = math.isfinite(value) if type(value) is float else np.all(np.isfinite(value))
            if not right:
                raise ValueError(f"model {name} {value_of(number)}: the number must be finite")

    def __add__(self, other: Any) -> Affine:
        if not is_number(other):
            return NotImplemented
        return Affine(self.model, self.scale, self.shift + other)

    def __mul__(self, other: Any) -> Affine:
        if not is_number(other):
            return NotImplemented
        return Affine(self.model, self.scale * other, self.shift * other)

    def factor(self) -> tuple[Model, Any]:
        """The model inside and what it is multiplied by, if nothing is added."""
        moved = isinstance(self.shift, Traced) and self.shift.tangent.any()
        if moved or np.any(value_of(self.shift) != 0.0):
            raise TypeError("a measure plus a number cannot be divided: divide first, then add")
        return self.model, self.scale

    def outputs(self) -> tuple | None:
        """Those of the model inside."""
        return self.model.outputs()

    def cautions(self) -> Iterable[str]:
        """Those of the model inside."""
        return self.model.cautions()

    def cure_of_several(self, output: Any) -> str:
        """That of the model inside."""
        return self.model.cure_of_several(output)

    def choosing(self, output: Any) -> Affine:
        """scale · output + shift."""
        return dataclasses.replace(self, model=self.model.choosing(output))

    __radd__ = __add__
    __rmul__ = __mul__


class Ratio(Model):
    """E[A] / E[B] of two measures of one model, read on the same paths: a rate, a share, a cost.

    The same as model[numerator] / model[denominator]. Gradients are those of the quotient, from
    one run for both; intervals are by the delta method, from the joint covariance of both
    measures and their derivatives. The bias of a quotient of means is O(1 / replications).

    Parameters
    ----------
    model : Model
        With several measures, or a user's function that returns several outputs.
    numerator, denominator
        Their names.

    Raises
    ------
    ValueError
        For measures that there are not, or the same one twice.
    """

    def __init__(self, model: Model, numerator: Any, denominator: Any) -> None:
        if numerator == denominator:
            raise ValueError(f"Ratio: {numerator!r} over itself is 1")
        for name in (numerator, denominator):
            model.choosing(name)
        self.whole, self.names = model, (numerator, denominator)

    def cautions(self) -> Iterable[str]:
        """Those of the model."""
        return self.whole.cautions()


def quotient_of(above: Model, below: Model) -> Any:
    """One measure over another of the same model, each times a number."""
    scale: Any = 1.0
    if above.part is None and isinstance(above, Affine):
        above, scale = above.factor()
    if below.part is None and isinstance(below, Affine):
        below, divisor = below.factor()
        scale = scale / divisor
    if above.part is None or below.part is None or above.part.whole is not below.part.whole:
        raise TypeError(
            "only two measures of one model can be divided: model = …(measure={'a': …, 'b': …}), "
            "then model['a'] / model['b']"
        )
    made = Ratio(above.part.whole, above.part.output, below.part.output)
    return made if type(scale) is float and scale == 1.0 else made * scale


def check_single(model: Model) -> None:
    """Raise SeveralOutputs for a model with more than one output."""
    names = model.outputs()
    if names is not None:
        raise SeveralOutputs(names, model.cure_of_several(names[0]))
