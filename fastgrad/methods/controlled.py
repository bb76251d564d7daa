"""Control variates: from the joint moments of a model and its controls to those of the model alone.

Leaves of replications go to groups in turn. Each group's mean is corrected by coefficients from
all other groups, (Ȳ_g - β_g (C̄_g - μ)) with β_g independent of the group: unbiased, which the usual
coefficient from the same sample is not. What it varies by is measured with these β_g too.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np

from ..core.engine import Plan
from ..core.moments import Grouped, Moments
from ..core.run import Budget
from ..core.theta import upper_triangle
from ..core.traced_model import TracedModel
from ..core.tracer import curvature_of, tangent_of, value_of
from ..errors import NotApplicable, SeveralOutputs
from ..settings import Settings
from .method import Each, Method
from .steady import make_plan

GROUPS = 32
MOST_NUMBERS = 1 << 22  # of covariances of all groups: 32 MB
FLAT = 1e-9  # of a correlation matrix: controls that are sums of others
FAR = 6.0  # standard errors between a control's mean and what it was said to be
DIFFERENCES = ("fd", "cd", "sp", "rd")  # whose controls have the bias of differences too


def joint_plan(
    traced: TracedModel, method: Method, budget: Budget, settings: Settings, order: int
) -> tuple[Plan, dict[str, Any]]:
    """The method's plan of the model and its controls in one run, or a refusal."""
    try:
        return make_plan(traced, method, budget, settings, order)
    except SeveralOutputs:
        reason = (
            "with control= the model and its control are read in one run, which it is not made for"
        )
        raise NotApplicable(method.name, reason, ("ipa", "lr", "wd", "cd")) from None


def controlled(
    plan: Plan, traced: TracedModel, choices: dict[str, Any], unbiased: bool = True
) -> tuple[Plan, TracedModel, dict[str, Any]]:
    """Plan, traced model and choices without the controls, which are measures of the plan.

    unbiased: whether the means of controls' derivatives are the derivatives of their means
    """
    whole: Any = traced.whole
    roles = whole.whole.roles
    assert traced.names is not None
    kept = [m for m, name in enumerate(traced.names) if name not in roles]
    block = len(plan.chain.measure) // traced.measures
    known = {
        m: _expected(traced, roles[name], block)
        for m, name in enumerate(traced.names)
        if name in roles
    }
    numbers = len(plan.chain.measure) ** 2
    if 2 * numbers > MOST_NUMBERS:
        raise ValueError(
            f"control= needs the covariances of all {len(plan.chain.measure):,} outputs and "
            "derivatives, which are too many: ask for fewer components of theta"
        )
    made = Controlled(kept, known, block, unbiased)
    plan = dataclasses.replace(
        plan, finish=made.finish, reported=len(kept), blocks=1, remarks=made.remarks,
        groups=min(GROUPS, MOST_NUMBERS // numbers),
    )  # fmt: skip
    choices = {
        k: (Each([v[m] for m in kept]) if len(kept) > 1 else v[kept[0]])
        if isinstance(v, Each) else v
        for k, v in choices.items()
    }  # fmt: skip
    own: Any = whole.whole.inner.outputs()
    if own is None:
        return plan, traced.views[kept[0]], choices
    alone = copy.copy(traced)
    alone.views = [traced.views[m] for m in kept]
    alone.names = tuple(traced.names[m] for m in kept)
    return plan, alone, choices


def _expected(traced: TracedModel, known: Any, block: int) -> np.ndarray:
    """The means of a control's outputs: itself, then its derivatives."""
    mean, d = traced.scale * known + traced.shift, traced.components
    if block == 1:
        return np.array([value_of(mean)], dtype=float)
    if traced.order == 1:
        return np.array([value_of(mean), *tangent_of(mean, d)], dtype=float)
    bends = curvature_of(mean, d)
    return np.array([value_of(mean), *(bends[i, j] for i, j in upper_triangle(d))], dtype=float)


@dataclasses.dataclass(frozen=True)
class Controlled:
    """What is made of the moments of all outputs.

    Attributes
    ----------
    kept : list of int
        Measures that are reported.
    known : dict of int to array
        For each measure that is a control the means of its outputs.
    block : int
        Outputs of one measure.
    unbiased : bool
        Whether the controls' derivatives have the means that are known.
    """

    kept: list[int]
    known: dict[int, np.ndarray]
    block: int
    unbiased: bool

    def finish(self, raw: Grouped) -> Moments:
        """Moments of what is reported, after the controls."""
        groups = _Groups(raw)
        own = np.array([m * self.block + i for m in self.kept for i in range(self.block)])
        place = np.tile(np.arange(self.block), len(self.kept))
        beta = np.zeros((len(groups.count), len(own), len(groups.mean[0])))
        if len(groups.count) > 1:
            for i in range(self.block):
                by = [m * self.block + k for m in self.known for k in dict.fromkeys((0, i))]
                rows = own[place == i]
                found = groups.coefficients(np.array(by), rows)
                beta[:, (place == i).nonzero()[0][:, None], np.array(by)] = found
        means = np.zeros(len(groups.mean[0]))
        for m, known in self.known.items():
            means[m * self.block : (m + 1) * self.block] = known
        # Residuals are a linear form of all outputs: itself, less β times the controls.
        form = np.eye(len(means))[own] - beta
        centre = np.einsum("gro,go->gr", form, groups.mean) + beta @ means
        spread = form @ groups.products @ form.transpose(0, 2, 1)
        return _merged(groups.count, centre, spread)

    def remarks(self, raw: Grouped) -> tuple[str, ...]:
        """That there were too few replications, or that a mean is not what it was said to be."""
        groups = _Groups(raw)
        if len(groups.count) < 2:
            return ("too few replications for a control, which was not used",)
        count, mean, products = groups.all
        error = np.sqrt(np.diag(products)) / max(count - 1.0, 1.0)
        for m, known in self.known.items():
            for i, value in enumerate(known[: None if self.unbiased else 1]):
                at = m * self.block + i
                off = abs(mean[at] - value)
                if off > FAR * error[at] + 1e-9 * (abs(value) + abs(mean[at])):
                    what = "mean" if i == 0 else "mean of a derivative"
                    return (
                        f"the {what} of the control is said to be {value:.6g} and was "
                        f"{mean[at]:.6g} ± {error[at]:.2g}: if it is wrong the estimate is",
                    )
        return ()


class _Groups:
    """The groups that have samples: counts, means, and full matrices of products."""

    def __init__(self, raw: Grouped) -> None:
        assert raw.products is not None
        used = raw.total[:, 0, 0] > 0.0
        self.count = raw.total[used, 0, 0]
        self.mean = raw.total[used, 1]
        upper = np.triu(raw.products[used], 1)
        self.products = upper + upper.transpose(0, 2, 1)
        diagonal = np.arange(self.mean.shape[1])
        self.products[:, diagonal, diagonal] = raw.total[used, 2]

    @property
    def all(self) -> tuple[float, np.ndarray, np.ndarray]:
        """Count, mean and products of all samples together."""
        total = self.count.sum()
        mean = self.count @ self.mean / total
        off = self.mean - mean
        return total, mean, self.products.sum(axis=0) + (self.count[:, None] * off).T @ off

    def coefficients(self, by: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(groups, rows, by): the regression of rows by controls in all other groups."""
        total, mean, products = self.all
        rest = total - self.count
        others = (total * mean - self.count[:, None] * self.mean) / rest[:, None]
        apart = self.mean - others
        weight = (self.count * rest / total)[:, None, None]
        left = products - self.products - weight * apart[:, :, None] * apart[:, None, :]
        size = np.sqrt(np.maximum(left[:, by, by], 0.0))
        size = np.where(size > 0.0, size, np.inf)
        matrix = left[:, by[:, None], by] / size[:, :, None] / size[:, None, :]
        aside = left[:, rows[:, None], by] / size[:, None, :]
        inverse = np.linalg.pinv(matrix, rcond=FLAT, hermitian=True)
        return aside @ inverse / size[:, None, :]


def _merged(count: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> Moments:
    """Moments of all samples from those of groups: counts, means, sums of products.

    Fourth moments from how the groups' variances differ, n Var(s²) / s⁴ = kurtosis - 1.
    """
    total = count.sum()
    mean = count @ centre / total
    off = centre - mean
    products = spread.sum(axis=0) + (count[:, None] * off).T @ off
    made = np.zeros((4, len(mean)))
    made[0], made[1], made[2] = total, mean, np.maximum(np.diag(products), 0.0)
    each = np.diagonal(spread, axis1=1, axis2=2)
    if len(count) < 2 or count.min() < 2.0:
        return Moments(made[:3], products)
    variances = each / (count - 1.0)[:, None]
    average = variances.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        kurtosis = 1.0 + count.mean() * variances.var(axis=0, ddof=1) / average**2
        made[3] = np.where(average > 0.0, made[2] ** 2 * np.minimum(kurtosis, total) / total, 0.0)
    return Moments(made, products)
