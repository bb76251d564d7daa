"""The likelihood ratio or score function method."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..core.chains import alike, unit_chain
from ..core.engine import Moments, Plan, make_replications
from ..core.run import Budget
from ..core.shared import chained, share, share_told
from ..core.traced_model import Slot, TracedModel
from ..kernels.estimators.likelihood_ratio import LikelihoodRatio as ScoreKernel
from ..kernels.estimators.problem import Chain
from ..kernels.estimators.second_score import SecondScore
from ..kernels.random.philox import PILOT
from ..settings import Settings
from . import causal, ratio
from .absorption import REASON, absorption, crowded, with_absorbed
from .method import Method, Verdict, each
from .phantoms import all_phantoms
from .pilots import pilot_replications
from .plans import fixed_plan, inputs_of, slot_pairs, taken_rows
from .push_out import check_way, mixed, pushed_out, pushed_verdict
from .rare_scores import seldom, vanished

PILOTS = 3  # for the three coefficients of a parabola
TOO_GOOD = 0.01  # of the variance with b = E[Y]: a sample of two values, where b is no constant


@dataclasses.dataclass(frozen=True)
class LikelihoodRatio(Method):
    """Likelihood ratio, or score function, method (Fu (2005), eq. 18 and 34).

    Estimates dE[Y]/dθ by (Y - b) Σ d ln f(X)/dθ. Unbiased when the support of the inputs
    does not depend on θ, whatever the output; its variance grows with the number of inputs
    that θ stands in. Costs one simulation.

    For a parameter of a user's function with one marked threshold on every path it is the
    generalised likelihood ratio: with h the margin and x the latest draw it depends on, of
    density f, v = -(∂h/∂θ)/(∂h/∂x) and the estimate is ∂Y/∂θ + v ∂Y/∂x + Y (∂v/∂x + v f'/f),
    unbiased if v f Y vanishes at the ends of the range of x. Costs three simulations.

    Any other parameter of a user's function is moved into the distribution of one draw, if the
    first draw of some input can absorb it: a spot price before exp(m + s z) shifts the first z.
    Then first and second derivatives of any function have scores. A pilot looks for such a
    draw.

    Parameters
    ----------
    baseline : bool or float
        True (the default) subtracts the constant b = E[Y S²]/E[S²] of least variance,
        estimated from a pilot of other replications, so that the estimate stays unbiased.
        False subtracts nothing; a number is used as it is.
    push_out : {None, "division", "subtraction"}
        How to push θ into the inputs where it is an argument of the model itself; by
        default the first way that is valid.
    """

    baseline: bool | float = True
    push_out: str | None = None
    name = "lr"
    second_reason = "the second scores are known, whatever the output does"

    def check(self, traced: TracedModel, slot: Slot) -> Verdict:
        """Valid for parameters of distributions whose support stays where it is."""
        if slot.which < 0:
            own = ratio.has_ratio(traced, slot)
            found = ratio.verdict(traced, slot) if own else pushed_verdict(traced, slot, self)
            if not found.valid and absorption(traced, slot) is not None:
                return Verdict(True, True, REASON)
            return found
        distribution = traced.inputs[slot.which].distribution
        if not distribution.has(f"score_{slot.parameter}"):
            return Verdict(False, False, distribution.reason("score", slot.parameter))
        edge = vanished(distribution, slot.parameter)
        if edge is not None:
            return Verdict(False, False, edge)
        return Verdict(True, True, "the support does not depend on θ, whatever the output does")

    def cautions(self, traced: TracedModel) -> Iterable[str]:
        """Scores that hang on outcomes too rare to be seen."""
        return seldom(traced, traced.slots)

    def __post_init__(self) -> None:
        number = isinstance(self.baseline, (bool, int, float, np.number))
        if not number or not np.isfinite(self.baseline):
            raise ValueError(
                f"baseline must be True, False or a finite number, got {self.baseline!r}"
            )
        check_way(self.push_out)

    def plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """A pilot for the baseline, then one pass."""
        if causal.is_causal(traced):
            return causal.plan(traced, self.baseline, budget, settings)
        traced = with_absorbed(traced, lambda view: self.absorbs(view, view.slots))
        divided = [ratio.divided(view, view.slots) for view in traced.views]
        pushed = [
            pushed_out(view, others, self)
            for view, (_, others) in zip(traced.views, divided, strict=True)
        ]
        own = share_told(traced, [mine for mine, _ in divided])
        along = share(traced, [moved for moved, _ in pushed])
        scored = share(traced, [slots for _, slots in pushed])
        if self.baseline is True:
            baseline = best_baseline(traced, scored.slots, budget, settings)
        else:
            baseline = np.full((traced.measures, len(scored.slots)), float(self.baseline))
        used = [
            {slot.place: float(b[at]) for slot, at in zip(slots, places, strict=True)}
            for slots, places, b in zip(scored.own, scored.places, baseline, strict=True)
        ]
        method: Any = score(traced, scored.slots, baseline)
        if along.slots or own.slots:
            weak = all_phantoms(traced, [], "natural")
            smooth = ratio.record(traced, own, self.baseline)
            method = mixed(traced, along.slots, smooth, weak, method)
        chain = chained(traced, [along, own, scored])
        return fixed_plan(traced, chain, method), {"baseline": each(used)}

    def absorbs(self, traced: TracedModel, slots: list[Slot]) -> list[Slot]:
        """Parameters of a user's function that only one draw's distribution can absorb."""
        return [
            slot
            for slot in slots
            if slot.which < 0
            and not (
                ratio.verdict(traced, slot).valid
                if ratio.has_ratio(traced, slot)
                else pushed_verdict(traced, slot, self).valid
            )
        ]

    def check_second(self, traced: TracedModel, slots: list[Slot]) -> str | None:
        """Second scores must be known for every pair of slots of one input."""
        inside = [slot for slot in slots if slot.which < 0]
        if any(absorption(traced, slot) is None for slot in inside):
            return "θ is an argument of the model, not of a distribution"
        if inside:
            if (refusal := crowded(traced, inside)) is not None:
                return refusal
            traced = with_absorbed(traced, lambda view: inside, order=2)
            slots = traced.slots
        for a, b in slot_pairs(slots):
            name = second_score_name(slots[a], slots[b])
            if name is not None:
                distribution = traced.inputs[slots[a].which].distribution
                if not distribution.has(name):
                    where = f"{slots[a].place} and {slots[b].place}"
                    reason = distribution.reason("second_score", name[len("second_score_") :])
                    return f"{where}: {reason}"
        return None

    def second_plan(
        self, traced: TracedModel, budget: Budget, settings: Settings
    ) -> tuple[Plan, dict[str, Any]]:
        """A pilot for the baseline, then one pass with all products of scores."""
        traced = with_absorbed(traced, lambda view: view.slots, order=2)
        slots = traced.slots
        pairs = slot_pairs(slots)
        chain = traced.second_chain(slots, pairs)

        def method(baseline: np.ndarray) -> Any:
            return second_score(traced, slots, pairs, baseline)

        baseline = np.full(traced.measures, float(self.baseline))
        if self.baseline is True:
            found = traced.memory.pilot(
                "second baseline",
                lambda: lowest_variance(traced, chain, method, budget, settings),
            )
            baseline = np.mean(found, axis=1) if found.size else np.zeros(traced.measures)
        used = [{"every place": float(b)} for b in baseline]
        return fixed_plan(traced, chain, method(baseline)), {"baseline": each(used)}


def best_baseline(
    traced: TracedModel, slots: list[Slot], budget: Budget, settings: Settings
) -> np.ndarray:
    """The baseline of least variance for each slot, (measures, slots), from a pilot run."""

    def find() -> np.ndarray:
        chain = alike(unit_chain(len(slots)), traced.measures)

        def method(b: np.ndarray) -> ScoreKernel:
            return score(traced, slots, np.repeat(b[:, None], len(slots), axis=1))

        return lowest_variance(traced, chain, method, budget, settings)

    places = tuple(slot.place for slot in slots)
    found: np.ndarray = traced.memory.pilot(("baseline", places), find)
    return found


@np.errstate(divide="ignore", invalid="ignore")  # a parabola that is flat has no lowest point
def lowest_variance(
    traced: TracedModel,
    chain: Chain,
    method: Callable[[np.ndarray], Any],
    budget: Budget,
    settings: Settings,
) -> np.ndarray:
    """The b of least variance for each derivative in the chain, (measures, derivatives);
    method(b) is linear in b, which has an entry for each measure.

    The variance of (Y - b) S is a parabola in b: three points on it give its lowest. Where Y
    showed two values, a b that makes (Y - b) S one number would leave no variance at all, and an
    interval of nothing (Binomial(5, .001): ± 5e-11 for ± 0.35): then b = E[Y].
    """
    samples = pilot_replications(budget, settings, PILOTS)
    settings = dataclasses.replace(settings, sampler="pseudo", progress=False)

    def pilot(b: np.ndarray) -> Moments:
        plan = fixed_plan(traced, chain, method(b))
        moments = Moments(np.zeros((3, plan.outputs)))
        make_replications(plan, settings, PILOT, 0, samples, moments.total)
        return moments

    def table(outputs: np.ndarray) -> np.ndarray:
        return outputs.reshape(traced.measures, -1)

    none = pilot(np.zeros(traced.measures))
    means = table(none.mean)[:, :1]
    step = np.where(means == 0.0, 1.0, means)
    found = (none, pilot(step[:, 0]), pilot(2.0 * step[:, 0]))
    v0, v1, v2 = (table(m.variance)[:, 1:] for m in found)
    curvature = v0 - 2.0 * v1 + v2
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = 0.5 * step * (3.0 * v0 - 4.0 * v1 + v2) / curvature
    half = 0.5 * curvature / step**2
    least = v0 - half * lowest**2
    plain = least + half * (means - lowest) ** 2
    lowest = np.where(least < TOO_GOOD * plain, means, lowest)
    return np.where(curvature > 0.0, lowest, 0.0)


def score(traced: TracedModel, slots: list[Slot], baseline: np.ndarray) -> ScoreKernel:
    """The kernel's record for these slots."""
    return ScoreKernel(
        which=inputs_of(slots),
        score=tuple(
            traced.inputs[s.which].distribution.operation(f"score_{s.parameter}") for s in slots
        ),
        baseline=baseline,
        taken=taken_rows(traced, slots),
    )


def second_score_name(first: Slot, second: Slot) -> str | None:
    """The kernel's function ∂² ln f/∂a∂b; None for slots of different inputs."""
    if first.which != second.which:
        return None
    if first.parameter == second.parameter:
        return f"second_score_{first.parameter}"
    return f"second_score_{first.parameter}_{second.parameter}"


def second_score(
    traced: TracedModel, slots: list[Slot], pairs: list[tuple[int, int]], baseline: np.ndarray
) -> SecondScore:
    """The kernel's record for these slots and pairs."""
    curvature = []
    for a, b in pairs:
        name = second_score_name(slots[a], slots[b])
        distribution = traced.inputs[slots[a].which].distribution
        curvature.append(distribution.operation(name) if name else None)
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    scores = score(traced, slots, baseline)
    return SecondScore(
        which=scores.which,
        score=scores.score,
        first=np.ascontiguousarray(both[:, 0]),
        second=np.ascontiguousarray(both[:, 1]),
        curvature=tuple(curvature),
        baseline=baseline,
        taken=scores.taken,
    )
