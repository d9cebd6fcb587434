"""shocpp-listener: real websocketd on a free port of the loopback address, with real backends behind it."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.charge_point import ChargePoint, Socket
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.programs import InProcess

TAGS = [{"index": 7, "account": "family-y", "ids": ["3333"]}]
UPGRADE = (
    b"GET /CP003 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
Listen = Callable[..., "Listener"]


class Listener:
    """A running shocpp-listener."""

    def __init__(self, home: Path, *words: str, **environ: str) -> None:
        self.home = home
        self.port = held_port()
        self.talk = home / "talk"
        with self.talk.open("wb") as talk:
            self.process = subprocess.Popen(
                [home / "bin/shocpp-listener", *words],
                env={"WS_ADDRESS": "127.0.0.1", "WS_PORT": str(self.port), **environ},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
            )
        until(self.is_listening, "the listener")

    def is_listening(self) -> bool:
        """Tell whether somebody answers at the port."""
        assert self.process.poll() is None, self.said()
        try:
            socket.create_connection(("127.0.0.1", self.port), PATIENCE_S).close()
        except ConnectionRefusedError:
            return False
        return True

    def said(self) -> str:
        """Give what it said so far, websocketd and backends included."""
        return self.talk.read_text()

    def connect(self, path: str = "CP001") -> ChargePoint:
        """Connect a charge point."""
        return ChargePoint(Socket(f"ws://127.0.0.1:{self.port}/{path}"))

    def backend(self, identity: str = "CP001") -> int:
        """Give the process id of a charge point's backend."""
        return int((self.home / "run" / identity / "shocpp.pid").read_text())

    def end(self) -> int:
        """Ask it to end; its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


def proc(process_id: int, name: str) -> str:
    """Read what the system tells of a process: its command line or its environment, a line for each item."""
    return Path(f"/proc/{process_id}/{name}").read_text().replace("\0", "\n")


@pytest.fixture
def listen(home: Path) -> Iterator[Listen]:
    """Start listeners; they are ended at the end."""
    there: list[Listener] = []

    def listen(*words: str, **environ: str) -> Listener:
        there.append(Listener(home, *words, **environ))
        return there[-1]

    yield listen
    for each in there:
        if each.process.poll() is None:
            each.end()


def test_introduction(listen: Listen, home: Path) -> None:
    """It says where it listens and for how many, how many accounts there are and where, and where accounting goes."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    listener = listen()
    said = listener.said()
    assert f"listening on ws://127.0.0.1:{listener.port}/<charge point>\n" in said
    assert f"accounts: 1 in {home}/conf/tags.json\n" in said
    assert f"accounting: {home}/accounting\n" in said
    assert "warning" not in said
    assert (home / "accounting").is_dir() and (home / "run").is_dir()


def test_missing_tags(listen: Listen) -> None:
    """Without tags.json it warns that every card is refused and where an example is, and serves."""
    listener = listen()
    assert "warning: " in listener.said()
    assert "every card is refused" in listener.said() and "tags.json.example" in listener.said()
    with listener.connect() as charge_point:
        assert charge_point.call("Authorize", {"idTag": "3333"}) == {"idTagInfo": {"status": "Invalid"}}


def test_missing_tags_are_told_once(listen: Listen, home: Path) -> None:
    """On stderr they are told of once, by what says what is served; a log in a file has it, too."""
    listener = listen("--embedded", SHOCPP_LOGFILE="")
    until(lambda: "embedded: at most" in listener.said(), "what is served to be said")
    assert listener.said().count("every card is refused") == 1
    listener.end()
    listener = listen("--embedded", SHOCPP_LOGFILE=str(home / "log"))
    until(lambda: "embedded: at most" in listener.said(), "what is served to be said")
    assert listener.said().count("every card is refused") == 1
    until(lambda: (home / "log").read_text().count("every card is refused") == 1, "the log to say it")


def test_broken_tags(listen: Listen, home: Path) -> None:
    """A tags.json that makes no sense is told with its place and does not keep anybody from being served."""
    (home / "conf/tags.json").write_text('[{"index": 1, "account": "a", "ids": ["1"]},\n {"index": 2}')
    listener = listen()
    assert "conf/tags.json, line 2" in listener.said() and "every card is refused" in listener.said()
    with listener.connect() as charge_point:
        assert charge_point.call("StopTransaction", {"transactionId": 70009042, "meterStop": 9075500}) == {}
    assert len(list((home / "accounting").glob("*/*/*.json"))) == 1


@pytest.mark.parametrize("path", ["CP001", "ocpp/CP001", "ocpp/CP001/"])
def test_identity_and_subprotocol(listen: Listen, home: Path, path: str) -> None:
    """The last segment of the path is the charge point's name, and the subprotocol is agreed on."""
    listener = listen()
    with listener.connect(path) as charge_point:
        assert isinstance(charge_point.wire, Socket)
        assert charge_point.wire.socket.subprotocol == "ocpp1.6"
        assert (home / "run/CP001/shocpp.pid").exists()


def test_settings_are_passed_on(listen: Listen, tmp_path: Path) -> None:
    """Backends have the listener's settings; no value of them and nothing else of its environment is to be seen."""
    tags = tmp_path / "my-tags.json"
    tags.write_text(json.dumps(TAGS))
    listener = listen(
        SHOCPP_TAGSFILE=str(tags),
        SHOCPP_ACCOUNTINGDIR=str(tmp_path / "my-accounting"),
        SHOCPP_HEARTBEAT_INTERVAL="77",
        SHOCPP_TRANSACTION_ID="wh",
        SHOCPP_PARENT_ID_TAG="1",
        SHOCPP_LOGFILE=str(tmp_path / "log"),
        SHOCPP_HANDOVER="0",
        TZ="Europe/Berlin",
        SOMETHING_ELSE="hidden",
    )
    with listener.connect() as charge_point:
        start = {"connectorId": 1, "idTag": "3333", "meterStart": 42_001, "timestamp": "2026-01-01T00:00:00Z"}
        started = charge_point.call("StartTransaction", start)
        assert started == {
            "transactionId": 70_042_001,
            "idTagInfo": {"status": "Accepted", "parentIdTag": "family-y"},
        }
        stop = {"transactionId": 70_042_001, "meterStop": 43_001, "timestamp": "2026-01-01T01:00:00Z"}
        charge_point.call("StopTransaction", stop)
        boot = charge_point.call("BootNotification", {"chargePointVendor": "a", "chargePointModel": "b"})
        assert boot["interval"] == 77
        (record,) = (tmp_path / "my-accounting").glob("*/*/*.json")
        assert json.loads(record.read_text())["localtime"] == "2026-01-01 02:00:00"
        processes = [listener.process.pid, listener.backend()]
        for value in ("my-tags", "my-accounting", "Berlin", "hidden"):
            assert not any(value in proc(process_id, "cmdline") for process_id in processes), value
        assert "SOMETHING_ELSE" not in proc(listener.backend(), "environ")
    until(lambda: "BootNotification" in (tmp_path / "log").read_text(), "the log to be written")


def test_a_listener_reads_the_file_once(listen: Listen, home: Path) -> None:
    """Backends have what stood in the configuration file when the listener started, also while somebody edits it."""
    file = home / "conf/shocpp.conf"
    file.write_text("SHOCPP_HEARTBEAT_INTERVAL=77\n")
    listener = listen()
    file.write_text("half a li")
    with listener.connect() as charge_point:
        boot = charge_point.call("BootNotification", {"chargePointVendor": "a", "chargePointModel": "b"})
        assert boot["interval"] == 77


def test_options_of_websocketd(listen: Listen) -> None:
    """What follows -- reaches websocketd: here, that only one connection may be served."""
    listener = listen("--", "--maxforks=1")
    with listener.connect(), pytest.raises(Exception, match="HTTP 429"):
        listener.connect("CP002")


def test_a_full_table(listen: Listen, home: Path) -> None:
    """Connections beyond SHOCPP_MAXFORKS are refused; the log names the setting, and shocpp-check counts."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    listener = listen(SHOCPP_MAXFORKS="2")
    check = InProcess(home)
    with listener.connect("CP1"):
        assert "websocketd: 1 of 2 connections are in use\n" in check("check", WS_PORT=str(listener.port)).out
        with listener.connect("CP2"):
            with pytest.raises(Exception, match="HTTP 429"):
                listener.connect("CP3")
            until(lambda: "upgrade rejected (SHOCPP_MAXFORKS" in listener.said(), "the log to tell")
            found = check("check", WS_PORT=str(listener.port))
            assert found.status == 75 and "websocketd: all 2 connections are in use" in found.err


def test_the_log_is_of_one_form(listen: Listen, home: Path) -> None:
    """Behind websocketd, too, each line has time, level and words; who hangs up, however, makes no error."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    listener = listen(SHOCPP_MAXFORKS="2", SHOCPP_LOGLEVEL="debug", SHOCPP_URL_CREDENTIALS="1")
    with listener.connect() as charge_point:
        charge_point.call("Heartbeat", {})
        leaver = socket.create_connection(("127.0.0.1", listener.port), PATIENCE_S)
        leaver.sendall(UPGRADE)
        assert leaver.recv(12).endswith(b"101")
        with pytest.raises(Exception, match="HTTP 429"):
            listener.connect("u/me/secret/CP002")
        until(lambda: "CP003 connected" in listener.said(), "the backend to serve")
        leaver.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        leaver.close()  # by a reset
    for identity in ("CP001", "CP003"):
        until(lambda identity=identity: f"{identity} disconnected" in listener.said(), "the backend to go")  # type: ignore[misc]
    lines = listener.said().partition("--embedded does\n")[2].splitlines()
    own = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d{4}) (?:DEBUG|INFO|ERROR) (?!\d{4}-).*"
    assert [line for line in lines if not re.fullmatch(own, line) or len(line) > 200] == []
    assert any("Z DEBUG CP001 Heartbeat id=" in line for line in lines), lines
    (full,) = [line for line in lines if " ERROR " in line]
    assert "websocketd: Max of possible forks already active" in full and full.endswith("/u/***/***/CP002")


def test_what_it_does_not_protect_from(listen: Listen) -> None:
    """Under websocketd the start says how many may connect, what is not limited, and what would."""
    said = listen().said()
    assert "at most 256 connections" in said and "--embedded does" in said


def test_options_before_environment(listen: Listen) -> None:
    """--port and --address win over WS_PORT and WS_ADDRESS."""
    port = held_port()
    said = ""
    with subprocess.Popen(
        [listen().home / "bin/shocpp-listener", "--port", str(port), "--address", "127.0.0.1"],
        env={"WS_PORT": "1", "WS_ADDRESS": "192.0.2.1"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said = process.stderr.readline()
        process.terminate()
    assert said == f"listening on ws://127.0.0.1:{port}/<charge point>\n"


def test_end(listen: Listen, home: Path) -> None:
    """SIGTERM ends websocketd and the backends; nothing is left that runs or claims to be there."""
    listener = listen()
    there = [listener.connect("CP001"), listener.connect("CP002")]
    watched = [os.pidfd_open(listener.backend(identity)) for identity in ("CP001", "CP002")]
    listener.process.terminate()
    assert listener.process.wait(PATIENCE_S) in (0, -signal.SIGTERM)
    for each in watched:
        assert select.select([each], [], [], PATIENCE_S)[0], "a backend lives on"
        os.close(each)
    for charge_point in there:
        charge_point.wait_until_gone()
    assert list(home.glob("run/**/shocpp.pid")) == []
    assert not is_listening(listener.port)
    assert "Traceback" not in listener.said()
