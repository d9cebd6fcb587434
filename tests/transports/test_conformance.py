"""What the embedded listener makes of each case of RFC 6455: one listener, one connection for each case."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.bench.load import upgrade
from tests.support import websocket_cases
from tests.support.backend import stop_payload, whole_records
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S
from tests.support.websocket_cases import CASES, CLOSE, PONG, TEXT, Case, closing, frame, heartbeat

PROBE = "probe"
FAILED = (1002, 1007, 1009)  # codes of a connection that fails; the words beside them are the listener's own


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    with listening(
        tmp_path_factory.mktemp("conformance") / "home", SHOCPP_MESSAGE_LIMIT=str(websocket_cases.LIMIT)
    ) as made:
        yield made


class Client:
    """A charge point that sends bytes as it likes, and reads frames as strictly as RFC 6455 has it."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self.send(upgrade(path, port))
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(4096)
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head

    def send(self, data: bytes) -> None:
        """Send bytes, unless nobody takes them any more."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self) -> str:
        """Wait for a frame, in the words of the cases; empty at the end of the connection."""
        head = self._take(2)
        if not head:
            return ""
        first, size = head
        if size >= 126:
            extended = self._take(2 if size == 126 else 8)
            size = int.from_bytes(extended)
            assert size >= 126 if len(extended) == 2 else size > 0xFFFF, "a length at length"
        assert size < 1 << 63, "a masked frame from a server, or a length with the highest bit"
        return _in_words(first, self._take(size))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _take(self, size: int) -> bytes:
        """Read that many bytes; fewer at the end of the connection."""
        while len(self._buffer) < size:
            try:
                data = self._socket.recv(65_536)
            except ConnectionResetError:
                data = b""
            if not data:
                break
            self._buffer += data
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


def _in_words(first: int, data: bytes) -> str:
    """Tell what a frame says: its first byte, of which only the opcode may vary, and its payload."""
    if first == 0x80 | PONG:
        return f"pong {data.decode(errors='backslashreplace')}"
    if first == 0x80 | CLOSE:
        if not data:
            return "close"
        (code,), reason = struct.unpack("!H", data[:2]), data[2:].decode()
        return f"close {code} {reason}".rstrip() if code not in FAILED else f"close {code}"
    assert first == 0x80 | TEXT, f"{first:08b}"
    kind, unique_id, payload = json.loads(data)
    assert kind == 3 and payload.keys() <= {"currentTime"}, data
    return f"{'answer' if payload else 'receipt'} {unique_id}"


def received(client: Client, case: Case) -> list[str]:
    """Send what a case sends; give what comes back, up to the end of the connection or to the answer of a probe."""
    for data in case.sent:
        client.send(data)
    if not case.back or not case.back[-1].startswith("close"):
        client.send(frame(heartbeat(PROBE.encode())))
    said = []
    while (word := client.receive()) not in ("", f"answer {PROBE}"):
        said.append(word)
    if word:
        client.send(closing(1000))
        assert (client.receive(), client.receive()) == ("close 1000", ""), "what goes well ends well"
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section} {case.name}")
def test_case(listener: Listener, case: Case) -> None:
    """What the case sends is answered as its section says, and then the connection is served on, or is at its end."""
    client = Client(listener.port, f"/CP{CASES.index(case)}")
    try:
        client.send(frame(heartbeat(PROBE.encode())))
        assert client.receive() == f"answer {PROBE}"
        said = received(client, case)
    finally:
        client.close()
    assert said == list(case.back)


def test_a_stop_and_a_close_at_once(listener: Listener) -> None:
    """Who says goodbye right behind a stop gets the receipt first, though it takes a disk (§5.5.1)."""
    client = Client(listener.port, "/STOPS")
    stop = json.dumps([2, "s", "StopTransaction", stop_payload(20_009_042)]).encode()
    client.send(frame(stop) + closing(1000) + frame(b"x"))
    said = [client.receive() for _ in range(3)]
    client.close()
    assert said == ["receipt s", "close 1000", ""]
    assert len(whole_records(listener.scratch.home / "accounting")) == 1


def test_no_case_stands_twice() -> None:
    """Each has a name of its own, and they are a list like that of other conformance suites."""
    assert len({case.name for case in CASES}) == len(CASES) >= 80
