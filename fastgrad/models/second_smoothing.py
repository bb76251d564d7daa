"""What a model gives to smooth second derivatives, and what its inputs must have for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..distributions.families import Distribution
from ..kernels.jit.compile import Operation
from ..kernels.models.network import second as network_second
from ..kernels.models.network import tail_second as network_tail_second
from ..kernels.models.queue import single_server_second as single_server_queue_second
from .model import Model


class SecondSmoothing(NamedTuple):
    """What `fastgrad.methods.second_spa` is told by a model.

    operation: `second_smoothed`; numbers and functions: what it reads and calls beyond what all
    models do; work: its rows of scratch; moved: whether it reads parameters that are moved
    (for functions at points) instead of second derivatives of variates
    """

    operation: Operation
    numbers: list[int]
    functions: list[Operation | None]
    work: int
    moved: bool


def differentiable(
    model: Model, slots: list[Any], smoothed: list[Any], other: str | None = None
) -> str | None:
    """Why one of the slots lacks a derivative, or one of the smoothed a density or another
    function of its parameter, or None."""
    inputs = model.inputs()
    for slot in slots:
        if slot.which < 0:
            return f"{slot.place}: θ is an argument of the model, not of a distribution"
        distribution = inputs[slot.which].distribution
        if not distribution.has(f"derivative_{slot.parameter}"):
            return f"{slot.place}: {distribution.reason('derivative', slot.parameter)}"
        if slot.parameter.startswith("weights") and not distribution.by_point:
            return f"{slot.place}: the path's derivative jumps where the component changes"
    for slot in smoothed:
        distribution = inputs[slot.which].distribution
        if not smooth_at_points(distribution):
            name = type(distribution).__name__
            return f"{slot.place}: {name} has no density and derivative at a point"
        if other is not None and not distribution.has(f"{other}_{slot.parameter}"):
            return f"{slot.place}: {distribution.reason(other, slot.parameter)}"
    return None


def smooth_at_points(distribution: Distribution) -> bool:
    """Whether there is a density, and derivatives dX that follow from X alone: those of a
    mixture need to know the component."""
    return distribution.has("density") and distribution.by_point


def network(model: Any, slots: list[Any]) -> SecondSmoothing:
    """For an activity network: lengths and best arcs of every node, marks, and rows of slots."""
    nodes, arcs = len(model.network.nodes), len(model.arcs)
    if model.tail:
        work = 6 * nodes + arcs + len(slots) + 4
        return SecondSmoothing(network_tail_second.second_smoothed, [], [], work, True)
    work = 8 * nodes + arcs + 3 * len(slots) + 2
    return SecondSmoothing(network_second.second_smoothed, [], [], work, False)


def queue_smooths(model: Any, slots: list[Any]) -> int | None:
    """The input that is smoothed behind every customer: interarrival times, or else service."""
    for which, distribution in enumerate((model.interarrival, model.service)):
        stands = any(slot.which == which for slot in slots)
        if distribution.has("density") and (smooth_at_points(distribution) or not stands):
            return which
    return None


def queue(model: Any, slots: list[Any]) -> SecondSmoothing:
    """For the queue: what is smoothed, and where its parameters stand."""
    which = queue_smooths(model, slots)
    assert which is not None, "asked before"
    smoothed = (model.interarrival, model.service)[which]
    place = which * len(model.interarrival.parameters)
    count = len(slots)
    work = 4 + 2 * count + count * (count + 1) // 2 + 2 * model.served
    return SecondSmoothing(
        single_server_queue_second.second_smoothed,
        [which, place],
        [smoothed.operation("density")],
        work,
        False,
    )
