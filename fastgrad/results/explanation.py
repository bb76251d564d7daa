"""Which method is valid where, and why: asked of the same checks that the runs obey."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from ..core.run import Budget
from ..core.theta import Theta
from ..core.traced_model import Slot, TracedModel
from ..methods import METHODS, Method, Verdict
from ..methods.auto import PREFERENCE, Auto, choose, choose_second
from ..methods.by_cost import Costs
from ..methods.differences import Differences
from ..models.model import Model
from ..settings import checked_settings
from .labels import labelled
from .shown import Shown
from .text_table import Column, text_table

NOWHERE = "(deterministic)"  # a component of θ that no input and no structure depends on


NONE = Costs({}, {})


class Entry(NamedTuple):
    """What one method can do about one component of θ in one place of the model."""

    parameter: str
    place: str
    method: str
    valid: bool
    unbiased: bool
    reason: str


COLUMNS = [
    Column("place", "place", right=False),
    Column("method", "method", right=False),
    Column("valid", "valid", right=False),
    Column("unbiased", "unbiased", right=False),
    Column("reason", "reason", right=False),
]


@dataclasses.dataclass(frozen=True)
class Explanation(Shown):
    """Per component of θ, place of the model and method: valid? unbiased? why?

    Attributes
    ----------
    theta : float, array or dict
    entries : tuple of Entry
        Fields parameter, place, method, valid, unbiased, reason.
    recommended : dict of str to str or None
        For each component of θ the method to use; None if E[Y] has no derivative there.
    """

    COLUMNS: ClassVar[list[Column]] = COLUMNS
    theta: Any
    entries: tuple[Entry, ...]
    recommended: dict[str, str | None]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, lists and dicts, for JSON."""
        theta = self.theta.tolist() if hasattr(self.theta, "tolist") else self.theta
        return {
            "theta": theta,
            "recommended": dict(self.recommended),
            "entries": self.rows(),
        }

    def __repr__(self) -> str:
        return f"Explanation(recommended={self.recommended})"

    def __str__(self) -> str:
        lines = []
        for alike in self.groups():
            table = text_table(self.table_rows(alike[0]), COLUMNS)
            lines += [self.heading(alike), *table, ""]
        return "\n".join(lines[:-1])

    def heading(self, alike: list[str]) -> str:
        """Which components of θ, and the method to use for them."""
        method = self.recommended[alike[0]]
        use = f"use {method!r}" if method else "no method gives its gradient"
        return f"{_listed(alike)}: {use}"

    def groups(self) -> list[list[str]]:
        """Components of θ about which the same is said, but for the names of their places."""
        found: dict[Any, list[str]] = {}
        for parameter, method in self.recommended.items():
            rows = self.table_rows(parameter)
            places = list(dict.fromkeys(row["place"] for row in rows))
            said = [
                (places.index(r["place"]), r["method"], r["valid"], r["unbiased"],
                 r["reason"].replace(r["place"], "…")) for r in rows
            ]  # fmt: skip
            found.setdefault((method, tuple(said)), []).append(parameter)
        return list(found.values())

    def rows(self) -> list[dict[str, Any]]:
        """The entries as dicts of plain values."""
        return [entry._asdict() for entry in self.entries]

    def table_rows(self, parameter: str) -> list[dict[str, str]]:
        """The rows of one component's printed table."""
        words = {True: "yes", False: "no"}
        return [
            entry._asdict() | {"valid": words[entry.valid], "unbiased": words[entry.unbiased]}
            for entry in self.entries
            if entry.parameter == parameter
        ]


def _listed(names: list[str]) -> str:
    """All names, or the first and the last of many."""
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]} ({len(names)} alike; the first is shown)"


def explain(
    build: Callable[[Any], Model],
    at: Any,
    methods: Sequence[Any] | None = None,
    *,
    order: int = 1,
    replications: int = 100_000,
    seed: int = 0,
) -> Explanation:
    """Say for each component of θ which method is valid and unbiased, and which to use.

    Recommended is what "auto" takes everywhere the component stands, "auto" where that is not
    the same in all places, and otherwise central differences. Nothing is simulated but the
    pilots of a user's function, whose methods are weighed by variance × simulations where IPA
    is not valid. Where there are several outputs, places have the output in front, and what is
    recommended is so for all of them.

    Parameters
    ----------
    build, at
        As for `gradient`.
    methods : sequence of str or Method, optional
        All by default.
    order : {1, 2}
        2 asks about second derivatives.
    replications, seed : int
        Of the run that is thought of: pilots are in proportion, as those of `gradient` are.

    Returns
    -------
    Explanation

    Raises
    ------
    TypeError, ValueError
        For a `build`, a θ, a method or an order that is none.
    """
    budget = Budget(replications, None, False)
    traced = TracedModel(build, Theta(at), order, planned=budget.planned, several=True)
    chosen = labelled(list(METHODS) if methods is None else methods)
    first = order == 1 and METHODS["auto"].refusal(traced) is None
    settings = checked_settings(seed, {})
    costs = [Auto.costs(view, budget, settings) if first else NONE for view in traced.views]
    entries = [
        Entry(name, place, label, *verdict)
        for i, name in enumerate(traced.theta.names)
        for place, label, verdict in _verdicts(traced, i, chosen, order, costs)
    ]
    recommended = {
        name: _recommended(traced, i, order, costs) for i, name in enumerate(traced.theta.names)
    }
    return Explanation(traced.theta.shaped(traced.theta.vector), tuple(entries), recommended)


def _verdicts(
    traced: TracedModel, component: int, methods: dict[str, Method], order: int, costs: list[Costs]
) -> Iterator[tuple[str, str, Verdict]]:
    found = [(view, slot) for view in traced.views for slot in view.slots_of(component)]
    if not found:
        for label, method in methods.items():
            yield NOWHERE, label, nowhere(method)
    for view, slot in found:
        place = slot.place
        if traced.names is not None:  # of several outputs, or of a ratio
            place = f"{traced.names[view.number]}: {place}"
        for label, method in methods.items():
            verdict = judge(method, view, slot, order)
            yield place, label, _weighed(method, slot, verdict, costs[view.number])


def _weighed(method: Method, slot: Slot, verdict: Verdict, costs: Costs) -> Verdict:
    """What "auto" takes, and what it weighed."""
    if slot.place not in costs.methods or not isinstance(method, Auto):
        return verdict
    name = costs.methods[slot.place].name
    tried = sorted(costs.tried.get(slot.place, {}).items(), key=lambda entry: entry[1])
    numbers = ", ".join(f"{name} {value:.2g}" for name, value in tried)
    why = f"variance × simulations: {numbers}" if tried else "too few replications for a pilot"
    return verdict._replace(reason=f"uses {name}; {why}")


def nowhere(method: Method) -> Verdict:
    """The verdict on a component of θ that only scales or shifts the output."""
    if isinstance(method, Differences):
        return Verdict(True, False, "the bias vanishes with the step, not at any given step")
    return Verdict(True, True, "stands in no input or structure: its derivative is exact")


def judge(method: Method, traced: TracedModel, slot: Slot, order: int = 1) -> Verdict:
    """The method's verdict, and the model's: nothing is valid where E[Y] has a kink."""
    if order == 2:
        return _judge_second(method, traced, slot)
    verdict = method.check(traced, slot)
    refusal = method.refusal(traced, [slot])
    if refusal is None or not verdict.valid:
        return verdict
    return Verdict(False, False, refusal)


def _judge_second(method: Method, traced: TracedModel, slot: Slot) -> Verdict:
    """The verdict on all second derivatives in one place, those with its neighbours included."""
    others = [s for s in traced.slots if s.which == slot.which and s.place != slot.place]
    for other in [slot, *others]:
        group = [s for s in traced.slots if s.place in (slot.place, other.place)]
        refusal = method.refusal(traced, group, order=2)
        if refusal is not None:
            return Verdict(False, False, refusal)
    return Verdict(True, True, method.second_reason or "uses a method that is valid")


def _recommended(traced: TracedModel, component: int, order: int, costs: list[Costs]) -> str | None:
    """For all outputs together."""
    if order == 2:  # one method for all places, where there is one: second derivatives mix them
        found = [_recommended_second(view) for view in traced.views]
        return found[0] if len(set(found)) == 1 else None if None in found else "auto"
    used = {
        costs[view.number].methods.get(slot.place) or choose(view, slot)
        for view in traced.views
        for slot in view.slots_of(component)
        if costs[view.number].methods
    }
    best = [METHODS["auto"]] if len(used) > 1 else [method for method in used if method]
    for method in [*best, *PREFERENCE, METHODS["auto"], METHODS["cd"]]:
        if all(method.refusal(view, view.slots_of(component)) is None for view in traced.views):
            return method.name
    return None


def _recommended_second(view: TracedModel) -> str | None:
    chosen = choose_second(view, view.slots) or METHODS["auto"]
    return chosen.name if chosen.refusal(view, order=2) is None else None
