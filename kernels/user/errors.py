"""What the compiler says about a user's function, in terms of the user's own lines."""

import inspect
import linecache
import re
import warnings

from numba.core.errors import NumbaError, NumbaPerformanceWarning, UnsupportedBytecodeError

from ..jit.compile import Operation
from .function import UserFunction

COMPILER_ERRORS = (NumbaError, UnsupportedBytecodeError, NotImplementedError, AssertionError)
# Plain numbers were compiled before: what fails is known for these only.
PATHWISE = (
    " for derivatives along the path (the methods 'lr', 'wd', 'cd' and 'sp' run it as it is; "
    "docs/user_models.md lists what 'ipa' knows)"
)
_PLACE = re.compile(r"(?:at|from) (\S[^\n]*?) \((\d+)\)")


class UserOperation(Operation):
    """An operation that calls a user's function; names its line when it does not compile."""

    def __init__(self, python_function, signature, recipe, user):
        super().__init__(python_function, signature, recipe)
        self.user = user

    @property
    def address(self) -> int:
        """As of any operation.

        Raises TypeError for code that cannot be compiled.
        """
        try:
            with warnings.catch_warnings():  # what is slow is still right
                warnings.simplefilter("ignore", NumbaPerformanceWarning)
                return super().address
        except COMPILER_ERRORS as error:
            raise TypeError(explained(error, self.user, self.function)) from error


def explained(error: Exception, user: UserFunction, calling) -> str:
    """One sentence on what is wrong, and the user's line that it is about."""
    text = str(error) or "the compiler gives up; is a list of whole numbers given a float?"
    theirs = {function.__code__.co_filename for function in user.functions}
    found = [(file, int(line)) for file, line in _PLACE.findall(text)]
    places = [(file, line) for file, line in found if file in theirs]
    if found and not places and "float(" in _cause(text):
        return (
            f"{user.name} ({user.place()}) must return one number, or output= must say which "
            f"entry of its result is the output: {_cause(text)}"
        )
    file, line = places[0] if places else _line_of_name(text, user)
    source = linecache.getline(file, line).strip()
    where = f'File "{file}", line {line}'
    along = PATHWISE if "pathwise_" in calling.__name__ else ""
    cause = _cause(text)
    way_out = "" if ONLY_READ in cause else "\n  debug=True runs it as plain Python, slowly"
    return f"{user.name} cannot be compiled{along}: {cause}\n  {where}\n    {source}{way_out}"


def _line_of_name(text: str, user: UserFunction) -> tuple[str, int]:
    """Where a name stands that does not exist; else where the function begins."""
    name = re.search(r"name '(\w+)' is not defined", text)
    for function in user.functions if name else []:
        try:
            lines, first = inspect.getsourcelines(function)
        except OSError:  # made by exec: there is no source
            continue
        for number, line in enumerate(lines):
            if re.search(rf"\b{name[1]}\b", line):
                return function.__code__.co_filename, first + number
    code = user.function.__code__
    return code.co_filename, code.co_firstlineno


ONLY_READ = "cannot be set: x and p are only read, keep it in a variable of your own"
_OURS = re.compile(r"NumbaTypeError: (.*\bnext\b.*)")  # what streams say of their arguments
_WORDS = [
    (
        r"Untyped global name '(\w+)': Cannot determine Numba type of <class 'dict'>",
        r'\1 is a dict: compiled code reads \1["name"] with the name written out, nothing else',
    ),
    (
        r"The use of a reflected .*? type, assigned to variable '(\w+)' in globals, is not .*",
        r"\1 is a list of what has no constant form: make it a tuple or an array of numbers",
    ),
    (r"No definition for lowering [^.]*\.(\w+) = .*", rf".\1 {ONLY_READ}"),
    (
        r"Unknown attribute '(\w+)' of type Module\(<module '(\w+)'>\)",
        r"\2.\1 is not a number, a tuple, an array or a plain function (a method is none)",
    ),
    (r"\.* Raised from .*", ""),
    (r"Dual\((?:Dual\()?float64, \d+\)(?:, \d+\))?", "number with derivatives"),
    (r"array\((.*?), (\d)d, \w+\)", r"\2-d array of \1"),
    (r"No implementation of function Function\(<(?:built-in )?function (\w+).*?>\)", r"no \1"),
    (r"No implementation of function Function\(<ufunc '(\w+)'>\)", r"no \1"),
    (r" found for signature:", " of these:"),
]


def _cause(text: str) -> str:
    """The first thing that the compiler says, without its inner workings."""
    ours = _OURS.search(text)
    if ours:
        return ours[1]
    lines = [line.strip() for line in text.splitlines()]
    quiet = ("Failed in", "- Resolution failure")
    told = [line for line in lines if line and not line.startswith(quiet)]
    call = next((line for line in told if line.startswith(">>>")), "")
    cause = told[0] + (f" {call[4:]}" if call else "")
    for pattern, words in _WORDS:
        cause = re.sub(pattern, words, cause)
    return cause
