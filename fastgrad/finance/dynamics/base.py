"""What dynamics are to an option."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ...models.model import Input

# Names of Greeks by what they are derivatives by; theta is by the passing of time.
FIRST = {"delta": "spot", "vega": "volatility", "rho": "rate", "theta": "maturity"}
SECOND = {
    "gamma": ("spot", "spot"),
    "vanna": ("spot", "volatility"),
    "volga": ("volatility", "volatility"),
}


class Dynamics:
    """Base of all dynamics: immutable dataclasses, validated when made.

    Their file under `kernels/models/option/dynamics/` has `walk` and `unwind`, and `spread` where
    the last variate is normal.
    """

    kernel: ModuleType
    assets = 1

    def start(self) -> Any:
        """The price now."""
        raise NotImplementedError

    def inputs(self, maturity: Any, steps: int, unit: Any) -> list[Input]:
        """What is random, in the order of time.

        Parameters
        ----------
        maturity : float
            In years; may carry derivatives by θ.
        steps : int
            Of equal length, which make up the maturity.
        unit : float
            What prices are counted in: the strike, so that θ in it is θ in the spot.

        Returns
        -------
        list of Input
        """
        raise NotImplementedError

    def rows(self, steps: int) -> int:
        """Rows of the path: one for each step of each asset."""
        return self.assets * steps

    def memory(self, steps: int) -> int:
        """Rows that `walk` leaves for `unwind`."""
        return 0

    def jump(self, place: str) -> str | None:
        """Why prices jump as θ moves in one of the parameters, or None."""
        return None

    def variances(self, maturity: Any, steps: int) -> list[Any]:
        """Of the log-returns: one if all are equal, else one for each step."""
        raise NotImplementedError

    def greeks(self) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """First and second derivatives of a price, by names of `greek_parameters`."""
        return FIRST, SECOND

    def greek_parameters(self) -> dict[str, float]:
        """What `greeks` moves: spot, rate, volatility; curves by a parallel shift from 0."""
        raise NotImplementedError

    def moved(self, given: Mapping[str, Any]) -> Dynamics:
        """The same dynamics with some of these parameters."""
        raise NotImplementedError

    def is_lognormal(self, at_end: bool) -> bool:
        """Whether the log-returns of one price, step by step, are the inputs and are normal.

        at_end: whether up to maturity in all is enough.
        """
        return False

    def walk(self, maturity: Any, steps: int, unit: Any) -> tuple[Callable[..., Any], dict]:
        """The path as a plain function of (x, p), with the parameters it reads: `walks.py`.

        One price for each step; of several assets one row of them each.

        Parameters
        ----------
        maturity, steps, unit
            As for `inputs`.
        """
        raise ValueError(
            f"{type(self).__name__}: payoffs that are functions cannot be had under these dynamics"
        )

    def growth(self, start: Any, maturity: Any) -> Any:
        """What one unit has grown to at maturity that is put into the bank at `start`."""
        return self.discount(start) / self.discount(maturity)

    def paid_at_steps(self, maturity: Any, steps: int) -> list[Any]:
        """The dividend in cash that is paid at the end of each step."""
        return [0.0] * steps

    def paths(self, steps: int) -> Sequence[Sequence[int]]:
        """Rows of variates that are normal increments, in order of time, for each source."""
        return ()

    def bridge_refusal(self) -> str | None:
        """Why prices between two steps are not those of a Brownian bridge, or None."""
        return "continuous monitoring needs lognormal steps: say monitoring='discrete'"

    def structure(self, maturity: Any, steps: int, unit: Any) -> Mapping[str, Any]:
        """Parameters that no distribution holds.

        Parameters
        ----------
        maturity, steps, unit
            As for `inputs`.
        """
        return {}

    def moves_end(self, place: str) -> bool:
        """Whether one of these moves the price at maturity, and not only earlier ones."""
        return True

    def refusal(self, maturity: Any, steps: int) -> str | None:
        """Why there are no such steps, or None."""
        return None

    def without_density(self) -> str | None:
        """Why the prices have no density in the parameters of `structure`, if that is so."""
        return None

    def may_stand(self) -> str | None:
        """Why the last price may be known before the last step, or None."""
        return None

    def kink(self, maturity: Any, steps: int) -> str | None:
        """Why an expectation over all steps has no derivative, or None."""
        return None

    def counts(self, steps: int) -> list[int]:
        """The integers that `walk` and `unwind` read, the number of steps first."""
        return [steps]

    def discount(self, maturity: Any) -> Any:
        """What one unit paid at maturity is worth now."""
        raise NotImplementedError

    def last_step_is_normal(self) -> bool:
        """Whether the last variate is normal, and moves the log of the last price alone."""
        return False
