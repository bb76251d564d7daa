"""Marked thresholds of users' functions: found, smoothed, and their likelihood ratio.

The arguments of its functions, beside those of `kernels/models/operation.py`:

job             one block's memory and what it is about (`path.py`)
start, end      the first slot of this pass, and the one behind the last
lane            the replication
number, rank    of a mark on the path; of a draw: 1 + draw · inputs + input
own, value      the draw itself, and the one that is tried
found, slope    margin and its derivative by the draw, at `value`
reach           how far the root may be
weight          what a mark counts for, where some stand for all
tangents        the rows dX/dslot
room            marks that a path may reach
"""
