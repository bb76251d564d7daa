"""What the compiler says about a user's function, in terms of the user's own lines."""

import linecache
import re

from numba.core.errors import NumbaError, UnsupportedBytecodeError

from .compile import Operation
from .user_function import UserFunction

COMPILER_ERRORS = (NumbaError, UnsupportedBytecodeError)
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
            return super().address
        except COMPILER_ERRORS as error:
            raise TypeError(explained(error, self.user, self.function)) from error


def explained(error: Exception, user: UserFunction, calling) -> str:
    """One sentence on what is wrong, and the user's line that it is about."""
    text = str(error)
    ours = calling.__code__.co_filename
    found = [(file, int(line)) for file, line in _PLACE.findall(text)]
    places = [(file, line) for file, line in found if file != ours]
    if found and not places:
        return (
            f"{user.name} ({user.place()}) must return one number, or output= must say which "
            f"entry of its result is the output: {_cause(text)}"
        )
    code = user.function.__code__
    file, line = places[0] if places else (code.co_filename, code.co_firstlineno)
    source = linecache.getline(file, line).strip()
    where = f'File "{file}", line {line}'
    return f"{user.name} cannot be compiled: {_cause(text)}\n  {where}\n    {source}"


def _cause(text: str) -> str:
    """The first thing that the compiler says, without its inner workings."""
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith("Failed in")]
    first = re.sub(r"\.* Raised from .*", "", told[0])
    call = next((line for line in told if line.startswith(">>>")), "")
    first = first.replace("No implementation of function Function(<built-in function ", "No ")
    return first.replace(">) found for signature:", " of these:") + (f" {call[4:]}" if call else "")
