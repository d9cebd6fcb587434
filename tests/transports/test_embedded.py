"""
The embedded listener from outside: handshakes, limits, signals, and that nobody has to wait for another one's disk.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from shocpp.spool.mailbox import Mailbox
from shocpp.transports.embedded.leaving import LONGEST_END_S
from tests.bench.load import frame, upgrade
from tests.bench.processes import waits_for_lock
from tests.support.listening import HEARTBEAT, Listener, certificate, is_served, listening, trusting
from tests.support.patience import PATIENCE_S, SOON_S, until
from tests.support.ports import held_port, is_listening
from tests.support.scratch import LISTENER, ROOT, Scratch

DRIP_S = 0.05
DRIPS = int(PATIENCE_S / DRIP_S)  # far fewer bytes than a handshake may have
STOP = '[2,"2","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Run a listener with limits that a test can reach."""
    limits = {"MESSAGE_LIMIT": "4096", "CONNECTION_LIMIT": "20", "HANDSHAKE_TIMEOUT": "2", "PING_INTERVAL": "1"}
    with listening(tmp_path, None, None, **{f"SHOCPP_{name}": value for name, value in limits.items()}) as running:
        yield running


def stranger(listener: Listener, data: bytes = b"") -> socket.socket:
    """Connect and send some bytes."""
    made = socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S)
    made.sendall(data)
    return made


def is_closed(connected: socket.socket) -> bool:
    """Tell whether the other end hangs up without having anything to say."""
    try:
        return connected.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    ("offered", "echoed"),
    [
        ([], None),
        (["ocpp1.6"], "ocpp1.6"),
        (["ocpp2.0.1", "ocpp1.5", "ocpp1.6"], "ocpp1.6"),
        (["OCPP1.6"], "OCPP1.6"),
        (["ocppj1.6"], "ocppj1.6"),
        (["ocpp1.5"], "ocpp1.5"),
    ],
)
def test_subprotocol(listener: Listener, offered: list[str], echoed: str | None) -> None:
    """What means 1.6 is served, also without a name; only what was offered is echoed (quirk 1)."""
    names = [Subprotocol(name) for name in offered] or None
    url = f"ws://127.0.0.1:{listener.port}/CP1"
    with connect(url, subprotocols=names, open_timeout=PATIENCE_S) as connection:
        assert connection.subprotocol == echoed
        assert is_served(connection)


def test_unknown_subprotocol_is_refused(listener: Listener) -> None:
    """A handshake that offers nothing we know completes without a subprotocol and is closed (OCPP-J 1.6 §3.2)."""
    url = f"ws://127.0.0.1:{listener.port}/CP1"
    connecting = connect(url, subprotocols=[Subprotocol("ocpp2.0.1")], open_timeout=PATIENCE_S)
    with connecting as connection, pytest.raises(ConnectionClosed) as closed:
        assert connection.subprotocol is None
        connection.recv(PATIENCE_S)
    assert closed.value.rcvd and closed.value.rcvd.code == 1002


def test_identity_keeps_its_case(listener: Listener) -> None:
    """The identity is the last segment that is not empty, decoded once, in the letters in which it came."""
    with listener.connect("/x//Cp%25201%7C/") as connection:
        assert is_served(connection)
        assert listener.scratch.is_held("Cp%201|")


def test_fragments_and_binary(listener: Listener) -> None:
    """A message in fragments, with a ping in between, and one of binary type are messages like any other."""
    with listener.connect("/CP1") as connection:
        connection.send([HEARTBEAT[:5], HEARTBEAT[5:10], HEARTBEAT[10:]], text=True)
        assert json.loads(connection.recv(PATIENCE_S))[1] == "1"
        connection.send(HEARTBEAT.encode())
        assert json.loads(connection.recv(PATIENCE_S))[1] == "1"


@pytest.mark.parametrize("size", [4097, 1 << 20, 1 << 31])
def test_message_limit(listener: Listener, size: int) -> None:
    """A message beyond the limit closes the connection when it is announced, before it is there."""
    header = b"\x81" + (b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big"))
    with stranger(listener, upgrade("/CP1", listener.port)) as connected:
        assert b" 101 " in connected.recv(4096)
        connected.sendall(header + bytes(4))
        data = b""
        while chunk := connected.recv(4096):
            data += chunk
        assert data[:1] == b"\x88" and data[2:4] == (1009).to_bytes(2, "big")


def is_cut_off(connected: socket.socket, data: bytes) -> bool:
    """Send a byte whenever nothing has come for a moment; tell whether the other end hangs up before all are sent."""
    for byte in data:
        has_come, _, _ = select.select([connected], [], [], DRIP_S)
        if has_come:
            return True
        connected.send(bytes([byte]))
    return False


def test_connection_limit(listener: Listener) -> None:
    """Beyond the limit a newcomer gets 503; who is connected may come again, and a place that is free is given."""
    with ExitStack() as stack:
        connections = [stack.enter_context(listener.connect(f"/CP{number}")) for number in range(20)]
        assert all(map(is_served, connections))
        assert listener.status_of("/CP99") == 503
        with listener.connect("/CP19") as again:
            assert is_served(again)
        connections[0].close()
        until(lambda: listener.status_of("/CP99") == 101, "a place to be free")


def test_handshake_timeout(listener: Listener) -> None:
    """A handshake that does not end is cut off after its time, also one that keeps dripping."""
    request = upgrade("/CP1", listener.port)[:-4]
    with stranger(listener, b"GET /CP1 HTTP/1.1\r\n") as silent, stranger(listener) as dripping:
        assert is_cut_off(dripping, request + b"x" * (DRIPS - len(request))), "it may drip for ever"
        assert is_closed(silent) and is_closed(dripping)


def test_endless_handshake(listener: Listener) -> None:
    """A handshake that is longer than any honest one is cut off."""
    with stranger(listener, b"GET /CP1 HTTP/1.1\r\n") as connected, pytest.raises(OSError):
        for number in range(10_000):
            connected.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1000))


def test_half_open_flood(tmp_path: Path) -> None:
    """More half-open connections than there may be files do not keep a charge point out."""
    scratch = Scratch(tmp_path, SHOCPP_HANDSHAKE_TIMEOUT=str(int(4 * PATIENCE_S)))  # none of them gives up
    listener = Listener(scratch, launcher=["sh", "-c", 'ulimit -n 400; exec "$@"', "sh"])
    half_open = [stranger(listener, b"GET / HTTP/1.1\r\n") for _ in range(600)]
    assert listener.status_of("/CP1") == 101
    for each in half_open:
        each.close()
    assert listener.end() == 0


def test_slow_reader(listener: Listener) -> None:
    """Who reads no answers is not read from either, and does not disturb others."""
    with stranger(listener, upgrade("/SLOW", listener.port)) as slow:
        slow.recv(4096)
        slow.settimeout(0.5)
        sent, message = 0, frame(b'[2,"%s","Heartbeat",{}]' % (b"x" * 3000)) * 50  # the answer echoes the id
        with pytest.raises(TimeoutError):
            while sent < 200_000_000:
                sent += slow.send(message)
        with listener.connect("/CP1") as connection:
            assert is_served(connection)


def test_newest_wins(listener: Listener) -> None:
    """The second connection of a charge point is served, the first is closed, and its end touches nothing."""
    with listener.connect("/CP1") as first, listener.connect("/CP1") as second:
        assert is_served(second)
        assert not is_served(first)
        assert listener.scratch.is_held("CP1")
        assert is_served(second)
    until(lambda: not listener.scratch.is_held("CP1"), "the connection to end")


def test_many_at_once_under_one_name(listener: Listener) -> None:
    """However many connect under one name at a time, one of them is served in the end and the rest is gone."""
    raw = [stranger(listener, upgrade("/CP1", listener.port)) for _ in range(30)]
    with listener.connect("/CP1") as last:
        assert is_served(last)
        assert listener.scratch.is_held("CP1")
    for each in raw:
        each.close()
    until(lambda: not listener.scratch.is_held("CP1"), "the connection to end")


def test_commands(listener: Listener) -> None:
    """A command reaches its charge point among many, and gets its own answer."""
    got: dict[str, list[object]] = {}

    def ask(identity: str) -> None:
        call = f'[2,"{identity}-c","Reset",{{"type":"Soft"}}]'
        got[identity] = Mailbox(str(listener.scratch.home / "run"), identity).ask(f"{identity}-c", call, PATIENCE_S)

    names = [f"CP{number}" for number in range(15)]
    with ExitStack() as stack:
        connections = [stack.enter_context(listener.connect(f"/{name}")) for name in names]
        assert all(map(is_served, connections))
        threads = [threading.Thread(target=ask, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for connection in connections:
            call = json.loads(connection.recv(PATIENCE_S))
            connection.send(json.dumps([3, call[1], {"status": "Accepted"}]))
        for thread in threads:
            thread.join(PATIENCE_S)
    assert {name: answer[1] for name, answer in got.items()} == {name: f"{name}-c" for name in names}


def test_one_command_looks_into_one_mailbox(tmp_path: Path) -> None:
    """A command makes the listener look into one mailbox among many; a bare SIGUSR1, into all of them."""
    trace, many = tmp_path / "trace", 12
    (tmp_path / "home").mkdir()
    strace = ["strace", "-f", "-e", "trace=access,faccessat,faccessat2", "-o", str(trace)]
    traced = Listener(Scratch(tmp_path / "home"), launcher=strace)

    def looks() -> int:
        return trace.read_text().count("request.json")

    with ExitStack() as stack:
        stack.callback(traced.process.wait, PATIENCE_S)
        connections = [stack.enter_context(traced.connect(f"/CP{number}")) for number in range(many)]
        assert all(map(is_served, connections))
        pid = int((traced.scratch.folder("CP3") / "shocpp.pid").read_text())
        stack.callback(os.kill, pid, signal.SIGTERM)
        asking = threading.Thread(
            target=Mailbox(str(traced.scratch.home / "run"), "CP3").ask, args=("c1", '[2,"c1","Reset",{}]', PATIENCE_S)
        )
        asking.start()
        assert json.loads(connections[3].recv(PATIENCE_S))[1] == "c1"
        connections[3].send('[3,"c1",{}]')
        asking.join(PATIENCE_S)
        assert looks() == 1
        os.kill(pid, signal.SIGUSR1)
        until(lambda: looks() >= 1 + many, "a look into every mailbox")
        assert all(map(is_served, connections))
        assert looks() == 1 + many


def test_ping(listener: Listener) -> None:
    """A connection that is quiet is pinged."""
    with stranger(listener, upgrade("/CP1", listener.port)) as connected:
        data = b""
        while b"\x89\x00" not in data:
            data += connected.recv(4096)


def test_disk_does_not_stall_others(listener: Listener) -> None:
    """While one charge point's record waits for the disk, others are served, and its own answers keep their order."""
    folder = listener.scratch.home / "accounting"
    lock = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with listener.connect("/CP1") as stopping, listener.connect("/CP2") as other:
        stopping.send(STOP)
        stopping.send(HEARTBEAT)
        assert is_served(other)
        with pytest.raises(TimeoutError):
            stopping.recv(0.3)
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        assert json.loads(stopping.recv(PATIENCE_S))[1] == "1"
    assert len(listener.scratch.records()) == 1


def bookkeepers_of(listener: Listener) -> list[int]:
    """Give the ids of the processes that book for a listener: one, or none for a moment."""
    pid = listener.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_bookkeeper_dies(listener: Listener) -> None:
    """What it had in hand is booked all the same, once; the next one books what follows."""
    lock = os.open(listener.scratch.home / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
    (first,) = bookkeepers_of(listener)
    with listener.connect("/CP1") as stopping:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stopping.send(STOP)
        with pytest.raises(TimeoutError):
            stopping.recv(0.2)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        fcntl.flock(lock, fcntl.LOCK_EX)
        stopping.send(STOP.replace("3000", "4000"))
        with pytest.raises(TimeoutError):
            stopping.recv(0.2)
        os.kill(first, signal.SIGKILL)
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        until(lambda: set(bookkeepers_of(listener)) - {first}, "another bookkeeper")
        stopping.send(STOP.replace("3000", "5000"))
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
    assert sorted(each["end_kwh"] for each in listener.scratch.records().values()) == ["3", "4", "5"]
    until(lambda: "the process that books has died" in listener.said(), "the log")


def test_bookkeeper_is_stopped(listener: Listener) -> None:
    """One that is frozen is replaced after ten seconds: its stop gets its receipt, once, and all others are served."""
    (first,) = bookkeepers_of(listener)
    os.kill(first, signal.SIGSTOP)
    with listener.connect("/CP1") as stopping, listener.connect("/CP2") as other:
        stopping.send(STOP)
        assert is_served(other)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
        until(lambda: set(bookkeepers_of(listener)) - {first}, "another bookkeeper")
        stopping.send(STOP)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
    assert len(listener.scratch.records()) == 1
    assert not runs(first)
    until(lambda: "gave no answer for 10 s and is killed" in listener.said(), "the log")


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and whom nobody has asked for its status does not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_bookkeeper_ends_with_the_listener(listener: Listener, number: signal.Signals) -> None:
    """However the listener ends, nothing of it is left running."""
    (pid,) = bookkeepers_of(listener)
    listener.signal(number)
    listener.process.wait(PATIENCE_S)
    until(lambda: not runs(pid), "the bookkeeper to end")


def test_sigterm(listener: Listener) -> None:
    """SIGTERM finishes what is in hand, closes every connection with 1001, and exits 0."""
    lock = os.open(listener.scratch.home / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with listener.connect("/CP1") as stopping, listener.connect("/CP2") as other:
        assert is_served(other)
        stopping.send(STOP)
        until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for its disk")
        listener.signal(signal.SIGTERM)
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            other.recv(PATIENCE_S)
        assert closed.value.rcvd and closed.value.rcvd.code == 1001
        os.close(lock)
        assert json.loads(stopping.recv(PATIENCE_S)) == [3, "2", {}]
    assert listener.process.wait(PATIENCE_S) == 0
    assert time.monotonic() - began < 2 * SOON_S
    assert not (listener.scratch.home / "run/CP1/shocpp.pid").exists()


def test_sigterm_does_not_wait_for_ever(listener: Listener) -> None:
    """
    With a disk that does not answer it ends after two seconds all the same; nothing was confirmed.

    Here it may take ten times as long, on a busy machine; beside an end without anything in hand, and beside what is
    promised: ``python -m tests.bench.leaving``.
    """
    lock = os.open(listener.scratch.home / "accounting/.lock", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with listener.connect("/CP1") as stopping:
        stopping.send(STOP)
        until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for its disk")
        began = time.monotonic()
        assert listener.end() == 0
        assert time.monotonic() - began < 2 * SOON_S
        with pytest.raises(ConnectionClosed):
            stopping.recv(PATIENCE_S)
    os.close(lock)


def test_two_seconds_are_promised() -> None:
    """What is waited for at the end is shorter than the manual says, and leaves time for the rest."""
    assert "it is gone after two seconds at the latest" in " ".join(
        (ROOT / "docs/shocpp-listener.md").read_text().split()
    )
    assert 1.5 < LONGEST_END_S < 2


def test_not_listed_any_more(tmp_path: Path) -> None:
    """Who is taken off the list is disconnected; without passwords a stranger gets 404."""
    with listening(tmp_path) as listener:
        file = tmp_path / "conf/charge-points.json"
        file.write_text('[{"identity": "CP1"}, {"identity": "CP2"}]')
        assert listener.status_of("/CP3") == 404
        with listener.connect("/CP1") as first, listener.connect("/CP2") as second:
            assert is_served(first) and is_served(second)
            file.write_text('[{"identity": "CP1"}]')
            with pytest.raises(ConnectionClosed):
                second.recv(PATIENCE_S)
            assert is_served(first)


def test_certificates(tmp_path: Path) -> None:
    """A client's certificate lets in whom it is for and nobody else; without one there is no connection."""
    server = certificate(tmp_path, "server")
    authority = certificate(tmp_path, "authority")
    own, other = certificate(tmp_path, "CP1", authority), certificate(tmp_path, "CP2", authority)
    (tmp_path / "list.json").write_text('[{"identity": "CP1"}, {"identity": "CP2"}]')
    environ = {
        "SHOCPP_TLS_CERTIFICATE": str(server[0]),
        "SHOCPP_TLS_KEY": str(server[1]),
        "SHOCPP_TLS_CLIENT_CA": str(authority[0]),
        "SHOCPP_CHARGEPOINTSFILE": str(tmp_path / "list.json"),
    }
    with listening(tmp_path, "embedded", trusting(server[0], own), **environ) as listener:
        assert listener.status_of("/CP1") == 101
        assert listener.status_of("/CP2") == 403
        listener.context = trusting(server[0], other)
        assert listener.status_of("/CP1") == 403
        assert listener.status_of("/CP2") == 101
        listener.context = trusting(server[0])
        with suppress(OSError):  # the end of the connection, or the alert, whichever is seen first
            assert listener.status_of("/CP1") == 0


def test_sighup(tmp_path: Path) -> None:
    """SIGHUP brings a new certificate into force, connections go on; a broken file changes nothing."""
    made, key = certificate(tmp_path, "server")
    old = trusting(made)
    environ = {"SHOCPP_TLS_CERTIFICATE": str(made), "SHOCPP_TLS_KEY": str(key)}
    with listening(tmp_path, "embedded", old, **environ) as listener, listener.connect("/CP1") as connection:
        certificate(tmp_path, "server")
        listener.context = trusting(made)
        listener.signal(signal.SIGHUP)
        until(lambda: "read anew" in listener.said(), "the certificate to be read")
        assert listener.status_of("/CP2") == 101
        made.write_text("broken")
        listener.signal(signal.SIGHUP)
        until(lambda: "stays as it was" in listener.said(), "the fault to be logged")
        assert listener.status_of("/CP2") == 101
        assert is_served(connection)


def test_socket_activation(tmp_path: Path) -> None:
    """With a socket that systemd holds, a restart refuses no connection: who comes meanwhile is served after it."""
    scratch = Scratch(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        hand_over = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True); "
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
        )
        command = [sys.executable, "-c", hand_over, str(held.fileno()), *LISTENER]
        environ = {"PATH": "/usr/bin:/bin"} | scratch.environ | {"WS_PORT": str(held_port())}
        for _ in range(2):
            with connect_later(port) as answers:
                process = subprocess.Popen(command, env=environ, pass_fds=(held.fileno(),), stderr=subprocess.DEVNULL)
                until(partial(bool, answers), "the waiting charge point to be served")
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
        assert is_listening(port)


class connect_later:  # noqa: N801 - reads as a function
    """Connect in a thread before anybody accepts; the list is not empty once a heartbeat was answered."""

    def __init__(self, port: int) -> None:
        self._answers: list[bool] = []
        self._thread = threading.Thread(target=self._connect, args=(port,))

    def _connect(self, port: int) -> None:
        with connect(f"ws://127.0.0.1:{port}/CP1", open_timeout=PATIENCE_S) as connection:
            self._answers.append(is_served(connection))

    def __enter__(self) -> list[bool]:
        self._thread.start()
        return self._answers

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE_S)


def test_port_in_use(tmp_path: Path) -> None:
    """A port that somebody has is one sentence and status 69."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = Scratch(tmp_path).environ | {"WS_PORT": port, "WS_ADDRESS": "127.0.0.1"}
        done = subprocess.run(
            [*LISTENER, "--embedded"], check=False, env=environ, capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert done.returncode == 69
    assert done.stderr == f"shocpp-listener: port {port} is in use; end what listens there or choose another WS_PORT\n"


def test_a_mistake_among_thousands_of_cards_keeps_nobody_waiting(tmp_path: Path) -> None:
    """
    While a large tags.json with a mistake is read and explained, the old accounts serve on and on.

    It is a FIFO, so that it is known when it is read. To explain it takes seconds, in which hundreds can be served.
    """
    cards = [f"{number:08X}" for number in range(10_000)]
    tags, writing = tmp_path / "conf/tags.json", list[int]()
    with listening(tmp_path) as running, running.connect("/CP1") as connection:

        def serve() -> None:
            connection.send('[2,"1","Authorize",{"idTag":"1111"}]')
            assert json.loads(connection.recv(PATIENCE_S))[2] == {"idTagInfo": {"status": "Accepted"}}

        def is_read() -> bool:
            serve()
            with suppress(OSError):  # nobody reads it yet
                writing.append(os.open(tags, os.O_WRONLY | os.O_NONBLOCK))
            return bool(writing)

        serve()
        tags.unlink()
        os.mkfifo(tags)
        until(is_read, "the new file to be read")
        serve()
        os.set_blocking(writing[0], True)
        with open(writing[0], "w") as file:
            json.dump([{"index": 1, "account": "a", "ids": [*cards, cards[0]]}], file)
        served = 0
        while "stay in force" not in running.said():
            serve()
            served += 1
    assert served > 10


def test_strangers_with_unfinished_messages_hold_a_bounded_memory(tmp_path: Path) -> None:
    """Of 80 that leave a message one byte short, those that began first are disconnected; the others can finish."""
    message = frame(json.dumps([2, "1", "Heartbeat", {"note": "x" * 4000}]).encode())
    with ExitStack() as stack, listening(tmp_path, SHOCPP_MESSAGE_LIMIT="4096") as running:
        good = stack.enter_context(running.connect("/good"))
        made = []
        for number in range(80):
            made.append(stack.enter_context(stranger(running, upgrade(f"/X{number}", running.port) + message[:-1])))
            assert made[-1].recv(4096).startswith(b"HTTP/1.1 101")
        for each in made:
            each.settimeout(PATIENCE_S)
        assert is_closed(made[0])
        until(lambda: "X0 is disconnected" in running.said(), "the log to say so")
        made[-1].sendall(message[-1:])
        assert b'[3,"1",' in made[-1].recv(4096)
        good.send(HEARTBEAT)
        assert json.loads(good.recv(PATIENCE_S))[0] == 3
