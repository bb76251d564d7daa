"""Activity networks.

The arguments of its functions, beside those that all models share (`kernels/models/__init__.py`):

a, b            two slots of a pair
marks           first row of the marks: 1 where the arc is on the best path, else 0
table           row of best paths that the passes leave
weights         first row of density times derivative of each smoothed arc
slopes          first row of derivatives of each smoothed arc at its point
others          first row of the best path from where another path leaves
"""
