"""The lock that makes commands queue: the same file and the same lock as filelock's, which programs may use."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from shocpp.errors import BusyError, ShocppError
from shocpp.spool.run import command_lock
from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT


def test_it_shuts_others_out(tmp_path: Path) -> None:
    """While it is held neither we nor filelock get it; afterwards it is free, and its file is there."""
    path = str(tmp_path / "command.lock")
    with command_lock.held(path, 0):
        with pytest.raises(BusyError), command_lock.held(path, 0.01):
            pass
        with pytest.raises(Timeout):
            FileLock(path).acquire(timeout=0)
    with FileLock(path, timeout=0), pytest.raises(BusyError), command_lock.held(path, 0):
        pass
    with command_lock.held(path, 0):
        assert os.path.exists(path)


def test_it_waits_for_others(tmp_path: Path) -> None:
    """Who has time gets it when the one before lets go."""
    path = str(tmp_path / "command.lock")
    got: list[str] = []

    def wait() -> None:
        with command_lock.held(path, PATIENCE_S):
            got.append("second")

    with command_lock.held(path, 0):
        second = threading.Thread(target=wait)
        second.start()
        got.append("first")
    second.join(PATIENCE_S)
    assert got == ["first", "second"]


def test_a_file_that_was_removed_locks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the file goes in the instant before it is locked, the lock is taken on the one that is there now."""
    path = str(tmp_path / "command.lock")
    real = os.open

    def removed_meanwhile(*arguments: object, **keywords: object) -> int:
        descriptor = real(*arguments, **keywords)  # type: ignore[arg-type]
        monkeypatch.setattr(os, "open", real)
        os.unlink(path)
        return descriptor

    monkeypatch.setattr(os, "open", removed_meanwhile)
    with command_lock.held(path, PATIENCE_S), pytest.raises(BusyError), command_lock.held(path, 0):
        pass


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A lock that cannot be had at all is one sentence with the file's name."""
    with (
        pytest.raises(ShocppError, match=r"cannot lock .*/no/command\.lock"),
        command_lock.held(f"{tmp_path}/no/command.lock", 0),
    ):
        pass


def test_a_free_lock_imports_nothing_for_it(tmp_path: Path) -> None:
    """filelock is only imported to wait: it would double what a command costs."""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from shocpp.spool.run import command_lock
with command_lock.held({str(tmp_path / "lock")!r}, 1):
    sys.exit("filelock" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0
