"""
A home for a while, in which several commands run: a port that is held, processes that end with it.

Knows how to start our commands and how to leave nothing behind; not what they are for.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from shocpp.errors import UnavailableError
from shocpp.spool.files import durable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

ACCOUNTS = [
    {"index": 1, "account": "company-x", "ids": ["1111"]},
    {"index": 2, "account": "family-y", "ids": ["2222"]},
]
_LAUNCH = (
    "import sys, importlib; sys.path.insert(0, sys.argv.pop(1)); "
    "sys.exit(importlib.import_module('shocpp.cli.' + sys.argv.pop(1)).main())"
)
# what systemd does for a socket unit, here from within: sd_listen_fds(3)
_HAND_OVER = (
    "import os, sys; os.dup2(int(sys.argv.pop(1)), 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); "
)
_PATIENCE_S = 5.0
_LOOK_S = 0.02


class ScratchHome:
    """
    Use with ``with``: what was started ends, and what was written is gone, also when it is interrupted.

    Args:
        environ: The environment that commands get, but for what begins with SHOCPP_ or WS_.

    Attributes:
        home: The scratch folder, SHOCPP_HOME of every command.
        port: The port of the loopback on which the listener is; held from the beginning, so that nobody else takes it.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shocpp-demo-", ignore_cleanup_errors=True)
        self.home = self._folder.name
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._environ = {
            **{name: value for name, value in environ.items() if not name.startswith(("SHOCPP_", "WS_"))},
            "SHOCPP_HOME": self.home,
            "SHOCPP_HEARTBEAT_INTERVAL": "1800",
            "WS_ADDRESS": "127.0.0.1",
            "WS_PORT": str(self.port),
        }
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> ScratchHome:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        folder = os.path.join(self.home, "conf")
        durable.make_folder(folder)
        durable.replace(os.path.join(folder, "tags.json"), json.dumps(ACCOUNTS).encode())
        return self

    def __exit__(self, *_: object) -> None:
        # a second Ctrl-C must not keep us from tidying up
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for process in reversed(self._processes):
            _end(process)
        self._socket.close()
        self._folder.cleanup()

    def start(self, command: str, *arguments: str) -> subprocess.Popen[str]:
        """
        Start a command in a session of its own, so that a Ctrl-C is ours to deal with; its stderr is a log.

        A listener is handed the socket that is held, and serves by the embedded one.
        """
        log = os.open(self.log_of(command), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        process = subprocess.Popen(  # noqa: S603 - our own commands
            self._line(command, arguments, is_handed=command == "listener"),
            pass_fds=[self._socket.fileno()] if command == "listener" else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if command == "charger" else log,
            stderr=log,
            env=self._environ,
            text=True,
            start_new_session=True,
        )
        os.close(log)
        self._processes.append(process)
        return process

    def run(self, command: str, *arguments: str) -> str:
        """
        Run a command to its end; give what it prints.

        Raises:
            UnavailableError: It failed; says what it said.
        """
        done = subprocess.run(  # noqa: S603 - our own commands
            self._line(command, arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._environ,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise UnavailableError(f"shocpp-{command} failed: {done.stderr.strip()[-300:]}")
        return done.stdout

    def log_of(self, command: str) -> str:
        """Give the path of a started command's log."""
        return os.path.join(self.home, f"{command}.log")

    def last_word(self, command: str) -> str:
        """Give the last line that a started command logged."""
        with open(self.log_of(command), encoding="utf-8", errors="replace") as file:
            return ([line for line in file.read().splitlines() if line] or ["it said nothing"])[-1]

    def _line(self, command: str, arguments: tuple[str, ...], is_handed: bool = False) -> list[str]:
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        launch = [_HAND_OVER + _LAUNCH, str(self._socket.fileno())] if is_handed else [_LAUNCH]
        return [sys.executable, "-I", "-c", *launch, root, command, *arguments]


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all that it has started, and wait until they are gone."""
    deadline = time.monotonic() + _PATIENCE_S
    number = signal.SIGTERM
    while True:
        try:
            process.poll()
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        time.sleep(_LOOK_S)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal wants it
    """Leave the way that Ctrl-C leaves."""
    raise KeyboardInterrupt
