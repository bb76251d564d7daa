"""The form of every model operation, so that estimators can call any model's.

operation(lanes, counts, functions, parameters, structure,
          x, first, second, index, y, out, work)

lanes       replications side by side; row r of lane l stands at [r * lanes + l]
counts      the model's integers
functions   addresses of row operations of its distributions (see `Model.functions`)
parameters  the parameters of all distributions, input after input
structure   the model's own parameters, one row each
x           the variates, input after input
first       pathwise: the tangents dX/dslot; phantoms: the variates X⁺
second      phantoms: the variates X⁻
index       pathwise: the slots (read by slots.py); phantoms: the input; all_phantoms, for models
            that take all slots at once: how many, then their inputs
y           the output
out         pathwise: ∂Y/∂slot, one row each; phantoms: Σ Y(X⁺) - Y(X⁻)
work        scratch: the rows the model asks for, and one more for each slot
"""

from numba import types

from ..jit.compile import operation

_REAL, _WHOLE = types.CPointer(types.float64), types.CPointer(types.int64)

model_operation = operation(
    types.int64, _WHOLE, _WHOLE, _REAL, _REAL, _REAL, _REAL, _REAL, _WHOLE, _REAL, _REAL, _REAL
)
