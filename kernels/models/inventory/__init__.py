"""(s, S) inventories.

The arguments of its functions, beside those that all models share (`kernels/models/__init__.py`):

n, m            the period whose demand or order is changed, and the one that is followed
base, stop      first lane of a tile, and the lane behind the last
number          of a price, or of E[D], in the structure
replaced        rows of the other demands
moved           rows of dX/dslot, and of what the slack moves by
change          row of the derivative of the level
known           rows that `know_costs` has prepared
other           row of the slack of the other path
gain            row of what the other path gains
rates           first row of the hazard rate at the slack, one row a period
events          first row of the rate at which orders are lost, one row a period
jumps, extra    first row of what an order less, or a period more, brings, one row a period
derivative      address of dX/dslot of the demand, or 0
total           row of the sum over all periods
"""
