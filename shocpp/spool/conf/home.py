"""
A new home: its folders, and configuration files that begin as copies of the examples. What is there stays as it is.

Knows what a home holds and who may read and write which part of it, not where it lies or where examples come from.
"""

from __future__ import annotations

import os

from shocpp.errors import MissingError
from shocpp.spool.files import durable
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.files.new_file import write_new

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Owner = tuple[int, int]

_OPEN_FOLDER, _OPEN_FILE = 0o755, 0o644  # every user of the machine may run our commands, which look there
_WRITTEN = ("accounting", "run")  # by the service
_SECRET = "tags.json"  # noqa: S105 - its name: cards that charge
# what a home needs; prices and a list of charge points that are somebody else's would do harm, and are examples only
_NEEDED = (_SECRET, "shocpp.conf")
_EXAMPLE = ".example"


def lay_out(home: str, examples: str, owner: Owner | None) -> Iterator[str]:
    """
    Make what is missing of a home; a crash leaves files whole or absent, and the next time makes the rest.

    Args:
        home: An absolute path.
        examples: The folder with the examples.
        owner: User and group that the service has, who get accounting/ and run/ and may read the cards; None if all
            shall be whose we are.

    Yields:
        What was done about each part, as soon as it is.

    Raises:
        ShocppError: Something cannot be made, or there are no examples; says which and why.
    """
    conf = os.path.join(home, "conf")
    for folder in (home, conf):
        yield _make(folder, _OPEN_FOLDER, None)
    for name in _WRITTEN:
        yield _make(os.path.join(home, name), durable.FOLDER_MODE, owner)
    for name, data in _read(examples):
        copied = name.removesuffix(_EXAMPLE)
        for each in (name, *([copied] if copied in _NEEDED else [])):
            yield _write(os.path.join(conf, each), data, owner if each == _SECRET else None)


def _make(folder: str, mode: int, owner: Owner | None) -> str:
    if os.path.isdir(folder):
        return _left(folder)
    durable.make_folder(folder)
    durable.set_mode(folder, mode)
    if owner:
        _give(folder, *owner)
    return f"made: {folder}"


def _write(path: str, data: bytes, owner: Owner | None) -> str:
    """Write a file; that with the cards only its owner and group may read."""
    if os.path.lexists(path) or not write_new(path, data):
        return _left(path)
    if os.path.basename(path) != _SECRET:
        durable.set_mode(path, _OPEN_FILE)
    if owner:
        _give(path, -1, owner[1])
    return f"written: {path}"


def _give(path: str, user: int, group: int) -> None:
    """Give what we have just made to the service; -1 changes nothing."""
    try:
        os.chown(path, user, group, follow_symlinks=False)
    except OSError as error:
        raise explained(error, path, "give away") from error


def _read(examples: str) -> list[tuple[str, bytes]]:
    """Read all examples, by their names; without those of what a home needs there is none to be made."""
    found = []
    try:
        names = {name for name in os.listdir(examples) if name.endswith(_EXAMPLE)}
        for name in sorted(names.union(f"{needed}{_EXAMPLE}" for needed in _NEEDED)):
            with open(os.path.join(examples, name), "rb") as file:
                found.append((name, file.read()))
    except OSError as error:
        raise MissingError(f"cannot read the examples of configuration files: {error}; install shocpp again") from None
    return found


def _left(path: str) -> str:
    return f"left as it is: {path}"
