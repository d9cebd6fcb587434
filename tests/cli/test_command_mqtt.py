"""Commands over a message broker, from a machine that has nothing but its address."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shocpp.spool.run.mailbox import Mailbox
from shocpp.transports.mqtt.leases import topic_of
from tests.support.brokers import Emqx, Mosquitto, as_emqx, mosquitto
from tests.support.patience import PATIENCE_S, longer_and_longer
from tests.support.preloaded import launched
from tests.support.programs import InProcess
from tests.support.workers import working

COMMAND = launched("command")
RESET = ["Reset", "type=Soft"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Give a broker."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as made:
        yield made


class Command:
    """A shocpp-command that runs while the charge point is played."""

    def __init__(self, home: Path, url: str, identity: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "--mqtt", url, "--charge-point", identity, *words],
            env={"SHOCPP_HOME": str(home), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: its status, what it printed and what it said."""
        out, err = self._process.communicate(timeout=PATIENCE_S)
        return self._process.returncode, out, err


def asked(charge_points: Emqx) -> tuple[str, str]:
    """Give the unique id and the action of the next call that comes down."""
    _, call = charge_points.receive()
    assert call[0] == 2
    return call[1], call[2]


def test_confirmed(broker: Mosquitto, tmp_path: Path) -> None:
    """The payload of the answer that bears the call's id is printed; other answers are not taken for it."""
    with as_emqx(broker.port, "CP-ok") as charge_points:
        command = Command(tmp_path, broker.url, "CP-ok", *RESET)
        unique_id, action = asked(charge_points)
        assert action == "Reset"
        charge_points.send("CP-ok", [3, "another", {"status": "Rejected"}])
        charge_points.publish("ocpp/cp/CP-ok/Reply", b"nonsense")
        charge_points.send("CP-ok", [3, unique_id, {"status": "Accepted"}])
        assert command.end() == (0, '{"status": "Accepted"}\n', "")


def test_refused(broker: Mosquitto, tmp_path: Path) -> None:
    """A CALLERROR is status 76, with what the charge point says."""
    with as_emqx(broker.port, "CP-no") as charge_points:
        command = Command(tmp_path, broker.url, "CP-no", *RESET)
        charge_points.send("CP-no", [4, asked(charge_points)[0], "NotSupported", "no reset here", {}])
        status, _, said = command.end()
        assert (status, said) == (76, "shocpp-command: CP-no refused Reset: NotSupported: no reset here\n")


def test_not_connected(broker: Mosquitto, tmp_path: Path) -> None:
    """Where no gateway subscribes to what is for a charge point, that is said at once: status 69."""
    words = ["--mqtt", broker.url, "--charge-point", "CP-nowhere", "--timeout", "60", *RESET]
    said = InProcess(tmp_path)("command", *words).refusal(69)
    assert "CP-nowhere is not connected: nobody subscribes" in said


def test_no_answer(broker: Mosquitto, tmp_path: Path) -> None:
    """A charge point that does not answer in time is status 75, and its turn is given back."""
    with as_emqx(broker.port, "CP-mute") as charge_points:
        for timeout_s in longer_and_longer(0.2):
            words = ["--mqtt", broker.url, "--charge-point", "CP-mute", "--timeout", str(timeout_s), *RESET]
            said = InProcess(tmp_path)("command", *words).refusal(75)
            if "is busy" not in said:  # on a busy machine it may have had no turn in that time
                break
        assert "has not answered" in said
        asked(charge_points)
        command = Command(tmp_path, broker.url, "CP-mute", *RESET)
        charge_points.send("CP-mute", [3, asked(charge_points)[0], {"status": "Accepted"}])
        assert command.end()[0] == 0


@pytest.mark.parametrize(("fault", "status", "said"), [
    ({"Error": "a CALL without an action"}, 65, "refuses the call: a CALL without an action"),
    ({"Error": "8 calls wait already", "TryAgain": True}, 75, "refuses the call: 8 calls wait already"),
])  # fmt: skip
def test_refused_by_the_gateway(
    broker: Mosquitto, tmp_path: Path, fault: dict[str, object], status: int, said: str
) -> None:
    """What a gateway says of the call ends the command at once, with what was wrong; that of another call does not."""
    with as_emqx(broker.port, "CP-bad") as charge_points:
        command = Command(tmp_path, broker.url, "CP-bad", "--timeout", "600", *RESET)
        unique_id, _ = asked(charge_points)
        charge_points.publish("ocpp/error/CP-bad", json.dumps({"UniqueId": "another", "Error": "not this one"}))
        charge_points.publish("ocpp/error/CP-bad", json.dumps({"UniqueId": unique_id, **fault}))
        assert command.end() == (status, "", f"shocpp-command: the gateway of CP-bad {said}\n")


def test_one_outstanding(broker: Mosquitto, tmp_path: Path) -> None:
    """Of two commands from two machines and one on the worker's, each is sent when the one before has its answer."""
    with (
        working(tmp_path / "worker", broker.url) as worker,
        as_emqx(broker.port, "CP-busy") as charge_points,
        as_emqx(broker.port) as watcher,
    ):
        watcher.subscribe(topic_of("CP-busy"))
        charge_points.send("CP-busy", [2, "1", "Heartbeat", {}])
        charge_points.receive()
        there: list[Any] = []
        box = Mailbox(str(worker.scratch.home / "run"), "CP-busy")
        line = '[2,"here","Reset",{"type":"Hard"}]'
        here = threading.Thread(target=lambda: there.append(box.ask("here", line, PATIENCE_S)))
        here.start()
        commands = [Command(tmp_path, broker.url, "CP-busy", "--timeout", "60", *RESET) for _ in range(2)]
        claims: set[str] = set()
        while len(claims) < 3:  # all of them want their turn before the first one gets its answer
            claim = watcher.down.get(timeout=PATIENCE_S).payload
            claims |= {json.loads(claim)["process"]} if claim else set()
        ids = []
        for number in range(3):
            ids.append(asked(charge_points)[0])
            # what was published at once for the others would come down before this
            charge_points.send("CP-busy", [2, f"between-{number}", "Heartbeat", {}])
            assert charge_points.receive()[1][:2] == [3, f"between-{number}"]
            charge_points.send("CP-busy", [3, ids[-1], {"status": "Accepted"}])
        assert [command.end()[0] for command in commands] == [0, 0]
        here.join(PATIENCE_S)
        assert there == [[3, "here", {"status": "Accepted"}]]
        assert "here" in ids and len(set(ids)) == 3


@pytest.mark.parametrize("words", [
    ["--mqtt", "mqtt://localhost", "Reset"],
    ["--mqtt", "mqtt://localhost", "--all", "Reset"],
    ["--mqtt", "mqtt://localhost", "--charge-point", "CP001", "--all", "Reset"],
    ["--mqtt", "mqtt://localhost", "--charge-point", "CP001", "--lines"],
    ["--mqtt", "mqtt://localhost", "--charge-point", "CP001", "stop"],
    ["--mqtt", "mqtt://localhost", "--charge-point", "CP001", "RemoteStopTransaction", "transactionId=current"],
    ["--mqtt", "mqtt://localhost", "--charge-point", "CP/1", "Reset", "type=Soft"],
    ["--mqtt", "localhost", "--charge-point", "CP001", "Reset", "type=Soft"],
])  # fmt: skip
def test_words_that_make_no_sense(tmp_path: Path, words: list[str]) -> None:
    """Over a broker one call goes to one charge point that is named."""
    InProcess(tmp_path)("command", *words).refusal(64)


def test_a_check_needs_no_broker(tmp_path: Path) -> None:
    """Only to check a payload nobody connects."""
    words = ["--mqtt", "mqtt://localhost:1", "--charge-point", "CP001", "--check", *RESET]
    assert json.loads(InProcess(tmp_path)("command", *words).out) == {"type": "Soft"}
