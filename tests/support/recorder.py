"""An HTTP server on the loopback that keeps what is posted to it, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Posted(NamedTuple):
    """What was posted: its path, its headers, its body, and what it was answered."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int


class Recorder:
    """
    A server in a thread of its own, for a ``with`` block.

    Args:
        answer: Gives the status of the answer to the request of that number, from 1; None for 200 always.

    Attributes:
        posted: What came, in order; what was only asked for, too.
        url: Where it listens.
    """

    def __init__(self, answer: Callable[[int], int] | None = None) -> None:
        posted: list[Posted] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                status = answer(len(posted) + 1) if answer else 200
                posted.append(Posted(self.path, dict(self.headers), body, status))
                said = b'["why \x1b[2J"]'
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_PATCH = do_POST  # noqa: N815 - as http.server calls it

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.posted = posted
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v1/datum/endpoint/uuid"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
