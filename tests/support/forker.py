"""
A small process that forks the processes which tests kill on purpose.

The more memory a process has, the longer it takes to fork: ten times as long in a worker of pytest, with all its
modules, as here. What shall be done in a child comes pickled: a function of a module, which is imported once, here.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import BinaryIO

from tests.support.backend import ROOT
from tests.support.patience import PATIENCE_S


def in_child(action: Callable[[], object]) -> int:
    """Run something in a forked process; the signal that killed it, 0 if it came to its end."""
    child = os.fork()
    if not child:
        try:
            action()
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status <= 0, "the child failed by an exception, see stderr"
    return -status


class Forker:
    """Starts the process; close it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forker"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, action: Callable[[], object]) -> int:
        """Run something in a child of the process; the signal that killed it, 0 if it came to its end."""
        assert self._process.stdin and self._process.stdout
        pickle.dump(action, self._process.stdin)
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, "it failed by an exception, see stderr"
        return int(said)

    def close(self) -> None:
        """Kill the process: its input does not end as long as what a test has forked, and left, has the other end."""
        self._process.kill()
        self._process.wait(timeout=PATIENCE_S)


@cache
def forker() -> Forker:
    """Give the one of this process, which ends with it."""
    made = Forker()
    atexit.register(made.close)
    return made


def serve(given: BinaryIO) -> None:
    """Run what comes, each in a child; say what became of it in a line."""
    while True:
        try:
            action = pickle.load(given)
        except EOFError:
            return
        print(in_child(action), flush=True)


if __name__ == "__main__":
    serve(sys.stdin.buffer)
