"""What is replaced is there whole, as it was or as it is to be, whatever happens to whoever writes it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from shocpp import errors
from shocpp.spool.files import durable
from tests.support.cuts import is_cut
from tests.support.descriptors import descriptors
from tests.support.disks import failing

MOST_TOUCHES = 200


@pytest.mark.parametrize("torn", [False, True], ids=["before", "half-written"])
def test_a_replacement_killed_at_each_touch(tmp_path: Path, torn: bool) -> None:
    """Readers of a file that is replaced see the old content or the new, whole, wherever the writer is killed."""
    path = tmp_path / "status.json"
    for at in range(1, MOST_TOUCHES):
        path.write_bytes(b"old" * 1000)
        was_cut = is_cut(partial(durable.replace, str(path), b"new" * 1000), at, torn)
        assert path.read_bytes() in ((b"old" * 1000, b"new" * 1000) if was_cut else (b"new" * 1000,))
        durable.replace(str(path), b"new" * 1000)
        assert path.read_bytes() == b"new" * 1000 and os.listdir(tmp_path) == ["status.json"]
        if not was_cut:
            break
    assert at > 3


def replace_lasting(path: str, data: bytes) -> None:
    """Replace a file in two pieces, the way that survives a power cut."""
    durable.replace_lasting(path, [data, data], (os.getuid(), os.getgid()))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize(
    ("replace", "name"),
    [
        *((durable.replace, name) for name in ("create", "write", "truncate", "rename")),
        *((replace_lasting, name) for name in ("create", "fchown", "fchmod", "fsync", "rename")),
    ],
)
def test_a_replacement_that_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: Callable[[str, bytes], None], name: str, number: int
) -> None:
    """Whatever call fails, the old content stays, the error names the file, nothing is left open; a repeat does it."""
    path = tmp_path / "status.json"
    path.write_bytes(b"old")
    (tmp_path / "status.json.new").write_bytes(b"longer than what is written over it")
    before = descriptors()
    with monkeypatch.context() as patch:
        failing(name, number, patch)
        with pytest.raises(errors.ShocppError, match=str(path)):
            replace(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert descriptors() <= before, "a descriptor leaked"
    replace(str(path), b"new")
    assert path.read_bytes() in (b"new", b"newnew")


def test_a_replacement_whose_content_fails(tmp_path: Path) -> None:
    """Where the content itself cannot be read to its end, the old one stays, and no descriptor is left open."""
    path = tmp_path / "records.json"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    before = descriptors()
    with pytest.raises(errors.ShocppError, match=str(path)):
        durable.replace_lasting(str(path), pieces())
    assert path.read_bytes() == b"old" and descriptors() <= before
