"""In which order what came over a connection is acknowledged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from shocpp.transports.mqtt.acknowledgements import Acknowledgements


def message(number: int, qos: int = 1) -> Any:
    """Make a message as paho hands it over."""
    return SimpleNamespace(mid=number, qos=qos)


def come(*messages: Any) -> tuple[Acknowledgements, list[int]]:
    """Have messages come over a connection; give its acknowledgements, and a list that has what is acknowledged."""
    sent: list[int] = []
    made = Acknowledgements(lambda number, _: sent.append(number))
    for each in messages:
        made.expect(each)
    return made, sent


def test_in_the_order_in_which_they_came() -> None:
    """A message is acknowledged once all that came before it are dealt with, whatever their identifiers are."""
    messages = [message(number) for number in (7, 3, 5, 4)]
    made, sent = come(*messages)
    for which, acknowledged in ((2, []), (1, []), (0, [7, 3, 5]), (3, [7, 3, 5, 4])):
        made.add(messages[which])
        assert sent == acknowledged


def test_an_identifier_that_is_used_again() -> None:
    """Once it is acknowledged, a message's identifier may be that of another one."""
    first, second = message(1), message(1)
    made, sent = come(first)
    made.add(first)
    made.expect(second)
    made.add(first)
    assert sent == [1]
    made.add(second)
    assert sent == [1, 1]


def test_one_of_an_earlier_connection() -> None:
    """What came over an earlier connection is not acknowledged over this one, where its identifier is another's."""
    made, sent = come(message(1))
    made.add(message(1))
    made.add(message(2))
    assert sent == []


def test_delivered_again_before_it_is_dealt_with() -> None:
    """A message that the broker delivers again over the same connection, as MQTT 3.1.1 allows, keeps its place."""
    first, again, next_one = message(1), message(1), message(2)
    made, sent = come(first, next_one, again)
    made.add(next_one)
    made.add(first)
    assert sent == []
    made.add(again)
    assert sent == [1, 2]


def test_what_wants_no_acknowledgement() -> None:
    """A message with QoS 0 is not acknowledged, and none waits for it."""
    without, other = message(0, qos=0), message(1)
    made, sent = come(without, other)
    made.add(other)
    made.add(without)
    assert sent == [1]
