"""Several workers at one broker: who serves whom, and what they need to know of each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import ConfigError, UsageError
from shocpp.transports.mqtt.open_messages import OpenMessages
from shocpp.transports.mqtt.partition import Partition
from shocpp.transports.mqtt.shared_unit import SharedUnit
from tests.support.backend import stop_payload
from tests.support.brokers import Emqx, Mosquitto, as_emqx, mosquitto, without_5
from tests.support.patience import PATIENCE_S, until
from tests.support.programs import InProcess
from tests.support.workers import Worker, working

START = {"connectorId": 1, "idTag": "1111", "meterStart": 9_042_700, "timestamp": "2023-09-03T06:52:10Z"}
STOP_WH = 9_075_100


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Give a broker."""
    with mosquitto(tmp_path / "broker") as made:
        yield made


def start(charge_points: Emqx, identity: str = "CP001") -> int:
    """Begin a charge; give its transaction id."""
    charge_points.send(identity, [2, "start", "StartTransaction", START])
    number = charge_points.receive()[1][2]["transactionId"]
    assert isinstance(number, int)
    return number


def stop(charge_points: Emqx, transaction_id: int, identity: str = "CP001") -> None:
    """End a charge, and see that this is confirmed."""
    charge_points.send(identity, [2, "stop", "StopTransaction", stop_payload(transaction_id, STOP_WH)])
    assert charge_points.receive()[1] == [3, "stop", {}]


def answered_until(charge_points: Emqx, last: str) -> list[str]:
    """Send one more message, and wait for its answer; the ids of all answers up to it."""
    charge_points.send("CP001", [2, last, "Heartbeat", {}])
    return charge_points.answered_until(last)


def only_record(worker: Worker) -> dict[str, Any]:
    """Give the one record that a worker has."""
    (record,) = worker.scratch.records().values()
    return record


@given(st.text(), st.integers(1, 50))
def test_each_charge_point_is_one_workers(identity: str, of: int) -> None:
    """Of any number of workers exactly one takes a charge point: the first 8 bytes of the hash, modulo the number."""
    takers = [number for number in range(1, of + 1) if Partition(number, of).takes(identity)]
    data = identity.encode("utf-8", "surrogatepass")
    assert takers == [int(sha256(data).hexdigest()[:16], 16) % of + 1]


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/", "/5", "a/b", "2/5/6", "-1/5", "1/1001"])
def test_no_share(text: str) -> None:
    """What is no share is refused."""
    with pytest.raises(UsageError):
        Partition.from_text(text)


def test_two_workers(broker: Mosquitto, tmp_path: Path) -> None:
    """Two workers serve all charge points, each its own: every message has one answer, every charge one record."""
    names = [f"CP{number:03}" for number in range(10)]
    with (
        working(tmp_path / "one", broker.url, ["--worker", "1/2"]) as one,
        working(tmp_path / "two", broker.url, ["--worker", "2/2"]) as two,
        as_emqx(broker.port, *names) as charge_points,
    ):
        for name in names:
            stop(charge_points, start(charge_points, name), name)
        assert charge_points.down.empty()
        found = [{each["charge_point"] for each in worker.scratch.records().values()} for worker in (one, two)]
    assert found == [{name for name in names if Partition(number, 2).takes(name)} for number in (1, 2)]


@pytest.mark.parametrize("unit", ["kwh", "wh"])
def test_another_machine_takes_over(broker: Mosquitto, tmp_path: Path, unit: str) -> None:
    """A worker that takes over in another home, under the same name, knows card and begin of a charge that is open."""
    with as_emqx(broker.port, "CP001") as charge_points:
        with working(tmp_path / "one", broker.url, SHOCPP_TRANSACTION_ID=unit) as first:
            transaction_id = start(charge_points)
            answered_until(charge_points, "after")  # so the start is acknowledged, and is not delivered again
            first.kill()
        charge_points.send("CP001", [2, "between", "Heartbeat", {}])  # waits for whoever is next
        with working(tmp_path / "two", broker.url, SHOCPP_TRANSACTION_ID=unit) as second:
            assert answered_until(charge_points, "last")[-2:] == ["between", "last"]
            stop(charge_points, transaction_id)
            record = only_record(second)
            assert (record["id_tag"], record["started"], record["begin_wh"]) == ("1111", START["timestamp"], 9_042_700)
        charge_points.subscribe("ocpp/open/#")
        charge_points.send("CP001", [2, "unanswered", "Heartbeat", {}])
        assert charge_points.down.empty(), "what was open is cleared"


def test_what_nobody_kept_is_left_out(broker: Mosquitto, tmp_path: Path) -> None:
    """Where the broker has lost the start, a record has no card and no begin, and its Wh are right all the same."""
    with as_emqx(broker.port, "CP001") as charge_points:
        with working(tmp_path / "one", broker.url, SHOCPP_TRANSACTION_ID="wh") as first:
            transaction_id = start(charge_points)
            answered_until(charge_points, "after")  # so the start is acknowledged, and nobody hears of it again
            first.kill()
        charge_points.publish(f"ocpp/open/CP001/{transaction_id}", "", retain=True)
        with working(tmp_path / "two", broker.url, SHOCPP_TRANSACTION_ID="wh") as second:
            answered_until(charge_points, "last")
            stop(charge_points, transaction_id)
            record = only_record(second)
            words = f"CP001 transaction {transaction_id}: its start is not known here"
            until(lambda: words in second.said(), "the log to say so")
        assert record["consumed_wh"] == STOP_WH - START["meterStart"]  # type: ignore[operator]
        assert {"id_tag", "started"}.isdisjoint(record)


def test_a_group(broker: Mosquitto, tmp_path: Path) -> None:
    """In a group the broker deals calls out; whoever gets the stop knows the start, and commands get their answers."""
    options = ["--share", "workers"]
    with (
        working(tmp_path / "one", broker.url, options) as one,
        working(tmp_path / "two", broker.url, options) as two,
        as_emqx(broker.port, "CP001") as charge_points,
    ):
        transaction_id = start(charge_points)
        path = f"run/CP001/transactions/{transaction_id}.json"
        until(lambda: all((each.scratch.home / path).exists() for each in (one, two)), "both to know the start")
        stop(charge_points, transaction_id)
        records = [record for each in (one, two) for record in each.scratch.records().values()]
        assert [(each["id_tag"], each["started"]) for each in records] == [("1111", START["timestamp"])]
        until(lambda: not any((each.scratch.home / path).exists() for each in (one, two)), "both to know the stop")
        for number in range(6):
            charge_points.send("CP001", [2, str(number), "Heartbeat", {}])
        assert sorted(charge_points.receive()[1][1] for _ in range(6)) == list("012345")
        assert charge_points.down.empty()


def test_a_group_needs_shared_subscriptions(broker: Mosquitto, tmp_path: Path) -> None:
    """Where subscriptions cannot be shared they are accepted and nothing comes: that is refused at the start."""
    with without_5(broker.port) as port:
        said = InProcess(tmp_path)("mqtt", "worker", f"mqtt://127.0.0.1:{port}", "--share", "workers").refusal(69)
    assert "has no shared subscriptions" in said


def test_a_share_of_one_kind(tmp_path: Path) -> None:
    """The identity decides, or the broker; not both."""
    words = ["worker", "mqtt://localhost", "--worker", "1/2", "--share", "x"]
    assert "exclude each other" in InProcess(tmp_path)("mqtt", *words).refusal(64)


def test_the_unit_is_the_brokers(broker: Mosquitto, tmp_path: Path) -> None:
    """The first worker that begins from nothing takes Wh; the next have the same, and one that wants another ends."""
    unset = {"SHOCPP_TRANSACTION_ID": ""}
    with working(tmp_path / "one", broker.url, ["--worker", "1/2"], **unset) as one:
        until(lambda: "transaction ids carry wh" in one.said(), "the first one to say it")
        with working(tmp_path / "two", broker.url, ["--worker", "2/2"], **unset) as two:
            until(lambda: "transaction ids carry wh" in two.said(), "the second one to say it")
            two.end()
        run = InProcess(tmp_path / "three")
        said = run("mqtt", "worker", broker.url, "--worker", "2/2", SHOCPP_TRANSACTION_ID="kwh").refusal(78)
        assert "is kwh, and the workers of this broker have wh. To change over: " in said


def test_the_unit_of_a_home_with_history(broker: Mosquitto, tmp_path: Path) -> None:
    """Where there are records, and nobody says in which unit, nothing is served until somebody does."""
    with (
        working(tmp_path / "home", broker.url, SHOCPP_TRANSACTION_ID="kwh") as worker,
        as_emqx(broker.port, "CP001") as charge_points,
    ):
        stop(charge_points, 10_009_042)
        worker.end()
        charge_points.publish("ocpp/unit", "", retain=True)
        said = InProcess(tmp_path / "home")("mqtt", "worker", broker.url).refusal(78)
        assert "SHOCPP_TRANSACTION_ID is not set, and there are records" in said
        worker.start()


@pytest.mark.parametrize(("wanted", "said", "has_history", "unit"), [
    ("", b"", False, "wh"), ("", b"", True, None), ("kwh", b"", True, "kwh"), ("wh", b"", True, "wh"),
    ("", b"kwh", True, "kwh"), ("", b"wh", False, "wh"), ("kwh", b"kwh", True, "kwh"), ("kwh", b"wh", False, None),
    ("wh", b"kwh", True, None), ("", b"joule", True, None), ("kwh", b"\xff", True, "kwh"),
])  # fmt: skip
def test_units(wanted: str, said: bytes, has_history: bool, unit: str | None) -> None:
    """What the broker keeps and the setting must agree; one of them is enough; without both only a new home goes on."""
    shared = SharedUnit(wanted, has_history)
    shared.hear(said)
    if unit is None:
        with pytest.raises(ConfigError):
            shared.decide()
    else:
        assert shared.decide() == unit


SEEN = {"id_tag": "1111", "begin_wh": 5}
LEVEL = st.text(st.characters(exclude_characters="/+#\0"), min_size=1)


class OpenAtBroker:
    """Two processes' open charges, with a broker between them that gives each what any of them has published."""

    def __init__(self) -> None:
        self.learnt: list[tuple[str, int, Any]] = []
        self.kept: dict[str, str] = {}
        self.one = OpenMessages("one", self.kept.__setitem__, lambda *_: None)
        self.two = OpenMessages("two", self.kept.__setitem__, lambda *each: self.learnt.append(each))


@given(LEVEL, st.integers(0, 2**31 - 1))
def test_an_open_charge_travels(identity: str, transaction_id: int) -> None:
    """What one process tells another one learns, whatever the identity; its own messages teach it nothing."""
    at = OpenAtBroker()
    at.one.tell(identity, transaction_id, SEEN)
    at.two.tell(identity, transaction_id + 1, SEEN)
    for topic, message in at.kept.items():
        assert at.two.hear(topic, message.encode())
    at.two.hear(f"ocpp/open/{identity}/{transaction_id}", b"")
    assert at.learnt == [(identity, transaction_id, SEEN), (identity, transaction_id, None)]


@given(
    st.sampled_from(["ocpp/open/CP001/", "ocpp/open/", "ocpp/open//"]),
    st.sampled_from(["1", "", "x", "-1", "١", "1/2", "1" * 11]),
    st.binary(max_size=9) | st.sampled_from([b"{}", b"[]", b'{"start":5}', b"[" * 9999, b'{"start":null}']),
)
def test_nonsense_about_open_charges(prefix: str, number: str, message: bytes) -> None:
    """What makes no sense teaches nothing."""
    at = OpenAtBroker()
    at.two.hear(prefix + number, message)
    assert at.learnt in ([], [("CP001", 1, None)])
    assert not at.learnt or (message == b"" and prefix + number == "ocpp/open/CP001/1")


def test_other_topics_are_not_open_charges() -> None:
    """A charge point's message is none of these."""
    assert not OpenAtBroker().two.hear("ocpp/cp/CP001", json.dumps({"start": SEEN}).encode())


def test_another_number_of_workers(tmp_path: Path, broker: Mosquitto) -> None:
    """A worker that is drained books what waited for it, takes nothing new, and leaves no session behind."""
    transaction_id = 10_001_000
    with (
        as_emqx(broker.port, "CP001") as charge_points,
        working(tmp_path / "old", broker.url, ["--client-id", "old"], SHOCPP_TRANSACTION_ID="wh") as old,
    ):
        assert old.end() == 0
        stop_payload = {"transactionId": transaction_id, "meterStop": STOP_WH, "timestamp": "2026-03-15T12:00:00Z"}
        charge_points.send("CP001", [2, "late", "StopTransaction", stop_payload])
        with working(
            tmp_path / "drained", broker.url, ["--client-id", "old", "--drain"], SHOCPP_TRANSACTION_ID="wh"
        ) as drained:
            assert charge_points.receive()[1] == [3, "late", {}]
            charge_points.send("CP001", [2, "new", "Heartbeat", {}])
            assert drained.process.wait(PATIENCE_S) == 0
        assert charge_points.down.empty()
        with working(tmp_path / "again", broker.url, ["--client-id", "old"], SHOCPP_TRANSACTION_ID="wh") as again:
            until(lambda: "new session" in again.said(), "the log to say what the session is")
        assert charge_points.down.empty()
        assert len(drained.scratch.records()) == 1
