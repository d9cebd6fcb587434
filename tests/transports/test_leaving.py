"""The embedded listener ends: some hundred charge points are told, their backends tidy up, nothing stays."""

from __future__ import annotations

import fcntl
import signal
import socket
import struct
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.load import frame, upgrade
from tests.bench.processes import waits_for_lock
from tests.support.listening import HEARTBEAT, Listener, listening, patient
from tests.support.patience import PATIENCE_S, until

COUNT = 300
STOP = b'[2,"2","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'


def connected(stack: ExitStack, listener: Listener, number: int) -> socket.socket:
    """Connect a charge point that is served."""
    client = stack.enter_context(socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S))
    client.sendall(upgrade(f"/CP{number}", listener.port) + frame(HEARTBEAT.encode()))
    answer = b""
    while b"}]" not in answer:
        data = client.recv(4096)
        assert data, "hung up"
        answer += data
    return client


def close_code(client: socket.socket) -> int:
    """Read what still comes; give the code of the frame that closes the WebSocket."""
    said = b""
    while data := client.recv(4096):
        said += data
    assert said[:1] == b"\x88", said
    return int(struct.unpack(">H", said[2:4])[0])


@pytest.mark.parametrize("seconds", [PATIENCE_S, 0])
def test_all_are_told_and_no_file_stays(tmp_path: Path, seconds: float) -> None:
    """
    Each charge point learns that the listener ends, and each backend lets go of its mailbox.

    Also where there is no time for anything else (found: 1 700 of 4 000 kept it).
    """
    with listening(tmp_path, launcher=patient(seconds, PATIENCE_S)) as listener, ExitStack() as stack:
        clients = [connected(stack, listener, number) for number in range(COUNT)]
        listener.signal(signal.SIGTERM)
        assert {close_code(client) for client in clients} == {1001}
        assert listener.process.wait(PATIENCE_S) == 0
        assert list(tmp_path.glob("run/*/shocpp.pid")) == []
        assert "Traceback" not in listener.said()


def test_who_cannot_be_served_in_time_is_told_all_the_same(tmp_path: Path) -> None:
    """A charge point whose stop waits for the disk is told when there is no time left; the stop is not confirmed."""
    with listening(tmp_path, launcher=patient(0, 0)) as listener, ExitStack() as stack:
        client = connected(stack, listener, 1)
        lock = stack.enter_context(open(tmp_path / "accounting/.lock", "wb"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        client.sendall(frame(STOP))
        until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for the disk")
        listener.signal(signal.SIGTERM)
        assert close_code(client) == 1001
        assert listener.process.wait(PATIENCE_S) == 0
