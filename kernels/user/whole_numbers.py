"""Whole numbers of users' functions, which have no bound in Python: one that leaves 64 bits is an
error, where compiled code would go on with its lower 64 bits, which may be anything.

Checked are sums, differences, products, powers and shifts of whole numbers, and floats made
whole (int, round, floor, ceil, trunc). Not checked are whole arrays at once, which wrap in NumPy
too. Arithmetic on floats is left as it is.
"""

import math
import operator

from numba import types
from numba.core import lowering
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

from ..dual.number import Dual
from ..jit.linked import Linked

CHECKED = {
    operator.add: "sadd_with_overflow",
    operator.sub: "ssub_with_overflow",
    operator.mul: "smul_with_overflow",
}
WHOLE = (int, round, math.floor, math.ceil, math.trunc)
END = 2.0**63
MESSAGE = "a whole number leaves 64 bits"


def power(base, exponent):
    """base ** exponent of whole numbers."""
    if exponent < 0 and abs(base) != 1:
        raise ValueError("a whole number to a negative power: write the base as a float")
    if exponent > 0 and abs(float(base)) ** exponent >= END * (1.0 - 1e-12):
        raise OverflowError(MESSAGE)
    return base**exponent


def shifted(number, places):
    """number << places of whole numbers."""
    if places < 0 or (number != 0 and (places > 62 or (number << places) >> places != number)):
        raise OverflowError(MESSAGE)
    return number << places


HELPERS = {operator.pow: power, operator.lshift: shifted}


class _Lower(lowering.Lower):
    """As the compiler's own, but that whole numbers are checked."""

    def lower_binop(self, resty, expr, op):
        signature = self.fndesc.calltypes[expr]
        known = op in CHECKED or op in HELPERS
        if (
            not known
            or signature.return_type != types.int64
            or not all(map(_whole, signature.args))
        ):
            return super().lower_binop(resty, expr, op)
        operands = [
            self.context.cast(self.builder, self.loadvar(v.name), self.typeof(v.name), types.int64)
            for v in (expr.lhs, expr.rhs)
        ]
        made = self._checked(op, operands)
        return self.context.cast(self.builder, made, types.int64, resty)

    def _checked(self, op, operands):
        if op in HELPERS:
            kind = types.int64(types.int64, types.int64)
            return self.context.compile_internal(self.builder, HELPERS[op], kind, operands)
        pair = getattr(self.builder, CHECKED[op])(*operands)
        self._raise_if(self.builder.extract_value(pair, 1))
        return self.builder.extract_value(pair, 0)

    def _raise_if(self, wrong):
        with self.builder.if_then(wrong, likely=False):
            self.context.call_conv.return_user_exc(
                self.builder, OverflowError, (MESSAGE,), self.loc, self.func_ir.func_id.func_name
            )

    def _lower_call_normal(self, fnty, expr, signature):
        if _makes_whole(fnty, signature):
            kind = self.typeof(expr.args[0].name)
            value = self.loadvar(expr.args[0].name)
            while isinstance(kind, Dual):
                kind, value = kind.base, self.builder.extract_value(value, 0)
            value = self.context.cast(self.builder, value, kind, types.float64)
            low, high = (self.context.get_constant(types.float64, end) for end in (-END, END))
            inside = self.builder.and_(
                self.builder.fcmp_ordered(">=", value, low),
                self.builder.fcmp_ordered("<", value, high),
            )
            self._raise_if(self.builder.not_(inside))
        return super()._lower_call_normal(fnty, expr, signature)


def _whole(kind):
    return isinstance(kind, (types.Integer, types.Boolean)) and getattr(kind, "signed", True)


def _makes_whole(fnty, signature):
    """Whether a call makes a whole number of a float."""
    if not isinstance(signature.return_type, types.Integer) or len(signature.args) != 1:
        return False
    if not isinstance(signature.args[0], (types.Float, Dual)):
        return False
    return isinstance(fnty, types.NumberClass) or getattr(fnty, "typing_key", None) in WHOLE


@register_pass(mutates_CFG=True, analysis_only=False)
class CheckedLowering(Linked, NativeLowering):
    """In the place of the compiler's last pass."""

    _name = "checked_lowering"
    environment = True

    @property
    def lowering_class(self):
        """What writes the instructions."""
        return _Lower
