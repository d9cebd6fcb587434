"""Processes that are killed with SIGKILL at the n-th touch of the disk. Knows ``os`` and nothing of what is written."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from tests.support.forker import forker

CALLS = ("open", "write", "fsync", "link", "mkdir", "rename", "unlink", "close")


class Cut:
    """
    Counts touches of the disk and ends the process at one of them.

    Args:
        at: At which, from 1; 0 for none.
        torn: A write that is cut writes its first half before.
        calls: Which functions of ``os`` count.
    """

    def __init__(self, at: int, torn: bool = False, calls: tuple[str, ...] = CALLS) -> None:
        self.at = at
        self.torn = torn
        self.count = 0
        self.names: list[str] = []
        self._calls = calls

    def install(self) -> None:
        """Put the counting functions in the place of the real ones, in this process for good."""
        for name in self._calls:
            setattr(os, name, self._counting(name, getattr(os, name)))
        fcntl.flock = self._counting("flock", fcntl.flock)

    def _counting(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            self.names.append(name)
            if self.count == self.at:
                if name == "write" and self.torn:
                    real(args[0], args[1][: len(args[1]) // 2])
                die()
            return real(*args, **kwargs)

        return counted


def die() -> NoReturn:
    """Kill this process the way a power cut or the kernel would: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL did not kill")


def is_cut(
    action: Callable[[], object], at: int, torn: bool = False, before: Callable[[], object] | None = None
) -> bool:
    """
    Run an action in a process of its own that dies at its n-th touch of the disk.

    Args:
        action: A function of a module, with its arguments.
        at: At which touch, from 1.
        torn: A write that is cut writes its first half before.
        before: Changes the process; another function of a module.

    Returns:
        Whether it died; False says that the action has fewer touches and came to its end.
    """
    return forker().run(partial(_run_cut, action, at, torn, before)) == signal.SIGKILL


def _run_cut(action: Callable[[], object], at: int, torn: bool, before: Callable[[], object] | None) -> None:
    if before:
        before()
    Cut(at, torn).install()
    action()
