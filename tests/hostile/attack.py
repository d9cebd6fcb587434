"""Something hostile that is repeated in a thread, and connections to whom it is done; not what is done."""

from __future__ import annotations

import json
import random
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from tests.bench.load import upgrade
from tests.support.patience import PATIENCE_S

STRANGERS = 200  # names that are listed and need no password
_MOST_HELD = 200  # connections of one attack


class Target:
    """
    A listener.

    Args:
        port: Where it is on the loopback.
        certificate: Its own, if it speaks TLS; empty if not.
    """

    def __init__(self, port: int, certificate: str = "") -> None:
        self.port = port
        self.certificate = certificate
        self._context = ssl.create_default_context(cafile=certificate) if certificate else None

    def connect(self, source: str = "127.0.0.1", timeout_s: float = PATIENCE_S) -> socket.socket:
        """Connect from an address, with TLS if the listener speaks it; what is waited for takes no longer than that."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout_s, (source, 0))
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname="127.0.0.1")
        except OSError:
            plain.close()
            raise

    def encode(self) -> str:
        """Write it as a word."""
        return json.dumps([self.port, self.certificate])

    @classmethod
    def decode(cls, word: str) -> Target:
        """Read such a word."""
        return cls(*json.loads(word))


class Attack:
    """Repeats something hostile in a thread until it is told to end; what the listener does to it is its own fault."""

    def __init__(self, target: Target, act: Callable[[Attack], None], pause_s: float) -> None:
        self.target = target
        self.count = 0
        self._act = act
        self._pause_s = pause_s
        self._end = threading.Event()
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def connect(self, data: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        """Connect and send something; the connection is kept as long as some hundred others."""
        return self._hold(self.target.connect(source), data)

    def connect_plain(self, data: bytes = b"") -> socket.socket:
        """The same without TLS, also where the listener wants it."""
        return self._hold(socket.create_connection(("127.0.0.1", self.target.port), PATIENCE_S), data)

    def connect_as_stranger(self, data: bytes = b"") -> socket.socket:
        """Complete a handshake under a name that needs no password, and send something."""
        return self.connect(upgrade(f"/STRANGER{random.randrange(STRANGERS)}", self.target.port) + data)

    def end(self) -> int:
        """Stop; how often it was done."""
        self._end.set()
        self._thread.join(1)
        for each in self._held:
            each.close()
        return self.count

    def _hold(self, made: socket.socket, data: bytes) -> socket.socket:
        self._held.append(made)
        if len(self._held) > _MOST_HELD:
            self._held.pop(0).close()
        made.sendall(data)
        return made

    def _run(self) -> None:
        while not self._end.wait(self._pause_s):
            try:
                self._act(self)
            except OSError:
                pass
            self.count += 1


def memory_kb(pid: int) -> int:
    """Give the most memory that a process has ever had, in KiB."""
    words = Path(f"/proc/{pid}/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1])
