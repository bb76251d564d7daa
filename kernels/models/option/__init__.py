"""Options: a path of prices (dynamics) and what is paid for it (payoffs), one file each.

The arguments of `form.py`, beside those that all models share (`kernels/models/__init__.py`):

path            rows of prices at the end of each step, asset after asset
moments         two rows: mean and standard deviation of the last step, given all before it
slope           rows of ∂Y/∂path
steps           how many there are
slope_x         rows of ∂Y/∂x, by every variate
slope_structure
                rows of ∂Y/∂(parameters), of the dynamics or of the payoff
"""
