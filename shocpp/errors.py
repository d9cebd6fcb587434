"""
What can go wrong outside our own code, each raised with what was wrong and where.

An error's text is one sentence for the person who runs the command, with the next step where there
is one. Which exit status a command ends with is known in ``cli.run`` alone.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Report = Callable[[str, str], None]  # is told the path of a file and what is wrong with it


class ShocppError(Exception):
    """
    Base of all errors whose cause is outside our code.

    Args:
        faults: What is wrong, each a sentence that stands by itself. As a text the error is one line: the first of
            them, and how many more there are.
    """

    def __init__(self, *faults: str) -> None:
        more = f" (and {len(faults) - 1} more: shocpp-check lists them)" if len(faults) > 1 else ""
        super().__init__("".join(faults[:1]) + more)
        self.faults = faults


class UsageError(ShocppError):
    """An option or argument makes no sense."""


class DataError(ShocppError):
    """A payload, record or input is malformed."""


class MissingError(ShocppError):
    """A file, a month or an id that was named does not exist."""


class ConfigError(ShocppError):
    """A configuration file or setting does not make sense."""


class UnavailableError(ShocppError):
    """The charge point is not connected, or a program that is needed is not there."""


class TryAgainError(ShocppError):
    """No answer came in time, or another command holds the mailbox."""


class BusyError(TryAgainError):
    """Somebody else holds the mailbox, or a folder."""


class CannotCreateError(ShocppError):
    """A file or folder cannot be created."""


class WriteError(ShocppError):
    """A file cannot be written to its end: the disk is full or broken."""


class NoLocksError(WriteError):
    """A file system has no locks, for no file on it."""


class RefusedError(ShocppError):
    """The charge point answered with a CALLERROR."""


class NotPermittedError(ShocppError):
    """The system does not permit us to send a signal, or to use a folder or file."""


def source_line_of(error: BaseException) -> str:
    """Give the line of source that raised an exception, such as ``batch.py:98``; empty if that is unknown."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"


def take_all(take: Callable[..., object], entries: Iterable[tuple[object, ...]]) -> None:
    """
    Take the entries of a configuration file one after another, so that all that is wrong is told at once.

    Args:
        take: Takes an entry, or raises a ``ConfigError``.
        entries: The arguments for each.

    Raises:
        ConfigError: Has the faults of all entries that were not taken.
    """
    faults: list[str] = []
    for entry in entries:
        try:
            take(*entry)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)
