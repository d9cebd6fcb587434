"""A clock that is set while our programs run: time.time() of a real process, and nothing else of the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# runs a command line of ours, ``python -I -c CODE ARGUMENT ...``, in this very process
_CODE = """
import sys, time
path, _, _, _, code, *sys.argv[1:] = sys.argv[1:]
real = time.time
time.time = lambda: real() + float(open(path).read())
exec(code)
"""


class Clock:
    """
    What a process takes for the time.

    Args:
        folder: Where it is kept.

    Attributes:
        wrapper: The command line under which a program of ours has this clock.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"
        self.set(0)
        self.wrapper = [sys.executable, "-I", "-c", _CODE, str(self._path)]

    def set(self, ahead_s: float) -> None:
        """Set it to so many seconds ahead of the machine's; negative for behind."""
        beside = self._path.with_suffix(".new")
        beside.write_text(str(ahead_s))
        os.replace(beside, self._path)
