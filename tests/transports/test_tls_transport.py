"""TLS between a socket and a connection, both played by the test."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shocpp.transports.connections.tls_transport import TlsTransport
from tests.support.listening import certificate, trusting


class Socket:
    """A socket's transport."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.is_read = True
        self.has_closed = self.was_aborted = False

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return ("192.0.2.1", 40_000)

    def is_closing(self) -> bool:
        return self.has_closed

    def write(self, data: bytes) -> None:
        assert not self.has_closed
        self.written += data

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def close(self) -> None:
        self.has_closed = True

    def abort(self) -> None:
        self.has_closed = self.was_aborted = True


class Connection:
    """Keeps what comes, and answers nothing."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self.transport: Any = None
        self.address = "192.0.2.1"
        self.received = bytearray()
        self.events: list[str] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self._buffer[:nbytes]

    def connection_lost(self, _: Exception | None) -> None:
        self.events.append("lost")

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")


class Pair:
    """A TLS transport with a socket and a connection, and the peer at the other end."""

    def __init__(self, folder: Path, step: int = 1 << 20) -> None:
        made, key = certificate(folder, "server")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(made, key)
        self.soon: list[Any] = []
        self.held: dict[object, int] = {}
        services: Any = SimpleNamespace(
            buffer=memoryview(bytearray(16_384)),
            soon=self.soon.append,
            held=SimpleNamespace(set_unfinished=self.held.__setitem__),
        )
        self.connection, self.socket = Connection(services.buffer), Socket()
        connection, connected = self.connection, self.socket
        self.refused: list[tuple[str, str]] = []

        def refuse(address: str, reason: str) -> None:
            self.refused.append((address, reason))

        self.tls = TlsTransport(connection, context, services, refuse)  # type: ignore[arg-type]
        self.tls.connection_made(connected)  # type: ignore[arg-type]
        self._step = step
        self._to_peer, self._to_us = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.peer = trusting(made).wrap_bio(self._to_peer, self._to_us, server_hostname="127.0.0.1")

    def send(self, data: bytes) -> None:
        """Take bytes as from the wire, in pieces."""
        for start in range(0, len(data), self._step):
            piece = data[start : start + self._step]
            self.tls.get_buffer(-1)[: len(piece)] = piece
            self.tls.buffer_updated(len(piece))

    def exchange(self) -> None:
        """Carry what either end has for the other."""
        while self._to_us.pending or self.socket.written:
            self.send(self._to_us.read())
            self._to_peer.write(bytes(self.socket.written))
            self.socket.written.clear()

    def shake_hands(self) -> None:
        """Complete the handshake."""
        while True:
            try:
                self.peer.do_handshake()
            except ssl.SSLWantReadError:
                self.exchange()
            else:
                self.exchange()
                return

    def said_by_peer(self, data: bytes) -> None:
        """Have the peer send data, a record at a time."""
        while data:
            data = data[self.peer.write(data[:16_000]) :]
            self.exchange()

    def heard_by_peer(self) -> bytes:
        """Give what the peer has received up to now, and an end if that has come."""
        self.exchange()
        heard = b""
        while True:
            try:
                data = self.peer.read(1 << 16)
            except ssl.SSLWantReadError:
                return heard
            except ssl.SSLZeroReturnError:
                return heard + b"<end>"
            if not data:
                return heard + b"<end>"
            heard += data


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Give a pair whose handshake is complete."""
    made = Pair(tmp_path)
    made.shake_hands()
    return made


@pytest.mark.parametrize("step", [1, 1000, 16_384])
def test_both_ways(tmp_path: Path, step: int) -> None:
    """What either end says reaches the other one whole, however it is cut up and however long it is."""
    pair = Pair(tmp_path, step)
    pair.shake_hands()
    said = os.urandom(40_000)
    pair.said_by_peer(said)
    assert pair.connection.received == said
    answer = os.urandom(1_000_000)
    pair.connection.transport.write(answer)
    assert pair.heard_by_peer() == answer


def test_the_connection_is_told_before_anything_has_come(tmp_path: Path) -> None:
    """It is made, with its peer's address, and no state of TLS is: so it can be counted, and costs nothing."""
    pair = Pair(tmp_path)
    assert pair.connection.transport is pair.tls and pair.tls._tls is None
    assert pair.tls.get_extra_info("peername") == ("192.0.2.1", 40_000)
    assert pair.tls.get_extra_info("peercert") is None
    pair.tls.close()
    assert pair.socket.has_closed and not pair.socket.written


def test_a_greeting_is_counted(tmp_path: Path) -> None:
    """What has come of a handshake counts for its connection: a stranger may begin one of 128 KiB."""
    pair, size = Pair(tmp_path), 100_000
    begun = b"\x01" + size.to_bytes(3) + b"\x03\x03" + bytes(16_000)
    pair.send(b"\x16\x03\x01" + len(begun).to_bytes(2) + begun)
    for _ in range(4):
        pair.send(b"\x16\x03\x01" + (16_000).to_bytes(2) + bytes(16_000))
    assert not pair.refused and pair.held == {pair.connection: 5 * (16_000 + 5) + 6}
    known = Pair(tmp_path)
    known.shake_hands()
    greeted = known.held[known.connection]
    known.said_by_peer(b"x" * 9_000)
    assert known.held[known.connection] == greeted


def test_nothing_is_passed_on_while_paused(pair: Pair) -> None:
    """What has come by then waits, also what was decrypted no further, and is passed on later, in order."""
    pair.tls.pause_reading()
    assert not pair.socket.is_read
    pair.said_by_peer(b"first")
    assert not pair.connection.received
    pair.tls.resume_reading()
    assert pair.socket.is_read
    pair.soon.pop()()
    pair.said_by_peer(b", second")
    assert pair.connection.received == b"first, second" and not pair.soon


def test_closing_says_so_and_waits_for_nothing(pair: Pair) -> None:
    """What was written leaves first, then the goodbye; the socket is closed without one from the peer."""
    pair.tls.write(b"the last")
    pair.tls.close()
    assert pair.socket.has_closed and pair.tls.is_closing()
    pair.tls.write(b"too late")
    pair.tls.close()
    assert pair.heard_by_peer() == b"the last<end>"


def test_a_peer_that_says_goodbye_is_closed(pair: Pair) -> None:
    """What it said before is passed on."""
    pair.said_by_peer(b"the last")
    with pytest.raises(ssl.SSLWantReadError):
        pair.peer.unwrap()
    pair.exchange()
    assert pair.connection.received == b"the last" and pair.socket.has_closed


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", bytes(600)])
def test_what_is_no_tls_is_closed(tmp_path: Path, data: bytes) -> None:
    """The connection sees nothing of it; it is told once from where it came, and why it failed."""
    pair = Pair(tmp_path)
    pair.send(data)
    assert pair.socket.has_closed and not pair.connection.received
    ((address, reason),) = pair.refused
    assert address == "192.0.2.1" and reason != "unknown" and "_" not in reason


def test_damage_on_the_way_is_closed(pair: Pair) -> None:
    """A record that was changed on the way is not passed on, nor what follows; that is no handshake that failed."""
    pair.send(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert pair.socket.has_closed and not pair.connection.received and not pair.refused


def test_what_the_socket_says_is_passed_on(pair: Pair) -> None:
    """A peer that does not read, and the end."""
    pair.tls.pause_writing()
    pair.tls.resume_writing()
    assert not pair.tls.eof_received()
    pair.tls.connection_lost(None)
    assert pair.connection.events == ["pause", "resume", "lost"]
    pair.tls.abort()
    assert pair.socket.was_aborted
