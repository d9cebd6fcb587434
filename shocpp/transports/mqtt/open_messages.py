"""
What was seen of the starts of open charges, kept by the broker for the worker that gets the stop: it may be another.

Each is a retained message at ``ocpp/open/<identity>/<transaction id>``, which is cleared when the charge is booked. It
is what a backend keeps below run/: without it a record lacks card and begin; account and energy are the same.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.ledger.start import Seen

FILTER = "ocpp/open/+/+"
PREFIX = FILTER.removesuffix("+/+")


class OpenMessages:
    """
    The open charges as the broker keeps them.

    Args:
        process: Names this process, so that it knows its own messages.
        publish: Has the broker keep a message at a topic; an empty one clears it.
        learn: Is given what another process keeps or has cleared: identity, transaction id, what was seen or None.
    """

    def __init__(
        self,
        process: str,
        publish: Callable[[str, str], object],
        learn: Callable[[str, int, Seen | None], None],
    ) -> None:
        self._process = process
        self._publish = publish
        self._learn = learn

    def tell(self, identity: str, transaction_id: int, seen: Seen | None) -> None:
        """Have a start kept, or cleared."""
        message = "" if seen is None else json.dumps({"process": self._process, "start": seen})
        self._publish(f"{PREFIX}{identity}/{transaction_id}", message)

    def hear(self, topic: str, message: bytes) -> bool:
        """Take a message; False if its topic is another. One of our own, or that makes no sense, says nothing."""
        if not topic.startswith(PREFIX):
            return False
        identity, _, number = topic.removeprefix(PREFIX).partition("/")
        if not (identity and number.isascii() and number.isdecimal() and len(number) <= 10):
            return True
        if not message:
            self._learn(identity, int(number), None)
            return True
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return True
        start = said.get("start") if isinstance(said, dict) and said.get("process") != self._process else None
        if isinstance(start, dict):
            self._learn(identity, int(number), start)
        return True
