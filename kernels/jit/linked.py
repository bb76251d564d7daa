"""Functions that only compiled code calls: linked into it, without machine code of their own.

Numba gives every function machine code and two wrappers that unpack Python's arguments, and
optimises it before it is copied into a caller, where it is optimised again. Seven of the thirty
functions behind a first estimate need any of that; without it for the rest, the first IPA of a
queue takes 4.6 s of processor instead of 5.9, and of one with gamma and beta times 41 instead
of 60. The loops are as fast; weak derivatives gain 15 %.
"""

from numba.core.codegen import CPUCodeLibrary


class _LinkedLibrary(CPUCodeLibrary):
    """Intermediate code, to be optimised in its callers, that the execution engine never sees."""

    def _optimize_final_module(self):
        pass

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


class Linked:
    """Mixed into the compiler's last pass, it leaves out what only Python needs."""

    def run_pass(self, state):
        """Lower to linked code."""
        flags, context = state.flags, state.targetctx
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        state.library = _LinkedLibrary(context.codegen(), state.func_id.func_qualname)
        super().run_pass(state)
        entry = [].append  # a key for the callers: Numba's tables take built-in functions only
        context.insert_user_function(entry, state["cr"].fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        state["cr"] = state["cr"]._replace(cfunc=entry)
        return True
