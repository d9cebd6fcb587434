"""A worker over a real broker: answers, records, commands, and what becomes of messages when it is killed."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shocpp.calls.ask import send
from shocpp.errors import TryAgainError, UnavailableError
from shocpp.spool.accounting.accounting_lock import LOCK
from shocpp.spool.run.mailbox import Mailbox
from tests.support.backend import stop_payload
from tests.support.brokers import Mosquitto, as_emqx, mosquitto
from tests.support.patience import PATIENCE_S, until
from tests.support.workers import Worker, working

START = {"connectorId": 1, "idTag": "1111", "meterStart": 9_042_700, "timestamp": "2023-09-03T06:52:10Z"}
STOP = stop_payload(10_009_042)
RESET = '[2,"c1","Reset",{"type":"Soft"}]'
BOOT = {"chargePointVendor": "v", "chargePointModel": "m"}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Give a broker for all tests that do not end it."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as made:
        yield made


@pytest.fixture(scope="module")
def worker(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Give a worker for all tests that do not end it; each has charge points of its own."""
    with working(tmp_path_factory.mktemp("worker"), broker.url) as made:
        yield made


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Give a broker for a test with workers of its own."""
    with mosquitto(tmp_path / "broker") as made:
        yield made


def test_a_charge(worker: Worker, broker: Mosquitto) -> None:
    """A charge over a broker has the answers and the record that it has over any other transport."""
    with as_emqx(broker.port, "CP-charge") as charge_points:
        for number, (action, payload) in enumerate(
            [("BootNotification", BOOT), ("StartTransaction", START), ("StopTransaction", STOP)]
        ):
            charge_points.send("CP-charge", [2, str(number), action, payload])
            topic, answer = charge_points.receive()
            assert (topic, answer[:2]) == ("ocpp/cs/CP-charge", [3, str(number)])
        assert answer[2] == {}
    records = worker.scratch.records().values()
    assert [each["transaction_id"] for each in records if each["charge_point"] == "CP-charge"] == [10_009_042]


def test_a_repeated_stop(worker: Worker, broker: Mosquitto) -> None:
    """A message that comes again, as brokers deliver it, is answered again and booked once."""
    with as_emqx(broker.port, "CP-again") as charge_points:
        for _ in range(2):
            charge_points.send("CP-again", [2, "7", "StopTransaction", STOP])
            assert charge_points.receive()[1] == [3, "7", {}]
    assert [each["charge_point"] for each in worker.scratch.records().values()].count("CP-again") == 1


@pytest.mark.usefixtures("worker")
def test_an_answer_goes_where_its_message_wants_it(broker: Mosquitto) -> None:
    """A response topic gets the answer, too, with the correlation data; a topic of the layout is no response topic."""
    with as_emqx(broker.port, "CP-asks", "CP-other") as charge_points:
        charge_points.subscribe("answers/here")
        heartbeat = [2, "1", "Heartbeat", {}]
        charge_points.send("CP-asks", heartbeat, ResponseTopic="answers/here", CorrelationData=b"17")
        there = {(message := charge_points.down.get(timeout=PATIENCE_S)).topic: message for _ in range(2)}
        assert there.keys() == {"ocpp/cs/CP-asks", "answers/here"}
        assert there["answers/here"].payload == there["ocpp/cs/CP-asks"].payload
        assert getattr(there["answers/here"].properties, "CorrelationData", b"") == b"17"
        for topic in ("ocpp/cs/CP-other", "ocpp/cp/CP-other", "answers/#"):
            charge_points.send("CP-asks", heartbeat, ResponseTopic=topic)
            assert charge_points.receive()[0] == "ocpp/cs/CP-asks"
        assert charge_points.down.empty()


def test_what_is_no_message(worker: Worker, broker: Mosquitto) -> None:
    """Whatever is published, what can be refused is refused, and the next message is served."""
    with as_emqx(broker.port, "CP-bad") as charge_points:
        stray = b'{"MessageTypeId":3,"UniqueId":"x"}'
        for nonsense in (b"", b"\xff\xfe", b"[" * 100_000, b'{"MessageTypeId": 9}', stray):
            charge_points.publish("ocpp/cp/CP-bad", nonsense)
        charge_points.publish("ocpp/cp/CP-bad", b'{"MessageTypeId": 2, "UniqueId": "7", "Payload": []}')
        assert charge_points.receive()[1][:3] == [4, "7", "FormationViolation"]
        charge_points.publish("ocpp/cp/CP-bad", b'[2,"8","Heartbeat",{}]')  # an array, from some other gateway
        assert charge_points.receive()[1][:2] == [3, "8"]
    assert "by our own fault" not in worker.said()


def test_a_command(worker: Worker, broker: Mosquitto) -> None:
    """A command on the worker's machine reaches the charge point through the broker, and gets its answer."""
    with as_emqx(broker.port, "CP-told") as charge_points:
        charge_points.send("CP-told", [2, "1", "Heartbeat", {}])
        charge_points.receive()
        got: list[Any] = []
        box = Mailbox(str(worker.scratch.home / "run"), "CP-told")
        asking = threading.Thread(target=lambda: got.append(box.ask("c1", RESET, PATIENCE_S)))
        asking.start()
        assert charge_points.receive() == ("ocpp/cs/CP-told", [2, "c1", "Reset", {"type": "Soft"}])
        charge_points.send("CP-told", [3, "c1", {"status": "Accepted"}])
        asking.join(PATIENCE_S)
    assert got == [[3, "c1", {"status": "Accepted"}]]


def test_a_command_to_one_that_has_gone(worker: Worker, broker: Mosquitto) -> None:
    """A command whose charge point has no gateway any more is told so at once, not after its time."""
    with as_emqx(broker.port) as charge_points:  # it sends, and nobody subscribes to what is for it
        charge_points.send("CP-gone", [2, "1", "Heartbeat", {}])
        until(lambda: worker.scratch.is_held("CP-gone"), "the charge point to be served")
    box = Mailbox(str(worker.scratch.home / "run"), "CP-gone")
    with pytest.raises(UnavailableError):
        box.ask("c1", RESET, PATIENCE_S)


@pytest.mark.parametrize(("fault", "kind"), [
    ({"Error": "nests too deeply"}, UnavailableError),
    ({"Error": "8 calls wait already", "TryAgain": True}, TryAgainError),
])  # fmt: skip
def test_a_command_that_a_gateway_refuses(
    worker: Worker, broker: Mosquitto, fault: dict[str, object], kind: type[Exception]
) -> None:
    """What a gateway says of a command ends it, and gives its turn back; that of somebody else's command does not."""
    with as_emqx(broker.port, "CP-bad-call") as charge_points:
        for number in range(2):
            charge_points.send("CP-bad-call", [2, str(number), "Heartbeat", {}])
            charge_points.receive()
            with ThreadPoolExecutor() as beside:
                box = Mailbox(str(worker.scratch.home / "run"), "CP-bad-call")
                answer = beside.submit(send, box.ask, "CP-bad-call", "Reset", {"type": "Soft"}, PATIENCE_S)
                _, asked = charge_points.receive()
                for unique_id in ("another", asked[1]):
                    charge_points.publish("ocpp/error/CP-bad-call", json.dumps({"UniqueId": unique_id, **fault}))
                with pytest.raises(kind, match=str(fault["Error"])):
                    answer.result(PATIENCE_S)


def test_the_older_layout(tmp_path: Path, own_broker: Mosquitto) -> None:
    """EMQX 4.4's messages are served: the action in the topic, answers on a topic that its filter takes."""
    options = ["--layout", "emqx4"]
    boot = '{"MessageTypeId": 2, "UniqueId": "1", "Payload": {"chargePointVendor": "v", "chargePointModel": "m"}}'
    with (
        working(tmp_path / "home", own_broker.url, options),
        as_emqx(own_broker.port, "CP001", layout="emqx4") as charge_points,
    ):
        charge_points.publish("ocpp/cp/CP001/Notify/BootNotification", boot)
        topic, answer = charge_points.receive()
        assert (topic, answer[:2]) == ("ocpp/cs/CP001/Reply/BootNotification", [3, "1"])
        assert answer[2]["status"] == "Accepted"


def test_killed_before_the_record_is_durable(tmp_path: Path, own_broker: Mosquitto) -> None:
    """A stop whose record was not written when the worker was killed comes again, and is booked and confirmed then."""
    with working(tmp_path / "home", own_broker.url) as worker, as_emqx(own_broker.port, "CP001") as charge_points:
        folder = worker.scratch.home / "accounting"
        until(folder.is_dir, "the folder of records")
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        charge_points.send("CP001", [2, "7", "StopTransaction", STOP])
        until(lambda: worker.scratch.is_held("CP001"), "the stop to be in hand")
        worker.kill()
        assert worker.scratch.records() == {}
        os.close(lock)
        worker.start()
        assert charge_points.receive()[1] == [3, "7", {}]
        assert len(worker.scratch.records()) == 1
        assert charge_points.down.empty()


def test_a_foreign_lock(tmp_path: Path, own_broker: Mosquitto) -> None:
    """While a stop waits for a lock on accounting/, all others are served; what follows it from its own one waits."""
    with (
        working(tmp_path / "home", own_broker.url) as worker,
        as_emqx(own_broker.port, "CP001", "CP002") as charge_points,
    ):
        folder = worker.scratch.home / "accounting"
        until(folder.is_dir, "the folder of records")
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        charge_points.send("CP001", [2, "1", "StopTransaction", STOP])
        charge_points.send("CP001", [2, "2", "Heartbeat", {}])
        for number in range(3, 30):  # more than a broker delivers before it is told that they are dealt with
            charge_points.send("CP002", [2, str(number), "Heartbeat", {}])
        assert [charge_points.receive()[1][1] for _ in range(3, 30)] == [str(number) for number in range(3, 30)]
        os.close(lock)
        assert [charge_points.receive()[1][:2] for _ in range(2)] == [[3, "1"], [3, "2"]]
        assert len(worker.scratch.records()) == 1


def test_while_no_worker_is_there(tmp_path: Path, own_broker: Mosquitto) -> None:
    """What comes between two workers of the same name waits at the broker: it is served by the next one, in order."""
    with working(tmp_path / "home", own_broker.url) as worker, as_emqx(own_broker.port, "CP001") as charge_points:
        assert worker.end() == 0
        for number in range(30):  # more than a broker delivers before it is told that they are dealt with
            charge_points.send("CP001", [2, str(number), "Heartbeat", {}])
        worker.start()
        assert [charge_points.receive()[1][1] for _ in range(30)] == [str(number) for number in range(30)]


def test_the_broker_goes_and_comes_back(tmp_path: Path, own_broker: Mosquitto) -> None:
    """When the broker is killed and has lost all, the worker is there again by itself, and has it know what it knew."""
    with working(tmp_path / "home", own_broker.url) as worker:
        with as_emqx(own_broker.port, "CP001") as charge_points:
            charge_points.send("CP001", [2, "0", "StartTransaction", START])
            charge_points.receive()
        own_broker.kill()
        until(lambda: "disconnected from" in worker.said(), "the worker to notice")
        own_broker.start()
        until(lambda: worker.said().count("new session") == 2, "the worker to connect again")
        with as_emqx(own_broker.port, "CP001") as charge_points:
            charge_points.send("CP001", [2, "1", "Heartbeat", {}])
            assert charge_points.receive()[1][:2] == [3, "1"]
            for topic in ("ocpp/open/#", "ocpp/unit", "ocpp/worker/#"):
                charge_points.subscribe(topic)
            kept = {charge_points.down.get(timeout=PATIENCE_S).topic for _ in range(3)}
            assert kept == {"ocpp/open/CP001/10009042", "ocpp/unit", "ocpp/worker/shocpp-worker"}


def test_a_second_worker_of_the_same_name(tmp_path: Path, own_broker: Mosquitto) -> None:
    """The newer one has the session; the older one ends and says why, and does not fight for it."""
    with working(tmp_path / "one", own_broker.url) as one, working(tmp_path / "two", own_broker.url) as two:
        assert one.process.wait(PATIENCE_S) == 69
        assert "another worker has connected under the same name" in one.said()
        assert two.process.poll() is None


def test_only_those_that_are_listed(tmp_path: Path, own_broker: Mosquitto) -> None:
    """With a charge-points.json, who is not in it gets no answer; what is listed of the others counts."""
    (tmp_path / "home").mkdir()
    listed = [{"identity": "CP001", "meter_factor": 1000}]
    (tmp_path / "charge-points.json").write_text(json.dumps(listed))
    environ = {"SHOCPP_CHARGEPOINTSFILE": str(tmp_path / "charge-points.json")}
    with (
        working(tmp_path / "home", own_broker.url, **environ) as worker,
        as_emqx(own_broker.port, "CP001", "CP002") as charge_points,
    ):
        charge_points.send("CP002", [2, "1", "Heartbeat", {}])
        charge_points.send("CP001", [2, "2", "Heartbeat", {}])
        assert charge_points.receive()[1][:2] == [3, "2"]
        assert charge_points.down.empty()
        until(lambda: "CP002 is not listed" in worker.said(), "the log to say so")
