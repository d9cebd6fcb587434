"""Processes of ours that tests start (``tests.support.preloaded``) are what a real start would have made of them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.preloaded import Process

PIPE = subprocess.PIPE
HEARTBEAT = b'[2,"1","Heartbeat",{}]\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a backend in a fresh home."""
    return {"SHOCPP_HOME": str(tmp_path), "PATH_INFO": "/CP001", "TZ": "Pacific/Kiritimati"}


def test_it_is_a_process_of_its_own(environ: dict[str, str]) -> None:
    """It has its own streams and its own end: what it is told is answered, and its exit status is 0."""
    process = Process("backend", [], environ, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert process.poll() is None and process.pid != os.getpid()
    answers, log = process.communicate(HEARTBEAT, PATIENCE_S)
    assert process.returncode == 0
    assert answers.startswith(b'[3,"1",') and answers.count(b"\n") == 1
    assert log.endswith(b"INFO CP001 disconnected\n")


def test_its_words_and_its_environment_are_what_was_given(environ: dict[str, str]) -> None:
    """It has no variable but those, and the umask of whoever starts it; nothing of the one before is left."""
    refused = Process("backend", ["--dance"], environ, stderr=PIPE)
    assert b"--dance" in refused.communicate(timeout=PATIENCE_S)[1] and refused.returncode == 64
    del environ["PATH_INFO"]
    before = os.umask(0o037)
    try:
        started = Process("backend", [], environ, stdin=PIPE, stdout=PIPE, stderr=PIPE, bufsize=0)
    finally:
        os.umask(before)
    with started as nameless:
        assert nameless.stdin and nameless.stdout and nameless.stderr
        nameless.stdin.write(HEARTBEAT)
        assert nameless.stdout.read(1) == b"["
        kept = Path(f"/proc/{nameless.pid}/status").read_text()
        nameless.stdin.close()
        assert b"INFO - connected\n" in (log := nameless.stderr.read()) and b"CP001" not in log
    assert "Umask:\t0037\n" in kept


def test_it_is_ended_by_signals(environ: dict[str, str]) -> None:
    """A signal reaches it, and what it ended by is told; one that is stopped goes on."""
    process = Process("backend", [], environ, stdin=PIPE)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.kill()
    assert process.wait(PATIENCE_S) == -signal.SIGKILL
    process.kill()  # is sent to nobody
