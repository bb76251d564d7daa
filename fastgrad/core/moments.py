"""Means, variances and covariances of the outputs of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import special


@dataclasses.dataclass
class Moments:
    """Count, mean, second and (if there is a row for it) fourth central moment of every output.

    Attributes
    ----------
    total : array of shape (3 or 4, outputs)
        Count, mean, sum of squared deviations, of their fourth powers.
    products : array of shape (outputs, outputs), or None
        Sums of products of deviations of every pair of outputs (the upper triangle).
    """

    total: np.ndarray
    products: np.ndarray | None = None

    @property
    def count(self) -> int:
        """Independent samples so far."""
        return int(self.total[0, 0])

    @property
    def mean(self) -> np.ndarray:
        """(outputs,)"""
        return self.total[1]

    @property
    def variance(self) -> np.ndarray:
        """Sample variance, (outputs,); not a number for fewer than two samples."""
        if self.count < 2:
            return np.full(self.total.shape[1], np.nan)
        return self.total[2] / (self.count - 1)

    @property
    def effective(self) -> np.ndarray:
        """How many samples make up the variance, (outputs,): (Σ d²)² / Σ d⁴, n over the kurtosis.

        Not a number where it is not known, or where nothing varies.
        """
        if len(self.total) < 4:
            return np.full(self.total.shape[1], np.nan)
        with np.errstate(all="ignore"):
            share = self.total[3] / self.total[2] / self.total[2]
            found = np.clip(1.0 / share, 1.0, float(max(self.count, 1)))
            return np.where(self.total[2] > 0.0, np.where(share > 0.0, found, self.count), np.nan)

    @property
    def standard_error(self) -> np.ndarray:
        """(outputs,)"""
        return np.sqrt(self.variance / self.count)

    @property
    def covariance(self) -> np.ndarray | None:
        """Sample covariances, (outputs, outputs), with `variance` on the diagonal; or None."""
        if self.products is None:
            return None
        if self.count < 2:
            return np.full(self.products.shape, np.nan)
        upper = np.triu(self.products, 1) / (self.count - 1)
        return upper + upper.T + np.diag(self.variance)

    def part(self, outputs: slice) -> Moments:
        """Those of some of the outputs."""
        products = None if self.products is None else self.products[outputs, outputs]
        return Moments(self.total[:, outputs], products)


@dataclasses.dataclass
class Grouped(Moments):
    """Moments of several groups of the samples, each for itself.

    Attributes
    ----------
    total : array of shape (groups, 4, outputs)
    products : array of shape (groups, outputs, outputs)
    """

    @property
    def count(self) -> int:
        """Independent samples so far, in all groups."""
        return int(self.total[:, 0, 0].sum())


@dataclasses.dataclass
class Outcome:
    """What a run found.

    Attributes
    ----------
    moments : Moments
        Of independent samples; one sample is `unit` replications (2 for antithetic pairs,
        all points of one randomization for quasi-random samplers).
    said : tuple of str
        What the run itself has to say: that it did not reach its precision.
    measures : int
        Outputs stand measure after measure: E[Y], then its derivatives.
    """

    moments: Moments
    unit: int
    seconds: float
    said: tuple[str, ...] = ()
    measures: int = 1

    @property
    def replications(self) -> int:
        """Replications in all."""
        return self.moments.count * self.unit

    @property
    def variance(self) -> np.ndarray:
        """Per replication, so that standard error² = variance / replications."""
        return self.moments.variance * self.unit

    @property
    def covariance(self) -> np.ndarray | None:
        """Per replication, so that the covariance of the means is this / replications."""
        found = self.moments.covariance
        return None if found is None else found * self.unit

    @property
    def block(self) -> int:
        """Outputs of one measure."""
        return self.moments.total.shape[1] // self.measures

    def of(self, measure: int) -> Outcome:
        """What the run found about one of its measures."""
        outputs = slice(measure * self.block, (measure + 1) * self.block)
        return Outcome(self.moments.part(outputs), self.unit, self.seconds, self.said)

    def without(self, outputs: Sequence[int]) -> Outcome:
        """The same, but that some outputs are not a number."""
        if not outputs:
            return self
        total = self.moments.total.copy()
        total[1:, outputs] = np.nan
        products = None if self.moments.products is None else self.moments.products.copy()
        if products is not None:
            products[outputs, :] = products[:, outputs] = np.nan
        return dataclasses.replace(self, moments=Moments(total, products))

    def half_width(self, level: float) -> np.ndarray:
        """Half-width of the Student-t interval at this level."""
        degrees = max(self.moments.count - 1, 1)
        # The quantile as scipy.stats has it, to the bit; its import takes 0.4 s of every start.
        return special.stdtrit(degrees, 0.5 + 0.5 * level) * self.moments.standard_error
