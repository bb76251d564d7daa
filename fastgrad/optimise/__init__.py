"""Optimisation by simulation: `minimize`, the algorithms, and how they compare."""
