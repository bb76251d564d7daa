"""Phantoms of a user's function: paths with one draw replaced, from where it is first read.

Each begins at the head of the loop before its draw is read and ends where its state is that of the
nominal path again (`resumable.py`): the same bits as a simulation from the start. Draws that are
read before the loop, and those of inputs that are read as a whole, are simulated from the start.
"""

from ..jit.compile import Operation, subroutine
from ..jit.stamps import stamp_of
from ..models.operation import model_operation
from . import checkpoints, kept_arrays, kept_sums  # noqa: F401  the compiler has their rules now
from .checkpoints import WORDS
from .errors import COMPILER_ERRORS, UserOperation
from .function import UserFunction
from .passes import choice_of, compiler
from .resumable import walk_of
from .simulation import (
    Layout,
    block,
    call_of,
    exec_operation,
    fields_of,
    record_makers,
    restart_lines,
    streams_of,
    taken_lines,
)

# What the source refers to.
TOLD = ("ADDED", "BEFORE", "BEGIN", "BEHIND", "CLEAR", "FIELD", "FREE", "FULL", "GIVEN", "HEAD",
        "LAST", "MERGED", "MODE", "PLENTY", "READ", "RECORD", "RESUME", "ROOM", "STARTS", "STORE",
        "STREAMS", "SUMS", "TAKEN", "UNREAD", "WORDS")  # fmt: skip
LEAST = 1 << 12  # doubles of a store at first
MOST = 1 << 22  # and at last: beyond, phantoms are simulated from the start

_PHANTOMS = """
def {{name}}(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    taken = np.zeros({inputs}, np.int64)
    cursors = whole_at(taken.ctypes.data)
    told = np.zeros({words}, np.int64)
    tell = whole_at(told.ctypes.data)
    desk = 0
    which = index[0]
    draws = counts[{sources} + 1 + which]
    begin = counts[{sources} + 1 + counts[{sources}] + which]
    length, offset = draws, 0
    tell[STREAMS], tell[TAKEN], tell[FIELD] = {inputs}, taken.ctypes.data, -1
{fields}
    read = np.empty(2 * length + 2, np.int64)
    size = LEAST
    store, added = np.empty(size), np.empty({sums} * size + 1)
    sums, starts = np.empty({sums} + 1), np.empty(2 * {sums} + 1, np.int64)
    results = np.empty((2 * draws, {outputs}))
    waiting = np.empty(2 * draws, np.int64)
    totals, froms = np.empty(({sums}, 2 * draws)), np.empty(({sums}, 2 * draws), np.int64)
    tell[READ], tell[SUMS], tell[STARTS] = read.ctypes.data, sums.ctypes.data, starts.ctypes.data
    for lane in range(counts[0], min(lanes, counts[1])):
        read[:] = UNREAD if tell[FIELD] >= 0 else BEFORE
        turn, last, merged, ended, place, kept = -1, draws, 0, 0, 0, 0.0
        while True:
            tell[STORE], tell[ROOM], tell[GIVEN] = store.ctypes.data, size, 0
            tell[ADDED], tell[PLENTY] = added.ctypes.data, size
            finish = turn == 2 * last
            if finish:
                if ended == merged:
                    break
                if ended == 0:
                    settle(totals, froms, starts, merged, added, size)
                for k in range({sums}):
                    sums[k] = totals[k, ended]
                tell[MODE], tell[BEGIN], tell[GIVEN] = RESUME, tell[LAST], 1
            elif turn < 0:
                tell[MODE], tell[HEAD], tell[LAST], tell[FULL] = RECORD, BEFORE, -1, 0
                for k in range({sums}):
                    tell[WORDS + k] = 0
            else:
                draw = turn // 2
                at = read[2 * (offset + draw)]
                place = (begin + draw) * lanes + lane
                kept = x[place]
                given = (second if turn & 1 else first)[draw * lanes + lane]
                if at == UNREAD or (given == kept != 0.0):  # the nominal path itself
                    for k in range({outputs}):
                        results[turn, k] = y[k * lanes + lane]
                    turn += 1
                    continue
                at = tell[LAST] if at == BEHIND else at
                tell[MODE], tell[BEGIN] = FREE if at < 0 else RESUME, at
                tell[CLEAR] = read[2 * (offset + draw) + 1]
                x[place] = given
{restarts}
            try:
{results}
            except Exception:
{failures}
            if finish:
                number = waiting[ended]
                ended += 1
{ended}
            elif turn < 0:
                if tell[FULL] and size < MOST:
                    size *= 4
                    store, added = np.empty(size), np.empty({sums} * size + 1)
                    continue
                if tell[FULL]:
                    read[:] = BEFORE
                last = min(draws, {given})
{nominal}
{taken}
                turn = 0
            else:
                x[place] = kept
                if tell[MODE] == MERGED:
                    for k in range({sums}):
                        totals[k, merged], froms[k, merged] = sums[k], starts[2 * k]
                    waiting[merged] = turn
                    merged += 1
                else:
                    number = turn
{got}
                turn += 1
        add_up(results, last, lanes, lane, out)
    keep(taken)
    keep(told)
    keep(read)
    keep(store)
    keep(added)
    keep(sums)
    keep(starts)
"""

TILE = 16  # phantoms whose sums are added to side by side


@subroutine
def settle(totals, froms, ends, merged, added, plenty):
    """Add to the sums of phantoms what is added on the nominal path up to its last head.

    One by one, in the order of the path: the same bits as on the phantom's own way. Side by side
    for many phantoms: an addition waits four cycles for the one before.
    """
    for number in range(totals.shape[0]):
        numbers = added[number * plenty :]
        for tile in range(0, merged, TILE):
            stop = min(tile + TILE, merged)
            begin = froms[number, tile:stop].max()
            if begin < 0:
                continue  # whole numbers
            for k in range(tile, stop):
                total = totals[number, k]
                for i in range(froms[number, k], begin):
                    total += numbers[i]
                totals[number, k] = total
            some = totals[number, tile:stop]
            for i in range(begin, ends[2 * number + 1]):
                more = numbers[i]
                for k in range(some.shape[0]):
                    some[k] += more


@subroutine
def add_up(results, last, lanes, lane, out):
    """Σ Y(X⁺) - Y(X⁻), draw by draw."""
    for k in range(results.shape[1]):
        total = 0.0
        for draw in range(last):
            total += results[2 * draw, k] - results[2 * draw + 1, k]
        out[k * lanes + lane] = total


def phantoms(function: UserFunction, layout: Layout) -> Operation | None:
    """The operation that follows phantoms, or None where no head of a loop can be resumed at."""
    walk = _walk_of(function, layout)
    if walk is None:
        return None
    operation = resumed(function, layout, walk)
    return operation if _compiles(operation) else None


def resumed(function, layout, walk):
    """The same where the source may not be at hand, as in another process."""
    key = (resumed, function.digest, layout)
    if key not in _RESUMED:
        signature = model_operation.keywords["signature"]
        recipe = (resumed, (function, layout, walk))
        made = _make(function, layout, walk)
        _RESUMED[key] = UserOperation(made, signature, recipe, function)
    return _RESUMED[key]


_WALKS = {}
_RESUMED = {}


def _walk_of(function, layout):
    key = (function.digest, layout)
    if key not in _WALKS:
        walk = walk_of(function.function, layout)
        _WALKS[key] = walk and walk._replace(function=UserFunction(walk.function))
    return _WALKS[key]


def _compiles(operation):
    if not hasattr(operation, "fits"):
        try:
            operation.fits = operation.address != 0
        except (TypeError, *COMPILER_ERRORS):
            operation.fits = False
    return operation.fits


def _make(function, layout, walk):
    outputs = len(layout.output) if isinstance(layout.output, tuple) else 1
    variates, _, sources = fields_of(layout)
    names = [f"got_{k}" for k in range(outputs)]
    call = call_of(layout, "x", "structure")[:-1] + ", tell)"
    results = [f"result = {call}"]
    results += [
        f"{name} = float(result[{k}])" if outputs > 1 or isinstance(layout.output, tuple)
        else f"{name} = float(result)"
        for k, name in enumerate(names)
    ]  # fmt: skip
    got = [f"results[number, {k}] = {name}" for k, name in enumerate(names)]
    streams = streams_of(layout)
    given = [f"taken[{k}] if tell[FIELD] == {k} else last" for k in streams]
    source = _PHANTOMS.format(
        inputs=len(layout.inputs),
        words=WORDS + walk.sums + 1,
        sums=walk.sums,
        sources=sources,
        fields=block(_field_lines(walk, variates), 4),
        outputs=outputs,
        restarts=block(restart_lines(layout), 12),
        results=block(results, 16),
        failures=block([f"{name} = NAN" for name in names], 16),
        given=_given(given),
        nominal=block([f"y[{k} * lanes + lane] = {n}" for k, n in enumerate(names)], 16),
        taken=block(taken_lines(layout), 16),
        ended=block(got, 16),
        got=block(got, 20),
    )
    compiled = walk.function.compiled(outermost=compiler(*choice_of(layout.output)))
    words = {name: getattr(checkpoints, name) for name in TOLD}
    words |= {"LEAST": LEAST, "MOST": MOST, "files": stamp_of("user.phantoms")}
    scope = {"function": compiled, "settle": settle, "add_up": add_up, **words}
    scope |= record_makers(layout)
    return exec_operation(source, "phantoms", function, layout, scope)


def _given(rules):
    """How many draws of the input were given: all, or what was taken of a stream."""
    made = "last"
    for rule in rules:
        made = rule.replace("else last", f"else ({made})")
    return made


def _field_lines(walk, variates):
    """Source lines: which of the inputs that are noted one by one the draws belong to."""
    lines = []
    for number in walk.noted:
        at = variates[number].at
        lines += [
            f"if counts[{at}] <= begin < counts[{at}] + counts[{at} + 1]:",
            f"    tell[FIELD], length, offset = {number}, counts[{at} + 1], begin - counts[{at}]",
        ]
    return lines
