"""A model that is an ordinary Python function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..distributions.families import Distribution, Repeated
from .arguments import checked_debug, checked_function, checked_inputs, checked_parameters
from .model import UserModel


class Simulation(UserModel):
    """A simulation of your own: an ordinary Python function of one replication.

    The function is compiled by Numba, with every helper it calls, when it is first needed.
    Every random number it uses must be one of the inputs, so that each keeps a stream of
    its own, whatever θ is.

    Parameters
    ----------
    function : callable
        (x, p) -> Y. x holds the random inputs and p the parameters, by name: x.service[i],
        len(x.service), p.level. It may use loops, conditions, NumPy and math functions of
        numbers, arrays made by np.zeros or np.empty, and calls of other such functions.
    inputs : mapping of names to Distribution, .repeat(draws) or .stream(most) of one, or a list
        A repeated input is an array in the function, and so is a list of distributions, one
        variate of each; a stream gives its draws one by one, x.service.next(); any other input
        is a number.
    parameters : mapping of names to numbers, or to arrays of them
        θ may stand in those that are not of type int; an int stays a whole number.
    output : int or str, optional
        Which entry of the result is Y, when the function returns several.
    debug : bool
        Run the function as plain Python, with the same random numbers: for print, for
        breakpoints (with threads=1), for coverage. Slower by a factor of some hundreds.

    Raises
    ------
    TypeError, ValueError
        For what cannot be run; for code that cannot be compiled, when it is first needed,
        naming the line.
    """

    def __init__(
        self,
        function: Callable[[Any, Any], Any],
        inputs: Mapping[str, Distribution | Repeated | Sequence[Distribution]],
        parameters: Mapping[str, Any] | None = None,
        output: int | str | None = None,
        debug: bool = False,
    ) -> None:
        sources, groups = checked_inputs("Simulation: inputs", inputs)
        super().__init__(
            user=checked_function("Simulation: function", function),
            sources=sources,
            groups=groups,
            given=checked_parameters("Simulation: parameters", parameters or {}),
            record=True,
            output=output,
            debug=checked_debug("Simulation", debug),
        )
