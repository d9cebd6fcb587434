"""Two pipes of websocketd's, one each way, with what a transport asks of a connected socket."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class PipePair:
    """
    A ``Connected``.

    Args:
        source, sink: The pipes to read from and to write to; they are ours from now on.
        held: A descriptor that is closed with them: websocketd's process ends then.
        address: Where the peer is, as websocketd says.

    Attributes:
        sink: The pipe that is written to.
    """

    __slots__ = ("_address", "_held", "_source", "sink")

    def __init__(self, source: int, sink: int, held: int, address: str) -> None:
        self._source = source
        self._held = held
        self._address = address
        self.sink = sink
        for each in (source, sink):
            os.set_blocking(each, False)

    def fileno(self) -> int:
        """Give what is read from."""
        return self._source

    def getpeername(self) -> tuple[str, int]:
        """Give the peer's address; its port websocketd keeps to itself."""
        return self._address, 0

    def recv_into(self, buffer: WriteableBuffer) -> int:
        """Read what has come."""
        return os.readv(self._source, [buffer])

    def send(self, data: ReadableBuffer) -> int:
        """Write as much as the pipe takes."""
        return os.write(self.sink, data)

    def close(self) -> None:
        """Let go of all."""
        for each in (self._source, self.sink, self._held):
            os.close(each)
