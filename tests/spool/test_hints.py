"""Hints: whose mailbox to look into, told whole or not at all, and never to somebody who does not listen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.spool.files.fifo import tell
from shocpp.spool.run import hints
from shocpp.spool.run.hints import Hints

PID = os.getpid()
STRANGE = ["", "CP001", "a b/..", "two\nlines", 'quo"te', "\x00", "\udcff", "💥" * 255]


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Hints]:
    """Give the end that is told."""
    end = Hints(str(tmp_path))
    yield end
    end.close()


def test_identities_arrive_as_they_are(tmp_path: Path, taken: Hints) -> None:
    """Whatever a charge point calls itself is what arrives, in order; two commands for one make one look."""
    for identity in (*STRANGE, STRANGE[1]):
        assert hints.give(str(tmp_path), PID, identity)
    assert taken.take() == STRANGE
    assert taken.take() == []


@pytest.mark.parametrize("said", [b"\n", b"CP001\n", b"[]\n", b"1\n", b"\xff\n", b'"CP0', b"[" * 2000, b"x" * 4096])
def test_what_is_no_hint_harms_none(tmp_path: Path, taken: Hints, said: bytes) -> None:
    """What somebody else wrote is passed over, and spoils no hint after it, be it unfinished or without an end."""
    path = str(tmp_path / f"listener-{PID}.fifo")
    assert tell(path, said)
    assert taken.take() == []
    assert tell(path, said)
    assert hints.give(str(tmp_path), PID, "CP001")
    assert taken.take() == ["CP001"]


def test_a_name_too_long_is_not_given(tmp_path: Path, taken: Hints) -> None:
    """What could be torn on its way is not sent on it."""
    assert not hints.give(str(tmp_path), PID, "x" * 5000)
    assert taken.take() == []


def test_who_takes_no_hints(tmp_path: Path, taken: Hints) -> None:
    """A process that never took hints, was killed, has ended or does not read them gets none: a signal is needed."""
    run_dir = str(tmp_path)
    os.mkfifo(tmp_path / "listener-1.fifo")
    assert not hints.give(run_dir, 1, "CP001")
    assert not hints.give(run_dir, 2, "CP001")
    while hints.give(run_dir, PID, "x" * 4000):
        pass
    assert set(taken.take()) == {"x" * 4000}
    Hints(run_dir).close()
    assert not hints.give(run_dir, PID, "CP001")


def test_what_killed_listeners_left_is_removed(tmp_path: Path, taken: Hints, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that starts removes the FIFOs of those that were killed, no other file, and none that is in use."""
    os.mkfifo(tmp_path / "listener-1.fifo")
    (tmp_path / "listener.json").write_text("{}")
    monkeypatch.setattr(os, "getpid", lambda: 2)
    other = Hints(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == sorted(["listener-2.fifo", f"listener-{PID}.fifo", "listener.json"])
    assert hints.give(str(tmp_path), PID, "CP001")
    assert (taken.take(), other.take()) == (["CP001"], [])
    other.close()
