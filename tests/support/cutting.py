"""A proxy before a server on the loopback, which loses an answer, turns connections away or keeps silent if told to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

_CHUNK = 1 << 16


class Cutting:
    """
    Carries connections to a port of the loopback.

    Args:
        port: The server's.

    Attributes:
        port: Where it listens itself.
        is_armed: The answer to the next commit is kept back, and its connection cut.
        cuts: How often that was done.
        connections: How many were made.
        is_away: Whoever connects is turned away, and who is connected is cut off with the next answer.
        is_silent: No answer arrives.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.is_armed, self.cuts, self.connections = False, 0, 0
        self.is_away = self.is_silent = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no connection any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                if self.is_away:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._server))
                for carry in (self._carry_questions, self._carry_answers):
                    threading.Thread(target=carry, args=(client, server), daemon=True).start()

    def _carry_questions(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(_CHUNK):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _carry_answers(self, client: socket.socket, server: socket.socket) -> None:
        """Carry answers; CommandComplete of a commit says that it is done."""
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                if self.is_away:
                    break
                if self.is_silent:
                    continue
                if self.is_armed and b"COMMIT\0" in data:
                    self.is_armed, self.cuts = False, self.cuts + 1
                    break
                client.sendall(data)
            for each in (client, server):
                each.shutdown(socket.SHUT_RDWR)
