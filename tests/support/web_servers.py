"""
Real web servers on ports of the loopback, and services that are started as their systemd units say.

Of a unit it knows who the service is and what is started; what systemd closes to it otherwise is not tried. What the
servers serve is the test's business.
"""

from __future__ import annotations

import configparser
import http.client
import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S, until
from tests.support.ports import is_listening

PROGRAMS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # a user's PATH often lacks the place of servers


class Process:
    """
    A program that goes on until it is ended, with an environment that is nearly empty.

    Args:
        command: The command line.
        log: Takes what it prints.
        environ: Variables of its environment, besides the PATH.
        who: The user, the groups and the umask that it gets, as ``subprocess.Popen`` calls them.
    """

    def __init__(self, command: list[str], log: Path, environ: dict[str, str] | None = None, **who: Any) -> None:
        self.name = Path(command[0]).name
        self.log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdout=file,
                stderr=file,
                env={"PATH": PROGRAMS, **(environ or {})},
                cwd=log.parent,
                process_group=0,
                **who,
            )

    def wait_for(self, is_ready: Callable[[], object]) -> None:
        """Wait until it is ready; fail with what it printed if it ends before."""

        def is_ready_and_runs() -> bool:
            assert self._process.poll() is None, f"{self.name}: {self.log.read_text()}"
            return bool(is_ready())

        until(is_ready_and_runs, f"{self.name} to be ready")

    def close(self) -> None:
        """End it and what it has started, as systemd does: fcgiwrap leaves its children behind."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(timeout=PATIENCE_S)


class Server(Process):
    """A web server on a port of the loopback, which listens once this is made."""

    def __init__(
        self, command: list[str], log: Path, port: int, environ: dict[str, str] | None = None, **who: Any
    ) -> None:
        super().__init__(command, log, environ, **who)
        self.port = port
        self.wait_for(lambda: is_listening(port))

    def ask(self, path: str, method: str = "GET", accept: str = "", body: str | None = None) -> tuple[int, str]:
        """Make a request; give the status and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.putrequest(method, path, skip_accept_encoding=True)
        if accept:
            connection.putheader("Accept", accept)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        self.headers = dict(answer.getheaders())
        said = answer.status, answer.read().decode().rstrip("\n")
        connection.close()
        return said


class Unit:
    """
    What a systemd unit says of its service.

    Args:
        text: The unit.
        users: By name: the number of each user that it may name; the same number is its group's.

    Source: systemd.exec(5); with Group= a user's own group is only had by SupplementaryGroups=
    """

    def __init__(self, text: str, users: dict[str, int]) -> None:
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
        self._service = parser["Service"]
        self._users = users

    @property
    def command(self) -> list[str]:
        """The command line."""
        return shlex.split(self._service["ExecStart"])

    @property
    def who(self) -> dict[str, Any]:
        """Who the service is, as ``subprocess.Popen`` calls it; nobody else than ourselves unless we are root."""
        umask = int(self._service.get("UMask", "0022"), 8)
        if os.geteuid() != 0:
            return {"umask": umask}
        also = self._service.get("SupplementaryGroups", "").split()
        return {
            "umask": umask,
            "user": self._users[self._service["User"]],
            "group": self._users[self._service["Group"]],
            "extra_groups": [self._users[name] for name in also],
        }

    def make_runtime_directory(self, folder: Path) -> None:
        """Make the folder that the unit wants below /run in another place."""
        folder.mkdir()
        folder.chmod(int(self._service["RuntimeDirectoryMode"], 8))
        if os.geteuid() == 0:
            os.chown(folder, self.who["user"], self.who["group"])
