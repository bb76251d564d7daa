"""Second derivatives of the queue by smoothing one variate behind every customer.

T'_{n+1} = X'_{n+1} + (T'_n - A'_{n+1}) 1{T_n ≥ A_{n+1}} jumps where T_n meets A_{n+1}. Given
everything but A_{n+1}, that happens at the rate f(T_n) (T_n - A_{n+1})' and adds
(T_n - A_{n+1})' to the derivative of all L_n customers of the busy period that customer n + 1
opens, were it to begin there (Fu (2005), section 5.2, for two slots a, b):

    N d²Ȳ/dadb = Σ_n T_n'' + Σ_{n<N} f(T_n) (T_n^a - A^a) (T_n^b - A^b) L_n,   A^a at A = T_n

Observed only on paths with A_{n+1} > T_n, by the hazard rate f/F̄, the mean is the same and
the variance larger; for a uniform interarrival time it would be infinite. Of customers that are
not counted (the first w) only the jumps that they cause among the others are left.

If interarrival times have no density, X_n is smoothed instead: the same at X_n = A_{n+1} - W_n,
W_n the waiting time.

The model's own numbers: 1 if service is smoothed, place of the parameters of what is smoothed.
Its own function: that density.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import FUNCTIONS, apply, pair_of, rest_of, slot_of

GAP, SERVICE = 0, 1
WARM = 3


@model_operation
def second_smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, warm, slots, pairs = counts[0], counts[WARM], index[0], index[1]
    system, busy, density = 0, lanes, 3 * lanes
    change = 4 * lanes  # one row for each slot: the derivative of T_n - A_{n+1} at the border
    slopes = change + slots * lanes  # T_n by each slot
    bends = slopes + slots * lanes  # T_n by each pair
    length = bends + pairs * lanes
    _lengths(lanes, customers, x, work, length, length + customers * lanes)
    for lane in range(lanes):
        work[system + lane] = x[(customers - 1) * lanes + lane]
        y[lane] = work[system + lane] if warm == 0 else 0.0
    for place in range((slots + pairs) * lanes):
        out[place] = 0.0
    _follow(0, lanes, warm, index, first, second, out, work, busy, slopes, bends)
    for n in range(1, customers):
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        _border(n, lanes, customers, functions, parameters, x, first, index, work, slopes)
        early = max(warm - n, 0)  # customers of the busy period that are not counted
        for pair in range(pairs):
            a, b, _, _, _ = pair_of(index, pair)
            for lane in range(lanes):
                both = work[change + a * lanes + lane] * work[change + b * lanes + lane]
                rate = work[density + lane] * max(work[length + n * lanes + lane] - early, 0.0)
                out[pair * lanes + lane] += rate * both if rate > 0.0 else 0.0
        for lane in range(lanes):
            wait = work[system + lane] - x[gap + lane]
            work[busy + lane] = 1.0 if wait >= 0.0 else 0.0
            work[system + lane] = x[service + lane] + max(wait, 0.0)
            if n >= warm:
                y[lane] += work[system + lane]
        _follow(n, lanes, warm, index, first, second, out, work, busy, slopes, bends)
    for lane in range(lanes):
        y[lane] /= customers - warm
    for place in range((slots + pairs) * lanes):
        out[place] /= customers - warm


@device
def _lengths(lanes, customers, x, work, length, sums):
    """Customers from n on in the busy period that customer n would open, in row length + n.

    With U_n the services less the gaps before customer n, it ends with the first m > n that
    has U_m < U_n. From the last customer backwards each answer is found by way of later ones.
    """
    for lane in range(lanes):
        work[sums + lane] = 0.0
    for n in range(1, customers):
        for lane in range(lanes):
            step = x[(customers - 2 + n) * lanes + lane] - x[(n - 1) * lanes + lane]
            work[sums + n * lanes + lane] = work[sums + (n - 1) * lanes + lane] + step
    for n in range(customers - 1, 0, -1):
        for lane in range(lanes):
            here = work[sums + n * lanes + lane]
            m = n + 1
            while m < customers and work[sums + m * lanes + lane] >= here:
                m += int(work[length + m * lanes + lane])
            work[length + n * lanes + lane] = float(m - n)


@device
def _border(n, lanes, customers, functions, parameters, x, first, index, work, slopes):
    """The smoothed density where T_n meets A_{n+1}, and the derivatives of T_n - A_{n+1} there."""
    point, density, change = 2 * lanes, 3 * lanes, 4 * lanes
    own = rest_of(index)
    by_service = index[own]
    gap, last = (n - 1) * lanes, (customers - 2 + n) * lanes
    for lane in range(lanes):
        work[point + lane] = work[lane]
        if by_service:
            work[point + lane] = x[gap + lane] - (work[lane] - x[last + lane])
    apply(functions[FUNCTIONS * index[0]], lanes, parameters, index[own + 1], work, point, density)
    for slot in range(index[0]):
        which, _, row, place = slot_of(index, slot)
        at, slope = change + slot * lanes, slopes + slot * lanes
        smoothed = which == by_service
        if smoothed:
            address = functions[FUNCTIONS * slot + 1]
            apply(address, lanes, parameters, place, work, point, at)
        tangent = (row + n - 1) * lanes
        for lane in range(lanes):
            moved = work[at + lane] if smoothed else first[tangent + lane]
            if which == SERVICE:
                replaced = moved - first[tangent + lane] if smoothed else 0.0
                work[at + lane] = work[slope + lane] + replaced
            else:
                work[at + lane] = work[slope + lane] - moved


@device
def _follow(n, lanes, warm, index, first, second, out, work, busy, slopes, bends):
    """T_n and its first and second derivatives from customer n - 1 to n, added to out."""
    slots, pairs, counted = index[0], index[1], 1.0 if n >= warm else 0.0
    for slot in range(slots):
        which, _, row, _ = slot_of(index, slot)
        _carry(n, lanes, which, row, first, work, busy, slopes + slot * lanes)
        total = (pairs + slot) * lanes
        for lane in range(lanes):
            out[total + lane] += counted * work[slopes + slot * lanes + lane]
    for pair in range(pairs):
        a, _, row, _, _ = pair_of(index, pair)
        if row >= 0:
            which, _, _, _ = slot_of(index, a)
            _carry(n, lanes, which, row, second, work, busy, bends + pair * lanes)
            for lane in range(lanes):
                out[pair * lanes + lane] += counted * work[bends + pair * lanes + lane]


@device
def _carry(n, lanes, which, row, tangents, work, busy, at):
    """T'_n from T'_{n-1}, in the row that begins at `at`."""
    if n == 0:
        for lane in range(lanes):
            work[at + lane] = tangents[row * lanes + lane] if which == SERVICE else 0.0
    elif which == SERVICE:
        for lane in range(lanes):
            carried = work[at + lane] * work[busy + lane]
            work[at + lane] = tangents[(row + n) * lanes + lane] + carried
    else:
        for lane in range(lanes):
            kept = work[at + lane] - tangents[(row + n - 1) * lanes + lane]
            work[at + lane] = kept * work[busy + lane]
