"""Queues.

The arguments of its functions, beside those that all models share (`kernels/models/__init__.py`):

n               the customer, from 0; where sums over customers are made, the first one
k, j            the station of a line; the place of a server among the sorted workloads
customers, servers, station
                how many; the number of a station
warm            customers before the first that counts
base, low, high
                first lane of a tile; first lane, and the one behind the last
which           the input: 0 are interarrival times
gap, gaps       where the interarrival times begin in `x`, or whether they are replaced
of_gaps         whether the phantoms are those of interarrival times
replaced        the station whose service time is taken from `source`; -1 for none
arrival, arrivals, reached, left, now
                rows of times: of arrival, of all arrivals, of coming to the station, of leaving
                the last one, of leaving this one
waited, waits   rows of waiting times: of the customer, of all customers of the nominal path
arrived, behind
                rows of the arrival of the customer (then of the last departure so far, and of
                their derivatives); of the last departure of the customers from each one on
rows            where the rows of the phantom begin, behind its workloads
gained          row of what the phantom adds to the sum of the output
ring, nominal   rows of departures: of the last customers, of all customers of the nominal path
shift           row of what the phantom's arrivals are earlier by
here, there     rows that are compared: the phantom's, the nominal path's; in a network `here` is
                where the event stands
before, after   rows of the workloads that this customer finds, and the next one
busy            row of 1 where the customer behind finds a server at work, else 0
by_server       row of 1 where the customer waited for the server, else 0
point, moved    rows of the argument of the density, the density there, what it moves by; the last
                of these rows by itself
slopes, slope, bends, tangents, tangent, own
                rows of first and second derivatives by every slot, ring after ring where there is
                one; of dX/dslot; whether the slot is of this service time
other           rows of the derivatives of the second server's workload
carried         rows of the derivatives of what is carried through the sort
at              in a network where a replication's state begins in `work`; else the row of T'_n
mode            VALUE, SLOPES or SCORES
forced, value   the input of which a draw is replaced, -1 for none, and its value
draw            the number of a draw of its input
sums            where derivatives of times, or scores, are added up
size            numbers of a state
plus, minus     the two values of a replaced draw
cut, elapsed    whether the horizon cuts the period; the time before it, differentiated
moves           whether the slot moves the length of a fluid queue's period
up, down, buffer, level, on, off
                of a fluid queue: rates, size, content at the beginning of a period, its length
"""
