"""What a model may be able to do for methods beside being simulated; by default nothing."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from .change_of_variables import PushOut


class NoOptions(NamedTuple):
    """Of smoothing, where the model has none."""


class Capabilities:
    """Asked by methods; a model says what it can by methods and properties of the same names.

    Slots are those of `core/traced_model.py`; a refusal is one sentence.
    """

    @property
    def steady(self) -> bool:
        """Whether it is a steady state over cycles (methods/steady.py)."""
        return False

    @property
    def causal(self) -> bool:
        """Whether scores are added up as the draws are used (methods/causal.py)."""
        return False

    @property
    def marks(self) -> Any:
        """Marked thresholds of a user's function (user/marks/), or None."""
        return None

    @property
    def free(self) -> list[str]:
        """Inputs whose distributions depend on the state."""
        return []

    @property
    def frozen(self) -> bool:
        """Whether draws that depend on the state stay as they are when θ moves: for pilots."""
        return False

    smoothing_options: ClassVar[Any] = NoOptions  # a NamedTuple of what `SPA` may say to it

    def smoothing_refusal(self, slot: Any, options: Any) -> str | None:
        """Why the output cannot be smoothed in a slot with these options, or None."""
        return "the model has no smoothed derivative"

    def smoothing(self, slots: list[Any], options: Any) -> Any:
        """What its operation `smoothed` is given for these slots: a `Smoothing`."""
        raise NotImplementedError

    def scores_the_rest(self) -> bool:
        """Whether smoothing integrates out one input, `smoothed_input()`, and leaves all others
        as they were drawn, so that they have their scores."""
        return False

    def second_smoothing_refusal(self, slots: list[Any]) -> str | None:
        """Why second derivatives cannot be smoothed in these slots, or None."""
        return "the model has no smoothed second derivative"

    def second_smoothing(self, slots: list[Any]) -> Any:
        """What smooths second derivatives: a `SecondSmoothing`."""
        raise NotImplementedError

    def smooth_terms(self) -> dict[str, float]:
        """Steps of differences of its own parameters in which second derivatives are smooth."""
        return {}

    def push_outs(self, place: str) -> list[PushOut]:
        """Ways to push a parameter of its own into its inputs, the best first."""
        return []

    def unpushed(self, place: str) -> str | None:
        """Why there is no such way, where the model knows better than the method."""
        return None

    def ratio_refusal(self, slot: Any) -> str | None:
        """Why a parameter of its own has no generalised likelihood ratio, or None."""
        return "θ is not a parameter of a distribution there, and cannot be pushed into one"
