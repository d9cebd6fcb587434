"""Progress on a terminal, and none elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterator

from shocpp.cli.progress import Progress


class Terminal(io.StringIO):
    """A stream that says that somebody is looking."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def ticking(step_s: float) -> Iterator[float]:
    """Give a time that goes on with every look at it."""
    time = 0.0
    while True:
        yield time
        time += step_s


def test_long_work() -> None:
    """Long work is counted in one line that is gone at the end."""
    stream, clock = Terminal(), ticking(0.5)
    progress = Progress("{count} records read", stream, lambda: next(clock))
    assert list(progress.watch(range(1000))) == list(range(1000))
    said = stream.getvalue()
    assert "\r640 records read\x1b[K" in said and said.endswith("\r\x1b[K") and "\n" not in said


def test_short_work() -> None:
    """What is done within a second says nothing."""
    stream, clock = Terminal(), ticking(0.001)
    list(Progress("{count}", stream, lambda: next(clock)).watch(range(1000)))
    assert stream.getvalue() == ""


def test_nobody_looks() -> None:
    """In cron, or with stderr in a file, nothing is said however long it takes."""
    stream, clock = io.StringIO(), ticking(100)
    items = range(1000)
    assert Progress("{count}", stream, lambda: next(clock)).watch(items) is items
    assert stream.getvalue() == ""
