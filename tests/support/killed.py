"""
Backends in this process that are killed as processes are: in the middle of their work, with what they hold in memory.

``Killer`` counts touches of the disk in this process and raises ``Killed`` at the one that was asked for, which nothing
but the test catches. What the kernel would do for a process that is gone, letting go of its files, is done here, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CALLS = ("open", "write", "fsync", "link", "mkdir", "rename", "unlink")


class Killed(BaseException):
    """The process is gone; no Exception, so that no ``except Exception`` of ours outlives it."""


class Killer:
    """Kills at the n-th touch of the disk that is made while something is served."""

    def __init__(self) -> None:
        self._left = 0
        self._is_serving = False

    @contextmanager
    def on(self) -> Iterator[None]:
        """Count in the place of the real functions."""
        real = {name: getattr(os, name) for name in CALLS}
        for name, function in real.items():
            setattr(os, name, self._counting(function))
        try:
            yield
        finally:
            for name, function in real.items():
                setattr(os, name, function)

    def arm(self, at: int) -> None:
        """Kill at the touch with this number, from 1; at the latest when what is served has come to its end."""
        self._left = at

    @contextmanager
    def serving(self) -> Iterator[None]:
        """
        Serve something that may be killed.

        Raises:
            Killed: It was.
        """
        self._is_serving = True
        try:
            yield
        finally:
            self._is_serving = False
            was_armed, self._left = self._left > 0, 0
        if was_armed:
            raise Killed

    def _counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            if self._left and self._is_serving:
                self._left -= 1
                if not self._left:
                    raise Killed
            return real(*args, **kwargs)

        return counted


def let_go(folder: Path) -> None:
    """Close every file below a folder that this process has open, as the kernel would: locks on them are free then."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}").startswith(f"{folder}/"):
                os.close(int(name))
