"""A line on stderr when the compiler keeps somebody waiting.

The first estimate of a fresh installation compiles for several seconds. Whoever looks on, in a
terminal or a notebook, is told so once in a process; pipes and files stay clean, unless
FASTGRAD_VERBOSE is set.
"""

import os
import sys
import threading

PATIENCE = 1.0  # seconds of silence that nobody wonders about


class Notice:
    """Waits while something is compiled, and says what it is when that takes long."""

    def __init__(self, patience=PATIENCE):
        self.patience = patience
        self.said = False
        self._timer = None

    def begin(self, name, folder):
        """Compiling of this function begins."""
        self.end()
        if self.said or not watched():
            return
        self._timer = threading.Timer(self.patience, self._say, (name, folder))
        self._timer.daemon = True
        self._timer.start()

    def end(self):
        """It is compiled, or something else is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say(self, name, folder):
        self.said = True
        line = f"fastgrad is compiling {name} and what goes with it: once, it is kept in {folder}"
        print(line, file=sys.stderr, flush=True)


def watched() -> bool:
    """Whether somebody reads stderr while it is written."""
    if os.environ.get("FASTGRAD_VERBOSE", "0") not in ("", "0"):
        return True
    terminal = getattr(sys.stderr, "isatty", None)
    return "ipykernel" in sys.modules or bool(terminal and terminal())


notice = Notice()
