"""FIFOs that wake: what arrives, and that nobody who has news ever waits or writes into anything else."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from shocpp.spool.files.fifo import Fifo, tell


def is_ready(fifo: Fifo) -> bool:
    """Tell whether a sleeper would wake."""
    poll = select.poll()
    poll.register(fifo.descriptor)
    return any(events & ~select.POLLOUT for _, events in poll.poll(0))


def test_a_line_wakes_once(tmp_path: Path) -> None:
    """What is told arrives and wakes the sleeper, who then sleeps again though the writer has gone."""
    path = str(tmp_path / "fifo")
    fifo = Fifo(path)
    assert not is_ready(fifo)
    assert fifo.drain() == b""
    assert tell(path, b"one\n")
    assert tell(path)
    assert is_ready(fifo)
    assert fifo.drain() == b"one\n\n"
    assert not is_ready(fifo)
    fifo.close()
    assert not os.path.exists(path)


def test_what_a_crash_left_is_replaced(tmp_path: Path) -> None:
    """A FIFO that nobody reads tells so at once, and stands in nobody's way."""
    path = str(tmp_path / "fifo")
    os.mkfifo(path, 0o400)
    assert not tell(path)
    fifo = Fifo(path)
    assert tell(path)
    fifo.close()


@pytest.mark.parametrize("kind", ["nothing", "file", "link", "folder"])
def test_only_a_fifo_is_written_to(tmp_path: Path, kind: str) -> None:
    """What only has the name of a FIFO is told nothing and stays as it was, a link to a real one, too."""
    path, other = tmp_path / "fifo", tmp_path / "other"
    listening = Fifo(str(other))
    if kind == "file":
        path.write_text("mine")
    elif kind == "link":
        path.symlink_to(other)
    elif kind == "folder":
        path.mkdir()
    assert not tell(str(path))
    assert listening.drain() == b""
    assert kind != "file" or path.read_text() == "mine"
    listening.close()


def test_a_full_one_makes_nobody_wait(tmp_path: Path) -> None:
    """Who writes to a sleeper that does not wake is told so in the end, and does not wait."""
    path = str(tmp_path / "fifo")
    fifo = Fifo(path)
    line = b"x" * (select.PIPE_BUF - 1) + b"\n"
    told = 0
    while tell(path, line):
        told += 1
    assert told > 0
    read = b""
    while data := fifo.drain():
        read += data
    assert read == line * told
    fifo.close()
