"""What stands behind the connections of a listener: it serves charge points that were admitted, here or elsewhere."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from shocpp.ledger.charge_points import ChargePoints
    from shocpp.log import Log
    from shocpp.settings import Settings
    from shocpp.spool.conf.watched_file import Elsewhere
    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.connections.message_handler import MessageHandler
    from shocpp.transports.connections.services import Services
    from shocpp.transports.embedded.roster import Roster

    MakeService = Callable[["Surroundings"], "Service"]


class Surroundings:
    """
    What a listener has for its service.

    Attributes:
        loop: The loop.
        settings: The settings in force.
        services: What connections share.
        roster: Who is connected.
        listed: Gives who may connect; None for everybody.
        log: The log.
        elsewhere: Where files that people edit are read.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: Settings,
        services: Services,
        roster: Roster,
        listed: Callable[[], ChargePoints | None],
        log: Log,
        elsewhere: Elsewhere,
    ) -> None:
        self.loop = loop
        self.settings = settings
        self.services = services
        self.roster = roster
        self.listed = listed
        self.log = log
        self.elsewhere = elsewhere


class Service(Protocol):
    """Serves charge points over connections that somebody else accepts and admits."""

    async def start(self) -> None:
        """Get ready, before the first connection is accepted."""

    def can_serve(self, identity: str) -> bool:
        """Tell whether a charge point of this name can be served at all."""

    def handler(self, connection: Connection) -> MessageHandler:
        """Make what takes the messages of a new connection, and serves its charge point once it is admitted."""

    async def close(self) -> None:
        """End, after all connections have."""
