"""Compiled kernels: floats and arrays only, no knowledge of the Python API above."""
