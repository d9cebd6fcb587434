"""How a worker gets to its broker, and what it says in one sentence where it does not."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shocpp.errors import ConfigError, MissingError, UsageError
from shocpp.settings import Settings
from shocpp.times import parse
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.presence import Presence
from shocpp.transports.mqtt.session import Session
from tests.support.brokers import Mosquitto, as_emqx, mosquitto, without_5
from tests.support.listening import certificate
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port
from tests.support.preloaded import launched
from tests.support.programs import InProcess
from tests.support.scratch import ROOT, Scratch
from tests.support.workers import working

MANY_FILES = 2000  # more than select(2) knows


def test_a_broker_without_mqtt_5(tmp_path: Path) -> None:
    """MQTT 3.1.1 is spoken with a broker that has no 5: answers come, and what waited is served by the next worker."""
    with mosquitto(tmp_path / "broker") as broker, without_5(broker.port) as port:
        url = f"mqtt://127.0.0.1:{port}"
        with working(tmp_path / "home", url) as worker, as_emqx(broker.port, "CP001") as charge_points:
            charge_points.send("CP001", [2, "1", "Heartbeat", {}], ResponseTopic="x/y", CorrelationData=b"1")
            assert charge_points.receive()[1][:2] == [3, "1"]
            worker.kill()
            charge_points.send("CP001", [2, "2", "Heartbeat", {}])
            worker.start()
            assert charge_points.answered_until("2") in (["2"], ["1", "2"])
            until(lambda: "old session" in worker.said(), "the log to say what the session is")


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mosquitto, Path]]:
    """Give a broker that wants TLS, a user and a password; and its folder, with the authority and credentials."""
    folder = tmp_path_factory.mktemp("secured")
    folder.chmod(0o755)
    made, key = certificate(folder, "127.0.0.1")
    (folder / "right").write_text("worker:hunter2:3\n")
    (folder / "wrong").write_text("worker:hunter2\n")
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "worker", "hunter2:3"], check=True, capture_output=True)
    lines = [f"certfile {made}", f"keyfile {key}", f"password_file {passwords}"]
    with mosquitto(folder, *lines) as broker:
        yield broker, folder


def started(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a worker that is not to come far, to its end."""
    home.mkdir()
    environ = {"PATH": "/usr/bin:/bin"} | Scratch(home).environ
    command = [*launched("mqtt"), "worker", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def test_tls_and_a_password(secured: tuple[Mosquitto, Path], tmp_path: Path) -> None:
    """With its authority and the right credentials a worker serves over mqtts."""
    broker, folder = secured
    options = ["--credentials", str(folder / "right"), "--ca", str(folder / "127.0.0.1.pem")]
    with working(tmp_path / "home", f"mqtts://127.0.0.1:{broker.port}", options) as worker:
        assert worker.end() == 0
        assert f"mqtts://127.0.0.1:{broker.port}" in worker.said()


@pytest.mark.parametrize(("credentials", "authority", "status", "words"), [
    ("wrong", True, 77, "does not let us in"),
    ("right", False, 69, "CERTIFICATE_VERIFY_FAILED"),
])  # fmt: skip
def test_refused(
    secured: tuple[Mosquitto, Path], tmp_path: Path, credentials: str, authority: bool, status: int, words: str
) -> None:
    """A wrong password, and a certificate that nobody vouches for, are a sentence each; no password is in it."""
    broker, folder = secured
    options = ["--credentials", str(folder / credentials)]
    options += ["--ca", str(folder / "127.0.0.1.pem")] if authority else []
    done = started(tmp_path / "home", f"mqtts://127.0.0.1:{broker.port}", *options)
    assert done.returncode == status
    assert words in done.stderr.splitlines()[-1]
    assert "hunter2" not in done.stderr and "Traceback" not in done.stderr


def test_nobody_there(tmp_path: Path) -> None:
    """Where no broker is, that is said, with the address."""
    port = held_port()
    done = started(tmp_path / "home", f"mqtt://127.0.0.1:{port}")
    assert done.returncode == 69
    assert done.stderr.splitlines()[-1] == f"shocpp-mqtt: cannot reach mqtt://127.0.0.1:{port}: Connection refused"


@pytest.mark.parametrize(("words", "status", "said"), [
    (["worker", "localhost"], 64, "no address of a broker; for example mqtt://localhost:1883"),
    (["worker", "ws://localhost"], 64, "no address of a broker"),
    (["worker", "mqtt://localhost:x"], 64, "no address of a broker"),
    (["worker", "mqtt://me:secret@localhost"], 64, "no user and password in the URL"),
    (["worker", "mqtt://localhost", "--layout", "emqx6"], 78, "is no layout"),
    (["worker", "mqtt://localhost", "--client-id", "a/b"], 64, "--client-id"),
    (["worker", "mqtt://localhost", "--credentials", "/nowhere"], 66, "is not there"),
    (["worker", "mqtts://localhost", "--ca", "/nowhere"], 66, "is not there"),
    (["worker", "mqtt://localhost", "--ca", "/nowhere"], 78, "means nothing for mqtt://"),
    (["walker", "mqtt://localhost"], 64, "walker"),
])  # fmt: skip
def test_words_that_make_no_sense(tmp_path: Path, words: list[str], status: int, said: str) -> None:
    """A command line that makes no sense is one sentence; a password in it is not repeated."""
    refusal = InProcess(tmp_path)("mqtt", *words).refusal(status)
    assert said in refusal and "secret" not in refusal


def address(url: str, **values: str) -> BrokerAddress:
    """Read an address with settings."""
    return BrokerAddress(url, Settings.from_environ({"SHOCPP_HOME": "/nowhere", **values}))


@pytest.mark.parametrize(("url", "shown"), [
    ("mqtt://localhost", "mqtt://localhost:1883"),
    ("mqtts://broker.example/", "mqtts://broker.example:8883"),
    ("mqtt://[::1]:1884", "mqtt://[::1]:1884"),
])  # fmt: skip
def test_addresses(url: str, shown: str) -> None:
    """A broker's address has the port that is usual where it says none."""
    assert str(address(url)) == shown


@pytest.mark.parametrize(("content", "kind"), [
    (b"no colon\n", ConfigError), (b":nobody\n", ConfigError), (b"", ConfigError), (b"\xff:x", ConfigError),
    (None, MissingError),
])  # fmt: skip
def test_credentials_that_make_no_sense(tmp_path: Path, content: bytes | None, kind: type[Exception]) -> None:
    """A file that has no user and password in it is told so, by its name."""
    file = tmp_path / "credentials"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(kind) as caught:
        address("mqtt://localhost", SHOCPP_MQTT_CREDENTIALS=str(file))
    assert str(file) in str(caught.value)


def test_credentials(tmp_path: Path) -> None:
    """User and password are the first line of a file; a colon in the password is its own."""
    file = tmp_path / "credentials"
    file.write_text("worker:a:b\nmore\n")
    found = address("mqtt://localhost", SHOCPP_MQTT_CREDENTIALS=str(file))
    assert (found.user, found.password) == ("worker", "a:b")
    with pytest.raises(UsageError):
        address("mqtt://worker:a@localhost", SHOCPP_MQTT_CREDENTIALS=str(file))


def test_presence() -> None:
    """Who was there before says nothing; who speaks after us has the session; what is no message of ours is neither."""
    now = parse("2026-03-15T12:00:00Z")
    assert now is not None
    older, newer = Presence("w", now), Presence("w", now)
    newer.hear(older.message.encode())
    for each in (older, newer):
        each.hear(each.message.encode())
        for nonsense in (b"", b"[]", b"{}", b"\xff", b'{"process":null}'):
            each.hear(nonsense)
    assert not older.is_taken_over and not newer.is_taken_over
    older.hear(newer.message.encode())
    assert older.is_taken_over


def test_presence_at_a_broker_that_went_back() -> None:
    """A broker that is back with what was said before us does not have us leave: we say again that we are here."""
    now = parse("2026-03-15T12:00:00Z")
    assert now is not None
    older, newer = Presence("w", now), Presence("w", now)
    for each in (older, newer, older):
        newer.hear(each.message.encode())
    assert newer.is_lost and not newer.is_taken_over
    newer.hear(newer.message.encode())
    assert not newer.is_lost
    newer.hear(Presence("w", now).message.encode())
    assert newer.is_taken_over


@pytest.mark.skipif(
    -1 < resource.getrlimit(resource.RLIMIT_NOFILE)[1] < MANY_FILES, reason="nobody may open so many files here"
)
def test_more_files_than_select_knows(tmp_path: Path) -> None:
    """A connection whose descriptor is above 1023 works, as that of a worker with so many charge points may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MANY_FILES), hard))
    files: list[int] = []
    try:
        with mosquitto(tmp_path / "broker") as broker:
            files += [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]  # its port may have let go a lower one
            heard: list[bytes] = []
            session = Session("many", ["a/topic"], [], False, 1000)
            made = Broker(
                address(broker.url), session, lambda message: heard.append(bytes(message.payload)), lambda *_: None
            )
            made.connect()
            assert made.socket is not None and made.socket.fileno() > 1023
            made.publish("a/topic", "x")
            until(lambda: made.serve_once(0.1) == set() and heard, "the message to come back")
            made.close()
    finally:
        for each in files:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("command", "words"), [
    ("mqtt", ["worker", "mqtt://localhost"]),
    ("command", ["--mqtt", "mqtt://localhost", "--charge-point", "CP001", "Reset", "type=Soft"]),
])  # fmt: skip
def test_without_the_package(tmp_path: Path, command: str, words: list[str]) -> None:
    """Where paho-mqtt is not installed, that is said with the command that installs it."""
    hidden = f"import sys; sys.modules['paho'] = None; from shocpp.cli.{command} import main; sys.exit(main({words!r}))"
    environ = {"PATH": "/usr/bin:/bin", "SHOCPP_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 69
    assert "paho-mqtt, which is not installed: " in done.stderr and done.stderr.count("\n") == 1
