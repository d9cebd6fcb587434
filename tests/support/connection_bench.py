"""The backend of one connection over a scratch home, with a clock that the test moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shocpp.log import Log
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

BEAT = b'[2,"b","Heartbeat",{}]'
STOP = b'[2,"s","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'
IDENTITY = "CP001"


class Bench:
    """A backend in a scratch home whose clock stands still until it is moved."""

    def __init__(self, folder: Path, identity: str = IDENTITY, **environ: str) -> None:
        self.now = 1_773_576_000.0
        self.identity = identity
        self.scratch = Scratch(folder, **environ)
        self.connect()

    def connect(self) -> None:
        """Make a new connection."""
        log = Log(str(self.scratch.home / "log"), lambda: self.now)
        self.backend = InPlace(self.identity, self.scratch.settings, log, lambda: self.now)
        self.backend.open()

    def call(self, unique_id: object, action: str, **payload: object) -> Any:
        """Send a CALL; its one answer, parsed."""
        return self.say(json.dumps([2, unique_id, action, payload]).encode())

    def say(self, line: bytes) -> Any:
        """Send a line; its one answer, parsed."""
        (answer,) = self.backend.receive(line)
        self.backend.do_deferred(is_idle=True)
        return json.loads(answer)

    def log(self) -> list[str]:
        """Give the lines of the log."""
        self.backend.do_deferred(is_idle=True)
        return (self.scratch.home / "log").read_text().splitlines()

    def status(self) -> dict[str, Any]:
        """Give status.json as it stands after the connection."""
        self.backend.close()
        return self.scratch.sighting(self.identity)
