"""
A process that books for another one, which must not wait for the disk: records in on stdin, outcomes out on stdout.

In: a line ``month name legacy_name``, the record's document as it will be in the file, and a NUL, which no JSON has.
Out, in the same order, a line of JSON: ``[path, is_new]`` or ``["why not"]``, and in between ``"a warning"``. What has
come meanwhile is booked together, so that a hundred stops at a time cost one sync of their folder. Ends with its input;
signals are its owner's business.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from shocpp.errors import ShocppError, WriteError
from shocpp.spool import durable
from shocpp.spool.accounting import RecordFile
from shocpp.spool.accounting_folder import AccountingFolder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.spool.accounting import Outcome

_CHUNK = 1 << 14
_END = b"\0"
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


def command(folder: str) -> list[str]:
    """Give the command line of a bookkeeper of an accounting folder; it needs nothing but the standard library."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = "import sys; sys.path.insert(0, sys.argv[1]); from shocpp.spool.bookkeeper import main; main(sys.argv[2])"
    return [sys.executable, "-I", "-S", "-c", program, package, folder]


def request(file: RecordFile) -> bytes:
    """Write what has a record's file booked."""
    return b"%b\n%b%b" % (f"{file.month} {file.name} {file.legacy_name}".encode(), file.data, _END)


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
    accounting, rest = AccountingFolder(folder, warnings.append), b""
    while data := _read(source):
        *requests, rest = (rest + data).split(_END)
        outcomes = accounting.book_all([_file(each) for each in requests])
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


def _file(request: bytes) -> RecordFile:
    names, _, data = request.partition(b"\n")
    month, name, legacy_name = names.decode().split(" ")
    return RecordFile(month, name, data, legacy_name)


def _line(outcome: Outcome | str) -> bytes:
    value = [str(outcome)] if isinstance(outcome, ShocppError) else outcome
    return f"{json.dumps(value)}\n".encode()
