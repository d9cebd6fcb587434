"""What a connection to a broker is to be: a name, what is subscribed to, and whether that outlives it."""

from __future__ import annotations


class Session:
    """
    What a session is.

    Args:
        client_id: Its name at the broker, which keeps what it has for it while nobody is connected under that name.
        filters: What it subscribes to, at least once each message.
        kept: What it subscribes to besides: messages that the broker keeps, which come anew with each connection.
        is_kept: It outlives its connections.
        message_limit: Bytes of a message.
        will: Topic and message that the broker keeps should we vanish; None for nothing.
        is_draining: It ends its subscriptions to ``filters``: what waits is wanted, and nothing else any more.
    """

    __slots__ = ("client_id", "filters", "is_draining", "is_kept", "kept", "message_limit", "will")

    def __init__(
        self,
        client_id: str,
        filters: list[str],
        kept: list[str],
        is_kept: bool,
        message_limit: int,
        will: tuple[str, str] | None = None,
        is_draining: bool = False,
    ) -> None:
        self.client_id = client_id
        self.filters = filters
        self.kept = kept
        self.is_kept = is_kept
        self.message_limit = message_limit
        self.will = will
        self.is_draining = is_draining

    @property
    def wanted(self) -> list[str]:
        """Give what is to be subscribed to, besides what is kept."""
        return [] if self.is_draining else self.filters
