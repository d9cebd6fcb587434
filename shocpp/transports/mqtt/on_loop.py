"""A client of paho's on an asyncio loop: what comes is read, what waits is written, and nobody waits for either."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from paho.mqtt.client import Client


class OnLoop:
    """
    Watches the socket of a client, from ``attach`` until paho closes it.

    Args:
        loop: The loop.
        client: The client; its functions are called by the loop's thread alone from now on.

    Attributes:
        descriptor: The socket's; -1 while none is watched.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, client: Client) -> None:
        self._loop = loop
        self._client = client
        self.descriptor = -1
        self._is_reading = self._is_writing = False
        client.on_socket_close = lambda *_: self.detach()

    def attach(self) -> bool:
        """Watch the socket that there is now; False if there is none."""
        connected = self._client.socket()
        if connected is None:
            return False
        if self.descriptor < 0:
            self.descriptor = connected.fileno()
            self._loop.add_reader(self.descriptor, self._read)
        self.write_waiting()
        return True

    def write_waiting(self) -> None:
        """Write what waits to be written, now or when it can be; while paho reads, it must not be made to write."""
        if self._is_reading:
            return
        if self._client.want_write():
            self._client.loop_write()
        is_wanted = self.descriptor >= 0 and self._client.want_write()
        if is_wanted and not self._is_writing:
            self._loop.add_writer(self.descriptor, self.write_waiting)
        elif self._is_writing and not is_wanted and self.descriptor >= 0:
            self._loop.remove_writer(self.descriptor)
        self._is_writing = is_wanted

    def detach(self) -> None:
        """Forget a socket that is about to be closed, before its number is another one's."""
        if self.descriptor >= 0:
            self._loop.remove_reader(self.descriptor)
            self._loop.remove_writer(self.descriptor)
            self.descriptor, self._is_writing = -1, False

    def _read(self) -> None:
        self._is_reading = True
        try:
            self._client.loop_read()
            while (connected := self._client.socket()) is not None and getattr(connected, "pending", int)():
                self._client.loop_read()  # TLS has read on, and nothing would say so again
        finally:
            self._is_reading = False
        self.write_waiting()
