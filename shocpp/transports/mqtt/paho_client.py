"""A client of paho's as a session wants it: made, and connected for the first time; what comes of it is its owner's."""

from __future__ import annotations

import socket

from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.transports.mqtt.broker_address import BrokerAddress
    from shocpp.transports.mqtt.session import Session

AT_MOST_ONCE, AT_LEAST_ONCE = 0, 1  # qualities of service
VERSIONS = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
KEEPALIVE_S = 30
_SESSION_EXPIRY_S = 7 * 86_400
_HEADERS = 1 << 16  # bytes of a message besides what it holds
# What may come that is not acknowledged: acknowledgements wait for the one that takes longest, messages shall not. With
# more of them a start takes longer: what is waited for there comes after what has waited for us.
_MOST_UNACKNOWLEDGED = 200


def make(address: BrokerAddress, session: Session, version: MQTTProtocolVersion) -> Client:
    """Make a client that acknowledges messages when it is told to, and connects again when it is told to."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        session.client_id,
        None if version == MQTTProtocolVersion.MQTTv5 else not session.is_kept,
        protocol=version,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    if address.user:
        client.username_pw_set(address.user, address.password)
    if address.context is not None:
        client.tls_set_context(address.context)
    if session.will is not None:
        client.will_set(*session.will, AT_LEAST_ONCE, retain=True)
    return client


def connect(client: Client, address: BrokerAddress, session: Session) -> None:
    """
    Make a connection and ask for the session; the answer comes later.

    Raises:
        OSError: Nobody is there.
    """
    is_5 = client.protocol == MQTTProtocolVersion.MQTTv5
    wanted = Properties(PacketTypes.CONNECT) if is_5 else None  # type: ignore[no-untyped-call]
    if wanted is not None:
        wanted.MaximumPacketSize = session.message_limit + _HEADERS
        wanted.ReceiveMaximum = _MOST_UNACKNOWLEDGED
        wanted.SessionExpiryInterval = _SESSION_EXPIRY_S if session.is_kept else 0
    client.connect(
        address.host,
        address.port,
        KEEPALIVE_S,
        clean_start=not session.is_kept if is_5 else MQTT_CLEAN_START_FIRST_ONLY,
        properties=wanted,
    )
    connected = client.socket()
    if connected is not None:  # else each small message would wait for the acknowledgement of the one before
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[attr-defined]
