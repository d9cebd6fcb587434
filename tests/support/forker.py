"""
A small process that forks: what is killed on purpose is its child, and no copy of a test worker with all its modules.

To fork takes as long as there is memory to share: ten times as long in a worker of pytest as here. What shall be done
comes pickled, so it is made of functions of modules; these are imported once, here.
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
        """End the process, which may wait for what a copy of a test worker would say that a test has left."""
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
