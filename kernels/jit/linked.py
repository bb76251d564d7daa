"""Functions that only compiled code calls: linked into it, without machine code of their own.

Numba gives every function machine code and two wrappers that unpack Python's arguments, and
optimises it before it is copied into a caller, where it is optimised again. Seven of the thirty
functions behind a first estimate need any of that; without it for the rest, the first IPA of a
queue takes 4.6 s of processor instead of 5.9, and of one with gamma and beta times 41 instead
of 60. The loops are as fast; weak derivatives gain 15 %.
"""

import weakref

from numba import types
from numba.core.codegen import CPUCodeLibrary


class _LinkedLibrary(CPUCodeLibrary):
    """Intermediate code, to be optimised in its callers, that the execution engine never sees."""

    def _optimize_final_module(self):
        pass

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


_called_back: weakref.WeakSet = weakref.WeakSet()


def _recursive(state):
    """Whether a function calls itself, perhaps through others, and so by its address.

    What it calls is compiled before it, up to the call back.
    """
    kinds = [kind for kind in state.typemap.values() if isinstance(kind, types.RecursiveCall)]
    _called_back.update(kind.dispatcher_type.dispatcher.py_func for kind in kinds)
    return bool(kinds) or state.func_id.func in _called_back


def _keep_environment(context, lowered):
    """Put a function's objects of Python, which printing needs, where linked code looks for them:
    a variable that is the same in all modules, once the execution engine knows it."""
    name, codegen = context.get_env_name(lowered.fndesc), context.codegen()
    library = codegen.create_library(name)
    module = library.create_ir_module(name)
    context.declare_env_global(module, name)
    library.add_ir_module(module)
    library.finalize()
    codegen.set_env(name, lowered.env)


class Linked:
    """Mixed into the compiler's last pass, it leaves out what only Python needs."""

    environment = False  # whether the function may use objects of Python, to print them

    def run_pass(self, state):
        """Lower to linked code."""
        flags, context = state.flags, state.targetctx
        flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        if _recursive(state):
            return super().run_pass(state)
        flags.no_compile = True
        state.library = _LinkedLibrary(context.codegen(), state.func_id.func_qualname)
        super().run_pass(state)
        entry = [].append  # a key for the callers: Numba's tables take built-in functions only
        context.insert_user_function(entry, state["cr"].fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        if self.environment:
            _keep_environment(context, state["cr"])
        state["cr"] = state["cr"]._replace(cfunc=entry)
        return True
