"""Exact values of models whose expectation is known, for tables and reports."""

from .gradients import known_gradient, known_value

__all__ = ["known_gradient", "known_value"]
