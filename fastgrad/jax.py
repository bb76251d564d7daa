"""A simulation as a differentiable function of JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .extras import require
from .learning.host import Host
from .models.model import Model

__all__ = ["function"]


def function(
    build: Callable[[Any], Model],
    method: Any = "auto",
    replications: int = 10_000,
    seed: int = 0,
    *,
    pilot: str = "each",
    **settings: Any,
) -> Callable[..., Any]:
    """A function of JAX that maps θ to the estimate of E[Y(θ)], with a gradient of its own.

    The simulation runs on the host through a callback, so that it works under `jit`, in loops
    of `lax`, and under `vmap` (one point after the other). Its reverse derivative is the gradient
    that the same replications gave by the chosen method, unbiased where that is.

    Parameters
    ----------
    build : callable
        θ -> model, as for `gradient`; θ is a float or a 1-D array.
    method, replications, seed, **settings
        As for `gradient`.
    pilot : {"each", "once"}
        As for `prepare`.

    Returns
    -------
    callable
        f(theta, call=0) -> estimate, pure as JAX wants it: the same random numbers for the same
        `call`, a whole number; give the number of the step for fresh ones.

    Raises
    ------
    ImportError
        Without JAX.
    NotApplicable
        For second derivatives: an estimate of a gradient has no derivative. Under `jit`, JAX
        wraps what the simulation raises (a method that is not valid at θ) in an error of its own.
    """
    jax = require("jax", "a simulation as a function")
    host = Host(build, method, replications, seed, pilot, settings)

    def shape_of(array: Any) -> Any:
        return jax.ShapeDtypeStruct(array.shape, array.dtype)

    def value_on_host(theta: Any, call: Any) -> Any:
        point = np.asarray(theta)
        return np.asarray(host.value(point, int(call)), dtype=point.dtype)

    def gradient_on_host(theta: Any, call: Any) -> Any:
        point = np.asarray(theta)
        value, gradient = host.gradient(point, int(call))
        return np.asarray(value, dtype=point.dtype), gradient.astype(point.dtype)

    def called(on_host: Callable, result: Any, theta: Any, call: Any) -> Any:
        return jax.pure_callback(on_host, result, theta, call, vmap_method="sequential")

    @jax.custom_jvp
    def with_gradient(theta: Any, call: Any) -> Any:
        whole = shape_of(theta)
        return called(gradient_on_host, (jax.ShapeDtypeStruct((), theta.dtype), whole), theta, call)

    @with_gradient.defjvp
    def refused(primals: Any, tangents: Any) -> Any:
        raise host.twice()

    @jax.custom_vjp
    def estimate(theta: Any, call: Any) -> Any:
        return called(value_on_host, jax.ShapeDtypeStruct((), theta.dtype), theta, call)

    def forward(theta: Any, call: Any) -> Any:
        return with_gradient(theta, call)

    def backward(gradient: Any, outer: Any) -> Any:
        return outer * gradient, None

    estimate.defvjp(forward, backward)

    def expected(theta: Any, call: Any = 0) -> Any:
        """The estimate of E[Y(θ)]."""
        theta = jax.numpy.asarray(theta)
        if not jax.numpy.issubdtype(theta.dtype, jax.numpy.floating):
            theta = theta.astype(float)
        if theta.ndim > 1:
            raise ValueError(f"theta must be a number or have one axis, got {theta.shape}")
        return estimate(theta, jax.numpy.asarray(call, dtype=int))

    return expected
