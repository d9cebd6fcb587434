"""The simulated charge point over SOAP, at a real listener; and where it takes commands, for whoever sends it some."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shocpp.ocpp.soap.read_envelope import read
from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import Process
from tests.support.soap_peers import post


class Central(ThreadingHTTPServer):
    """
    Passes on what a charge point posts to a listener, and sees where it takes commands.

    Args:
        port: The listener's.
    """

    def __init__(self, port: int) -> None:
        central = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                central.address = read(data).from_address
                status, body = post(port, data)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *values: Any) -> None:
                """Say nothing."""

        self.address = ""
        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def soap_charger(listener: Listener, version: str, identity: str, *words: str) -> Iterator[str]:
    """
    Run a simulated charge point that does what words say, and then serves; the address where it takes commands.

    Args:
        listener: Its central system.
        version: Of OCPP.
        identity: Its name.
        words: Of a script.
    """
    central = Central(listener.port)
    threading.Thread(target=central.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{central.server_port}/soap/{identity}"
    command = ["--soap", version, "--connect", url, "--speed", "600", *words]
    process = Process("charger", command, os.environ, stdin=subprocess.PIPE)
    try:
        until(lambda: central.address, "the charge point to say where it is")
        yield central.address
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        central.shutdown()
        central.server_close()
