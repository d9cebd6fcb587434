"""One charge point whose backend is a process of its own, and commands to it that wait in threads."""

from __future__ import annotations

import json
import select
import threading
from typing import Any

from shocpp.errors import ShocppError, TryAgainError
from shocpp.spool.run.mailbox import Mailbox
from tests.support.patience import PATIENCE_S, longer_and_longer, until
from tests.support.scratch import Scratch

CP = "CP001"
RESET = '[2,"{}","Reset",{{"type":"Soft"}}]'


class Wallbox:
    """A real backend and, at its other end, a charge point that does what the test says."""

    def __init__(self, scratch: Scratch) -> None:
        self.process = scratch.start(f"/{CP}")
        until(lambda: pid_in(scratch) == self.process.pid, "the backend to start")

    def hear(self) -> Any:
        """Give the next frame from the central system."""
        assert self.process.stdout
        line = b""
        while not line.endswith(b"\n"):
            assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "nothing comes"
            piece = self.process.stdout.read(1)
            assert piece, "the backend is gone"
            line += piece
        return json.loads(line)

    def say(self, *frame: object) -> None:
        """Send a frame."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(frame).encode() + b"\n")

    def sync(self) -> None:
        """Return when all that was said so far has been dealt with."""
        self.say(2, "sync", "Heartbeat", {})
        assert self.hear()[1] == "sync"

    def hang_up(self) -> None:
        """End the connection, and wait until the backend has ended well."""
        self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 0


class Asking:
    """A command that is under way."""

    def __init__(self, scratch: Scratch, unique_id: str, timeout_s: float = 10 * PATIENCE_S) -> None:
        self._box = Mailbox(str(scratch.home / "run"), CP)
        self._got: list[Any] = []
        self._arguments = (unique_id, RESET.format(unique_id), timeout_s)
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._got.append(self._box.ask(*self._arguments))
        except ShocppError as error:
            self._got.append(error)

    def result(self) -> Any:
        """Wait for the answer, or for the error."""
        self._thread.join(PATIENCE_S)
        return self._got[0]


def give_up(scratch: Scratch, wallbox: Wallbox, unique_id: str) -> None:
    """Have a command reach the charge point and give up before it is answered."""
    for timeout_s in longer_and_longer(0.2):
        assert isinstance(Asking(scratch, unique_id, timeout_s).result(), TryAgainError)
        wallbox.say(2, "sync", "Heartbeat", {})
        heard = wallbox.hear()[1]
        if heard == unique_id:
            assert wallbox.hear()[1] == "sync"
            return


def pid_in(scratch: Scratch) -> int:
    """Give the number in the pid file; 0 without one."""
    path = scratch.folder(CP) / "shocpp.pid"
    return int(path.read_text()) if path.exists() else 0
