"""Dual numbers inside compiled code."""
