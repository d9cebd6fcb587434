"""What fails by our own fault: it is told to the log with its traceback, and neither connection nor charge ends."""

from __future__ import annotations

import errno

from shocpp.texts import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")
    Say = Callable[[str, str], None]

# What the system has no more of, or cannot do: nobody's fault here, and with many connections a flood in the log.
_THE_SYSTEMS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)
_DEEPEST, _MOST_LINES, _LONGEST = 20, 60, 500


def report(say: Say, what: str, error: BaseException) -> None:
    """Tell the log of an exception: ``what`` failed, and where."""
    if isinstance(error, OSError) and error.errno in _THE_SYSTEMS:
        say("ERROR", f"{what} failed: {clean(str(error), _LONGEST)}")
        return
    say("ERROR", f"{what} failed by our own fault:")
    for line in _traceback_of(error)[-_MOST_LINES:]:
        say("ERROR", clean(line, _LONGEST))


def _traceback_of(error: BaseException) -> list[str]:
    """Give the lines of a traceback; where Python's own files cannot be read, too, what failed must do."""
    try:
        import traceback
    except (OSError, ImportError):
        return [repr(error)]
    return "".join(traceback.format_exception(error, limit=-_DEEPEST)).splitlines()


def attempt(say: Say, what: str, do: Callable[..., Result], *values: object) -> Result | None:
    """
    Do something whose failing by our own fault must not end the connection.

    Args:
        say: Writes a line of the log: level and text.
        what: What is done, in words.
        do: Does it, given ``values``.

    Returns:
        What ``do`` gives; None where it failed.
    """
    try:
        return do(*values)
    except Exception as error:
        report(say, what, error)
        return None
