"""A simulation as a differentiable layer of PyTorch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .extras import require
from .learning.host import Host
from .models.model import Model

__all__ = ["layer"]

PURPOSE = "a simulation as a layer"


def layer(
    build: Callable[[Any], Model],
    method: Any = "auto",
    replications: int = 10_000,
    seed: int = 0,
    *,
    fresh: bool = True,
    pilot: str = "each",
    **settings: Any,
) -> Any:
    """A module of PyTorch that maps θ to the estimate of E[Y(θ)], and knows its gradient.

    Forward simulates; backward multiplies by the gradient that the same replications gave by the
    chosen method, unbiased where that is.

    Parameters
    ----------
    build : callable
        θ -> model, as for `gradient`; θ is a float or a 1-D array.
    method, replications, seed, **settings
        As for `gradient`.
    fresh : bool
        Whether each call in training mode has random numbers of its own (the k-th call those of
        seed and k), as stochastic approximation needs; False for the same ones each time. In
        evaluation mode they are always the same ones.
    pilot : {"each", "once"}
        As for `prepare`.

    Returns
    -------
    torch.nn.Module
        Called with a tensor of no axis, of one (θ), or of two (a batch of θ: one estimate each, on
        common random numbers). `last` is the last estimate, with its errors; `calls` counts calls
        in training mode, and may be set to go on from a checkpoint.

    Raises
    ------
    ImportError
        Without PyTorch.
    NotApplicable
        If the method is not valid at θ, and for double backward: an estimate of a gradient has no
        derivative.
    """
    module = _module()
    return module(Host(build, method, replications, seed, pilot, settings), bool(fresh))


@functools.cache
def _module() -> Any:
    """The class of layers; PyTorch is imported when the first one is made."""
    torch = require("torch", PURPOSE)
    Module: Any = torch.nn.Module
    Expected = _function()

    class Layer(Module):
        """A simulation as a module."""

        def __init__(self, host: Host, fresh: bool) -> None:
            super().__init__()
            self.host, self.fresh, self.calls = host, fresh, 0

        @property
        def last(self) -> Any:
            """The last estimate."""
            return self.host.last

        def forward(self, theta: Any) -> Any:
            if not isinstance(theta, torch.Tensor):
                raise TypeError(f"theta must be a tensor, got {theta!r}")
            if not theta.is_floating_point():
                raise TypeError(f"theta must be a tensor of real numbers, got {theta.dtype}")
            if theta.ndim > 2:
                raise ValueError(
                    f"theta must have no axis, one, or two for a batch, got {tuple(theta.shape)}"
                )
            call = self.calls if self.fresh and self.training else 0
            self.calls += self.training
            if theta.requires_grad and torch.is_grad_enabled():
                return Expected.apply(theta, self.host, call)
            values = [self.host.value(row, call) for row in _rows(_numbers(theta))]
            return theta.new_tensor(values).reshape(theta.shape[:-1])

        def extra_repr(self) -> str:
            return f"method={self.host.prepared.method.name!r}, n={self.host.replications}"

    return Layer


@functools.cache
def _function() -> Any:
    """The estimate of E[Y(θ)] as PyTorch differentiates it."""
    Function: Any = require("torch", PURPOSE).autograd.Function

    class Gradient(Function):
        """The product with the gradient, which is not differentiated again."""

        @staticmethod
        def forward(ctx: Any, outer: Any, theta: Any, gradient: Any, host: Host) -> Any:
            ctx.host = host
            return outer.reshape(outer.shape + (1,) * (gradient.ndim - outer.ndim)) * gradient

        @staticmethod
        def backward(ctx: Any, *outer: Any) -> Any:
            raise ctx.host.twice()

    class Expected(Function):
        """The estimate of E[Y(θ)]."""

        @staticmethod
        def forward(ctx: Any, theta: Any, host: Host, call: int) -> Any:
            points = _numbers(theta)
            found = [host.gradient(row, call) for row in _rows(points)]
            gradients = np.array([gradient for _, gradient in found]).reshape(points.shape)
            ctx.host = host
            ctx.save_for_backward(theta, theta.new_tensor(gradients))
            return theta.new_tensor([value for value, _ in found]).reshape(theta.shape[:-1])

        @staticmethod
        def backward(ctx: Any, outer: Any) -> Any:
            theta, gradient = ctx.saved_tensors
            return Gradient.apply(outer, theta, gradient, ctx.host), None, None

    return Expected


def _numbers(theta: Any) -> np.ndarray:
    """A tensor as an array of doubles."""
    return np.asarray(theta.detach().cpu().double().numpy())


def _rows(points: np.ndarray) -> np.ndarray:
    """θ after θ: the rows of a batch, or the one that there is."""
    return points if points.ndim == 2 else points[None]
