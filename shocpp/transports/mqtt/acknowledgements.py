"""
The acknowledgements of one connection: in the order in which its messages came, whichever is dealt with first.

Source: MQTT 5 §4.6 (PUBACK packets in the order in which the PUBLISH packets were received)
"""

from __future__ import annotations

from collections import OrderedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage


class Acknowledgements:
    """
    What has come over a connection and is not acknowledged.

    Args:
        send: Acknowledges a message, by its packet identifier and its quality of service.
    """

    def __init__(self, send: Callable[[int, int], object]) -> None:
        self._send = send
        # by packet identifier, None once it is dealt with: the broker uses none twice before it is acknowledged
        self._open: OrderedDict[int, tuple[MQTTMessage | None, int]] = OrderedDict()

    def expect(self, message: MQTTMessage) -> None:
        """Take note of a message that has come; call this before anything else is done with it."""
        if message.qos:
            self._open[message.mid] = (message, message.qos)

    def add(self, message: MQTTMessage) -> None:
        """
        Acknowledge a message that is dealt with, once all that came before it are.

        One of an earlier connection is not acknowledged: the broker delivers it again, and may mean another one by
        the same identifier.
        """
        if self._open.get(message.mid, (None, 0))[0] is not message:
            return
        self._open[message.mid] = (None, message.qos)
        while self._open:
            number, (waiting, quality) = next(iter(self._open.items()))
            if waiting is not None:
                return
            del self._open[number]
            self._send(number, quality)
