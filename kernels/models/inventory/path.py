"""The path of an (s, S) inventory and what a period brings, shared by its operations.

Position (on hand, less backlog, plus on order) after ordering and before demand n is P_n:

    P_1 = S,   I_n = P_n - D_n,   P_{n+1} = S if I_n < s else I_n

and with a lead time of l periods the level after demand n is the position that has arrived,
less the demand since: V_n = P_{n-l} - (D_{n-l} + … + D_n), P_k = S and D_k = 0 before 1.

Structure: s, q = S - s, holding, backlog, fixed, unit, E[D]. In these coordinates s is a
pure shift. What is kept of a position is the slack P_n - s: so that whole demands and a whole
q stay whole whatever s is, and rounding cannot decide an order.

counts: periods, lead, measure. Rows of x: D_1 … D_N.
"""

from ...jit.compile import device
from ..slots import input_of, own_parameter, tangent_row

PERIODS, LEAD, MEASURE = range(3)
LOW, SPAN, HOLDING, BACKLOG, FIXED, UNIT, EXPECTED = range(7)
LEVEL, COST, SERVICE, STOCKOUT, FILL = range(5)


@device
def rows_of(counts):
    """First rows of slack (one more than periods), level and order mark; and the next."""
    periods = counts[PERIODS]
    return 0, periods + 1, 2 * periods + 1, 3 * periods + 1


@device
def follow(lanes, counts, structure, x, work):
    """Slack, level and order mark of every period into their rows of work."""
    periods, lead = counts[PERIODS], counts[LEAD]
    position, level, ordered, _ = rows_of(counts)
    for lane in range(lanes):
        work[position * lanes + lane] = structure[SPAN * lanes + lane]
    for n in range(periods):
        start = max(n - lead, 0)
        now, base = (level + n) * lanes, (position + start) * lanes
        for lane in range(lanes):
            work[now + lane] = work[base + lane] - x[start * lanes + lane]
        for k in range(start + 1, n + 1):
            for lane in range(lanes):
                work[now + lane] -= x[k * lanes + lane]
        for lane in range(lanes):
            work[now + lane] += structure[LOW * lanes + lane]
        before, after, mark = (position + n) * lanes, (position + n + 1) * lanes, ordered + n
        for lane in range(lanes):
            left = work[before + lane] - x[n * lanes + lane]
            high = structure[SPAN * lanes + lane]  # here, or no vectors: loads are not moved up
            work[mark * lanes + lane] = 1.0 if left < 0.0 else 0.0
            work[after + lane] = high if left < 0.0 else left


@device
def weights_of(measure):
    """What counts: the level, costs, an indicator of stock-out, the fill rate, a constant."""
    plain = 1.0 if measure == LEVEL else 0.0
    costs = 1.0 if measure == COST else 0.0
    indicator = 0.0
    if measure == STOCKOUT:
        indicator = 1.0
    if measure == SERVICE:
        indicator = -1.0
    fill = 1.0 if measure == FILL else 0.0
    constant = 1.0 if measure in (SERVICE, FILL) else 0.0
    return plain, costs, indicator, fill, constant


@device
def outcome(weights, v, demand, lane, lanes, structure):
    """What a period that ends at level v brings, but for ordering.

    The fill rate loses what a period adds to the backlog, as a share of the mean demand.
    """
    plain, costs, indicator, fill, constant = weights
    held, owed = max(v, 0.0), max(-v, 0.0)
    added = owed - max(-v - demand, 0.0)
    paid = structure[HOLDING * lanes + lane] * held + structure[BACKLOG * lanes + lane] * owed
    short = 1.0 if v < 0.0 else 0.0
    lost = added / structure[EXPECTED * lanes + lane]
    return plain * v + costs * paid + indicator * short - fill * lost + constant


@device
def average(lanes, counts, structure, x, work, y):
    """The mean over all periods, ordering included."""
    periods = counts[PERIODS]
    position, level, ordered, _ = rows_of(counts)
    weights = weights_of(counts[MEASURE])
    costs = weights[1]
    for lane in range(lanes):
        y[lane] = 0.0
    for n in range(periods):
        for lane in range(lanes):
            place = n * lanes + lane
            v = work[level * lanes + place]
            y[lane] += outcome(weights, v, x[place], lane, lanes, structure)
        if costs > 0.0:
            for lane in range(lanes):
                place = n * lanes + lane
                left = work[position * lanes + place] - x[place]
                quantity = structure[SPAN * lanes + lane] - left
                price = structure[FIXED * lanes + lane] + structure[UNIT * lanes + lane] * quantity
                y[lane] += work[ordered * lanes + place] * price
    for lane in range(lanes):
        y[lane] /= periods


@device
def differentiate(slot, lanes, counts, structure, x, first, index, work, moved, change, out):
    """Derivative of the sum over all periods with the orders as they are, into the slot's row.

    Rows `moved` … get dP_n by the slot; `change` is scratch. index: see Pathwise.
    """
    periods, lead = counts[PERIODS], counts[LEAD]
    _, level, ordered, _ = rows_of(counts)
    plain, costs, _, fill, _ = weights_of(counts[MEASURE])
    which, number = input_of(index, slot), own_parameter(index, slot)
    tangent, total = tangent_row(index, slot), slot * lanes
    top = 1.0 if which < 0 and number <= SPAN else 0.0  # dS
    for lane in range(lanes):
        work[moved * lanes + lane] = top
        out[total + lane] = 0.0
    for n in range(periods):
        start, now = max(n - lead, 0), n * lanes
        dv, slope = change * lanes, (change + 1) * lanes
        for lane in range(lanes):
            work[dv + lane] = work[(moved + start) * lanes + lane]
            work[slope + lane] = first[(tangent + n) * lanes + lane] if which >= 0 else 0.0
        if which >= 0:
            for k in range(start, n + 1):
                for lane in range(lanes):
                    work[dv + lane] -= first[(tangent + k) * lanes + lane]
        for lane in range(lanes):
            left = work[moved * lanes + now + lane] - work[slope + lane]
            order, unit = work[ordered * lanes + now + lane], structure[UNIT * lanes + lane]
            work[moved * lanes + lanes + now + lane] = top if order > 0.0 else left
            v, dv_n = work[level * lanes + now + lane], work[dv + lane]
            holding, backlog = structure[HOLDING * lanes + lane], structure[BACKLOG * lanes + lane]
            kept = holding * dv_n if v > 0.0 else -backlog * dv_n
            out[total + lane] += plain * dv_n + costs * (kept + order * unit * (top - left))
        if fill > 0.0:
            for lane in range(lanes):
                v, dv_n = work[level * lanes + now + lane], work[dv + lane]
                d_before = dv_n + work[slope + lane]
                added = (d_before if v + x[now + lane] < 0.0 else 0.0) - (dv_n if v < 0.0 else 0.0)
                out[total + lane] -= added / structure[EXPECTED * lanes + lane]
    if which < 0 and number >= HOLDING:
        by_price(number, lanes, counts, structure, x, work, total, out)


@device
def by_price(number, lanes, counts, structure, x, work, total, out):
    """Derivative of the sum over all periods in a price, or in E[D]: added to out."""
    position, level, ordered, _ = rows_of(counts)
    _, costs, _, fill, _ = weights_of(counts[MEASURE])
    for n in range(counts[PERIODS]):
        for lane in range(lanes):
            place = n * lanes + lane
            v, order = work[level * lanes + place], work[ordered * lanes + place]
            held, owed = max(v, 0.0), max(-v, 0.0)
            left = work[position * lanes + place] - x[place]
            quantity = structure[SPAN * lanes + lane] - left
            expected = structure[EXPECTED * lanes + lane]
            lost = (owed - max(-v - x[place], 0.0)) / (expected * expected)
            gained = costs * held if number == HOLDING else 0.0
            gained += costs * owed if number == BACKLOG else 0.0
            gained += costs * order if number == FIXED else 0.0
            gained += costs * order * quantity if number == UNIT else 0.0
            gained += fill * lost if number == EXPECTED else 0.0
            out[total + lane] += gained
