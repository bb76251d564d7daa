"""Several methods side by side on a model with several outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.traced_model import TracedModel
from ..methods import Method
from .several import Estimates
from .shown import Shown
from .side_by_side import Comparison


class Comparisons(Shown, Mapping[str, Estimates]):
    """Estimates of the gradients of several outputs: a mapping from label to `Estimates`.

    `cmp["ipa"]["late"]` is the estimate of one output by one method, `cmp.of("late")` the
    `Comparison` of all methods for that output.

    Attributes
    ----------
    outputs : tuple
        Their names, or 0, 1, … where the model returns a tuple.
    refused : dict of str to str
        Label and reason of every method that is not valid for any output. What is valid for some
        is in `of(output).refused` of the others.
    theta : float, array or dict
        Where all of them estimate.
    order : {1, 2}
        Of the derivatives.
    """

    def __init__(
        self, traced: TracedModel, labels: Mapping[str, Method], exact: Any = None, order: int = 1
    ) -> None:
        self.outputs: tuple = traced.names or ()
        known = exact_by_output(exact, self.outputs)
        self._parts = {
            name: Comparison(view, labels, known.get(name), order, output=name)
            for name, view in zip(self.outputs, traced.views, strict=True)
        }
        self._labels = list(labels)
        self._joint: dict[str, Estimates] = {}
        self.theta, self.order = traced.theta.shaped(traced.theta.vector), order

    def of(self, output: Any) -> Comparison:
        """The comparison of one output.

        Raises
        ------
        KeyError
            For an output that there is not.
        """
        if output not in self._parts:
            known = ", ".join(map(repr, self.outputs))
            raise KeyError(f"no output {output!r}; there are {known}")
        return self._parts[output]

    def add(self, label: str, estimates: Estimates, seconds: float) -> None:
        """Take the estimates of one more method in.

        Parameters
        ----------
        label : str
        estimates : Estimates
            Of the outputs for which it is valid.
        seconds : float
            Wall-clock time of their run, without compilation. Outputs that were estimated by a
            run each have the time of their own.
        """
        for output, one in estimates.items():
            own = seconds if estimates.joint else one.seconds
            self._parts[output].add(label, one, own)
        if len(estimates) == len(self.outputs):
            self._joint[label] = estimates

    def __getitem__(self, label: str) -> Estimates:
        if label in self._joint:
            return self._joint[label]
        if label in self.refused:
            raise KeyError(f"{label} is not applicable: {self.refused[label]}")
        found = {name: one[label] for name, one in self._parts.items() if label in one}
        if not found:
            raise KeyError(label)
        return Estimates(found)

    def __iter__(self) -> Iterator[str]:
        parts = self._parts.values()
        return iter([label for label in self._labels if any(label in one for one in parts)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def refused(self) -> dict[str, str]:
        """What is valid for no output."""
        every = dict.fromkeys(label for one in self._parts.values() for label in one.refused)
        return {
            label: next(one.refused[label] for one in self._parts.values() if label in one.refused)
            for label in every
            if not any(label in one for one in self._parts.values())
        }

    @property
    def seconds(self) -> dict[str, float]:
        """Wall-clock time of each method, without compilation: of all its outputs together."""
        made = {}
        for label in self:
            own = [one.seconds[label] for one in self._parts.values() if label in one]
            made[label] = own[0] if self[label].joint else sum(own)
        return made

    @property
    def warnings(self) -> dict[str, tuple[str, ...]]:
        """What each estimate says about itself, by label; those with nothing to say left out."""
        said: dict[str, tuple[str, ...]] = {}
        for name, one in self._parts.items():
            for label, sentences in one.warnings.items():
                told = tuple(f"output {name!r}: {sentence}" for sentence in sentences)
                said[label] = said.get(label, ()) + told
        return said

    def say(self, where: str = "") -> None:
        """One Python warning for each estimate that has any."""
        for name, one in self._parts.items():
            one.say(f"{where}output {name!r}, ")

    def rows(self) -> list[dict[str, Any]]:
        """The rows of each output's comparison, with the `output` in front."""
        return [
            {"output": name} | row
            for name, one in self._parts.items()
            for row in one.rows()
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dicts, for JSON: the comparison of each output by its name."""
        parts = {str(name): one.to_dict() for name, one in self._parts.items()}
        theta = next(part.pop("theta") for part in list(parts.values()))
        for part in parts.values():
            part.pop("theta", None)
        return {"theta": theta, "outputs": parts}

    def plot(self, path: str | Path | None = None, *, kind: str = "all", output: Any = None) -> Any:
        """Draw the comparison of one output, and return the figure (needs the extra `plots`).

        Parameters
        ----------
        path : str or Path, optional
            Where to save it; the ending says in which format.
        kind : {"all", "agreement"}
            As of `Comparison.plot`.
        output : str or int, optional
            Which one; the first if none is named.
        """
        return self.of(self.outputs[0] if output is None else output).plot(path, kind=kind)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._parts.values()))

    def __repr__(self) -> str:
        labels = ", ".join([*self, *self.refused])
        return f"Comparisons({labels}; outputs {', '.join(map(repr, self.outputs))})"


def exact_by_output(exact: Any, outputs: tuple) -> dict[Any, Any]:
    """Exact gradients by output: a table by name, or a list in the order of the outputs."""
    if exact is None:
        return {}
    if isinstance(exact, Mapping) and all(name in outputs for name in exact):
        return {name: value for name, value in exact.items() if value is not None}
    if isinstance(exact, Sequence) and not isinstance(exact, str) and len(exact) == len(outputs):
        pairs = zip(outputs, exact, strict=True)
        return {name: value for name, value in pairs if value is not None}
    known = ", ".join(map(repr, outputs))
    raise ValueError(f"exact must be a table by output ({known}), got {exact!r}")
