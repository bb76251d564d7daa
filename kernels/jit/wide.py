"""Compiling with 512-bit vectors where the processor has them, whatever LLVM prefers for it.

LLVM prefers 256 bits on every Intel processor with AVX-512 and 512 on AMD's, so that the same
source became two programs: tuned for Intel's rocketlake instead of znver4, the generator came out
in 256 bits and M/M/1 by IPA took 1.12 of the time on the same machine. Each function is
vectorised by itself before it is copied into another, so that every one of ours carries the
attribute, small ones too. It belongs to the function: nobody else's code in the process is
touched, and it says nothing where there is no AVX-512.
"""

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

from .linked import Linked


class _WideLower(Lower):
    def setup_function(self, fndesc):
        super().setup_function(fndesc)
        # llvmlite's own `add` knows only LLVM's enum attributes, not key="value" ones.
        set.add(self.function.attributes, '"prefer-vector-width"="512"')


@register_pass(mutates_CFG=True, analysis_only=False)
class WideLowering(NativeLowering):
    """In the place of the compiler's last pass."""

    _name = "wide_lowering"

    @property
    def lowering_class(self):
        """What writes the instructions."""
        return _WideLower


def nopython_pipeline(state, lowering):
    """Numba's own pipeline with `lowering` in the place of its last pass, to be finalized yet."""
    builder = DefaultPassBuilder.define_nopython_pipeline(state)
    builder.passes = [
        (lowering if one is NativeLowering else one, name) for one, name in builder.passes
    ]
    return builder


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedWideLowering(Linked, WideLowering):
    """The same for functions that only compiled code calls."""

    _name = "linked_wide_lowering"


class WideCompiler(CompilerBase):
    """Numba's own pipeline, but for what writes the instructions."""

    lowering = WideLowering

    def define_pipelines(self):
        """The passes."""
        builder = nopython_pipeline(self.state, self.lowering)
        builder.finalize()
        return [builder]


class LinkedCompiler(WideCompiler):
    """The same for functions that only compiled code calls."""

    lowering = LinkedWideLowering
