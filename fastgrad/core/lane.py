"""One pathwise plan, moved from θ to θ without being made again.

An optimiser asks for the same estimator at 100,000 values of θ. From one to the next only the
values of parameters and their derivatives by θ change; addresses, layouts and checks do not. What
is left costs 20 µs for a queue, where a plan from scratch costs 100.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels.estimators.moments import merge_leaves
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.estimators.problem import Chain, Run
from ..models.model import Model
from ..settings import Settings
from .engine import Moments, Plan, launch, resolved
from .run import Outcome
from .study import Study, deterministic_parts
from .theta import Theta
from .tracer import Traced, tangent_of, value_of

MOST_LEAVES = 16  # more are a run of their own, watched and in chunks
NO_POINTS = np.empty((0, 0))


class Lane:
    """The plan of a derivative along the path, and how θ stands in it."""

    def __init__(self, build: Callable[[Any], Model], study: Study, plan: Plan) -> None:
        self.build = build
        self.model = study.model
        self.facts = _facts(study.model)
        self.problem = resolved(plan.problem)
        self.method = resolved(plan.chunk(0, 1)[0])
        self.leaf, self.outputs = plan.leaf, plan.outputs
        self.chain = plan.chain
        outputs = np.arange(len(plan.chain.measure)) - 1  # E[Y] is the first, without entries
        self.output = np.repeat(outputs, np.diff(plan.chain.start))
        self.traced = [i for i, x in enumerate(_arguments(study.model)) if isinstance(x, Traced)]
        self.parameters = sum(len(entry.distribution.parameters) for entry in study.inputs)

    @staticmethod
    def of(build: Callable[[Any], Model], study: Study, plan: Plan) -> Lane | None:
        """A lane for this plan; None with tables, or without a pathwise record."""
        record = plan.chunk(0, 1)[0]
        if type(record) is not Pathwise or len(record.slopes) > 1:
            return None
        if any(table is not None for table in study.tables()):
            return None
        lane = Lane(build, study, plan)
        return lane if len(lane.traced) == len(study.slots) else None

    def takes(self, count: int, settings: Settings) -> bool:
        """Whether a run of so many replications needs no watching, chunks or points."""
        samples = count // 2 if settings.antithetic else count
        plain = settings.executor is None and settings.sampler == "pseudo" and not settings.progress
        plain = plain and not settings.covariance
        return plain and 1 <= samples <= MOST_LEAVES * self.leaf

    def outcome(self, at: Theta, count: int, settings: Settings, first: int) -> Outcome | None:
        """Of `count` replications; None where the model is another one at θ."""
        unit = 2 if settings.antithetic else 1
        samples = -(-count // unit)
        leaves = -(-samples // self.leaf)
        moved = self._moved(at)
        if moved is None:
            return None
        chain, parameters, structure = moved
        run = Run(
            settings.key, first, samples, self.leaf, settings.antithetic, NO_POINTS,
            parameters, structure,
        )  # fmt: skip
        found, none = np.empty((leaves, 3, self.outputs)), np.empty((0, 0, 0))
        threads = settings.workers if leaves > 1 else 1
        launch((self.problem, run, chain, self.method), threads, found, none)
        counts = np.full(leaves, float(self.leaf))
        counts[-1] = samples - (leaves - 1) * self.leaf
        total = np.zeros((4, self.outputs))
        merge_leaves(counts, found, none, total, np.empty((0, 0)))
        return Outcome(Moments(total), unit, 0.0)

    def _moved(self, at: Theta) -> tuple[Chain, np.ndarray, np.ndarray] | None:
        """Chain, parameters and structure at θ; None if the model is another one there."""
        model, scale, shift = deterministic_parts(self.build(at.traced()))
        if type(model) is not type(self.model) or _facts(model) != self.facts:
            return None
        arguments = _arguments(model)
        slots = [x for x in arguments if isinstance(x, Traced)]
        if [i for i, x in enumerate(arguments) if isinstance(x, Traced)] != self.traced:
            return None
        values = np.array([value_of(x) for x in arguments], dtype=float)[:, None]
        components = len(at.vector)
        factor = float(value_of(scale))
        tangent = np.array([x.tangent for x in slots]).reshape(-1, components)
        old = self.chain
        weights = factor * tangent[old.slot, self.output]
        chain = Chain(
            old.slots, old.start, old.slot, weights, old.measure,
            np.array([factor, *tangent_of(scale, components)]),
            np.array([float(value_of(shift)), *tangent_of(shift, components)]),
        )  # fmt: skip
        split = self.parameters
        return chain, values[None, :split], values[None, split:]


def _arguments(model: Model) -> list[Any]:
    """Parameters of all distributions, then the model's own."""
    given = [x for entry in model.inputs() for x in entry.distribution.parameters]
    return [*given, *model.structure().values()]


def _facts(model: Model) -> tuple:
    """What the kernels know of a model beside the values of its parameters."""
    return (
        model.counts().tobytes(),
        [(entry.draws, entry.distribution.kind) for entry in model.inputs()],
        model.operation("simulate"),
        model.operation("pathwise"),
        model.functions(),
    )
