"""Charge points served at a broker: what each says goes up to it, what comes down is for them."""

from __future__ import annotations

import os
from functools import partial

from shocpp.errors import ConfigError
from shocpp.ocpp.topics import Layout
from shocpp.transports.gateway import status_messages
from shocpp.transports.gateway.exchange import Exchange
from shocpp.transports.gateway.exchanges_share import ExchangesShare
from shocpp.transports.mqtt import gateway_faults
from shocpp.transports.mqtt.broker import Broker
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.paho_client import VERSIONS
from shocpp.transports.mqtt.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from paho.mqtt.enums import MQTTProtocolVersion

    from shocpp.settings import Settings
    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.embedded.service import MakeService, Surroundings


class GatewayService:
    """
    A ``Service``.

    Args:
        address: Where the broker is.
        version: Of MQTT.
        layout: The topics.
        around: What the listener has for it.
    """

    def __init__(
        self, address: BrokerAddress, version: MQTTProtocolVersion, layout: Layout, around: Surroundings
    ) -> None:
        self._services = around.services
        self._layout = layout
        limit = around.settings.message_limit
        self._share = ExchangesShare(around.loop, address, version, layout, limit, around.log)

    async def start(self) -> None:
        """Do nothing: each charge point has a connection to the broker of its own."""

    def can_serve(self, identity: str) -> bool:
        """Tell whether a name can be a level of a topic, and is none that looks like another topic."""
        return self._layout.takes(identity)

    def handler(self, connection: Connection) -> Exchange:
        """Make what passes the messages of a connection on."""
        return Exchange(connection, self._services, self._share)

    async def close(self) -> None:
        """Connect no more."""
        self._share.close()


def prepare(settings: Settings, url: str) -> tuple[str, MakeService]:
    """
    See that a broker is there, and lets us in.

    Args:
        settings: The settings in force: topics, and what is shown to the broker.
        url: The broker's.

    Returns:
        In words where messages go, and what makes the service.

    Raises:
        ShocppError: The address, the layout or a file makes no sense, or the broker is not there for us.
    """
    address, layout = BrokerAddress(url, settings), Layout(settings.mqtt_layout)
    name = f"shocpp-gateway-{os.urandom(8).hex()}"
    for prefix in (status_messages.STATUS, gateway_faults.PREFIX):
        if layout.has(prefix + name):
            raise ConfigError(f"layout {settings.mqtt_layout[:80]!r} has {prefix}, which is the gateway's own")
    session = Session(name, [layout.down.filter_of(name)], [], False, settings.message_limit)
    broker = Broker(address, session, lambda _: None, lambda *_: None)
    broker.connect()
    version = VERSIONS[0 if broker.has_properties else 1]
    broker.close()
    topics = ", ".join(layout.filters)
    return f"gateway: to {address}, topics {topics}", partial(GatewayService, address, version, layout)
