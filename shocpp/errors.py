"""
What can go wrong outside our own code, each raised with what was wrong and where.

An error's text is one sentence for the person who runs the command, with the next step where there
is one. Exit statuses are the business of ``cli.run``, CALLERROR codes that of ``backend``.
"""


class ShocppError(Exception):
    """Base of all errors that are not our bug."""


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
    """Another command holds the mailbox."""


class CannotCreateError(ShocppError):
    """A file or folder cannot be created."""


class WriteError(ShocppError):
    """A file cannot be written to the end: full disk, broken disk."""


class RefusedError(ShocppError):
    """The charge point answered with a CALLERROR."""


class NotPermittedError(ShocppError):
    """We may not: signal, folder, file."""
