"""
Disks that fail: one call of ours, and small ones that a test can fill and make read-only, for root and everybody else.

A small one is a tmpfs in a mount namespace of its own: a shell holds it, reached by /proc/<its pid>/root, and when the
shell ends it is gone. Where no namespace may be made (some containers) ``can_mount`` says so.
"""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

import pytest

_HOLD = """
mount -t tmpfs -o "$2" none "$1" && echo ready || exit
while read -r line; do eval "$line" && echo done || echo failed; done
"""


class SmallDisk:
    """
    A tmpfs of its own.

    Args:
        place: An empty folder; the disk is mounted there, but only the holder sees it there.
        options: Of mount(8).

    Raises:
        OSError: Nothing may be mounted here.
    """

    def __init__(self, place: Path, options: str = "size=256k") -> None:
        self._place = place
        as_root = () if os.geteuid() == 0 else ("--map-root-user",)
        self._holder = subprocess.Popen(
            ["unshare", *as_root, "--mount", "sh", "-c", _HOLD, "sh", str(place), f"{options},mode=777"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self._answer() != "ready":
            raise OSError(f"no tmpfs may be mounted here: {self._holder.communicate()[1].strip()}")
        self.path = Path(f"/proc/{self._holder.pid}/root{place}")

    def _answer(self) -> str:
        assert self._holder.stdout
        return self._holder.stdout.readline().strip()

    def remount(self, options: str) -> None:
        """Mount it anew with other options, such as ``ro``."""
        assert self._holder.stdin
        self._holder.stdin.write(f"mount -o 'remount,{options}' none '{self._place}'\n")
        self._holder.stdin.flush()
        assert self._answer() == "done"

    def fill(self) -> None:
        """Leave not a byte and not a file's worth of room."""
        with open(self.path / "filler", "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        try:
            for number in range(10_000):
                (self.path / f"filler-{number}").touch()
        except OSError:
            pass

    def clear(self) -> None:
        """Make room again."""
        for filler in self.path.glob("filler*"):
            filler.unlink()

    def close(self) -> None:
        """Unmount it: end the one process that sees it."""
        self._holder.communicate()


@functools.cache
def can_mount(place: Path) -> str:
    """Tell why no disk can be mounted, in words; empty if it can."""
    try:
        SmallDisk(place).close()
    except OSError as error:
        return str(error)
    return ""


def without_override() -> list[str]:
    """Give a command line under which root obeys the modes of files and folders; nothing for everybody else."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def failing(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a function of ``os`` fail from now on; "create": only where it opens a file for writing."""
    real = os.open

    def fail(*args: int, **kwargs: int) -> int:
        if name == "create" and not args[1] & (os.O_WRONLY | os.O_RDWR):
            return real(*args, **kwargs)  # type: ignore[arg-type]
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open" if name == "create" else name, fail)
