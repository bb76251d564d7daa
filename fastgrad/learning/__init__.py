"""Simulations inside programs that learn: what their bridges share."""
