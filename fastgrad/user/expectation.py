"""The smallest model: a function of independent random variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..distributions.families import Distribution
from ..kernels.user.record import ONE
from .arguments import Parameters, checked_function, checked_inputs
from .model import UserModel


class Expectation(UserModel):
    """E[g(X₁, …, X_d)] of independent inputs: an integral, with every method for its gradient.

    Parameters
    ----------
    function : callable
        g, an ordinary Python function of d numbers, compiled by Numba when it is needed.
    inputs : Distribution, sequence of distributions, or mapping of names to distributions
        In the order of the function's arguments; names are for the messages only.

    Raises
    ------
    TypeError, ValueError
        For what cannot be run.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Distribution | Sequence[Distribution] | Mapping[str, Distribution],
    ) -> None:
        user = checked_function("Expectation: function", function)
        if isinstance(inputs, Distribution):
            inputs = [inputs]
        code = user.function.__code__
        arguments = code.co_varnames[: code.co_argcount]
        if not isinstance(inputs, Mapping):
            if len(inputs) != len(arguments):
                raise ValueError(
                    f"Expectation: {user.name} takes {len(arguments)} numbers, "
                    f"but there are {len(inputs)} inputs"
                )
            inputs = dict(zip(arguments, inputs, strict=True))
        sources, groups = checked_inputs("Expectation: inputs", inputs)
        if any(group.form != ONE for group in groups) or len(sources) != len(arguments):
            raise ValueError(
                f"Expectation: {user.name} takes {len(arguments)} numbers, each with an input "
                "of its own; use Simulation for repeated inputs"
            )
        super().__init__(
            user=user,
            sources=sources,
            groups=groups,
            given=Parameters({}, {}, {}),
            record=False,
            output=None,
        )
