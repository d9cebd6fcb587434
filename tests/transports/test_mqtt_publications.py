"""What was published and the broker has not taken: nothing twice, nothing lost, and no more than there is room for."""

from __future__ import annotations

import json
import time
from pathlib import Path

from shocpp.settings import Settings
from shocpp.transports.held_limit import held_limit
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.leases import Leases, topic_of
from shocpp.transports.mqtt.publications import Publications
from shocpp.transports.mqtt.session import Session

LONGEST = 1000


class Wire:
    """A connection that gives each message an identifier, from 1 on."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | bytes]] = []

    def publish(self, topic: str, message: str | bytes, _: object, __: bool) -> int:
        """Send a message."""
        self.sent.append((topic, message))
        return len(self.sent)


def test_a_lost_acknowledgement() -> None:
    """What was sent and not taken goes out again over the next connection, in order; what was taken does not."""
    waiting, first, second = Publications(), Wire(), Wire()
    numbers = [waiting.add("a", said) for said in ("1", "2", "3")]
    waiting.send_all(first.publish)
    assert waiting.taken(2) == numbers[1]
    waiting.send_all(second.publish)
    assert second.sent == [("a", "1"), ("a", "3")]
    assert [waiting.taken(1), waiting.taken(2), waiting.taken(3)] == [numbers[0], numbers[2], None]
    assert (len(waiting), waiting.size) == (0, 0)


def test_what_the_broker_keeps_waits_once() -> None:
    """Of the messages that the broker keeps at a topic the last one is published, in the place in which it came."""
    waiting, wire = Publications(), Wire()
    for topic, said in (("a", "1"), ("b", "2"), ("a", "33")):
        number = waiting.add(topic, said, retain=True)
        assert number is not None
        waiting.send(number, wire.publish)
    assert waiting.taken(1) == 1, "it had left already"
    waiting.send_all(wire.publish)
    assert wire.sent[3:] == [("b", "2"), ("a", "33")]
    assert waiting.size == 3


def test_answers_for_a_broker_that_is_away(tmp_path: Path) -> None:
    """Answers wait up to what may be held, then are dropped, which the log says; what the broker keeps never is."""
    said: list[str] = []
    session = Session("one", [], [], True, LONGEST)
    address = BrokerAddress("mqtt://127.0.0.1:1", Settings.from_environ({"SHOCPP_HOME": str(tmp_path)}))
    broker = Broker(address, session, lambda _: None, lambda _, text: said.append(text))
    room = held_limit(LONGEST) // LONGEST
    numbers = [broker.publish("answer", "x" * LONGEST) for _ in range(room + 2)]
    assert [number for number in numbers if number is None] == [None, None]
    assert len(said) == 1 and "answers are dropped" in said[0]
    assert broker.publish("kept", "x", retain=True) is not None
    broker.connected(is_session_old=True)
    assert any(text.startswith("2 messages for mqtt://127.0.0.1:1") for text in said)


def test_a_turn_that_is_wanted_while_the_broker_is_away() -> None:
    """A turn is claimed again each second; however long the broker is away, one claim waits for it."""
    waiting, wire = Publications(), Wire()
    leases = Leases("me", lambda topic, message: waiting.add(topic, message, retain=True), lambda _: None, time.time)
    leases.want("CP1", 30)
    for _ in range(100):
        leases.look()
    assert len(waiting) == 1
    waiting.send_all(wire.publish)
    ((topic, claim),) = wire.sent
    assert topic == topic_of("CP1") and json.loads(claim)["process"] == "me"
