"""
All connections of one process: accept them, keep watch over them, end them.

Knows who is connected and since when nobody has heard of them. Who may connect is decided at the ``reception``, what a
message means is the backend's business, how bytes become messages the session's.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections import deque

from shocpp.backend.lines import Lines
from shocpp.errors import ShocppError
from shocpp.log import Log
from shocpp.spool.accounting import Accounting
from shocpp.spool.configuration import watched_charge_points, watched_tags
from shocpp.spool.held_mailbox import REQUEST, folder_of
from shocpp.texts import clean
from shocpp.transports.embedded import tls
from shocpp.transports.embedded.admitting import Reception
from shocpp.transports.embedded.booking_client import Bookkeeper
from shocpp.transports.embedded.connection import GOING_AWAY, POLICY_VIOLATION, Session
from shocpp.transports.embedded.counters import Counters
from shocpp.transports.embedded.mailboxes import Mailboxes
from shocpp.transports.embedded.workers import Workers
from shocpp.transports.idle import longest_silence_s

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.settings import Settings
    from shocpp.transports.embedded.turns import Turns

_BUFFER = 16_384  # bytes that are read from one connection before it is the next one's turn
_WORKERS = 2
_PACE_S, _SETTLE_S, _SWEEP_S = 0.1, 1.0, 1.0
_STALLED_S = 30.0  # a peer that reads no answers for so long is gone
_LAST_WORDS_S = 1.8
_BACKLOG = 512
_AT_A_TIME = 500  # connections that are said goodbye to before it is somebody else's turn


class Server:
    """
    The listener.

    Args:
        settings: The settings in force.
        sockets: Sockets to listen on.
        most: How many charge points may be connected.
        most_half_open: How many handshakes may go on at a time.
        ready: Is called once connections are accepted.
    """

    def __init__(
        self,
        settings: Settings,
        sockets: list[socket.socket],
        most: int,
        most_half_open: int,
        ready: Callable[[], object],
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self._most, self._most_half_open = most, most_half_open
        self._ready = ready
        self._log = Log(settings.log_file)
        self._accounts = watched_tags(settings.tags_file, self.say)
        self.bookkeeper = Bookkeeper(Accounting(settings.accounting_dir), settings.accounting_dir, self.say)
        self._listed = watched_charge_points(settings.charge_points_file, self.say)
        self._in_force: object = None
        self._idle_s = longest_silence_s(settings.heartbeat_interval_s)
        self._sessions: dict[str, Session] = {}  # the newest connection of each charge point
        self._served: dict[str, Session] = {}  # the one that holds its mailbox; an older one until it has tidied up
        self._all: set[Session] = set()
        self._unsettled: deque[tuple[float, Turns]] = deque()
        self._servers: list[asyncio.Server] = []
        self._is_ticking = False
        self._counters = Counters(settings.run_dir)
        self.message_limit = settings.message_limit
        self.buffer = memoryview(bytearray(_BUFFER))
        self.silence = logging.getLogger("shocpp.silence")
        self.silence.setLevel(logging.CRITICAL + 1)

    def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            ConfigError: The certificate cannot be used.
        """
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self.now, self.soon = loop.time, loop.call_soon
        self.workers = Workers(loop, _WORKERS, "disk")
        self._end: asyncio.Future[None] = loop.create_future()
        self._reception = Reception(
            loop,
            self._settings,
            self._listed,
            self._counters,
            self._most_half_open,
            self.say,
            self._has_room,
            self._welcome,
        )
        self._in_force = self._listed()
        await self.bookkeeper.start()
        await self._listen(tls.context(self._settings))
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        loop.add_signal_handler(signal.SIGINT, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        mailboxes = Mailboxes(loop, self._served)
        mailboxes.listen(self._settings.run_dir, self.say)
        gc.freeze()
        gc.set_threshold(2_000, 10, 10)
        self._sweep()
        self._ready()
        await self._end
        await self._say_goodbye()
        mailboxes.close()
        self._counters.remove()
        self._log.flush()

    async def _listen(self, context: ssl.SSLContext | None) -> None:
        """Accept connections, from now on with this certificate; those that are there go on."""
        timeout_s = self._settings.handshake_timeout_s if context else None
        servers = [
            await self._loop.create_server(
                lambda: Session(self),
                sock=each.dup(),
                ssl=context,
                backlog=_BACKLOG,
                ssl_handshake_timeout=timeout_s,
            )
            for each in self._sockets
        ]
        for old in self._servers:
            old.close()
        self._servers = servers

    # --- what a session calls

    def arrived(self, session: Session) -> None:
        """Take note of a new connection."""
        self._all.add(session)
        self._reception.arrived(session)

    def asked(self, session: Session, request: Request) -> None:
        """Decide on a handshake."""
        self._reception.asked(session, request)

    def left(self, session: Session) -> None:
        """Forget a connection that is closed, unless its backend has to tidy up first."""
        self._reception.left(session)
        if not session.is_served:
            self._forget(session)

    def ended(self, session: Session) -> None:
        """Forget a connection whose backend has tidied up; the one that came in its place may begin."""
        del self._served[session.identity]
        self._forget(session)
        successor = self._sessions.get(session.identity)
        if successor is not None:
            self._begin(successor)

    def failed(self, session: Session, error: BaseException) -> None:
        """Log a fault of ours; the connection is not fit to be served any more."""
        import traceback

        self.say("ERROR", f"{clean(session.identity, 80) or '-'} failed by our own fault:")
        for line in "".join(traceback.format_exception(error)).splitlines():
            self.say("ERROR", clean(line, 500))
        session.abort()

    def settle_later(self, turns: Turns) -> None:
        """Have what may be late done in a second."""
        self._unsettled.append((self.now() + _SETTLE_S, turns))
        self._tick_later()

    def say(self, level: str, text: str) -> None:
        """Add a line to the log."""
        self._log.line(level, text)

    # --- who is connected

    def _has_room(self, identity: str) -> bool:
        return len(self._sessions) < self._most or identity in self._sessions

    def _welcome(self, session: Session) -> None:
        """Let a charge point's newest connection win; it begins when the one before has tidied up."""
        old = self._sessions.get(session.identity)
        self._sessions[session.identity] = session
        if old is not None:
            self.say("INFO", f"{clean(session.identity, 80) or '-'} connects again: the newest connection wins")
            old.leave(POLICY_VIOLATION, "connected again")
            old.abort()
        if session.identity not in self._served:
            self._begin(session)

    def _begin(self, session: Session) -> None:
        self._served[session.identity] = session
        session.mailbox = os.path.join(folder_of(self._settings.run_dir, session.identity), REQUEST)
        session.begin(
            Lines(
                session.identity,
                self._settings,
                self._accounts,
                self._log.about(session.identity),
                charge_point=session.charge_point,
            )
        )

    def _forget(self, session: Session) -> None:
        self._all.discard(session)
        if self._sessions.get(session.identity) is session:
            del self._sessions[session.identity]

    # --- keeping watch

    def _tick_later(self) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            self._loop.call_later(_PACE_S, self._tick)

    def _tick(self) -> None:
        """Write the log out; settle those whose second is over."""
        self._log.flush()
        now = self.now()
        while self._unsettled and self._unsettled[0][0] <= now:
            self._unsettled.popleft()[1].settle()
        self._is_ticking = bool(self._unsettled)
        if self._is_ticking:
            self._loop.call_later(_PACE_S, self._tick)

    def _sweep(self) -> None:
        """Look after all connections, once a second: 5 000 take 2 ms."""
        self._reception.look()
        self._look()
        self._counters.write(len(self._sessions))
        self._log.flush()
        self._loop.call_later(_SWEEP_S, self._sweep)

    def _look(self) -> None:
        """End connections that are silent, read no answers, or may not be any more; ping those that are quiet."""
        now, ping_s = self.now(), self._settings.ping_interval_s
        listed = self._listed()
        has_changed, self._in_force = listed is not self._in_force, listed
        for session in list(self._all):
            quiet_s = now - session.heard
            if session.stalled and now - session.stalled > _STALLED_S:
                self._end_session(session, "reads no answers")
            elif session.heard and quiet_s > self._idle_s:
                self._end_session(session, f"silent for {int(quiet_s)} s")
            elif has_changed and session.is_served and listed is not None and not listed.get(session.identity):
                self._end_session(session, "not listed any more")
            elif ping_s and session.is_served and quiet_s > ping_s and now - session.pinged > ping_s:
                session.pinged = now
                session.ping()

    def _end_session(self, session: Session, reason: str) -> None:
        self.say("INFO", f"{clean(session.identity, 80) or '-'} {reason}: its connection is closed")
        session.leave(GOING_AWAY)
        session.abort()

    # --- signals

    def _reload(self) -> None:
        """SIGHUP: read the certificates anew."""
        try:
            context = tls.context(self._settings)
        except ShocppError as error:
            self.say("ERROR", f"{error}; the certificate stays as it was")
            return
        self.say("INFO", "certificates read anew")
        self._reloading = self._loop.create_task(self._listen(context))

    def _stop(self) -> None:
        if not self._end.done():
            self._end.set_result(None)

    async def _say_goodbye(self) -> None:
        """Stop accepting; finish what is in hand; leave after two seconds at the latest."""
        deadline = self.now() + _LAST_WORDS_S
        for server in self._servers:
            server.close()
        for number, session in enumerate(list(self._all)):
            session.leave(GOING_AWAY, "restart")
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        while self._all and self.now() < deadline:
            await asyncio.sleep(0.01)
        self.workers.close()
        await self.bookkeeper.close()
