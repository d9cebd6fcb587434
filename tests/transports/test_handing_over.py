"""Connections that websocketd accepts and one process serves: handed over, and what becomes of them when it goes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from websockets.exceptions import ConnectionClosed

from shocpp.transports.embedded.handed_over import HandedOver
from shocpp.transports.embedded.pipe_pair import PipePair
from shocpp.transports.embedded.poller import Poller
from shocpp.transports.embedded.socket_transport import SocketTransport
from shocpp.transports.handing_over import hand_over
from tests.bench.processes import family, wait_for_end
from tests.support.descriptors import descriptors
from tests.support.listening import Listener, is_served, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import BACKEND, Scratch

START = (
    '[2,"1","StartTransaction",{"connectorId":1,"idTag":"3333","meterStart":1000,"timestamp":"2026-01-01T00:00:00Z"}]'
)
STOP = '[2,"2","StopTransaction",{"transactionId":20000001,"meterStop":2500,"timestamp":"2026-01-01T01:00:00Z"}]'


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Run websocketd with a process that serves all."""
    with listening(tmp_path, "websocketd") as running:
        yield running


def names(listener: Listener) -> dict[int, str]:
    """Give the names of all processes of a listener."""
    found = {}
    for pid in family(listener.process.pid, str(listener.scratch.home)):
        try:
            found[pid] = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
    return found


def core(listener: Listener) -> int:
    """Give the process that holds the mailboxes."""
    return int((listener.scratch.folder("CP001") / "shocpp.pid").read_text())


def test_one_process_serves_all(listener: Listener) -> None:
    """Of a backend nothing is left but what waits for the end; when it comes nothing is left at all."""
    with listener.connect("/CP001") as one, listener.connect("/CP002") as other:
        assert is_served(one) and is_served(other)
        until(lambda: [*names(listener).values()].count("cat") == 2, "both to be handed over")
        mailboxes = {(listener.scratch.folder(name) / "shocpp.pid").read_text() for name in ("CP001", "CP002")}
        assert len(mailboxes) == 1
    until(lambda: "cat" not in names(listener).values(), "what waited to end")
    pids = [*names(listener)]
    listener.end()
    wait_for_end(pids, PATIENCE_S)
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
    assert not list(listener.scratch.home.glob("run/*/shocpp.pid"))


def test_a_charge_outlives_the_process_that_began_it(listener: Listener) -> None:
    """When it is killed its connections end; those that come are served by another one. The charge is booked once."""
    with listener.connect("/CP001") as connection:
        connection.send(START)
        assert '"transactionId":20000001' in str(connection.recv(PATIENCE_S))
        first = core(listener)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ConnectionClosed):
            connection.recv(PATIENCE_S)
    for _ in range(2):
        with listener.connect("/CP001") as connection:
            connection.send(STOP)
            assert connection.recv(PATIENCE_S) == '[3,"2",{}]'
            until(lambda: "cat" in names(listener).values(), "it to be handed over")
            assert core(listener) != first
    words = "the process that serves all has died; another one starts in 0.1 s"
    until(lambda: listener.has_said(words), "the log to say so")
    (record,) = listener.scratch.records().values()
    assert (record["consumed_wh"], record["account"]) == (1500, "family-y")


def test_without_any_process_that_serves_all_each_has_its_own(listener: Listener) -> None:
    """Where none can be kept, nobody waits for one."""
    with listener.connect("/CP001") as connection:
        assert is_served(connection)
        keeper = int(Path(f"/proc/{core(listener)}/stat").read_text().rpartition(") ")[2].split()[1])
        os.kill(keeper, signal.SIGKILL)
        os.kill(core(listener), signal.SIGKILL)
    with listener.connect("/CP001") as connection:
        assert is_served(connection)
        assert "cat" not in names(listener).values()
    words = "CP001 has a process of its own: the one that served all has gone"
    until(lambda: listener.has_said(words), "the log to say so")


def test_it_ends_with_websocketd(listener: Listener) -> None:
    """However websocketd ends, nothing that it started stays."""
    with listener.connect("/CP001") as connection:
        assert is_served(connection)
        pids = [*names(listener)]
        listener.process.kill()
        listener.process.wait(PATIENCE_S)
        wait_for_end(pids, PATIENCE_S)
        assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


@pytest.mark.parametrize("descriptor", ["", "no number", "-1", "99999", "99999999999999999999", "0"])
def test_where_nobody_takes_it_a_backend_serves_by_itself(tmp_path: Path, descriptor: str) -> None:
    """A descriptor that is none, or no socket, or one whose listener has gone, keeps nobody from being served."""
    environ = Scratch(tmp_path).environ | {"SHOCPP_HANDOVER_DESCRIPTOR": descriptor, "PATH_INFO": "/CP001"}
    done = subprocess.run(BACKEND, input=b'[2,"1","Heartbeat",{}]\n', env=environ, capture_output=True, check=True)
    assert done.stdout.startswith(b'[3,"1",{"currentTime":')


def test_what_is_too_long_is_not_handed_over() -> None:
    """A peer that says more of itself than the kernel sends at once has a backend of its own; nothing is left open."""
    before = descriptors()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        environ = {"SHOCPP_HANDOVER_DESCRIPTOR": str(theirs.detach()), "REQUEST_URI": "/" + "x" * (1 << 20)}
        assert not hand_over(environ)
        assert environ.keys() == {"REQUEST_URI"}
        assert [number for number, _ in descriptors() - before] == [ours.fileno()]


class Nobody:
    """Serves nobody: notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connection_made(self, _transport: object) -> None:
        """Note that there is a connection."""
        self.told.append("made")

    def connection_lost(self, _error: object) -> None:
        """Note that there is none any more."""
        self.told.append("lost")

    def pause_writing(self) -> None:
        """Never needed."""

    resume_writing = pause_writing


def test_who_goes_at_once_leaves_nothing() -> None:
    """A charge point that has gone before its connection is served: what waits is let go, and all is closed."""
    faults: list[object] = []
    nobody = Nobody()

    async def take_over() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: faults.append(context))
        (source, there), (waiting, held), (theirs, sink) = os.pipe(), os.pipe(), os.pipe()
        os.close(theirs)
        pipes = PipePair(source, sink, held, "192.0.2.1")
        SocketTransport(loop, Poller(loop), pipes, cast(Any, nobody), pipes.sink)
        is_let_go = asyncio.Event()
        loop.add_reader(waiting, is_let_go.set)
        await asyncio.wait_for(is_let_go.wait(), PATIENCE_S)
        loop.remove_reader(waiting)
        assert os.read(waiting, 1) == b""
        os.close(waiting)
        os.close(there)

    before = descriptors()
    asyncio.run(take_over())
    assert nobody.told == ["made", "lost"]
    assert not faults
    assert descriptors() <= before


class Loop:
    """A loop in which nothing comes by itself."""

    read: Callable[[], None] | None = None

    def add_reader(self, _source: object, call: Callable[[], None]) -> None:
        """Note what reads."""
        self.read = call

    def remove_reader(self, _source: object) -> None:
        """Note that nothing reads."""
        self.read = None


def test_without_files_a_connection_ends() -> None:
    """If the kernel cannot give us all descriptors those that came are closed, and the log says what is to be done."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    said: list[str] = []
    loop = Loop()
    nothing = cast(Any, None)
    taking = HandedOver(
        cast(Any, loop), ours, nothing, nothing, lambda: said.append("ended"), lambda _, text: said.append(text)
    )
    taking.start()
    with theirs:
        socket.send_fds(theirs, [b"REQUEST_URI=/CP1"], [0])
        before = descriptors()
        assert loop.read
        loop.read()
        assert descriptors() <= before
        assert said == ["no connection can be taken over: too many open files (LimitNOFILE)"]
    loop.read()
    assert said[1:] == ["ended"] and loop.read is None
    taking.close()
