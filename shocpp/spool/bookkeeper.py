"""
A process that books for another one, which must not wait for the disk: records in on stdin, outcomes out on stdout.

One a line, as JSON. In: ``[month, name, data]``; out, in the same order: ``[path, is_new]`` or ``["why not"]``, and in
between ``"a warning"``. What has come meanwhile is booked together, so that a hundred stops at a time cost one sync of
their folder. Ends with its input; signals are its owner's business.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from shocpp.errors import ShocppError, WriteError
from shocpp.spool import durable
from shocpp.spool.accounting import Accounting, RecordFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.accounting import Outcome

_CHUNK = 1 << 14
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


def command(folder: str) -> list[str]:
    """Give the command line of a bookkeeper of an accounting folder; it needs nothing but the standard library."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = "import sys; sys.path.insert(0, sys.argv[1]); from shocpp.spool.bookkeeper import main; main(sys.argv[2])"
    return [sys.executable, "-I", "-S", "-c", program, package, folder]


def request(file: RecordFile) -> bytes:
    """Write a record's file as a line."""
    return f"{json.dumps([file.month, file.name, file.data.decode(), file.legacy_name])}\n".encode()


def response(line: bytes) -> Outcome | str:
    """Read what became of a record, or a warning."""
    value = json.loads(line)
    if isinstance(value, str):
        return value
    path, *rest = value
    return (path, rest[0]) if rest else WriteError(path)


def main(folder: str, source: int = 0, sink: int = 1) -> None:
    """Book until the end of input."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    warnings: list[str] = []
    accounting, rest = Accounting(folder, warnings.append), b""
    while data := _read(source):
        *lines, rest = (rest + data).split(b"\n")
        outcomes = accounting.book_all([_file(line) for line in lines])
        try:
            durable.write_all(sink, b"".join(map(_line, [*warnings, *outcomes])))
            warnings.clear()
        except (BrokenPipeError, ConnectionResetError):
            return  # nobody waits any more; what was begun is booked


def _read(source: int) -> bytes:
    """Read what has come; nothing at the end of input, which an owner that was killed does not announce."""
    try:
        return os.read(source, _CHUNK)
    except ConnectionResetError:
        return b""


def _file(line: bytes) -> RecordFile:
    month, name, data, legacy_name = json.loads(line)
    return RecordFile(month, name, data.encode(), legacy_name)


def _line(outcome: Outcome | str) -> bytes:
    value = [str(outcome)] if isinstance(outcome, ShocppError) else outcome
    return f"{json.dumps(value)}\n".encode()
