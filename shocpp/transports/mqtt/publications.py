"""
What was published and the broker has not taken: it goes out with the next connection, if not with this one.

A message whose acknowledgement was lost with its connection is published again: at least once. Of those that the broker
keeps only a topic's last one waits, since it takes the place of all before it.

Source: MQTT 5 §3.3.1.3 (retained messages), §4.3.2 (QoS 1)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.properties import Properties

    Publish = Callable[[str, str | bytes, Properties | None, bool], int]


class Publications:
    """
    The messages that wait, in the order in which they were published.

    Args:
        most: How many bytes may wait; beyond, what the broker does not keep is dropped. None if whoever publishes sees
            to that.

    Attributes:
        size: How many bytes wait; those of topics and of what MQTT says besides do not count.
        dropped: How many messages were dropped.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._count = 0
        self._waiting: dict[int, tuple[str, str | bytes, Properties | None, bool]] = {}
        self._kept: dict[str, int] = {}  # by the topic: the one that waits of those that the broker keeps
        self._numbers: dict[int, int] = {}  # by the identifier that a message has on this connection
        self.size = self.dropped = 0

    def __len__(self) -> int:
        """Give how many wait."""
        return len(self._waiting)

    def add(
        self, topic: str, message: str | bytes, properties: Properties | None = None, retain: bool = False
    ) -> int | None:
        """Give a message a number that no other one has, and keep it; None for one that is dropped."""
        if not retain and self._most is not None and self.size >= self._most:
            self.dropped += 1
            return None
        self._count += 1
        if retain:
            self._remove(self._kept.get(topic))
            self._kept[topic] = self._count
        self._waiting[self._count] = (topic, message, properties, retain)
        self.size += len(message)
        return self._count

    def send(self, number: int, publish: Publish) -> None:
        """Publish a message by what gives it an identifier."""
        self._numbers[publish(*self._waiting[number])] = number

    def send_all(self, publish: Publish) -> None:
        """Publish all that wait over a new connection."""
        self._numbers.clear()
        for number in list(self._waiting):
            self.send(number, publish)

    def taken(self, identifier: int) -> int | None:
        """Forget a message that the broker has taken; give its number, None if it was none of these."""
        number = self._numbers.pop(identifier, None)
        self._remove(number)
        return number

    def _remove(self, number: int | None) -> None:
        """Let a message wait no longer, if it does."""
        waiting = self._waiting.pop(number, None) if number is not None else None
        if waiting is None:
            return
        topic, message, _, _ = waiting
        self.size -= len(message)
        if self._kept.get(topic) == number:
            del self._kept[topic]
