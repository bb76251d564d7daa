"""Several measures of one path, as one model: each stays a model of its own, its path is common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..core.tracer import Traced
from ..kernels.jit.compile import Operation
from .model import Input, Model


class Joint(Model):
    """A model with all the measures it has, by name.

    Attributes
    ----------
    whole : Model
        What the measures were chosen from.
    names : tuple
        Of the measures.
    members : list of Model
        The same model with each measure alone; all have the same inputs.
    first : list of int
        Where each member's own parameters stand among all: those of the model are common to
        all members, unless a parameter of the measure is among them (`Model.of_measure`).
    """

    def __init__(self, whole: Model, names: tuple) -> None:
        self.whole, self.names = whole, names
        self.members = [whole.choosing(name) for name in names]
        common: dict[tuple, int] = {}
        self.first: list[int] = []
        self._structure: dict[str, Any] = {}
        for name, member in zip(names, self.members, strict=True):
            own = member.structure()
            key = tuple(own) if set(own).isdisjoint(member.of_measure) else (name, *own)
            if key not in common:
                common[key] = len(self._structure)
                for place, value in own.items():
                    taken = place in self._structure
                    self._structure[f"{name}: {place}" if taken else place] = value
            elif own:  # the same values; θ may reach one of them by some of the measures only
                moved = {place: v for place, v in own.items() if isinstance(v, Traced)}
                self._structure |= moved
            self.first.append(common[key])

    def cure_of_several(self, output: Any) -> str:
        """That of the whole model."""
        return self.whole.cure_of_several(output)

    def inputs(self) -> list[Input]:
        """Those of every member."""
        return self.members[0].inputs()

    def structure(self) -> Mapping[str, Any]:
        """The members' own parameters, one after the other."""
        return self._structure

    def counts(self) -> np.ndarray:
        """Of the first member."""
        return self.members[0].counts()

    def paths(self) -> Sequence[Sequence[int]]:
        """Of the first member: all have the same inputs."""
        return self.members[0].paths()

    def work(self) -> int:
        """What the greediest member asks for."""
        return max(member.work() for member in self.members)

    def operation(self, name: str) -> Operation | None:
        """One that writes all measures at once, if the model has such."""
        return self.whole.joint_operation(name)

    def discontinuity(self, place: str) -> str | None:
        """The first one of a member."""
        found = (member.discontinuity(place) for member in self.members)
        return next((jump for jump in found if jump), None)

    @property
    def steady(self) -> bool:
        """Of all members, or of none."""
        return self.members[0].steady

    def taken_row(self, which: int) -> int:
        """Of the first member: all of them are one function, or none takes its draws one by one."""
        return self.members[0].taken_row(which)

    def cautions(self) -> tuple[str, ...]:
        """Those of every member, each once."""
        said = (sentence for member in self.members for sentence in member.cautions())
        return tuple(dict.fromkeys(said))

    def explain_failure(self, seed: int, replications: int, first: int = 0) -> None:
        """Let each member find its own."""
        for member in self.members:
            member.explain_failure(seed, replications, first)
