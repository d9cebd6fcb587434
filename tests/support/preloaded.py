"""
Our commands as processes that are forked from one that has imported their modules: a third of the work of a start.

Each is a process of its own in all that matters to whoever talks to it: its number, its signals, its files, its
environment and how it ends. How the launchers in ``bin/`` start a command is tested in tests/launchers and tests/cli.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any

from shocpp.backend import charge_modules

_ROOT = Path(__file__).resolve().parents[2]
# what a command imports when it is already running
_LATER = {
    "backend": ["shocpp.cli.filter_lines", "shocpp.stores.accounting_at"],
    "charger": ["encodings.idna", "lxml.etree", "shocpp.charge_point.links.soap_client"],
    "listener": [
        "shocpp.ledger.charge_points",
        "shocpp.ocpp.v16.structs",
        "shocpp.transports.embedded.listening",
        "shocpp.transports.gateway.gateway_service",
    ],
    "mqtt": ["shocpp.ocpp.v16.structs", "shocpp.transports.mqtt.working"],
    "web": ["shocpp.web.pages.application", "waitress"],
}
_SERVING = {"backend", "listener", "mqtt"}  # these import what a charge needs, too
_is_anew = False
_SERVE = "import sys; sys.path.insert(0, sys.argv[1]); from tests.support.preloaded import serve; sys.exit(serve())"
_NUMBER = struct.Struct("i")  # what is said of a process: its number, and how it ended
_MOST_BYTES = 1 << 16  # of what is said to the process that forks; a command line and an environment


class Process:
    """
    A command that was started; has those methods of ``subprocess.Popen`` that tests call.

    Args:
        command: Its module in ``shocpp.cli``.
        words: Its command line.
        env: Its whole environment.
        stdin: What it reads from: a descriptor, a file, ``subprocess.PIPE`` or ``subprocess.DEVNULL``.
        stdout: What it writes to.
        stderr: What it says.
        bufsize: Of our ends of pipes, as ``open`` has it.
        is_anew: It imports for itself what it is made of, as all do with --thorough.
    """

    def __init__(
        self,
        command: str,
        words: Sequence[str],
        env: Mapping[str, str],
        stdin: int | IO[Any] = subprocess.DEVNULL,
        stdout: int | IO[Any] = subprocess.DEVNULL,
        stderr: int | IO[Any] = subprocess.DEVNULL,
        bufsize: int = -1,
        is_anew: bool = False,
    ) -> None:
        self.args = [f"shocpp-{command}", *words]
        self.returncode: int | None = None
        ours: list[IO[Any] | None] = []
        theirs: list[int] = []
        for number, stream in enumerate((stdin, stdout, stderr)):
            end, mine = _ends(stream, is_input=number == 0, bufsize=bufsize)
            theirs.append(end)
            ours.append(mine)
        self.stdin, self.stdout, self.stderr = ours
        status, end = os.pipe()
        theirs.append(end)
        asked = [list(words), dict(env), _umask(), is_anew or _is_anew]
        socket.send_fds(_forking(command), [json.dumps(asked).encode()], theirs)
        for end in theirs:
            os.close(end)
        weakref.finalize(self, os.close, status)
        self._status, self._reading = status, Lock()
        said = os.read(status, _NUMBER.size)
        assert said, f"what forks shocpp-{command} has ended, see stderr"
        (self.pid,) = _NUMBER.unpack(said)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in filter(None, (self.stdin, self.stdout, self.stderr)):
            with suppress(BrokenPipeError):
                pipe.close()
        self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """
        Wait until it ends; its exit status, a signal's number below 0.

        Raises:
            subprocess.TimeoutExpired: It goes on after so many seconds.
        """
        if self.returncode is None:
            ended = select.poll()  # select knows no descriptor above 1023
            ended.register(self._status, select.POLLIN)
            if not ended.poll(None if timeout is None else 1000 * timeout):
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            with self._reading:  # another thread may wait, too
                if self.returncode is None:
                    (self.returncode,) = _NUMBER.unpack(os.read(self._status, _NUMBER.size))
        return self.returncode

    def poll(self) -> int | None:
        """Give the exit status; None while it goes on."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it goes on."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, data: bytes = b"", timeout: float | None = None) -> tuple[bytes, bytes]:
        """Write what it reads, end its input, and give all that it writes to pipes; return when it has ended."""
        written: dict[Any, list[bytes]] = {pipe: [] for pipe in (self.stdout, self.stderr) if pipe and not pipe.closed}
        work = [Thread(target=lambda pipe=pipe: written[pipe].append(pipe.read()), daemon=True) for pipe in written]
        if self.stdin and not self.stdin.closed:
            work.append(Thread(target=self._feed, args=(data,), daemon=True))
        for thread in work:
            thread.start()
        deadline = time.monotonic() + timeout if timeout is not None else None
        for thread in work:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in work):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return b"".join(written.get(self.stdout, [])), b"".join(written.get(self.stderr, []))

    def _feed(self, data: bytes) -> None:
        assert self.stdin
        with suppress(BrokenPipeError):
            self.stdin.write(data)
        with suppress(BrokenPipeError):
            self.stdin.close()


def launched(command: str) -> list[str]:
    """Give the command line of a command as bin/launch has it, with the Python that runs the tests."""
    code = f"import sys; sys.path.insert(0, sys.argv.pop(1)); from shocpp.cli.{command} import main; sys.exit(main())"
    return [sys.executable, "-I", "-c", code, str(_ROOT)]


def start_anew() -> None:
    """From here on have each process import for itself what it is made of."""
    global _is_anew  # noqa: PLW0603 - one for the whole run of the tests
    _is_anew = True


def _ends(stream: int | IO[Any], is_input: bool, bufsize: int) -> tuple[int, IO[bytes] | None]:
    """Give a descriptor for the process, which we close, and our end if that is of a pipe."""
    if stream == subprocess.PIPE:
        reader, writer = os.pipe()
        return (reader, os.fdopen(writer, "wb", bufsize)) if is_input else (writer, os.fdopen(reader, "rb", bufsize))
    if stream == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR), None
    return os.dup(stream if isinstance(stream, int) else stream.fileno()), None


def _umask() -> int:
    """Give our umask, out of /proc: the one system call that gives it sets it, too."""
    (line,) = (each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("Umask:"))
    return int(line.split()[1], 8)


@cache
def _forking(command: str) -> socket.socket:
    """
    Start the process from which a command's processes are forked; give the socket over which it is asked for one.

    It ends when nobody has our end of the socket any more. A process that a test has forked, and left, has it, too: so
    we kill it when we end.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        words = [sys.executable, "-I", "-c", _SERVE, str(_ROOT), command, str(theirs.fileno())]
        process = subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    atexit.register(process.wait)
    atexit.register(process.kill)  # which is done first
    return ours


def serve() -> int:
    """
    Import a command, and fork a process whenever one is asked for; in that process, give the command's exit status.

    The garbage collector writes into what it looks through, of which each fork would get a copy: what is imported is
    frozen, so that it is passed over.
    """
    command, requests = sys.argv[2], socket.socket(fileno=int(sys.argv[3]))
    main = importlib.import_module(f"shocpp.cli.{command}").main
    for module in _LATER[command]:
        importlib.import_module(module)
    if command in _SERVING:
        charge_modules.import_them()
    gc.freeze()  # what is looked through is copied
    while True:
        asked, ends, _, _ = socket.recv_fds(requests, _MOST_BYTES, 4)
        if not asked:
            return 0
        if not os.fork():
            requests.close()
            _keep(ends.pop(), ends)
            _become(command, ends, *json.loads(asked))
            return int(main())
        for end in ends:
            os.close(end)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _keep(status: int, streams: Sequence[int]) -> None:
    """Fork once more and return in the new process; the one before tells its number and how it ended."""
    process = os.fork()
    if not process:
        os.close(status)
        return
    for end in streams:
        os.close(end)
    with suppress(BrokenPipeError):  # nobody wants to know any more
        os.write(status, _NUMBER.pack(process))
        os.write(status, _NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])))
    os._exit(0)


def _become(
    command: str, streams: Sequence[int], words: list[str], environ: dict[str, str], umask: int, is_anew: bool
) -> None:
    """Have the streams, the environment and the command line that are wanted; nothing of the command has run yet."""
    for number, end in enumerate(streams):
        os.dup2(end, number)
        os.close(end)
    os.chdir("/")
    os.umask(umask)
    if is_anew:
        command_line = [*launched(command), *words]
        os.execve(command_line[0], command_line, environ)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv[1:] = words
