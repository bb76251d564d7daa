"""One estimator a file, and the loop over replications that all of them run through.

The arguments of its functions, beside those of `loop.py`:

problem, run, chain
                the model, which replications at which θ, and the chain to θ (`problem.py`)
method          what the estimator must know: the NamedTuple of its file
offset          replications of the run before this block
mirrored        whether 1 - u is used for u
scratch         the arrays that `allocate` made
y               (measures, lanes) the outputs of the path
slots           (measures · slots, lanes) their derivatives, measure after measure
structure, x    the model's own parameters, and the variates, one row of lanes each
uniforms, fresh
                the uniforms that variates are made of; others, for phantoms
which           the number of an input, or of an operation
slot, pair      the number of a slot, of a pair of slots
strip, draw, row
                a run of rows made together; a draw of an input; its row
first, second, index, out, work
                as for every operation of a model (`kernels/models/operation.py`)
plus, minus     (draws, lanes) the values X⁺ and X⁻ of every draw
changed         (2 · measures, lanes) the outputs with either
taken           (lanes,) how many draws of the input were taken
function, values
                the address of what is added up, the row it is made in
weight          what the difference is multiplied by
part, parts, active, blocks_before
                which of how many of an antithetic pair; lanes that count; blocks before this one
derived, worker, workers
                the address of the estimator's block; which of how many threads
sums, results   running moments of one leaf; those of all leaves
ratio           (count,) likelihood ratios of the replications, of an importance sample
sample, mean, square
                (outputs, lanes) the outputs of the block, and their running moments
begin, end, tape, place, replication, lane, at, sums, parameters, pairs
                of a cycle: its first customer and the one behind the last; the tape; NEXT, FILLED
                and FIRST on it; its number and lane; where a strip is written; what the cycle
                has added up; the parameters of the input; whether pairs of draws are followed
draws, marks, room
                what makes the draws of a cycle, what belongs to them, and where all of it stands
                (`regenerative_tape.py`)
reads, read, tail, limit, totals
                what is read of a customer: SYSTEM, WAIT or WORK, whether it is a tail, and of which
                limit; the sum of each reading over a cycle
smoothing, smoothed, weights
                the smoothed input, its density, its derivatives at points, its parameters; the
                input; c and c₂ of every slot
keep, kind      what is kept of a walk (`regenerative_cycle.py`)
sizes           points, numbers of parameters, readings, lanes
found, part     rows of the density, and of what the smoothed draw moves by itself
filled, slope, added, scores
                customers on the tape; the derivative of the wait; what is added up in passing;
                where scores stand
m, n, wait, value, total
                the customer, how long it waits, the value of its draw, the sum so far
number, size, lanes, moved, bends, tangents, curvatures
                of second derivatives: which entry; numbers of a strip; lanes; variates at moved
                parameters; rows of ∂²X/∂p∂q, of dX/dslot and of ∂²X/∂a∂b
"""
