"""Estimates that are not numbers are not reported: what happened is."""

from __future__ import annotations

import math

import numpy as np

from ..settings import Settings
from .run import Outcome
from .traced_model import TracedModel


def check_finite(outcome: Outcome, traced: TracedModel, settings: Settings) -> None:
    """Refuse to report an estimate that is not a number: say what happened instead."""
    if np.all(np.isfinite(outcome.moments.mean)):
        return
    traced.model.explain_failure(settings.key, outcome.replications)
    raise ValueError(
        "the output or its derivative is not a finite number in some replication; "
        "check the model at the ends of its inputs' ranges"
    )


def surely_finite(numbers: np.ndarray) -> bool:
    """Whether Σ x² is finite: then each x is, in half the time of asking each."""
    return math.isfinite(np.vdot(numbers, numbers))
