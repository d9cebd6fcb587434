"""One connection on its own: what carries its bytes need only behave like a transport of asyncio."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from shocpp.transports.connections.connection import Connection
from shocpp.transports.connections.services import Services
from shocpp.transports.connections.task_queue import TaskQueue
from tests.bench.load import upgrade


class OtherLoopsTransport:
    """A transport of an event loop whose transports descend from nothing, as uvloop's do."""

    def __init__(self) -> None:
        self.written = b""

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return ("192.0.2.1", 40_000)

    def is_closing(self) -> bool:
        return False

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


def test_the_transport_of_another_loop() -> None:
    """A handshake is read from it and answered on it, and the peer's address is known."""
    loop: Any = SimpleNamespace(time=lambda: 1.0, call_soon=lambda do: do(), call_later=None)
    nobody: Any = None
    services = Services(loop, 1000, nobody, nobody, nobody, nobody)
    listener: Any = Listener()
    connection = Connection(listener, services, lambda connection: TaskQueue(connection, services, nobody))
    transport = OtherLoopsTransport()
    connection.connection_made(transport)  # type: ignore[arg-type]
    request = upgrade("/CP1", 80)
    connection.get_buffer(-1)[: len(request)] = request
    connection.buffer_updated(len(request))
    assert listener.address == "192.0.2.1"
    assert transport.written.startswith(b"HTTP/1.1 101 ") and b"Sec-WebSocket-Protocol: ocpp1.6" in transport.written
