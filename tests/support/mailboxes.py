"""Commands to a charge point through the real mailbox, from outside whatever serves it."""

from __future__ import annotations

import json
import threading
from collections import deque

from shocpp.spool.run.mailbox import Mailbox
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import Scratch


class Commands:
    """Commands from outside the backend, through the real mailbox."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.identity = ""
        self._waiting: deque[tuple[threading.Thread, list[object]]] = deque()

    def command(self, frame: str) -> None:
        """Ask as a command does, in the background."""
        got: list[object] = []
        box = Mailbox(str(self.scratch.home / "run"), self.identity)
        thread = threading.Thread(target=lambda: got.append(box.ask(json.loads(frame)[1], frame, PATIENCE_S)))
        thread.start()
        self._waiting.append((thread, got))

    def confirmation(self) -> str:
        """Wait for what the command got."""
        thread, got = self._waiting.popleft()
        thread.join(PATIENCE_S)
        assert got, "the command got no answer"
        return json.dumps(got[0])

    def restart(self) -> None:
        """Do nothing: every connection has a process of its own."""

    def await_start(self) -> None:
        """Wait until the mailbox can be used."""
        until(lambda: self.scratch.is_held(self.identity), "the backend to start")

    def await_end(self) -> None:
        """Wait until nobody serves this charge point any more."""
        until(lambda: not self.scratch.is_held(self.identity), "the backend to end")
