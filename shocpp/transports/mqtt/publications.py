"""
What was published and the broker has not taken: it goes out with the next connection, if not with this one.

A message whose acknowledgement was lost with its connection is published again: at least once.

Source: MQTT 5 §4.3.2 (QoS 1)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.properties import Properties

    Publish = Callable[[str, str, Properties | None, bool], int]


class Publications:
    """The messages that wait, in the order in which they were published."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: dict[int, tuple[str, str, Properties | None, bool]] = {}
        self._numbers: dict[int, int] = {}  # by the identifier that a message has on this connection

    def add(self, topic: str, message: str, properties: Properties | None, retain: bool) -> int:
        """Give a message a number that no other one has, and keep it."""
        self._count += 1
        self._waiting[self._count] = (topic, message, properties, retain)
        return self._count

    def send(self, number: int, publish: Publish) -> None:
        """Publish a message by what gives it an identifier."""
        self._numbers[publish(*self._waiting[number])] = number

    def send_all(self, publish: Publish) -> None:
        """Publish all that wait over a new connection."""
        self._numbers.clear()
        for number in list(self._waiting):
            self.send(number, publish)

    def taken(self, identifier: int) -> int:
        """Forget a message that the broker has taken; give its number."""
        number = self._numbers.pop(identifier)
        del self._waiting[number]
        return number
