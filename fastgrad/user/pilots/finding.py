"""What a pilot saw when one parameter moved, in numbers and in words."""

from __future__ import annotations

import dataclasses

import numpy as np

SHOWN = 3  # jumps that the long message lists
CURE = "; fg.step(…) there for 'spa'"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What the pilot saw when one parameter moved by ± step.

    Attributes
    ----------
    what, of : str
        What jumps, and which derivative IPA would get wrong for it.
    place : str
        The parameter that moved.
    value, step : float
        It moved within value ± step.
    paths, jumps : int
        Paths looked at, and how many of them jump.
    sizes, at : array of shape (jumps,)
        What jumps just above the jump less just below it; where the parameter was then.
    replications : array of shape (jumps,)
        Their numbers in the pilot.
    missing, missing_error : float
        The part of the derivative that IPA would not see, and its standard error.
    line : str
        Which line of the user's code decides, at the first of the jumps; that of the function
        where none is seen to.
    """

    what: str
    of: str
    place: str
    value: float
    step: float
    paths: int
    sizes: np.ndarray
    at: np.ndarray
    replications: np.ndarray
    missing: float
    missing_error: float
    line: str

    @property
    def jumps(self) -> int:
        """How many of the paths jump."""
        return len(self.sizes)

    def __str__(self) -> str:
        """What a refusal says: where, how much, and the way out."""
        cure = "" if "derivative" in self.what else CURE
        missing = f"{self.missing:.2g} ± {self.missing_error:.1g}"
        return f"{self.what} jumps at {self.line}; IPA misses {missing}{cure}"

    def details(self) -> str:
        """The jumps themselves: the first of them, their places and sizes."""
        size = np.abs(self.sizes)
        shown = zip(self.replications, self.at, self.sizes, strict=True)
        first = [f"{n} (at {at:.6g} by {by:+.3g})" for n, at, by in list(shown)[:SHOWN]]
        more = ", …" if self.jumps > SHOWN else ""
        return (
            f"{self.what} jumps: {self.jumps} of {self.paths} pilot paths jump when {self.place} "
            f"moves within {self.value:.4g} ± {self.step:.2g}, by {size.mean():.3g} on average "
            f"(at most {size.max():.3g}); replication{'s' * (self.jumps > 1)} "
            f"{', '.join(first)}{more}; IPA misses {self.missing:.3g} "
            f"± {self.missing_error:.1g} of {self.of} at {self.line}"
        )
