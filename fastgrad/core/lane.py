"""One pathwise plan, moved from θ to θ without being made again.

An optimiser asks for the same estimator at 100,000 values of θ. From one to the next only the
values of parameters and their derivatives by θ change; addresses, layouts and checks do not. What
is left costs 20 µs for a queue, where a plan from scratch costs 100.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels.estimators.loop import Replications
from ..kernels.estimators.moments import merge_leaves
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.estimators.problem import Chain, Run
from ..models.model import Input, Model
from ..settings import Settings
from .engine import Moments, Plan
from .launch import launch, resolved
from .parts import deterministic_parts
from .run import Outcome
from .theta import Theta
from .tilt import NO_RATIO
from .traced_model import TracedModel
from .tracer import Traced, tangent_of, value_of

MOST_LEAVES = 16  # more are a run of their own, watched and in chunks
NO_POINTS = np.empty((0, 0))


class Lane:
    """The plan of a derivative along the path, and how θ stands in it."""

    def __init__(self, build: Callable[[Any], Model], traced: TracedModel, plan: Plan) -> None:
        self.build = build
        self.model = traced.model
        self.facts = _facts(traced.model, traced.inputs)
        self.replications = Replications(resolved(plan.problem), resolved(plan.chunk(0, 1)[0]))
        self.leaf, self.outputs = plan.leaf, plan.outputs
        self.chain = plan.chain
        outputs = np.arange(len(plan.chain.measure)) - 1  # E[Y] is the first, without entries
        self.output = np.repeat(outputs, np.diff(plan.chain.start))
        given = _arguments(traced.model, traced.inputs)
        self.traced = [i for i, x in enumerate(given) if isinstance(x, Traced)]
        self.parameters = sum(len(entry.distribution.parameters) for entry in traced.inputs)

    @staticmethod
    def of(build: Callable[[Any], Model], traced: TracedModel, plan: Plan) -> Lane | None:
        """A lane for this plan; None with tables, or without a pathwise record."""
        record = plan.chunk(0, 1)[0]
        if type(record) is not Pathwise or len(record.slopes) > 1:
            return None
        if any(table is not None for table in traced.tables()):
            return None
        lane = Lane(build, traced, plan)
        return lane if len(lane.traced) == len(traced.slots) else None

    def takes(self, count: int, settings: Settings) -> bool:
        """Whether a run of so many replications needs no watching, chunks or points."""
        samples = count // 2 if settings.antithetic else count
        plain = settings.executor is None and settings.sampler == "pseudo" and not settings.progress
        plain = plain and not settings.covariance and not (settings.controls or settings.importance)
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
            settings.key, first, samples, self.leaf, settings.antithetic, NO_POINTS, NO_RATIO,
            parameters, structure,
        )  # fmt: skip
        found, none = np.empty((leaves, 3, self.outputs)), np.empty((0, 0, 0))
        threads = settings.workers if leaves > 1 else 1
        launch(self.replications, run, chain, threads, found, none)
        total = np.zeros((4, self.outputs))
        if leaves == 1:  # what merging into nothing gives, 2 µs earlier
            total[0] = samples
            total[1:] = found[0]
            return Outcome(Moments(total), unit, 0.0)
        counts = np.full(leaves, float(self.leaf))
        counts[-1] = samples - (leaves - 1) * self.leaf
        merge_leaves(counts, found, none, total, np.empty((0, 0)))
        return Outcome(Moments(total), unit, 0.0)

    def _moved(self, at: Theta) -> tuple[Chain, np.ndarray, np.ndarray] | None:
        """Chain, parameters and structure at θ; None if the model is another one there."""
        model, scale, shift = deterministic_parts(self.build(at.traced()))
        inputs = model.inputs()
        if type(model) is not type(self.model) or _facts(model, inputs) != self.facts:
            return None
        arguments = _arguments(model, inputs)
        values, where, tangents = [], [], []
        for place, x in enumerate(arguments):
            if isinstance(x, Traced):
                values.append(value_of(x))
                where.append(place)
                tangents.append(x.tangent)
            else:
                values.append(x)
        if where != self.traced:
            return None
        numbers = np.array(values, dtype=float)
        factor, old = float(value_of(scale)), self.chain
        components = len(at.vector)
        chain = Chain(
            old.slots, old.start, old.slot,
            factor * np.array(tangents).reshape(-1, components)[old.slot, self.output],
            old.measure,
            np.array([factor, *tangent_of(scale, components)]),
            np.array([float(value_of(shift)), *tangent_of(shift, components)]),
        )  # fmt: skip
        split = self.parameters
        return chain, numbers[:split].reshape(1, -1, 1), numbers[split:].reshape(1, -1, 1)


def _arguments(model: Model, inputs: list[Input]) -> list[Any]:
    """Parameters of all distributions, then the model's own."""
    given = [x for entry in inputs for x in entry.distribution.parameters]
    return [*given, *model.structure().values()]


def _facts(model: Model, inputs: list[Input]) -> tuple:
    """What the kernels know of a model beside the values of its parameters."""
    return (
        model.counts().tobytes(),
        [(entry.draws, entry.distribution.kind) for entry in inputs],
        model.operation("simulate"),
        model.operation("pathwise"),
        model.functions(),
    )
