"""The embedded listener from outside: handshakes, messages, commands, and who of two under one name is served."""

from __future__ import annotations

import json
import os
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from shocpp.spool.run.mailbox import Mailbox
from tests.bench.load import upgrade
from tests.support.listening import HEARTBEAT, Listener, is_served, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import Scratch
from tests.support.strangers import stranger


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


def test_ping(tmp_path: Path) -> None:
    """A connection that is quiet is pinged."""
    with (
        listening(tmp_path, SHOCPP_PING_INTERVAL="1") as listener,
        stranger(listener, upgrade("/CP1", listener.port)) as connected,
    ):
        data = b""
        while b"\x89\x00" not in data:
            data += connected.recv(4096)
