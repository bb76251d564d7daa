"""Random numbers: the uniform of (seed, replication, input, draw).

replication     the number of the first lane's, or of the one
stream          input + role · ROLE
seed, keys      64 bits, as one number or as two words
first_draw, first
                the first draw, even; half of it
pairs           how many draws are made, in twos
sign, start, mirrored
                u = start + sign · uniform: 1 - u where mirrored
pitch, stride   numbers from row to row, from pair to pair
"""
