"""What all charge points of a gateway share: the broker's address, the topics, and whether the broker is there."""

from __future__ import annotations

from shocpp.backend.quick_decode import quick_decode
from shocpp.transports.background.workers import Workers
from shocpp.transports.gateway.broker_link import BrokerLink
from shocpp.transports.mqtt.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from paho.mqtt.enums import MQTTProtocolVersion

    from shocpp.log import Log
    from shocpp.ocpp.topics import Layout
    from shocpp.transports.gateway.broker_link import LinkOwner
    from shocpp.transports.mqtt.broker_address import BrokerAddress

_CONNECTING = 4  # at a time: each may wait for a broker that does not answer


class ExchangesShare:
    """
    What exchanges share.

    Args:
        loop: The loop.
        address: Where the broker is.
        version: Of MQTT.
        layout: The topics.
        message_limit: Bytes of a message.
        log: The log.

    Attributes:
        decode: Reads the document of a frame.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        address: BrokerAddress,
        version: MQTTProtocolVersion,
        layout: Layout,
        message_limit: int,
        log: Log,
    ) -> None:
        self._loop = loop
        self._address = address
        self._version = version
        self._message_limit = message_limit
        self._workers = Workers(loop, _CONNECTING, "broker")
        self._is_missed = False
        self.layout = layout
        self.log = log
        self.decode = quick_decode()

    def link(self, identity: str, connection_id: str, will: tuple[str, str], owner: LinkOwner) -> BrokerLink:
        """Begin to connect for a charge point's connection; hear what is for it, and what is at the will's topic."""
        filters = [self.layout.down.filter_of(identity)]
        # its name is no other's: a broker would end the session of who has it, and need not say so
        session = Session(f"shocpp-cp-{identity}-{connection_id}", filters, [will[0]], False, self._message_limit, will)
        return BrokerLink(self._loop, self._workers, self._address, self._version, session, owner)

    def missed(self, why: str) -> None:
        """Log that the broker is away, once."""
        if not self._is_missed:
            self._is_missed = True
            self.log.line("WARNING", f"{why}; charge points get no answer until it is back")

    def reached(self) -> None:
        """Log that the broker is there again."""
        if self._is_missed:
            self._is_missed = False
            self.log.line("INFO", f"connected to {self._address} again")

    def close(self) -> None:
        """Connect no more."""
        self._workers.close()
