"""Zero-coupon bonds under Vasicek's short rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from .greeks import OptionValue, derived, positive


def vasicek_bond(
    rate: float, mean_reversion: float, long_rate: float, volatility: float, maturity: float
) -> OptionValue:
    """What 1 paid at maturity is worth if dr = mean_reversion (long_rate - r) dt + volatility dW.

    Parameters
    ----------
    rate, long_rate : float
        The short rate now and in the long run, a year.
    mean_reversion, volatility, maturity : float
        Above 0.

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(mean_reversion=mean_reversion, volatility=volatility, maturity=maturity)

    def price(
        rate: Any, mean_reversion: Any, long_rate: Any, volatility: Any, maturity: Any
    ) -> Any:
        share = (1.0 - np.exp(-mean_reversion * maturity)) / mean_reversion
        square = volatility * volatility / (mean_reversion * mean_reversion)
        far = (long_rate - 0.5 * square) * (share - maturity)
        return np.exp(far - 0.25 * mean_reversion * square * share * share - share * rate)

    return derived(
        price, rate=rate, mean_reversion=mean_reversion, long_rate=long_rate,
        volatility=volatility, maturity=maturity,
    )  # fmt: skip
