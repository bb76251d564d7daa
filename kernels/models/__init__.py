"""One model a room: what it means to simulate it, differentiate it, smooth it.

What the arguments of a model's operations are stands in `operation.py`. Those of the functions
that operations are made of have the same names, and these everywhere:

lane            the one replication that is looked at
slot            the number of a slot of θ: its row of `out`, its entry of `index`
pair            the number of a pair of slots, in order (0, 0), (0, 1), …
address         of a row operation of a distribution
place           where the parameters of a distribution begin
source          rows that are read instead of those of `x`: replaced variates
target, start   where a row begins that is written, or read
sign            1 for the path with X⁺, -1 for that with X⁻
scratch         the first of the rows of `work` that nobody else uses

Any other name of a row, such as `ring` or `marks`, is where it begins in `work`: in numbers, or in
rows where it is multiplied by `lanes`.
"""
