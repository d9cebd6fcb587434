"""What a connection needs of what takes its messages, whether a backend here answers them or somebody elsewhere."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.transports.connections.noting import Note
    from shocpp.transports.wires.wire import Message


class MessageHandler(Protocol):
    """Takes the messages of one connection in their order, from the handshake on, and sends what answers them."""

    @property
    def is_started(self) -> bool:
        """Tell whether the charge point is served: until then messages wait."""

    @property
    def unfinished(self) -> int:
        """Count what is held of a frame that has begun and not ended, on a wire whose lines are no whole frames."""

    @property
    def is_known(self) -> bool:
        """Tell whether it has been served for a while: strangers that come by the hundred are not."""

    def serve(self) -> None:
        """Begin to serve the charge point, which was admitted: first what has come already."""

    def add(self, message: Message) -> None:
        """Take a message."""

    def note(self, note: Note, size: int) -> None:
        """
        Have a backend on this machine note what goes with the messages before it; where there is none, do nothing.

        Args:
            note: Does so, in a thread.
            size: How many bytes it holds.
        """

    def fetch_command(self) -> None:
        """Send the command that waits for the charge point on this machine, if one does."""

    def close(self, code: int, reason: str) -> None:
        """Have the WebSocket closed after what is under way."""

    def end(self) -> None:
        """Deal with what has come, then let the connection be released: it is lost."""
