"""A backend that keeps a journal, and what is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shocpp.log import Log
from shocpp.settings import Settings
from tests.support.in_place import InPlace

NOON = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC).timestamp()
HEARTBEAT = b'[2,"1","Heartbeat",{}]'


class Place:
    """A backend with a journal, and a clock that is set by hand."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = NOON
        environ = {"SHOCPP_HOME": str(home), "SHOCPP_JOURNALDIR": str(home / "journal")}
        self.settings = Settings.from_environ(environ)
        self.backend = InPlace("CP 1", self.settings, Log(str(home / "log"), self.clock), self.clock)
        self.backend.open()

    def clock(self) -> float:
        """Tell the time."""
        return self.now

    def say(self, *lines: bytes) -> list[str]:
        """Let the charge point say something; the answers."""
        answers = [answer for line in lines for answer in self.backend.receive(line)]
        self.backend.do_deferred(is_idle=True)
        return answers

    def ask(self, frame: list[Any]) -> None:
        """Send a CALL through the mailbox."""
        (self.home / "run/CP%201/request.json").write_text(json.dumps(frame))
        assert self.backend.request()
        self.backend.do_deferred(is_idle=True)

    def kept(self, day: str = "2026/05/01") -> list[bytes]:
        """Read a day of the journal."""
        return (self.home / f"journal/{day}.jsonl").read_bytes().splitlines()

    def lines(self, day: str = "2026/05/01") -> list[bytes]:
        """Read the frames of a day."""
        return [line for line in self.kept(day) if b'"frame":' in line]

    def frames(self) -> list[tuple[str, Any]]:
        """Read direction and frame of each line."""
        return [(entry["direction"], entry["frame"]) for entry in map(json.loads, self.lines())]

    def warnings(self) -> list[str]:
        """Give the log's lines about the journal."""
        return [line for line in (self.home / "log").read_text().splitlines() if "journal" in line]
