"""
A house with a real listener, a simulated wallbox and the page, for a person with a browser.

Everything is a process of ours, as at home; the page waits for the wallbox as long as any command does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from websockets.sync.client import ClientConnection

from shocpp.web.pages import people
from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.preloaded import Process
from tests.support.scratch import Scratch


class Street:
    """
    The house.

    Args:
        home: An empty folder.

    Attributes:
        address: The page's, without a slash at its end.
        scratch: What is in the home.
    """

    def __init__(self, home: Path) -> None:
        self.scratch = Scratch(home, JOURNAL_STREAM="8:1")  # nobody needs an operator's link
        self.listener = Listener(self.scratch)
        port = held_port()
        self.address = f"http://127.0.0.1:{port}"
        self._log = (home / "page.log").open("w")
        self._processes = [self._start("web", "--port", str(port))]
        until(lambda: is_listening(port), "the page to be served")

    def link(self, name: str, role: str, account: str = "") -> str:
        """Give somebody a link; its address."""
        return f"{self.address}/{people.add(self.scratch.settings.people_file, name, role, account)}/"

    def wallbox(self, identity: str, *words: str, options: Sequence[str] = ()) -> Process:
        """Connect a wallbox at which something happens; return when it was seen."""
        url = f"ws://127.0.0.1:{self.listener.port}/{identity}"
        process = self._start("charger", "--connect", url, *options, " ".join(words))
        self._processes.append(process)
        until(lambda: self.scratch.sighting(identity).get("connectors"), f"{identity} to be seen")
        return process

    def mute(self, identity: str) -> ClientConnection:
        """Connect a charge point that answers no command, and is free."""
        connection = self.listener.connect(f"/{identity}")
        said = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
        connection.send(json.dumps([2, "1", "StatusNotification", said]))
        connection.recv(PATIENCE_S)
        until(lambda: self.scratch.sighting(identity).get("connectors"), f"{identity} to be seen")
        return connection

    def close(self) -> None:
        """End all of it."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(PATIENCE_S)
        self.listener.process.kill()
        self.listener.process.wait(PATIENCE_S)
        self._log.close()

    def _start(self, command: str, *arguments: str) -> Process:
        environ = {"PATH": "/usr/bin:/bin", **self.scratch.environ}
        return Process(command, arguments, environ, stdout=self._log, stderr=self._log)


@contextmanager
def street(home: Path) -> Iterator[Street]:
    """Build the house in a fresh folder, and tear it down."""
    home.mkdir(exist_ok=True)
    made = Street(home)
    try:
        yield made
    finally:
        made.close()
