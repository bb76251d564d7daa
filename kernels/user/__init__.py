"""Users' functions: compiled, and run as the operations of a model.

typingctx       Numba's, which every intrinsic is given
data            address of (rows, lanes) doubles: the numbers of all fields
raw             address of the active numbers of one lane
cursors         address of how many draws were taken of each stream
desk            address of what draws with free parameters are made on
"""
