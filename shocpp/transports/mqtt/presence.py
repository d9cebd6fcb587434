"""
Which process has a session: the one that said so last, in a message that the broker keeps.

A broker closes the older of two connections of one name, and does not have to say why. The older one would come back
and close the newer one's, and so on. So each process says at its start who it is, and leaves when it hears of one that
has said so later.
"""

from __future__ import annotations

import json
import os

from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


class Presence:
    """
    What a process says of itself.

    Args:
        client_id: The name of the session.
        now: When it is said.

    Attributes:
        topic: Where it is said; below it nothing else is.
        message: What is said.
        is_heard: The broker has given it back.
        is_taken_over: Another process has said so later than this one.
        is_lost: The broker was started again, with what was said before us; it has to be said anew.
    """

    def __init__(self, client_id: str, now: datetime) -> None:
        self.topic = f"ocpp/worker/{client_id}"
        self._process = os.urandom(8).hex()
        self.is_heard = False
        self.is_taken_over = self.is_lost = False
        self._earlier: set[str] = set()
        self.message = json.dumps({"process": self._process, "since": utc(now)})

    def hear(self, message: bytes) -> None:
        """Take a message that came on the topic; what came before our own is of those that were here before us."""
        try:
            said = json.loads(message)
        except (ValueError, RecursionError):
            return
        process = said.get("process") if isinstance(said, dict) else None
        self.is_lost = self.is_heard and process in self._earlier
        if process == self._process:
            self.is_heard = True
        elif isinstance(process, str) and not self.is_heard:
            self._earlier.add(process)
        elif isinstance(process, str) and not self.is_lost:
            self.is_taken_over = True
