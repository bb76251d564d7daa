"""The fluid queue with exponential on and off periods, in steady state.

With η = b/d - a/u (a = 1/on, b = 1/off, net rates u up and d down) the content has the density
C e^{ηx} while on and C (u/d) e^{ηx} while off, an atom uC/b at 0 (off) and uC e^{ηB}/a at the
buffer B (on). Fluid is lost at rate u while the buffer is full.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .multi_server_queue import positive

STEP = 1e-30
NAMES = ("on_mean", "off_mean", "up", "down", "buffer")


@dataclasses.dataclass(frozen=True)
class FluidValue:
    """Loss per unit of time and mean content, with derivatives by every number.

    Attributes
    ----------
    loss, content : float
    d_loss, d_content : dict
        By on_mean, off_mean, up, down and buffer.
    """

    loss: float
    content: float
    d_loss: dict[str, float]
    d_content: dict[str, float]


def fluid_queue(
    on_mean: float, off_mean: float, up: float, down: float, buffer: float
) -> FluidValue:
    """Steady state of an on-off fluid queue with exponential periods.

    Parameters
    ----------
    on_mean, off_mean : float
        Mean lengths of the periods.
    up, down : float
        The content grows at this rate while on, and falls at that rate while off.
    buffer : float
        Its upper end; what comes while it is full is lost.

    Raises
    ------
    ValueError
        If a number is not positive and finite.
    """
    given = (on_mean, off_mean, up, down, buffer)
    numbers = [positive(name, value) for name, value in zip(NAMES, given, strict=True)]
    loss, content = _steady(*numbers)
    slopes: dict[str, tuple] = {}
    for k, name in enumerate(NAMES):
        moved = [value + STEP * 1j * (i == k) for i, value in enumerate(numbers)]
        slopes[name] = tuple(np.imag(value) / STEP for value in _steady(*moved))
    return FluidValue(
        loss=float(np.real(loss)),
        content=float(np.real(content)),
        d_loss={name: float(both[0]) for name, both in slopes.items()},
        d_content={name: float(both[1]) for name, both in slopes.items()},
    )


def _steady(on: Any, off: Any, up: Any, down: Any, buffer: Any) -> tuple[Any, Any]:
    """Loss per unit of time and mean content."""
    growth = 1.0 / (off * down) - 1.0 / (on * up)
    mass, moment = _integrals(growth * buffer)
    end = np.exp(growth * buffer)
    both = 1.0 + up / down
    empty, full = up * off, up * on * end
    total = both * buffer * mass + empty + full
    return up * full / total, (both * buffer**2 * moment + buffer * full) / total


def _integrals(z: Any) -> tuple[Any, Any]:
    """∫₀¹ e^{zt} dt and ∫₀¹ t e^{zt} dt, by a series near 0."""
    if abs(z) < 0.5:
        terms = np.cumprod([1.0, *(z / k for k in range(1, 25))])  # z^k/k!
        orders = np.arange(25)
        return np.sum(terms / (orders + 1)), np.sum(terms / (orders + 2))
    mass = (np.exp(z) - 1.0) / z
    return mass, (np.exp(z) - mass) / z
