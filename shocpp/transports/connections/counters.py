"""What the listener counts of itself: run/listener.json, for shocpp-status."""

from __future__ import annotations

import json
import os

from shocpp.errors import ShocppError
from shocpp.spool.files import durable

FILE = "listener.json"


class Counters:
    """
    Counts since the listener started.

    Args:
        run_dir: The folder run/.
    """

    def __init__(self, run_dir: str) -> None:
        self._path = os.path.join(run_dir, FILE)
        self._written = ""
        self.accepted = 0
        self.refused: dict[str, int] = {}
        self.dropped = 0
        self.tls_failed = 0

    def refuse(self, status: int) -> None:
        """Count a handshake that was refused."""
        self.refused[str(status)] = self.refused.get(str(status), 0) + 1

    def write(self, connected: int) -> None:
        """Write the file if anything has changed; one that cannot be written is done without."""
        text = json.dumps(
            {
                "pid": os.getpid(),
                "connected": connected,
                "accepted": self.accepted,
                "refused": self.refused,
                "handshakes_dropped": self.dropped,
                "tls_handshakes_failed": self.tls_failed,
            },
            indent=2,
        )
        if text != self._written:
            self._written = text
            try:
                durable.replace(self._path, f"{text}\n".encode())
            except ShocppError:
                pass

    def remove(self) -> None:
        """Remove the file: nobody listens any more. One that another listener has written since is left to it."""
        try:
            with open(self._path, encoding="utf-8") as file:
                if file.read() == f"{self._written}\n":  # it names the process
                    durable.remove(self._path)
        except (OSError, ValueError, ShocppError):
            pass
