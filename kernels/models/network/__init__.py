"""Activity networks."""
