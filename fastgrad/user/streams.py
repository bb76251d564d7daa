"""What a user's model says about inputs whose draws are taken one by one."""

from __future__ import annotations

import copy

import numpy as np

from ..kernels.jit.compile import Operation
from ..kernels.random.philox import PILOT
from ..kernels.user.record import STREAM
from .counts import Group
from .described import Described
from .free import free_functions
from .pilots.paths import Paths
from .pilots.remembered import remembered

COUNTED = 64  # paths of which the draws are counted
SECONDS_TO_COMPILE = 4.0  # against 1 ns a number of a simulation; the bits are the same


def _is_stream(group: Group) -> bool:
    return group.form == STREAM or isinstance(group.form, str)


class WithStreams(Described):
    """A model with groups of inputs, some of which may be streams."""

    groups: list[Group]

    def resuming_pays(self) -> bool:
        """Whether whole simulations of all phantoms take longer than to compile resumed ones."""
        draws = [entry.draws for entry in self.sources]
        numbers = 2.0 * max(draws) * sum(draws) * (self.planned or 0)
        return not self.debug and 1e-9 * numbers > SECONDS_TO_COMPILE

    def work(self) -> int:
        """A row for each stream: how many draws of it were taken."""
        return sum(map(_is_stream, self.groups))

    @property
    def free(self) -> list[str]:
        """The families of draws whose parameters are given by the state."""
        return [group.form for group in self.groups if isinstance(group.form, str)]

    def functions(self) -> list[Operation]:
        """What draws with free parameters are made of, and their derivatives."""
        return free_functions(self.free, "derivative")

    def taken_row(self, which: int) -> int:
        """The row of a stream, -1 for any other input."""
        row = source = 0
        for group in self.groups:
            if source == which and group.form == STREAM:
                return row
            row += _is_stream(group)
            source += group.sources
        return -1

    def draws_taken(self, which: int) -> float:
        """How many draws of an input a path takes, on the mean of some paths of the pilot."""
        row = self.taken_row(which)
        draws = float(self.sources[which].draws)
        if row < 0:
            return draws
        return float(remembered(self, ("taken", which), lambda: self._counted(row, draws)))

    def _counted(self, row: int, draws: float) -> float:
        paths = Paths(self, 0, PILOT, COUNTED)
        paths.outputs()
        return float(np.mean(paths.taken[row]))

    def frozen_one(self) -> Described:
        """The same model, whose draws with free parameters stay as they are when θ moves."""
        made = copy.copy(self)
        object.__setattr__(made, "frozen", True)
        return made

    def frozen_jump(self, place: str) -> str | None:
        """What the watchdog finds if all draws with free parameters stay as they are."""
        return self.frozen_one().discontinuity(place)

    def mean_output(self) -> float:
        """The mean of Y on some replications of the pilot."""
        return float(np.nanmean(Paths(self, 0, PILOT).outputs()))
