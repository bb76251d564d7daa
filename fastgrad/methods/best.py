"""The best linear combination of several unbiased estimators on the same replications."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.chains import stacked
from ..core.engine import Moments, Plan, make_replications
from ..core.run import Budget
from ..core.shared import share
from ..core.traced_model import Slot, TracedModel
from ..errors import SeveralOutputs
from ..kernels.estimators.problem import Chain
from ..kernels.random.philox import PILOT
from ..settings import Settings
from ..user.described import Described
from . import causal, ratio
from .by_cost import cost_of
from .ipa import IPA
from .likelihood_ratio import LikelihoodRatio, best_baseline, score
from .method import Method, Verdict
from .phantoms import all_phantoms, constants
from .pilots import pilot_replications
from .plans import fixed_plan
from .push_out import mixed, pushed_out
from .spa import SPA, smoothed
from .weak_derivative import WeakDerivative

KINDS: dict[str, Method] = {m.name: m for m in (IPA(), SPA(), WeakDerivative(), LikelihoodRatio())}
SHORTENED = 2.5  # simulations that phantoms cost where each ends at the nominal path (queues)
ROUNDING = 1e-10  # of a variance: combinations below it are not told from rounding
CLEARLY = 0.98  # a combination must be so much better on the pilot than its best part


@dataclasses.dataclass(frozen=True)
class Best(Method):
    """The linear combination of several unbiased estimators that is best for the time it takes.

    Estimates dE[Y]/dθ_k by Σ_m w_mk D_mk with Σ_m w_mk = 1, all parts D_m on the same
    replications. Their joint covariance C_k, from a pilot of other replications, gives the
    weights C_k⁻¹ 1 / (1ᵀ C_k⁻¹ 1), which are fixed numbers in the run: it stays unbiased. Of all
    subsets of the parts that one is taken whose variance × simulations is least (in the
    geometric mean over the components of θ): a part that costs more than it saves is left out,
    and one that is best alone runs alone, bit for bit as by its own name.

    Parameters
    ----------
    parts : sequence of str, optional
        Of "ipa", "spa", "wd", "lr". By default all that are valid for every place of θ; those
        that are named must be.
    time : bool
        Whether simulations count; False for the least variance per replication.
    """

    parts: Sequence[str] | None = None
    time: bool = True
    name = "best"

    def __post_init__(self) -> None:
        if not isinstance(self.time, bool):
            raise TypeError(f"Best: time must be True or False, got {self.time!r}")
        if self.parts is None:
            return
        given = [self.parts] if isinstance(self.parts, (str, Method)) else list(self.parts)
        names = tuple(part.name if isinstance(part, Method) else part for part in given)
        for part, name in zip(given, names, strict=True):
            if name not in KINDS or (isinstance(part, Method) and part != KINDS[name]):
                known = ", ".join(map(repr, KINDS))
                raise ValueError(f"Best: parts must be of {known}, got {part!r}")
        if not names or len(set(names)) < len(names):
            raise ValueError(f"Best: parts must be one or more, each once, got {self.parts!r}")
        object.__setattr__(self, "parts", names)

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid where its parts are (one of them, if none are named)."""
        verdicts = {name: _verdict(name, traced, slot) for name in self.parts or KINDS}
        refused = [f"{name}: {v.reason}" for name, v in verdicts.items() if not v.valid]
        valid = not refused if self.parts else len(refused) < len(verdicts)
        if not valid:
            return Verdict(False, False, refused[0])
        names = ", ".join(name for name, v in verdicts.items() if v.valid)
        return Verdict(True, True, f"a combination of {names}, all unbiased")

    def refusal(
        self, traced: TracedModel, slots: list[Slot] | None = None, order: int = 1
    ) -> str | None:
        """As for every method, and that one part is valid everywhere."""
        found = super().refusal(traced, slots, order)
        if found is None and traced.slots and not self._valid(traced):
            return "no one of its parts is valid for every place of θ ('auto' mixes them by place)"
        return found

    def _valid(self, traced: TracedModel) -> list[str]:
        return [
            name
            for name in self.parts or KINDS
            if all(_verdict(name, view, s).valid for view in traced.views for s in view.slots)
        ]

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """A pilot of all parts together, then those that are worth their time."""
        if traced.names is not None and traced.measures > 1:
            raise SeveralOutputs(traced.names, traced.model.cure_of_several(traced.names[0]))
        names = self._valid(traced)
        if len(names) < 2 or not traced.slots:
            return _alone((names or ["ipa"])[0], traced, budget, settings)
        everything = _Parts(traced, names, budget, settings)
        weights = everything.weights(self.time, budget, settings)
        used = [name for name, w in zip(names, weights, strict=True) if w.any()]
        if len(used) == 1:
            return _alone(used[0], traced, budget, settings)
        chosen = _Parts(traced, used, budget, settings)
        kept = weights[[names.index(name) for name in used]]
        shown = {name: traced.theta.shaped(w) for name, w in zip(used, kept, strict=True)}
        return fixed_plan(traced, chosen.combined(kept), chosen.record), {"weights": shown}


def _alone(
    name: str, traced: TracedModel, budget: Budget, settings: Settings
) -> tuple[Plan, dict[str, Any]]:
    plan, told = KINDS[name].plan(traced, budget, settings)
    return plan, {**told, "weights": {name: traced.theta.shaped(np.ones(traced.components))}}


def _verdict(name: str, traced: TracedModel, slot: Slot) -> Verdict:
    """Whether a part is valid, on the same replications as others."""
    own = "it has a plan of its own, which is not combined with others"
    if name == "spa" and SPA().smoothing_refusal(traced, slot) is not None:
        return Verdict(False, False, SPA().smoothing_refusal(traced, slot) or own)
    if name == "lr" and (
        causal.is_causal(traced)
        or ratio.has_ratio(traced, slot)
        or LikelihoodRatio().absorbs(traced, [slot])
    ):
        return Verdict(False, False, own)
    return KINDS[name].check(traced, slot)


class _Parts:
    """Several estimators of the whole gradient in one record, on common replications."""

    def __init__(
        self, traced: TracedModel, names: Sequence[str], budget: Budget, settings: Settings
    ) -> None:
        self.traced, self.names = traced, names
        slots, along = traced.slots, []
        if "ipa" in names:
            along += [("ipa", slot) for slot in slots]
        moved: dict[str, list[Slot]] = {"wd": [], "lr": []}
        for name in moved:
            if name in names:
                followed, moved[name] = pushed_out(traced, slots, KINDS[name])
                along += [(name, slot) for slot in followed]
        along.sort(key=lambda entry: entry[1].which if entry[1].which >= 0 else np.inf)
        smooth = slots if "spa" in names else []
        baseline = best_baseline(traced, moved["lr"], budget, settings)
        self.record = mixed(
            traced,
            [slot for _, slot in along],
            smoothed(traced, share(traced, [smooth]), SPA()),
            all_phantoms(traced, moved["wd"], "natural"),
            score(traced, moved["lr"], baseline),
        )
        kinds = (("spa", smooth), ("wd", moved["wd"]), ("lr", moved["lr"]))
        self.entries = [*along, *((name, slot) for name, own in kinds for slot in own)]
        followed_by_wd = constants(traced, moved["wd"], "natural")
        self.factors = np.ones(len(self.entries))
        first = len(along) + len(smooth)
        self.factors[first : first + len(followed_by_wd)] = followed_by_wd
        self.part = np.array([list(names).index(name) for name, _ in self.entries])

    def cost(self, name: str) -> float:
        """Simulations of one replication: counted, so that a choice is the same everywhere."""
        if isinstance(self.traced.model, Described):
            return cost_of(KINDS[name], self.traced, self.traced.slots)
        return SHORTENED if name == "wd" else 1.0

    def chain(self, part: int) -> Chain:
        """To Y and its gradient by one part alone."""
        factors = np.where(self.part == part, self.factors, 0.0)
        return self.traced.chain([slot for _, slot in self.entries], factors.tolist())

    def combined(self, weights: np.ndarray) -> Chain:
        """To Y and the combination: weights (parts, components)."""
        slots = [slot for _, slot in self.entries]
        chain = self.traced.chain(slots, self.factors.tolist())
        component = np.repeat(np.arange(len(chain.measure)), np.diff(chain.start)) - 1
        return chain._replace(value=chain.value * weights[self.part[chain.slot], component])

    def weights(self, time: bool, budget: Budget, settings: Settings) -> np.ndarray:
        """(parts, components), 0 for parts that are not worth their time."""

        def find() -> np.ndarray:
            parts = len(self.names)
            own = dataclasses.replace(settings, sampler="pseudo", antithetic=False, progress=False)
            alike = [np.arange(len(self.entries))] * parts
            chain = stacked([self.chain(p) for p in range(parts)], alike, len(self.entries))
            plan = fixed_plan(
                self.traced, chain._replace(measure=np.zeros_like(chain.measure)), self.record
            )
            moments = Moments(np.zeros((4, plan.outputs)), np.zeros((plan.outputs, plan.outputs)))
            cost = sum(map(self.cost, self.names))
            count = pilot_replications(budget, own, 2.0 * cost)
            make_replications(plan, own, PILOT, 0, count, moments.total, products=moments.products)
            assert moments.covariance is not None
            d = self.traced.components
            table = moments.covariance.reshape(parts, 1 + d, parts, 1 + d)[:, 1:, :, 1:]
            found = np.stack([table[:, k, :, k] for k in range(d)])
            costs = [self.cost(name) for name in self.names] if time else None
            return best_weights(found, costs)

        made: np.ndarray = self.traced.memory.pilot(("best", time, tuple(self.names)), find)
        return made


def best_weights(covariances: np.ndarray, costs: Sequence[float] | None) -> np.ndarray:
    """The weights of the subset of parts with the least variance × cost.

    Parameters
    ----------
    covariances : array of shape (components, parts, parts)
    costs : (parts,) or None
        None for the least variance alone.

    Returns
    -------
    array of shape (parts, components)
    """
    parts = covariances.shape[1]
    moving = [c for c in covariances if np.trace(c) > 0.0]
    best = np.inf
    chosen: tuple[int, ...] = (0,)
    for size in range(1, parts + 1):
        for subset in itertools.combinations(range(parts), size):
            cost = 1.0 if costs is None else float(sum(costs[m] for m in subset))
            logs = [np.log(max(_least(c, subset)[1], 1e-300)) for c in moving]
            value = np.log(cost) + (float(np.mean(logs)) if logs else 0.0)
            if value < best + (np.log(CLEARLY) if size > 1 else 0.0):
                best, chosen = value, subset
    weights = np.zeros((parts, len(covariances)))
    for k, covariance in enumerate(covariances):
        weights[list(chosen), k] = _least(covariance, chosen)[0]
    return weights


def _least(covariance: np.ndarray, subset: Sequence[int]) -> tuple[np.ndarray, float]:
    """Weights of least variance of some parts, and that variance."""
    c = covariance[np.ix_(subset, subset)]
    size = np.trace(c) / len(subset)
    if size == 0.0:
        return np.full(len(subset), 1.0 / len(subset)), 0.0
    solved = np.linalg.solve(c + ROUNDING * size * np.eye(len(subset)), np.ones(len(subset)))
    weights = solved / solved.sum()
    return weights, float(weights @ c @ weights)
