"""
A real PostgreSQL of one's own on a held port, as a user that is not root, which it refuses.

``server`` is one for all tests of a process, which share its files but not its tables; whoever kills one makes
a ``Postgresql`` of its own, of the same files.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_numbers = count(1)

GUARDED = "guarded"  # a user that has to show a password, once somebody makes it


def _folder() -> Path:
    """Make a folder that is removed at the end, and whose way there any user may go."""
    folder = Path(tempfile.mkdtemp(prefix="shocpp-postgresql."))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.getuid() == 0:
        os.chown(folder, *_unprivileged())
    return folder


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _start(*command: str | Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a program as a user that is not root, to end at the latest with us; what it says goes to a file."""
    prefix = ["setpriv", "--pdeathsig=QUIT"]
    if os.getuid() == 0:
        user, group = _unprivileged()
        prefix += [f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    with log.open("ab") as said:
        return subprocess.Popen(
            [*prefix, _PROGRAMS[-1] / command[0], *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ["PATH"]},
        )


@cache
def _template() -> Path:
    """Make the files of an empty server, which takes a second: once for all servers of this process."""
    assert _PROGRAMS, "PostgreSQL is not here: bin/shocpp-test installs it"
    folder = _folder()
    data, log = folder / "data", folder / "log"
    options = ("-U", "shocpp", "-A", "trust", "-E", "UTF8", "--no-sync", "--wal-segsize=1", "--no-instructions")
    made = _start("initdb", "-D", data, *options, log=log)
    assert made.wait(PATIENCE_S) == 0, log.read_text()
    access = data / "pg_hba.conf"
    access.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n{access.read_text()}")
    return data


class Postgresql:
    """
    A server.

    Args:
        is_lasting: What it has committed is there after it was killed; else it is faster.
    """

    def __init__(self, is_lasting: bool = False) -> None:
        self.port = held_port()
        self._folder = _folder()
        self._data, self._log = self._folder / "data", self._folder / "log"
        subprocess.run(["cp", "-a", _template(), self._data], check=True)
        self._sync = "on" if is_lasting else "off"
        self.start()

    def start(self) -> None:
        """Start it; return when it takes connections."""
        said = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": self._sync,
            "full_page_writes": self._sync,
            "shared_buffers": "16MB",
            "autovacuum": "off",
            "jit": "off",
        }
        options = [each for name, value in said.items() for each in ("-c", f"{name}={value}")]
        self.process = _start("postgres", "-D", self._data, *options, log=self._log)
        until(self._is_ready, "PostgreSQL to take connections")

    @property
    def address(self) -> str:
        """Its address, without tables of one's own."""
        return f"postgresql://shocpp@127.0.0.1:{self.port}/postgres"

    def new_store(self) -> str:
        """Make a place for tables of one's own; give its address."""
        name = f"store{next(_numbers)}"
        self.ask(f"CREATE SCHEMA {name}")
        return f"{self.address}?options=-csearch_path%3D{name}"

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Give the rows that a query finds; none of a statement."""
        with psycopg.connect(self.address) as connection:
            found = connection.execute(query)
            return found.fetchall() if found.description else []

    def kill(self) -> None:
        """End all its processes at once."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for process in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):  # its children end when they see that it is gone
                os.kill(process, signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "its processes to end")

    def end(self) -> None:
        """End it, as a service is ended at once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        if not is_listening(self.port):
            return False
        try:
            psycopg.connect(self.address).close()
        except psycopg.OperationalError:
            return False  # it is still looking at what it has
        return True


@cache
def server() -> Postgresql:
    """Give a server that all tests of this process share; it ends with the process."""
    made = Postgresql()
    atexit.register(made.end)
    return made
