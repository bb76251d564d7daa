"""Marked thresholds of users' functions: found, smoothed, and their likelihood ratio."""
