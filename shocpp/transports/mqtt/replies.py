"""
Where else an answer goes: the response topic of a message, with the correlation data that came with it.

Source: MQTT 5 §4.10 (request and response)
"""

from __future__ import annotations

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage

    from shocpp.ocpp.topics import Layout


class ReplyTo:
    """
    Where an answer is wanted.

    Attributes:
        topic: The response topic.
        properties: What is said besides: the correlation data, if there are any.
    """

    __slots__ = ("properties", "topic")

    def __init__(self, topic: str, correlation: bytes) -> None:
        self.topic = topic
        self.properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if correlation:
            self.properties.CorrelationData = correlation


def reply_of(message: MQTTMessage, layout: Layout) -> ReplyTo | None:
    """
    Give where a message wants its answer besides; None where it says nothing, or nothing that may be.

    A topic of the layout is none of those: a charge point's gateway could have us speak for the central system, or for
    another charge point.
    """
    topic = getattr(message.properties, "ResponseTopic", "")
    if not topic or any(sign in topic for sign in "+#\0") or layout.has(topic):
        return None
    return ReplyTo(topic, getattr(message.properties, "CorrelationData", b""))
