"""
A process that books for another one, which must not wait for the disk: records in on stdin, outcomes out on stdout.

In: a line ``month name legacy_name``, the record's document as it will be in the file, and a NUL, which no JSON has; or
an empty line, ``[identity, known, gone]`` as JSON and a NUL, for the charges that are open. Out, in the same order, a
line of JSON: ``[path, is_new]`` or ``{id: what is kept of an open charge}`` or ``["why not"]``, and in between ``"a
warning"``. What has come meanwhile is booked together, so that a hundred stops at a time cost one sync of their folder.
Ends with its input; signals are its owner's business.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from shocpp.compact_json import encode
from shocpp.errors import ShocppError, WriteError
from shocpp.spool.accounting.accounting import RecordFile, Starts
from shocpp.spool.files import durable
from shocpp.stores.accounting_at import accounting_at, is_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shocpp.spool.accounting.accounting import Accounting, Opened, Outcome

    Task = RecordFile | Starts
    Done = Outcome | Opened

_CHUNK = 1 << 14
_decode = json.JSONDecoder().raw_decode  # nothing stands before or after a value
_END = b"\0"
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


def command(where: str) -> list[str]:
    """
    Give the command line of a bookkeeper.

    Args:
        where: An accounting folder, for which it needs nothing but the standard library; or the address of a store.
    """
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from shocpp.stores.bookkeeper import main; main(sys.argv[2])"
    )
    site = [] if is_address(where) else ["-S"]
    return [sys.executable, "-I", *site, "-c", program, package, where]


def request(task: Task) -> bytes:
    """Write what has a record's file booked, or open charges kept."""
    if isinstance(task, Starts):
        return b"\n%b%b" % (json.dumps([task.identity, task.known, task.gone]).encode(), _END)
    return b"%b\n%b%b" % (f"{task.month} {task.name} {task.legacy_name}".encode(), task.data, _END)


def response(line: bytes) -> Done | str:
    """Read what became of a task, or a warning."""
    value, _ = _decode(line.decode())
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {int(each): seen for each, seen in value.items()}
    path, *rest = value
    return (path, rest[0]) if rest else WriteError(path)


def perform(accounting: Accounting, tasks: Sequence[Task]) -> list[Done]:
    """Do tasks, all records together; what each brought, in order, or why it brought nothing."""
    files = [task for task in tasks if isinstance(task, RecordFile)]
    booked = iter(accounting.book_all(files) if files else ())
    return [next(booked) if isinstance(task, RecordFile) else _opened(accounting, task) for task in tasks]


def main(where: str, source: int = 0, sink: int = 1) -> None:
    """Book until the end of input."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    warnings: list[str] = []
    accounting, rest = accounting_at(where, warnings.append), b""
    while data := _read(source):
        *requests, rest = (rest + data).split(_END)
        outcomes = perform(accounting, [_task(each) for each in requests])
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


def _opened(accounting: Accounting, starts: Starts) -> Opened | ShocppError:
    try:
        return accounting.open_charges(starts)
    except ShocppError as error:
        return error


def _task(request: bytes) -> Task:
    names, _, data = request.partition(b"\n")
    if not names:
        identity, known, gone = json.loads(data)
        return Starts(identity, {int(each): seen for each, seen in known.items()}, gone)
    month, name, legacy_name = names.decode().split(" ")
    return RecordFile(month, name, data, legacy_name)


def _line(outcome: Done | str) -> bytes:
    value = [str(outcome)] if isinstance(outcome, ShocppError) else outcome
    return f"{encode(value)}\n".encode()
