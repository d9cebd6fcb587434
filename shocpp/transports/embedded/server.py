"""
The whole: accept connections, have them admitted and served, end them.

Puts the parts together. Who is connected is known to the ``roster``, who may connect is decided by ``admitting``, what
a message means by the ``service``, and how bytes become messages by each ``connection``.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from functools import partial

from shocpp.backend import own_faults
from shocpp.errors import ShocppError, source_line_of
from shocpp.log import Log
from shocpp.spool.conf.configuration import watched_charge_points
from shocpp.texts import clean
from shocpp.transports.background.booking_client import Bookkeeper
from shocpp.transports.background.housekeeping import Housekeeping
from shocpp.transports.background.refusal_events import RefusalEvents
from shocpp.transports.background.workers import Workers
from shocpp.transports.connections import tls
from shocpp.transports.connections.admitting import Admitter
from shocpp.transports.connections.connection import Connection
from shocpp.transports.connections.counters import Counters
from shocpp.transports.connections.piped_connection import PipedConnection
from shocpp.transports.connections.services import Services
from shocpp.transports.connections.tls_transport import TlsTransport
from shocpp.transports.embedded.accepting import Acceptor
from shocpp.transports.embedded.handed_over import HandedOver
from shocpp.transports.embedded.last_seen_writer import LastSeen
from shocpp.transports.embedded.leaving import close_all
from shocpp.transports.embedded.poller import Poller
from shocpp.transports.embedded.roster import Roster
from shocpp.transports.embedded.service import Surroundings
from shocpp.transports.embedded.socket_transport import SocketTransport
from shocpp.transports.embedded.supervision import Supervision
from shocpp.transports.few_lines import FewLines
from shocpp.transports.held_limit import held_limit
from shocpp.transports.soap.soap_service import SoapService
from shocpp.transports.wires.held_bytes import HeldBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any

    from websockets.http11 import Request

    from shocpp.settings import Settings
    from shocpp.transports.embedded.service import MakeService

_WORKERS = 2
_LOOK_S = 1.0


class Server:
    """
    The listener.

    Args:
        settings: The settings in force.
        sockets: Sockets to listen on.
        most: How many charge points may be connected.
        most_half_open: How many handshakes may go on at a time.
        ready: Is called in a thread once connections are accepted.
        make_service: Makes what serves them.
        handing_over: A socket over which connections come that websocketd has accepted; None without it.
    """

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        most: int,
        most_half_open: int,
        ready: Callable[[], object],
        make_service: MakeService,
        handing_over: socket.socket | None = None,
    ) -> None:
        self._settings = settings
        self._handing_over = handing_over
        self._sockets = sockets
        self._most_half_open = most_half_open
        self._ready = ready
        self._make_service = make_service
        self._log = Log(settings.log_file, least=settings.log_level)
        self._counters = Counters(settings.run_dir)
        self._faults = FewLines(self._log.line, "faults of the event loop")
        self._roster = Roster(most, self._serve, self._log.line)

    def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            ConfigError: The certificate cannot be used.
        """
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._unhandled)
        logging.getLogger("asyncio").disabled = True  # what else it would say waits for stderr
        self._end: asyncio.Future[None] = loop.create_future()
        configuring = Workers(loop, 1, "configuration")
        self._poller = Poller(loop)
        self._make_parts(loop, configuring)
        await self._service.start()
        self._certificates = tls.context(self._settings)
        self._handle_signals()  # whoever can be connected to can be told to end
        for each in self._acceptors(loop):
            each.start()
        gc.freeze()
        gc.set_threshold(2_000, 10, 10)
        self._look()
        configuring.submit(self._ready, self._introduced)
        await self._end
        await self._close()
        configuring.close()
        self._counters.remove()
        self._log.flush()

    def _make_parts(self, loop: asyncio.AbstractEventLoop, configuring: Workers) -> None:
        """Make what serves connections, once there are any; files that people edit are read where none waits."""
        settings, say, elsewhere = self._settings, self._log.line, configuring.submit
        listed = watched_charge_points(settings.charge_points_file, say, settings.charge_points_required, elsewhere)
        self._services = services = Services(
            loop,
            settings.message_limit,
            Bookkeeper(loop, settings.accounting, say),
            Workers(loop, _WORKERS, "disk"),
            Housekeeping(loop, self._log),
            HeldBytes(held_limit(settings.message_limit), say),
        )
        around = Surroundings(loop, settings, services, self._roster, listed, self._log, elsewhere)
        self._service = self._make_service(around)
        self._admitter = Admitter(
            loop,
            settings,
            listed,
            self._counters,
            self._most_half_open,
            say,
            self._service.can_serve,
            self._roster.has_room,
            self._roster.admit,
            RefusalEvents(settings.journal_dir, services.workers, say),
        )
        self._soap = SoapService(
            loop, self, services, self._service.handler, settings, self._admitter, self._most_half_open, say
        )
        self._last_seen = LastSeen(settings.run_dir, services.workers, loop.time)
        self._supervision = Supervision(self._roster, listed, settings, loop.time, say)

    def _acceptors(self, loop: asyncio.AbstractEventLoop) -> list[Acceptor | HandedOver]:
        """Make what connections come from: our sockets, and websocketd if it is there."""
        say = self._log.line
        self._sources: list[Acceptor | HandedOver] = [Acceptor(loop, self._sockets, self._take, say)]
        if self._handing_over is not None:
            make = partial(PipedConnection, self, self._services, self._service.handler)
            self._sources.append(HandedOver(loop, self._handing_over, self._poller, make, self._stop, say))
        return self._sources

    def _introduced(self, _: object, error: BaseException | None) -> None:
        """Log that what is said at the start could not be said."""
        if error is not None:
            self._log.line("ERROR", f"saying what is served failed: {clean(repr(error), 500)}")

    def _take(self, connected: socket.socket) -> None:
        """Serve a new connection."""
        connection = Connection(self, self._services, self._service.handler)
        protocol: asyncio.BufferedProtocol = connection
        if self._certificates is not None:
            protocol = TlsTransport(connection, self._certificates, self._services, self._admitter.unencrypted)
        SocketTransport(self._loop, self._poller, connected, protocol)

    def _unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log in one line what nobody else dealt with; asyncio would write a traceback to stderr, and wait for that."""
        error = context.get("exception")
        where = f" ({source_line_of(error)})" if error is not None else ""
        self._faults.line("ERROR", f"{clean(context['message'], 200)}: {clean(repr(error), 300)}{where}")

    # --- what a connection calls

    def connected(self, connection: Connection) -> None:
        """Take note of a new connection."""
        self._roster.add(connection)
        self._admitter.connected(connection)

    def requested(self, connection: Connection, request: Request) -> None:
        """Decide on a handshake, unless it asks for a page."""
        if not self._soap.show(connection, request):
            self._admitter.requested(connection, request)

    def posted(self, connection: Connection, data: bytes) -> None:
        """Take over a connection that brings requests over SOAP."""
        self.disconnected(connection)
        self._soap.take_over(connection, data)

    def disconnected(self, connection: Connection) -> None:
        """Take note that a connection is closed."""
        self._admitter.disconnected(connection)
        self._roster.disconnected(connection)

    def released(self, connection: Connection) -> None:
        """Take note that a connection's handler has ended."""
        self._roster.released(connection)

    def failed(self, connection: Connection, error: BaseException) -> None:
        """Log a fault of ours; the connection is not fit to be served any more."""
        own_faults.report(self._log.line, clean(connection.identity, 80) or "-", error)
        connection.abort()

    # --- what the roster and the clock call

    def _serve(self, connection: Connection) -> None:
        """Have a connection served that was admitted."""
        connection.handler.serve()

    def _look(self) -> None:
        """Look after all connections, once a second."""
        self._admitter.look()
        self._soap.look()
        self._supervision.look()
        self._faults.look()
        self._counters.write(len(self._roster))
        self._last_seen.look(self._roster.served)
        self._log.flush()
        self._loop.call_later(_LOOK_S, self._look)

    # --- signals

    def _handle_signals(self) -> None:
        for number, handler in (
            (signal.SIGTERM, self._stop),
            (signal.SIGINT, self._stop),
            (signal.SIGHUP, self._reload),
        ):
            self._loop.add_signal_handler(number, handler)

    def _reload(self) -> None:
        """SIGHUP: read the certificates anew, for those who connect from now on."""
        try:
            self._certificates = tls.context(self._settings)
        except ShocppError as error:
            self._log.line("ERROR", f"{error}; the certificate stays as it was")
        else:
            self._log.line("INFO", "certificates read anew")

    def _stop(self) -> None:
        if not self._end.done():
            self._end.set_result(None)

    async def _close(self) -> None:
        """Accept no more; finish what is in hand; close every connection."""
        for each in self._sources:
            each.close()
        self._soap.close()
        self._last_seen.close(self._roster.served)
        await close_all(self._roster.connections, self._services)
        self._services.workers.close()
        await self._service.close()
