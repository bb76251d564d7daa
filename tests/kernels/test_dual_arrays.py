"""Arrays, lists and heaps inside functions of duals, against plain NumPy and differences of it."""

import heapq

import numpy as np
import pytest
from dual_cases import X, Y, gradient_of
from fastgrad.kernels.user.function import UserFunction

from fastgrad.core.tracer import Traced, tangent_of, value_of
from fastgrad.user.uncompiled import Uncompiled

STEP = 1e-6


def matrix_entries(x, y):
    a = np.zeros((2, 3))
    a[0, 1] = x
    a[1, 2] = y
    return a[0, 1] * a[1, 2]


def slices(x, y):
    a = np.zeros(4)
    a[1:3] = x
    return np.sum(a[1:]) * y


def rows_and_columns(x, y):
    a = np.zeros((2, 3))
    a[0, :] = x
    a[:, 1] = y
    return np.sum(a[0]) + np.sum(a[:, 1])


def a_row_at_once(x, y):
    a = np.zeros((2, 3))
    a[0] = np.array([x, y, x * y])
    return np.sum(a[0, 1:])


def identity(x, y):
    a = np.eye(2)
    a[0, 1] = x
    return np.sum(a) * y


def arange_of_whole_numbers(x, y):
    a = np.arange(3) * x
    return np.sum(a) + y


def linspace(x, y):
    a = np.linspace(0.0, 1.0, 3) * x
    return np.sum(a) + y


def arange_of_real_numbers(x, y):
    a = np.arange(3.0)
    a[1] = x
    return np.sum(a) + y


def matrix_times_vector(x, y):
    A = np.array([[x, y], [1.0, x]])
    b = np.array([x, y])
    return np.sum(A @ b)


def dot_of_matrices(x, y):
    A = np.array([[x, y], [1.0, x]])
    return np.sum(np.dot(A, A))


def plain_matrix_times_vector(x, y):
    A = np.ones((2, 2))
    b = np.array([x, y])
    return (A @ b)[0] * b[1]


def methods(x, y):
    a = np.array([x, y, 1.0])
    return a.sum() + a.mean() * a.max() - a.min()


def copy_and_fill(x, y):
    a = np.array([x, y, 1.0])
    b = a.copy()
    b.fill(x)
    return b.sum() + a[a.argmax()] + a[a.argmin()]


def sort_in_place(x, y):
    a = np.array([x, y, 1.0])
    a.sort()
    return a[0] + 2 * a[2]


def cumulated(x, y):
    a = np.array([x, y, 1.0])
    return a.cumsum()[2] + a.prod()


def shapes(x, y):
    a = np.array([[x, y, 1.0], [x, x, y]])
    return a.T[1, 0] + a.reshape(6)[5] + a.flatten()[2] + a.ravel()[1]


def along_an_axis(x, y):
    a = np.array([[x, y, 1.0], [x, x, y]])
    return np.sum(a, axis=0)[1] + a.sum(axis=1)[0] + a.mean(0)[2]


def moments(x, y):
    a = np.array([x, y, 1.0])
    return np.prod(a) + np.std(a) + np.var(a)


def differences(x, y):
    a = np.array([x, y, 1.0])
    return np.diff(a)[0] + np.cumprod(a)[2]


def where(x, y):
    a = np.array([x, y, 1.0])
    return np.where(a > 0.8, a, 0.0).sum()


def clip_and_abs(x, y):
    a = np.array([x, y, 1.0])
    return np.clip(a, 0.8, 1.2).sum() + np.abs(a - 1.0).sum()


def concatenated(x, y):
    a = np.array([x, y, 1.0])
    b = np.concatenate((a, a))
    return np.sum(b)


def outer_and_norm(x, y):
    a = np.array([x, y])
    return np.outer(a, a)[0, 1] + np.linalg.norm(a)


def median(x, y):
    a = np.array([x, y, 1.0])
    return np.median(a)


def pythons_own(x, y):
    a = np.array([x, y, 1.0])
    return sum(a) + max(a) - min(a)


def enumerate_and_zip(x, y):
    a = np.array([x, y, 1.0])
    t = 0.0
    for i, v in enumerate(a):
        t += i * v
    for v, w in zip(a, a):  # noqa: B905 (the compiler knows no strict=)
        t += v * w
    return t


def in_place(x, y):
    a = np.array([x, y, 1.0])
    a += x
    a *= 2.0
    a[0] -= y
    a -= a * 0.1
    return np.sum(a)


def masked(x, y):
    a = np.array([x, y, 1.0])
    return np.sum(a[a > 0.8])


def whole_matrices(x, y):
    A = np.ones((2, 2)) * x
    B = A + y
    C = np.exp(B) / A
    return np.sum(C)


def sorted_list(x, y):
    s = sorted([y, x, 1.0])
    return s[0] + 2 * s[1]


def list_sort(x, y):
    values = [y, x]
    values.sort()
    return values[0] * 3


def heap(x, y):
    h = [0.0]
    heapq.heappush(h, y)
    heapq.heappush(h, x)
    heapq.heappop(h)
    return heapq.heappop(h) * y


def heap_of_tuples(x, y):
    h = [(y, 1)]
    heapq.heappush(h, (x, 2))
    t, k = heapq.heappop(h)
    return t * k


def square_and_root(x, y):
    a = np.zeros(3)
    b = a
    b[0] = x
    c = np.sqrt(np.square(a) + 1.0)
    return c.sum() * y


def list_of_lists(x, y):
    m = [[x, y], [1.0, 2.0]]
    return m[0][1] + m[1][0] * x


def while_and_sizes(x, y):
    a = np.zeros(2)
    i = 0
    while i < a.size:
        a[i] = x * i
        i += 1
    return a.max() + a.shape[0] * y + len(a) + a.ndim


def dot_with_plain(x, y):
    a = np.array([x, y])
    b = np.array([1.0, 2.0])
    return np.dot(a, b) + a @ b + b @ a


def a_dict(x, y):
    d = {"a": x, "b": y}
    return d["a"] * d["b"]


def full(x, y):
    a = np.full(3, x)
    b = np.full((2, 2), 1.0)
    b[0, 0] = y
    return a.sum() + b.sum()


def counts(x, y):
    a = np.array([x, y])
    return (
        np.argmax(a) + np.any(a > 1.0) + np.all(a > 1.0) + (a > 1.0).sum() + np.count_nonzero(a > 1)
    )


def reversed_and_searched(x, y):
    a = np.sort(np.array([x, y, 1.0]))[::-1]
    return a[0] * 2 + np.searchsorted(np.array([0.1, 1.0]), x)


def maximum_of_arrays(x, y):
    a = np.array([x, y, 1.0])
    return np.max(np.maximum(a, 0.9)) + np.minimum(a, a).sum() + np.power(a, 2).sum()


def heap_that_begins_with_plain_numbers(x, y):
    heap = [(0.0, 0)]
    heapq.heappush(heap, (0.5, 1))
    heapq.heappush(heap, (x * y, 2))
    heapq.heappop(heap)
    _, first = heapq.heappop(heap)
    time, kind = heapq.heappop(heap)
    return time * kind + first


def queue_of_tuples(x, y):
    q = []
    q.append((x, 1))
    q.append((y, 2))
    t, k = q.pop(0)
    return t * k + len(q)


def swapped(x, y):
    a = np.zeros(2)
    a[0], a[1] = x, y
    a[0], a[1] = a[1], a[0]
    return a[0]


def ufuncs(x, y):
    a = np.array([x, y, 1.0])
    return (
        np.sum(a**2) ** 0.5 + np.exp(a).sum() + np.log(a)[0] + (-a)[1] + (1.0 / a)[0] + (2 - a)[0]
    )


def two_loops(x, y):
    a = np.zeros((3, 2))
    n, m = a.shape
    for i in range(n):
        for j in range(m):
            a[i, j] = x * i + y * j
    return a.sum() + a.mean() + a.max() + np.sum(a * a) + np.sum(a @ a.T)


def rolled(x, y):
    a = np.zeros(3)
    a[-1] = x
    return np.roll(a, 1)[0] + np.flip(a)[0] * y


def interpolated(x, y):
    a = np.array([x, y, 1.0])
    return np.interp(x, np.array([0.0, 1.0]), np.array([0.0, 2.0])) + a.std() + a.var()


def comprehensions(x, y):
    return np.sum(np.array([v * x for v in (1.0, 2.0)])) + np.sum(
        np.array([x * i for i in range(3)])
    )


def argsorted(x, y):
    a = np.array([x, y, 1.0])
    k = np.argsort(a)
    return a[k[0]] + a[k][2]


FUNCTIONS = [
    value
    for value in list(globals().values())
    if getattr(value, "__module__", None) == __name__
    and value.__code__.co_varnames[:2] == ("x", "y")
]


def check(function, value, tangents):
    """Central differences err by STEP^2 y^(3) / 6 and 1e-16 / STEP."""
    assert value == pytest.approx(function(X, Y), rel=1e-13)
    by_x = (function(X + STEP, Y) - function(X - STEP, Y)) / (2.0 * STEP)
    by_y = (function(X, Y + STEP) - function(X, Y - STEP)) / (2.0 * STEP)
    assert tangents == pytest.approx((by_x, by_y), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_compiled(function):
    check(function, *gradient_of(function))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_run_as_plain_python(function):
    run = Uncompiled(UserFunction(function), None, "pathwise")._followed
    result = run(Traced(X, np.array([1.0, 0.0])), Traced(Y, np.array([0.0, 1.0])))
    check(function, value_of(result), tuple(tangent_of(result, 2)))
