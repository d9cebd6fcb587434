"""One connection on its own: what carries its bytes need only behave like a transport of asyncio."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from shocpp.transports.connections.connection import Connection
from shocpp.transports.connections.services import Services
from shocpp.transports.connections.task_queue import TaskQueue
from shocpp.transports.wires.held_bytes import HeldBytes
from tests.bench.load import frame, upgrade


class OtherLoopsTransport:
    """A transport of an event loop whose transports descend from nothing, as uvloop's do."""

    def __init__(self) -> None:
        self.written = b""

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return ("192.0.2.1", 40_000)

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.written += data


class Listener:
    """Accepts every handshake."""

    def connected(self, connection: Connection) -> None:
        self.address = connection.address

    def requested(self, connection: Connection, request: Any) -> None:
        assert connection.accept(request, "ocpp1.6")


def services_with(held: HeldBytes, later: Any = None) -> Services:
    """Give what connections share, where nothing waits for the disk."""
    loop: Any = SimpleNamespace(time=lambda: 1.0, call_soon=lambda do: do(), call_later=later)
    nobody: Any = None
    return Services(loop, 1000, nobody, nobody, nobody, held)


def receive(connection: Connection, data: bytes) -> None:
    """Have bytes come."""
    connection.get_buffer(-1)[: len(data)] = data
    connection.buffer_updated(len(data))


def test_the_transport_of_another_loop() -> None:
    """A handshake is read from it and answered on it, and the peer's address is known."""
    nobody: Any = None
    services, listener = services_with(HeldBytes(1 << 20, nobody)), Listener()
    connection = Connection(
        listener,  # type: ignore[arg-type]
        services,
        lambda connection: TaskQueue(connection, services, nobody),
    )
    transport = OtherLoopsTransport()
    connection.connection_made(transport)  # type: ignore[arg-type]
    receive(connection, upgrade("/CP1", 80))
    assert listener.address == "192.0.2.1"
    assert transport.written.startswith(b"HTTP/1.1 101 ") and b"Sec-WebSocket-Protocol: ocpp1.6" in transport.written


def test_what_was_looked_at_is_held_no_longer() -> None:
    """Of more frames at once than are looked at the rest is counted until it is its turn, and not for ever."""
    turns: list[Any] = []
    taken: list[bytes] = []
    held = HeldBytes(1 << 20, lambda *_: None)
    services, listener = services_with(held, lambda _, do, *values: turns.append((do, values))), Listener()
    handler: Any = SimpleNamespace(add=taken.append)
    connection = Connection(listener, services, lambda _: handler)  # type: ignore[arg-type]
    connection.connection_made(OtherLoopsTransport())  # type: ignore[arg-type]
    receive(connection, upgrade("/CP1", 80))
    receive(connection, 100 * frame(b"[]"))
    assert len(taken) == 64
    held.add_waiting((1 << 20) - 36 * len(frame(b"[]")))
    assert held.is_full
    (do, values), *_ = turns
    do(*values)
    assert len(taken) == 100 and not held.is_full


class SlowListener(Listener):
    """Decides on no handshake for now."""

    def requested(self, _: Connection, request: Any) -> None:
        self.request = request

    def posted(self, _: Connection, data: bytes) -> None:
        self.data = data


def test_a_handshake_is_counted() -> None:
    """What has come before it is decided on counts, and what follows too, until its bytes are somebody else's."""
    told: dict[object, int] = {}
    held: Any = SimpleNamespace(set_unfinished=told.__setitem__)
    services, listener, handler = services_with(held), SlowListener(), SimpleNamespace(add=lambda _: None)
    request = upgrade("/CP1", 80)
    first, second = (Connection(listener, services, lambda _: handler) for _ in range(2))  # type: ignore[arg-type]
    for each in (first, second):
        each.connection_made(OtherLoopsTransport())  # type: ignore[arg-type]
    for size, piece in ((50, request[:50]), (len(request), request[50:]), (len(request) + 3, frame(b"[]")[:3])):
        receive(first, piece)
        assert told == {first: size}
    assert first.accept(listener.request, None)
    assert told[first] == 3, "the frame that has begun"
    receive(second, b"POS")
    assert told[second] == 3
    receive(second, b"T /soap")
    assert told[second] == 0 and listener.data == b"POST /soap"
