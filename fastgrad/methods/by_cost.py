"""Which of the valid methods of a user's function is best for the time that it takes.

What counts is variance × simulations. Variances come from a pilot of each method; simulations are
counted and not timed, so that the choice depends on arguments and seed alone. Models of the
library need none: there the order of preference is the order of costs (IPA and smoothing are one
pass, phantoms are followed until they meet the nominal path), and a pilot would compile them all.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..core.engine import Moments, Plan, make_replications
from ..core.memory import FORGETFUL
from ..core.run import Budget
from ..core.traced_model import Slot, TracedModel
from ..kernels.random.philox import PILOT
from ..settings import Settings
from ..user.described import Described
from .method import Method
from .pilots import LEAST, SHARE, pilot_replications

COSTLY = 20  # simulations a replication; from there on a weak derivative says so
CLEARLY = 0.5  # another choice must be so much better: variances of a pilot are not exact
PHANTOM = 0.3  # simulations: it begins at its draw, and makes no random numbers (0.27 to 0.4)
TERM = 4.0  # simulations on marked numbers of a mark that is smoothed (34 to 35 for eight)
NOTHING = 1e-300  # the variance of what does not vary
FIELD = 0.3  # of a simulation, for each place beyond the first that a marked one carries


Chosen = dict[str, Method]  # by place


class Costs(NamedTuple):
    """The method that is chosen for each place, and variance × simulations (of the component of θ
    that stands there) with each method that was tried."""

    methods: Chosen
    tried: dict[str, dict[str, float]]


class _Trial(NamedTuple):
    """Methods of all places, what they cost together, and variances of the gradient by a pilot.

    doubt: factors by which the variances may be larger
    """

    chosen: Chosen
    cost: float
    variance: np.ndarray
    doubt: np.ndarray


def simulations(traced: TracedModel, slots: Sequence[Slot]) -> int:
    """Of one replication with a phantom for every draw; 1 where the model shortens them."""
    if traced.model.operation("all_phantoms") is not None or not slots:
        return 1
    return 1 + 2 * sum(traced.inputs[slot.which].draws for slot in slots)


def cost_of(method: Method, traced: TracedModel, slots: Sequence[Slot]) -> float:
    """Simulations of one replication of a user's function, counted."""
    model = traced.model
    if not slots or not isinstance(model, Described):
        return 1.0
    if method.name == "wd":
        return 1.0 + 2.0 * PHANTOM * sum(_draws(traced, slot) for slot in slots)
    if method.name != "spa":
        return 1.0
    if model.marks is None:  # choices of discrete draws, each forced to its outcomes
        return 1.0 + 2.0 * PHANTOM * sum(_draws(traced, slot) for slot in slots)
    passes = 1.0 + FIELD * (len(slots) - 1)
    return passes * (2.0 + TERM * model.marks.terms(model.smoothing_options().marks))


def _draws(traced: TracedModel, slot: Slot) -> float:
    """How many draws a place is a parameter of: those taken, on the mean of some paths."""
    which = [slot.which] if slot.which >= 0 else range(len(traced.inputs))
    model = traced.model
    return sum(model.draws_taken(k) for k in which) if isinstance(model, Described) else 0.0


def cheapest(
    traced: TracedModel,
    valid: Mapping[str, Sequence[Method]],
    make: Callable[[TracedModel, Chosen, Budget, Settings], Plan],
    budget: Budget,
    settings: Settings,
) -> Costs:
    """The choice of methods with the least variance × simulations.

    Parameters
    ----------
    valid : mapping of places to methods
        Those that are valid there, in the order of preference.
    make : callable
        (traced, chosen, budget, settings) -> the plan with these methods.
    """
    open_places = [place for place, methods in valid.items() if len(methods) > 1]
    if not open_places:
        return Costs({}, {})
    names = dict.fromkeys(m for place in open_places for m in valid[place])
    uniform = {m: {place: m if m in own else own[0] for place, own in valid.items()} for m in names}
    costs = {m: _cost(traced, chosen) for m, chosen in uniform.items()}
    first = {place: own[0] for place, own in valid.items()}
    given = settings.pilot_replications
    if LEAST * sum(costs.values()) > SHARE * budget.planned * _cost(traced, first) and not given:
        needed = {own[0] for own in valid.values() if len(own) == 1}
        chosen = {place: _unweighed(traced, valid[place], needed) for place in open_places}
        return Costs(chosen, {})
    own = dataclasses.replace(settings, sampler="pseudo", antithetic=False, progress=False)
    count = pilot_replications(budget, own, sum(costs.values()))
    alone = copy.copy(traced)
    alone.memory, alone.number, alone.views = FORGETFUL, 0, [alone]
    trials = {}
    for m, chosen in uniform.items():
        plan = make(alone, chosen, Budget(count, None, False), own)
        trials[m] = _tried(plan, own, chosen, costs[m], max(count, LEAST))
    best = _best(traced, list(trials.values()), first)
    tried = {
        place: {
            m.name: float(trial.variance[_component(traced, place)] * trial.cost)
            for m, trial in trials.items()
            if m in valid[place]
        }
        for place in open_places
    }
    return Costs({place: best[place] for place in open_places}, tried)


def _unweighed(traced: TracedModel, methods: Sequence[Method], needed: set[Method]) -> Method:
    """What is taken where a pilot would cost more than a tenth of the run: scores, if they are
    valid and the first method costs much more and no other place needs it."""
    first, *_, last = methods
    dear = cost_of(first, traced, traced.slots) >= COSTLY and first not in needed
    return last if last.name == "lr" and dear else first


def _best(traced: TracedModel, trials: list[_Trial], first: Chosen) -> Chosen:
    """The first choice, unless another is clearly better; one that takes the best for each
    component is thought of too."""
    reference = next((t for t in trials if t.chosen == first), trials[0])
    least = _value(reference._replace(doubt=np.ones_like(reference.doubt))) + math.log(CLEARLY)
    places = {place: _component(traced, place) for place in first}
    for size in range(1, len(trials) + 1):
        for some in itertools.combinations(trials, size):
            of = np.argmin([t.variance * t.doubt for t in some], axis=0)
            chosen = {place: some[of[k]].chosen[place] for place, k in places.items()}
            components = np.arange(len(of))
            mixed = _Trial(
                chosen,
                _cost(traced, chosen),
                np.array([t.variance for t in some])[of, components],
                np.array([t.doubt for t in some])[of, components],
            )
            if (value := _value(mixed)) < least:
                reference, least = mixed, value
    return reference.chosen


def _component(traced: TracedModel, place: str) -> int:
    """The component of θ that moves a place most."""
    slot = next(slot for slot in traced.slots if slot.place == place)
    return int(np.argmax(np.abs(slot.tangent)))


def _cost(traced: TracedModel, chosen: Chosen) -> float:
    """Simulations of one replication."""
    groups: dict[Method, list[Slot]] = {}
    for slot in traced.slots:
        groups.setdefault(chosen[slot.place], []).append(slot)
    return 1.0 + sum(cost_of(m, traced, slots) - 1.0 for m, slots in groups.items())


def _value(trial: _Trial) -> float:
    """The logarithm of variance (in the geometric mean over components) × simulations."""
    moving = trial.variance > 0.0
    logs = np.log(np.where(moving, trial.variance * trial.doubt, NOTHING))
    return math.log(trial.cost) + float(np.mean(logs))


def _tried(plan: Plan, settings: Settings, chosen: Chosen, cost: float, count: int) -> _Trial:
    """Variances of the gradient with these methods."""
    moments = Moments(np.zeros((4, plan.outputs)))
    make_replications(plan, settings, PILOT, 0, count, moments.total)
    variance = moments.variance[1:]
    if any(m.name == "lr" for m in chosen.values()):
        # a product with a score that does not vary has seen nothing yet
        variance = np.where(variance > 0.0, variance, np.inf)
    doubt = 1.0 + 3.0 / np.sqrt(np.nan_to_num(moments.effective[1:], nan=count))
    return _Trial(chosen, cost, variance, doubt)
