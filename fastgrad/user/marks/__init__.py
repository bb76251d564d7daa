"""The marked thresholds of a user's function."""
