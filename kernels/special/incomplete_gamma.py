"""Placeholder until the real file stands here."""

from ..compile import device


@device
def gamma_quantile(a, u):
    return u
