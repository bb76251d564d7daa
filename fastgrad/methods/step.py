"""The step of a finite difference, chosen by a pilot run.

Two things are traded: the bias grows with the step c (c J''/2 forward, c² J'''/6 central),
the noise shrinks with it. The step of least mean squared error would leave a bias as large
as the standard error, and a 95 % interval that covers the truth in 83 % of all cases
(forward) or 89 % (central). The step chosen here leaves a quarter of the standard error
(the interval covers in more than 94 %), for 19 % (central) more root mean squared error.

Three regimes, by what the output does between θ - c and θ + c:

continuous, common numbers    Var bounded as c → 0: take c tiny, to where rounding begins
jumps, common numbers         Var ~ κ/c
independent runs              Var ~ s²/c²

What a step is compared with is the spread of what θ moves (natural_scale.py), never |θ| alone;
it stays between two values of θ at which E[Y] jumps (lattice_points.py), and above rounding.
"""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np

from ..core.run import Budget
from ..core.traced_model import TracedModel
from ..settings import Settings
from .inside import fits, inside_one, snapped
from .lattice_points import clear_window, may_have_lattice
from .natural_scale import EPSILON, check_resolution, resolution, size_of, spread_of
from .step_pilot import Look, StepPilot
from .ties import followed

BIAS_SHARE = 0.25  # of the standard error
WIDE = 0.1  # of the scale of θ: the pilot's own steps
NARROWER = 16.0
JUMP_GROWTH = 3.0  # Var grows 16-fold over this ratio of steps if there are jumps, else not
LATTICE_LANES = 128
ROUGH = 1e-3  # of the squared quotient: kinks within a tiny step make less of a difference
UNSEEN = (
    "no path of the pilot changed when {0} moved by ± {1:.2g}: the step is a guess, and its bias "
    "is unknown"
)
ONE_SIDED = "{0} is at the edge of the model's domain: the difference is one-sided"


class Steps(NamedTuple):
    """Steps of all components, and what the pilots learnt besides.

    step: (components,); size: the scale of each; most: how far it may go without crossing a
    value at which E[Y] jumps; warnings: sentences.
    """

    step: np.ndarray
    size: np.ndarray
    most: np.ndarray
    warnings: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What a method asks of its steps.

    Attributes
    ----------
    name : str
        Of the method.
    forward, common : bool
        One-sided quotients; common random numbers.
    simulations : int
        Of one replication of the method.
    reach : float
        How many steps a move may be long.
    """

    name: str
    forward: bool
    common: bool
    simulations: int
    reach: float = 1.0


def choose_step(traced: TracedModel, budget: Budget, settings: Settings, wanted: Wanted) -> Steps:
    """A step for each component of θ."""
    pilot = StepPilot(traced, budget, settings, wanted.simulations)
    made = [_Chooser(pilot, wanted, i).choose() for i in range(traced.components)]
    steps, sizes, most = (np.array([one[k] for one in made]) for k in range(3))
    for i, step in enumerate(steps):
        steps[i] = snapped(float(traced.theta.vector[i]), step)
        check_resolution(traced, i, steps[i])
    return Steps(steps, sizes, most, tuple(text for one in made for text in one[3]))


def balanced(traced: TracedModel, chosen: Steps) -> np.ndarray:
    """Steps for all components moved at once: all as large, in proportion, as the largest one.

    Component i then has the noise Σ_j (c_j / c_i)² J_j² of the others. Where the output jumps in
    one and not in the other, steps of 0.3 and 1e-5 would make that 10⁹.
    """
    steps, sizes = chosen.step, chosen.size
    wanted = np.minimum(sizes * np.max(steps / sizes), chosen.most)
    return np.array([
        c if c > 0.999 * one else inside_one(traced, i, one)
        for i, (c, one) in enumerate(zip(steps, wanted, strict=True))
    ])  # fmt: skip


class _Chooser:
    """The step of one component."""

    def __init__(self, pilot: StepPilot, wanted: Wanted, i: int) -> None:
        self.pilot, self.wanted, self.i = pilot, wanted, i
        self.traced = traced = pilot.traced
        self.size, self.natural = size_of(traced, i)
        self.name = traced.theta.names[i]
        self.one_sided = False
        self.said: list[str] = []
        self.most = math.inf
        rough = any(not entry.distribution.has("density") for entry in traced.inputs)
        # J' has corners in constants and thresholds beside such inputs (M/D/1 at y = 3 services):
        # then central differences are biased by c |J''| / 2 at most, as forward ones are.
        self.corners = rough and any(followed(traced, slot) for slot in traced.slots_of(i))

    def choose(self) -> tuple[float, float, float, list[str]]:
        """Step, scale, the farthest it may go, and warnings."""
        wide = self._first_wide()
        step = self._step(wide)
        return step, self.size, self.most, self.said

    def _first_wide(self) -> float:
        """The pilot's own step: inside the model, and inside what the lattice leaves."""
        traced, i = self.traced, self.i
        wide = WIDE * self.size
        if self.wanted.forward and not fits(traced, i, -1e-6 * self.size):
            self.one_sided = True
            self.said.append(ONE_SIDED.format(self.name))
        wide = inside_one(traced, i, wide, self.one_sided)
        if may_have_lattice(traced, i):
            self.most = self._clear(wide)
            wide = min(wide, 0.45 * self.most)
        return wide

    def _clear(self, wide: float) -> float:
        sides = (0.0, 1.0) if self.one_sided else (-1.0, 1.0)
        window = inside_one(self.traced, self.i, 2.0 * wide, self.one_sided)
        clear = clear_window(
            self.traced, self.i, self.pilot.settings.key, window, LATTICE_LANES,
            self.wanted.name, sides,
        )  # fmt: skip
        return (0.9 if clear < window else 5.0) * clear / self.wanted.reach

    def _step(self, wide: float) -> float:
        forward, common = self.wanted.forward, self.wanted.common
        noise, power, tiny = 0.0, 1, self._tiny()
        if common:
            wide, look, narrow = self._settled(wide)
            tiny = min(tiny, 0.1 * wide)
            jumps = self._jumps(look, narrow)
            if not jumps and narrow.variance <= max(JUMP_GROWTH * look.variance, narrow.rounding):
                return inside_one(
                    self.traced, self.i, self._fine(tiny, wide, narrow), self.one_sided
                )
            noise = narrow.jumping or look.jumping
            if noise == 0.0:
                guess = inside_one(self.traced, self.i, min(5.0 * wide, self.most), self.one_sided)
                self.said.append(UNSEEN.format(self.name, wide))
                return guess
        else:
            variance = self.pilot.moments(self.i, [0.0], [[1.0, 0.0]]).variance[0]
            noise, power = float(variance) * (2.0 if forward else 0.5), 2
        order = 1 if forward or self.corners else 2
        curvature = self._curvature(wide, order) / (2.0 if order == 1 else 6.0)
        # bias = curvature c^order, standard error = sqrt(noise / (samples c^power))
        best = (BIAS_SHARE * math.sqrt(noise / self.pilot.planned) / curvature) ** (
            1.0 / (order + 0.5 * power)
        )
        most = min(0.5 * self.size, 5.0 * wide, self.most)
        return inside_one(self.traced, self.i, min(max(best, tiny), most), self.one_sided)

    def _tiny(self) -> float:
        """Where rounding begins to matter, for an output that is smooth on the scale of θ."""
        tiny = self.size * (EPSILON**0.5 if self.wanted.forward else EPSILON ** (1.0 / 3.0))
        return max(tiny, 16.0 * resolution(self.traced, self.i)[0])

    def _settled(self, wide: float) -> tuple[float, Look, Look]:
        """A step at which the output is seen to move, and over which its slope is one."""
        look = self._look(wide)
        if not self.natural:
            wide, look = self._grown(wide, look)
        narrow = self._look(wide / NARROWER)
        for _ in range(8):
            error = math.hypot(look.error, narrow.error)
            ends = sorted((abs(look.quotient), abs(narrow.quotient)))
            if abs(look.quotient - narrow.quotient) <= 4.0 * error or ends[1] <= 2.0 * ends[0]:
                break
            wide, look = wide / NARROWER, narrow
            narrow = self._look(wide / NARROWER)
        return wide, look, narrow

    def _look(self, c: float) -> Look:
        return self.pilot.look(self.i, c, self.one_sided)

    def _grown(self, wide: float, look: Look) -> tuple[float, Look]:
        """A wider step, where |θ| is so small that nothing moved."""
        if look.effect > 1e-6 * look.spread:
            return wide, look
        spreads = [spread_of(entry.distribution) for entry in self.traced.inputs[:16]]
        scale = max([*spreads, look.spread, EPSILON])
        for _ in range(64):
            if look.effect >= 1e-2 * look.spread or wide >= 0.1 * scale:
                break
            factor = 1024.0 if look.effect == 0.0 else min(1024.0, 0.02 * look.spread / look.effect)
            wider = inside_one(self.traced, self.i, min(factor * wide, 0.1 * scale), self.one_sided)
            if wider <= wide:
                break
            wide, self.size = wider, wider / WIDE
            look = self._look(wide)
        return wide, look

    def _jumps(self, look: Look, narrow: Look) -> bool:
        """Whether paths jump: known of distributions and models, else found by the watchdog."""
        traced = self.traced
        slots = traced.slots_of(self.i)
        for slot in slots:
            if slot.which >= 0:
                distribution = traced.inputs[slot.which].distribution
                if not distribution.has(f"derivative_{slot.parameter}"):
                    return True
        if math.isfinite(self.most) and narrow.variance == look.variance == 0.0:
            return False
        return any(traced.model.discontinuity(slot.place) for slot in slots)

    def _fine(self, tiny: float, wide: float, narrow: Look) -> float:
        """A tiny step that the output can resolve, and over which its slope is one."""
        slope = math.hypot(narrow.quotient, math.sqrt(narrow.variance))
        if slope > 0.0:
            tiny = max(tiny, min(0.1 * wide, 1e4 * EPSILON * narrow.output / slope))
        if self.natural or self.one_sided:
            return tiny
        least = 16.0 * resolution(self.traced, self.i)[0]
        while tiny / 64.0 >= least and self._apart(tiny, tiny / 16.0) > ROUGH:
            tiny /= 64.0
        return tiny

    def _apart(self, c: float, near: float) -> float:
        """How far the quotients at two steps differ path by path, for the nearer one's size."""
        apart, close = [0.5 / c, -0.5 / c], [0.5 / near, -0.5 / near]
        rows = [[0.0, *apart, -close[0], -close[1]], [0.0, 0.0, 0.0, *close]]
        moments = self.pilot.moments(self.i, [c, -c, near, -near], rows)
        second = moments.mean[1:] ** 2 + moments.variance[1:]
        if second[1] == 0.0:
            return math.inf if second[0] > 0.0 else 0.0
        return float(second[0] / second[1])

    def _curvature(self, h: float, order: int) -> float:
        """An upper estimate of |J''| (order 1) or |J'''|: two errors above it."""
        if self.one_sided:
            moves, weights = [2.0 * h, h], [1.0, 1.0, -2.0]
            divisor = h * h
        elif order == 1:
            moves, weights = [h, -h], [-2.0, 1.0, 1.0]
            divisor = h * h
        else:
            moves, weights = [2.0 * h, h, -h, -2.0 * h], [0.0, 1.0, -2.0, 2.0, -1.0]
            divisor = 2.0 * h**3
        moments = self.pilot.moments(self.i, moves, [[w / divisor for w in weights]])
        upper = abs(float(moments.mean[1])) + 2.0 * float(moments.standard_error[1])
        return max(upper, 1e-12 * (abs(float(moments.mean[0])) + 1e-300) / divisor)
