"""Does a threshold stand where a density jumps, at the end of a draw's range?

P(U > y) of U uniform on (0, 1) has a kink at y = 1, and so has the second customer's time in M/D/1
at twice the service time: a draw of 0 meets it. The smoothed derivative, an average of densities,
jumps there in θ on many paths at once. Elsewhere it moves by 2⁻²⁴ of itself between the two points
that are compared: another jump comes between them on one path of ten million.
"""

from __future__ import annotations

import numpy as np

from ..core.engine import Moments, make_replications
from ..core.shared import chained, share_told
from ..core.theta import Theta
from ..core.traced_model import Slot, TracedModel
from ..kernels.random.philox import PILOT
from ..models.joint import Joint
from ..models.network.cuts import Smoothing
from ..settings import Settings
from ..user.pilots.ties import NEAR
from .inside import fits
from .plans import fixed_plan
from .smoothing import smoothed_record

PATHS = 64
JUMPS = 1e-3  # of the size of the smoothed derivative
QUIET = Settings()


def end_of_range(traced: TracedModel, i: int) -> bool:
    """Whether the smoothed derivative by one component of θ jumps at θ itself."""
    slots = traced.slots_of(i)
    if not any(traced.model.discontinuity(slot.place) for slot in slots):
        return False
    if not any(entry.distribution.ends_abruptly() for entry in traced.inputs if entry.draws):
        return False
    if not _smooths(traced, slots):
        return False
    far = NEAR * (abs(traced.theta.vector[i]) or 1.0)
    if not (fits(traced, i, far) and fits(traced, i, -far)):
        return False
    below, above = (_slope(traced, i, move) for move in (-far, far))
    return abs(above - below) > JUMPS * max(abs(above), abs(below))


def _smooths(traced: TracedModel, slots: list[Slot]) -> bool:
    """Whether the model smooths the output in these slots, as it does by itself."""
    model = traced.model
    if model.operation("smoothed") is None:
        return False
    return all(model.smoothing_refusal(slot, model.smoothing_options()) is None for slot in slots)


def _slope(traced: TracedModel, i: int, move: float) -> float:
    """The smoothed derivative by component i beside θ, on the paths of a pilot."""
    vector = traced.theta.vector.copy()
    vector[i] += move
    own = traced.whole.names[traced.number] if isinstance(traced.whole, Joint) else None
    build = traced.build if own is None else lambda theta: traced.build(theta)[own]
    moved = TracedModel(build, Theta(traced.theta.shaped(vector)))
    smooth = share_told(moved, [moved.slots_of(i)])

    def given(view: TracedModel, slots: list[Slot]) -> Smoothing:
        made: Smoothing = view.model.smoothing(slots, view.model.smoothing_options())
        return made

    plan = fixed_plan(moved, chained(moved, [smooth]), smoothed_record(moved, smooth, given))
    moments = Moments(np.zeros((4, plan.outputs)))
    make_replications(plan, QUIET, PILOT, 0, PATHS, moments.total)
    return float(moments.mean[1 + i])
