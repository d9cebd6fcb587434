"""What a handler of messages needs of the connection whose messages it takes."""

from __future__ import annotations

from typing import Protocol


class ServedConnection(Protocol):
    """
    Sends, reads and ends as its handler says.

    Attributes:
        identity: The charge point's, once it was admitted.
    """

    identity: str

    def send(self, lines: list[str]) -> None:
        """Send lines that answer a message."""

    def pause_reading(self) -> None:
        """Read nothing more, for a while."""

    def continue_reading(self) -> None:
        """Read on: nothing waits for the disk any more."""

    def send_close(self, code: int, reason: str) -> None:
        """Close as WebSockets are closed: all that came was answered."""

    def released(self) -> None:
        """Take note that the backend has closed: another one may serve this charge point."""

    def failed(self, error: BaseException) -> None:
        """Deal with a fault of ours: the connection cannot be served any more."""
