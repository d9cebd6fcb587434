"""How the embedded listener begins and ends: sockets that systemd holds, ports that are taken, SIGTERM."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from shocpp.transports.embedded.leaving import LONGEST_END_S
from tests.bench.processes import waits_for_lock
from tests.support.listening import STOP, Listener, is_served, listening, patient
from tests.support.patience import PATIENCE_S, SOON_S, until
from tests.support.ports import held_port, is_listening
from tests.support.scratch import LISTENER, ROOT, Scratch

# a listener that is told to end in the moment in which it can be connected to
TOLD_AT_ONCE = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from shocpp.cli.listener import main
from shocpp.transports.embedded.accepting import Acceptor
start = Acceptor.start
def start_and_be_told(acceptor):
    start(acceptor)
    os.kill(os.getpid(), signal.SIGTERM)
Acceptor.start = start_and_be_told
sys.exit(main(["--embedded"]))
"""


def test_sigterm_at_once(tmp_path: Path) -> None:
    """SIGTERM ends it well from the moment on in which it listens."""
    environ = Scratch(tmp_path).environ | {"WS_PORT": str(held_port()), "WS_ADDRESS": "127.0.0.1"}
    command = [sys.executable, "-I", "-c", TOLD_AT_ONCE, str(ROOT)]
    assert subprocess.run(command, env=environ, capture_output=True, timeout=PATIENCE_S, check=False).returncode == 0


def test_sigterm(tmp_path: Path) -> None:
    """SIGTERM finishes what is in hand, closes every connection with 1001, and exits 0."""
    with (
        listening(tmp_path, launcher=patient(PATIENCE_S, PATIENCE_S)) as listener,
        listener.connect("/CP1") as stopping,
        listener.connect("/CP2") as other,
    ):
        lock = os.open(tmp_path / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert is_served(other)
        stopping.send(STOP)
        until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for its disk")
        listener.signal(signal.SIGTERM)
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            other.recv(PATIENCE_S)
        assert closed.value.rcvd and closed.value.rcvd.code == 1001
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        assert listener.process.wait(PATIENCE_S) == 0
        assert time.monotonic() - began < 2 * SOON_S
        assert not (tmp_path / "run/CP1/shocpp.pid").exists()


def test_sigterm_does_not_wait_for_ever(listener: Listener) -> None:
    """
    With a disk that does not answer it ends after two seconds all the same; nothing was confirmed.

    Here it may take ten times as long, on a busy machine; beside an end without anything in hand, and beside what is
    promised: ``python -m tests.bench.leaving``.
    """
    lock = os.open(listener.scratch.home / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with listener.connect("/CP1") as stopping:
        stopping.send(STOP)
        until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for its disk")
        began = time.monotonic()
        assert listener.end() == 0
        assert time.monotonic() - began < 2 * SOON_S
        with pytest.raises(ConnectionClosed):
            stopping.recv(PATIENCE_S)
    os.close(lock)


def test_two_seconds_are_promised() -> None:
    """What is waited for at the end is shorter than the manual says, and leaves time for the rest."""
    assert "it is gone after two seconds at the latest" in " ".join(
        (ROOT / "docs/shocpp-listener.md").read_text().split()
    )
    assert 1.5 < LONGEST_END_S < 2


def test_socket_activation(tmp_path: Path) -> None:
    """With a socket that systemd holds, a restart refuses no connection: who comes meanwhile is served after it."""
    scratch = Scratch(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        hand_over = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True); "
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
        )
        command = [sys.executable, "-c", hand_over, str(held.fileno()), *LISTENER]
        environ = {"PATH": "/usr/bin:/bin"} | scratch.environ | {"WS_PORT": str(held_port())}
        for _ in range(2):
            with connect_later(port) as answers:
                process = subprocess.Popen(command, env=environ, pass_fds=(held.fileno(),), stderr=subprocess.DEVNULL)
                until(partial(bool, answers), "the waiting charge point to be served")
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
        assert is_listening(port)


class connect_later:  # noqa: N801 - reads as a function
    """Connect in a thread before anybody accepts; the list is not empty once a heartbeat was answered."""

    def __init__(self, port: int) -> None:
        self._answers: list[bool] = []
        self._thread = threading.Thread(target=self._connect, args=(port,))

    def _connect(self, port: int) -> None:
        with connect(f"ws://127.0.0.1:{port}/CP1", open_timeout=PATIENCE_S) as connection:
            self._answers.append(is_served(connection))

    def __enter__(self) -> list[bool]:
        self._thread.start()
        return self._answers

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE_S)


def test_port_in_use(tmp_path: Path) -> None:
    """A port that somebody has is one sentence and status 69."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = Scratch(tmp_path).environ | {"WS_PORT": port, "WS_ADDRESS": "127.0.0.1"}
        done = subprocess.run(
            [*LISTENER, "--embedded"], check=False, env=environ, capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert done.returncode == 69
    assert done.stderr == f"shocpp-listener: port {port} is in use; end what listens there or choose another WS_PORT\n"
