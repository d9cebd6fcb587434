"""What strangers cannot do to the embedded listener: hold its places, its time, its memory or its files."""

from __future__ import annotations

import json
import select
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.load import frame, upgrade
from tests.support.listening import HEARTBEAT, Listener, is_served, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import Scratch
from tests.support.strangers import is_closed, stranger

DRIP_S = 0.05
DRIPS = int(PATIENCE_S / DRIP_S)  # far fewer bytes than a handshake may have


@pytest.mark.parametrize("size", [4097, 1 << 20, 1 << 31])
def test_message_limit(listener: Listener, size: int) -> None:
    """A message beyond the limit closes the connection when it is announced, before it is there."""
    header = b"\x81" + (b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big"))
    with stranger(listener, upgrade("/CP1", listener.port)) as connected:
        assert b" 101 " in connected.recv(4096)
        connected.sendall(header + bytes(4))
        data = b""
        while chunk := connected.recv(4096):
            data += chunk
        assert data[:1] == b"\x88" and data[2:4] == (1009).to_bytes(2, "big")


def is_cut_off(connected: socket.socket, data: bytes) -> bool:
    """Send a byte whenever nothing has come for a moment; tell whether the other end hangs up before all are sent."""
    for byte in data:
        has_come, _, _ = select.select([connected], [], [], DRIP_S)
        if has_come:
            return True
        connected.send(bytes([byte]))
    return False


def test_connection_limit(listener: Listener) -> None:
    """Beyond the limit a newcomer gets 503; who is connected may come again, and a place that is free is given."""
    with ExitStack() as stack:
        connections = [stack.enter_context(listener.connect(f"/CP{number}")) for number in range(20)]
        assert all(map(is_served, connections))
        assert listener.status_of("/CP99") == 503
        with listener.connect("/CP19") as again:
            assert is_served(again)
        connections[0].close()
        until(lambda: listener.status_of("/CP99") == 101, "a place to be free")


def test_handshake_timeout(tmp_path: Path) -> None:
    """A handshake that does not end is cut off after its time, also one that keeps dripping."""
    with (
        listening(tmp_path, SHOCPP_HANDSHAKE_TIMEOUT="2") as listener,
        stranger(listener, b"GET /CP1 HTTP/1.1\r\n") as silent,
        stranger(listener) as dripping,
    ):
        request = upgrade("/CP1", listener.port)[:-4]
        assert is_cut_off(dripping, request + b"x" * (DRIPS - len(request))), "it may drip for ever"
        assert is_closed(silent) and is_closed(dripping)


def test_endless_handshake(listener: Listener) -> None:
    """A handshake that is longer than any honest one is cut off."""
    with stranger(listener, b"GET /CP1 HTTP/1.1\r\n") as connected, pytest.raises(OSError):
        for number in range(10_000):
            connected.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1000))


def test_half_open_flood(tmp_path: Path) -> None:
    """More half-open connections than there may be files do not keep a charge point out."""
    scratch = Scratch(tmp_path, SHOCPP_HANDSHAKE_TIMEOUT=str(int(4 * PATIENCE_S)))  # none of them gives up
    listener = Listener(scratch, launcher=["sh", "-c", 'ulimit -n 400; exec "$@"', "sh"])
    half_open = [stranger(listener, b"GET / HTTP/1.1\r\n") for _ in range(600)]
    assert listener.status_of("/CP1") == 101
    for each in half_open:
        each.close()
    assert listener.end() == 0


def test_slow_reader(listener: Listener) -> None:
    """Who reads no answers is not read from either, and does not disturb others."""
    with stranger(listener, upgrade("/SLOW", listener.port)) as slow:
        slow.recv(4096)
        slow.settimeout(0.5)
        sent, message = 0, frame(b'[2,"%s","Heartbeat",{}]' % (b"x" * 3000)) * 50  # the answer echoes the id
        with pytest.raises(TimeoutError):
            while sent < 200_000_000:
                sent += slow.send(message)
        with listener.connect("/CP1") as connection:
            assert is_served(connection)


def test_strangers_with_unfinished_messages_hold_a_bounded_memory(tmp_path: Path) -> None:
    """Of 80 that leave a message one byte short, those that began first are disconnected; the others can finish."""
    message = frame(json.dumps([2, "1", "Heartbeat", {"note": "x" * 4000}]).encode())
    with ExitStack() as stack, listening(tmp_path, SHOCPP_MESSAGE_LIMIT="4096") as running:
        good = stack.enter_context(running.connect("/good"))
        made = []
        for number in range(80):
            made.append(stack.enter_context(stranger(running, upgrade(f"/X{number}", running.port) + message[:-1])))
            assert made[-1].recv(4096).startswith(b"HTTP/1.1 101")
        for each in made:
            each.settimeout(PATIENCE_S)
        assert is_closed(made[0])
        until(lambda: "X0 is disconnected" in running.said(), "the log to say so")
        made[-1].sendall(message[-1:])
        assert b'[3,"1",' in made[-1].recv(4096)
        good.send(HEARTBEAT)
        assert json.loads(good.recv(PATIENCE_S))[0] == 3
