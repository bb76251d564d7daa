"""One pathwise plan, moved from θ to θ without being made again.

An optimiser asks for the same estimator at 100,000 values of θ. From one to the next only the
values of parameters and their derivatives by θ change; addresses, layouts and checks do not. What
is left costs 20 µs for a queue, where a plan from scratch costs 100.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels.estimators.loop import Replications, Results
from ..kernels.estimators.moments import merge_leaves
from ..kernels.estimators.pathwise import Pathwise
from ..kernels.estimators.problem import Chain, Run
from ..kernels.jit.records import Image
from ..models.model import Input, Model
from ..settings import Settings
from .engine import Moments, Plan
from .launch import launch, resolved
from .parts import deterministic_parts
from .replay import Replays, with_slopes
from .run import Outcome
from .theta import Theta
from .tilt import NO_RATIO
from .traced_model import TracedModel
from .tracer import Traced, tangent_of, value_of

MOST_LEAVES = 16  # more are a run of their own, watched and in chunks
MOST_REFUSED = 4  # values of θ in a row at which the model is another one
MOST_READY = 4  # seeds with a run that stands ready
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
        self._replays = Replays(build, self._symbols)
        self._ready: dict[tuple[int, bool], Standing] = {}
        self._busy = threading.Lock()
        self._asked: Settings | None = None
        self._plain = False
        self._refused = 0

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
        if settings is not self._asked:  # an optimiser has the same ones 100,000 times
            self._asked, self._plain = settings, _is_plain(settings)
        return self._plain and 1 <= samples <= MOST_LEAVES * self.leaf

    @property
    def is_left(self) -> bool:
        """Whether θ has moved to where the model is another one, and stays there."""
        return self._refused >= MOST_REFUSED

    def outcome(self, at: Theta, count: int, settings: Settings, first: int) -> Outcome | None:
        """Of `count` replications; None where the model is another one at θ."""
        unit = 2 if settings.antithetic else 1
        samples = -(-count // unit)
        total = self._short(at, samples, settings, first) if samples <= self.leaf else None
        if total is not None:
            return Outcome(Moments(total), unit, 0.0)
        moved = self._moved(at)
        self._refused = self._refused + 1 if moved is None else 0
        if moved is None:
            return None
        leaves = -(-samples // self.leaf)
        run = self._run(settings, first, samples, *moved[1:])
        found, none = np.empty((leaves, 3, self.outputs)), np.empty((0, 0, 0))
        threads = settings.workers if leaves > 1 else 1
        launch(self.replications, run, moved[0], threads, found, none)
        counts = np.full(leaves, float(self.leaf))
        counts[-1] = samples - (leaves - 1) * self.leaf
        total = np.zeros((4, self.outputs))
        merge_leaves(counts, found, none, total, np.empty((0, 0)))
        return Outcome(Moments(total), unit, 0.0)

    def _short(self, at: Theta, samples: int, settings: Settings, first: int) -> np.ndarray | None:
        """The moments of one leaf, where it stands ready and nobody else is at it."""
        if not self._busy.acquire(blocking=False):
            return None
        try:
            ready = self._ready.get((settings.key, settings.antithetic))
            if ready is None or not self._replays.fill(ready.memory, at):
                moved = self._moved(at)
                if moved is None:
                    return None
                ready = self._stand(settings, moved) if ready is None else ready
                ready.numbers[:] = right = _flat(*moved)
                self._replays.learn(at, right)
            return ready.moments(first, samples)
        finally:
            self._busy.release()

    def _stand(self, settings: Settings, moved: tuple[Chain, np.ndarray, np.ndarray]) -> Standing:
        """A run of one leaf that others with this seed are made in."""
        if len(self._ready) >= MOST_READY:
            self._ready.clear()
        run = self._run(settings, 0, 1, *moved[1:])
        made = Standing(self.replications, run, moved[0], self.outputs)
        self._ready[settings.key, settings.antithetic] = made
        return made

    def _run(
        self, settings: Settings, first: int, samples: int, parameters: np.ndarray,
        structure: np.ndarray,
    ) -> Run:  # fmt: skip
        return Run(
            settings.key, first, samples, self.leaf, settings.antithetic, NO_POINTS, NO_RATIO,
            parameters, structure,
        )  # fmt: skip

    def _moved(self, at: Theta) -> tuple[Chain, np.ndarray, np.ndarray] | None:
        """Chain, parameters and structure at θ; None if the model is another one there."""
        found = self._arguments_at(at.traced())
        if found is None:
            return None
        arguments, scale, shift = found
        numbers = np.array([value_of(x) for x in arguments], dtype=float)
        factor, old = float(value_of(scale)), self.chain
        components, split = len(at.vector), self.parameters
        tangents = np.array([arguments[k].tangent for k in self.traced]).reshape(-1, components)
        picked = tangents[old.slot, self.output]
        if np.count_nonzero(tangents) > np.count_nonzero(picked):
            return None  # θ moves what it did not where the plan was made
        chain = Chain(
            old.slots, old.start, old.slot, factor * picked, old.measure,
            np.array([factor, *tangent_of(scale, components)]),
            np.array([float(value_of(shift)), *tangent_of(shift, components)]),
        )  # fmt: skip
        return chain, numbers[:split].reshape(1, -1, 1), numbers[split:].reshape(1, -1, 1)

    def _symbols(self, theta: Any) -> list[Any] | None:
        """`_flat` of the same, of numbers that need not be floats."""
        found = self._arguments_at(theta)
        if found is None:
            return None
        arguments, scale, shift = found
        numbers = [x.value if isinstance(x, Traced) else float(x) for x in arguments]
        tangents = [arguments[k].tangent.tolist() for k in self.traced]
        factor, picked = value_of(scale), []
        for slot, output in zip(self.chain.slot.tolist(), self.output.tolist(), strict=True):
            picked.append(factor * tangents[slot][output])
            tangents[slot][output] = 0.0
        if any(entry != 0.0 for row in tangents for entry in row):
            return None
        return [
            *numbers,
            *picked,
            *with_slopes(scale, self.outputs),
            *with_slopes(shift, self.outputs),
        ]

    def _arguments_at(self, theta: Any) -> tuple[list[Any], Any, Any] | None:
        """What the model is given at θ, its scale and shift; None if it is another one there."""
        model, scale, shift = deterministic_parts(self.build(theta))
        inputs = model.inputs()
        if type(model) is not type(self.model) or _facts(model, inputs) != self.facts:
            return None
        arguments = _arguments(model, inputs)
        where = [k for k, x in enumerate(arguments) if isinstance(x, Traced)]
        return (arguments, scale, shift) if where == self.traced else None


class Standing:
    """A run of one leaf laid out in memory, whose numbers are written over from θ to θ.

    numbers: as `_flat` makes them; memory: the same
    """

    def __init__(self, replications: Replications, run: Run, chain: Chain, outputs: int) -> None:
        self.numbers = _flat(chain, run.parameters, run.structure)
        self.memory = self.numbers.data
        ends = np.cumsum([run.parameters.size, run.structure.size, chain.value.size, outputs])
        parameters, structure, value, scale, shift = np.split(self.numbers, ends)
        self._run = Image(
            run._replace(
                parameters=parameters.reshape(run.parameters.shape),
                structure=structure.reshape(run.structure.shape),
            )
        )
        self._first, self._count = (
            self._run.type.place_of(Run._fields.index(name)) for name in ("replication", "count")
        )
        told = resolved(chain._replace(value=value, scale=scale, shift=shift))
        self._total = np.zeros((4, outputs))
        found = self._total[1:].reshape(1, 3, outputs)  # the leaf's moments are written in there
        results = Results(found, np.empty((0, 0, 0)))
        self._again = replications.standing(self._run, Image(told), Image(results))

    def moments(self, first: int, samples: int) -> np.ndarray:
        """(4, outputs) of these replications: what merging one leaf into nothing gives."""
        self._run.put(self._first, first)
        self._run.put(self._count, samples)
        self._again()
        total = self._total.copy()
        total[0] = samples
        return total


def _flat(chain: Chain, parameters: np.ndarray, structure: np.ndarray) -> np.ndarray:
    """All numbers of a run that change with θ."""
    return np.concatenate(
        [parameters.ravel(), structure.ravel(), chain.value, chain.scale, chain.shift]
    )


def _is_plain(settings: Settings) -> bool:
    """Whether a run by them is one of random numbers on this process's threads, and no more."""
    plain = settings.executor is None and settings.sampler == "pseudo" and not settings.progress
    return plain and not (settings.covariance or settings.controls or settings.importance)


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
