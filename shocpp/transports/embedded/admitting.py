"""
From a new connection to a charge point that is let in, or to a refusal.

Guards what a stranger can use up: handshakes at a time, their length and duration, comparisons of passwords, lines in
the log. Whom to let in is ``admission``'s decision.
"""

from __future__ import annotations

from websockets.datastructures import MultipleValuesError
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_subprotocol

from shocpp.admission.rules import claim, judge
from shocpp.admission.verdict import ADMITTED, DEPENDS, UNAUTHORIZED
from shocpp.texts import clean
from shocpp.transports.embedded import tls
from shocpp.transports.embedded.connection import PROTOCOL_ERROR
from shocpp.transports.embedded.password_queue import BUSY, Gate

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.admission.rules import Claim
    from shocpp.admission.verdict import Verdict
    from shocpp.ledger.charge_points import ChargePoints, ListedChargePoint
    from shocpp.settings import Settings
    from shocpp.transports.embedded.connection import Session
    from shocpp.transports.embedded.counters import Counters

# the first of these that is offered is taken; all of them mean OCPP 1.6-J to whoever sends them (quirk 1)
SUBPROTOCOLS = ("ocpp1.6", "ocppj1.6", "ocpp1.6j", "ocpp1.5", "ocppj1.5")

_MOST_LINES = 20  # about refusals, between two looks
_TEXTS = {
    401: "Credentials, please.\n",
    403: "Not under this name.\n",
    404: "No such charge point.\n",
    503: "Too many at the moment.\n",
}


class Reception:
    """
    Lets charge points in.

    Args:
        loop: The loop.
        settings: The settings in force.
        listed: Who may connect.
        counters: Counts what becomes of handshakes.
        most_half_open: How many handshakes may go on at a time; of more, the oldest is dropped.
        say: Takes a level and a line for the log.
        has_room: Tells whether a charge point may still connect.
        welcome: Takes a session that is let in.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: Settings,
        listed: Callable[[], ChargePoints | None],
        counters: Counters,
        most_half_open: int,
        say: Callable[[str, str], None],
        has_room: Callable[[str], bool],
        welcome: Callable[[Session], None],
    ) -> None:
        self._now = loop.time
        self._settings = settings
        self._listed = listed
        self._counters = counters
        self._most_half_open = most_half_open
        self._say = say
        self._has_room = has_room
        self._welcome = welcome
        self._gate = Gate(loop, say)
        self._half_open: dict[Session, float] = {}
        self._lines = 0

    def arrived(self, session: Session) -> None:
        """Begin to count the time that a handshake may take; make room by dropping the oldest."""
        self._half_open[session] = self._now() + self._settings.handshake_timeout_s
        if len(self._half_open) > self._most_half_open:
            self._drop(next(iter(self._half_open)))

    def left(self, session: Session) -> None:
        """Forget a connection that is closed."""
        self._half_open.pop(session, None)

    def look(self) -> None:
        """Drop the handshakes that take too long."""
        now = self._now()
        while self._half_open:
            session, deadline = next(iter(self._half_open.items()))
            if deadline > now:
                break
            self._drop(session)
        if self._lines > _MOST_LINES:
            self._say("WARNING", f"{self._lines - _MOST_LINES} more handshakes refused")
        self._lines = 0

    def asked(self, session: Session, request: Request) -> None:
        """Decide on a handshake."""
        self._half_open.pop(session, None)
        found = claim(request.path, _authorization(request), self._settings.url_credentials)
        if self._settings.tls_client_ca and session.transport is not None:
            found.certified = tls.names(session.transport.get_extra_info("peercert"))
        session.identity = found.identity
        verdict = judge(found, self._listed())
        if verdict.status != DEPENDS:
            self._decided(session, request, found, verdict, verdict.status)
            return
        session.hold_back()
        self._gate.ask(
            found,
            verdict,
            session.address,
            lambda: session.transport is not None,
            lambda status: self._decided(session, request, found, verdict, status),
        )

    def _decided(self, session: Session, request: Request, found: Claim, verdict: Verdict, status: int) -> None:
        if session.transport is None:
            return
        if status != ADMITTED:
            self._refuse(session, found, status, verdict.reason if status != BUSY else "too many wait to be verified")
        elif not self._has_room(found.identity):
            self._refuse(session, found, BUSY, "as many are connected as may be")
        else:
            self._accept(session, request, verdict.charge_point)

    def _accept(self, session: Session, request: Request, charge_point: ListedChargePoint | None) -> None:
        offered = _offered(request)
        chosen = next((name for known in SUBPROTOCOLS for name in offered if name.lower() == known), None)
        if not session.accept(request, chosen):
            self._note(session.address, session.identity, 400, "no WebSocket handshake")
            session.hang_up()
        elif offered and chosen is None:
            # OCPP-J 1.6 §3.2: complete the handshake without a subprotocol, then close
            self._note(session.address, session.identity, 400, f"subprotocol {clean(', '.join(offered), 50)}")
            session.leave(PROTOCOL_ERROR, "subprotocol ocpp1.6, please")
        else:
            self._counters.accepted += 1
            session.charge_point = charge_point
            self._welcome(session)

    def _refuse(self, session: Session, found: Claim, status: int, reason: str) -> None:
        headers = {"WWW-Authenticate": 'Basic realm="shocpp", charset="UTF-8"'} if status == UNAUTHORIZED else {}
        session.refuse(status, _TEXTS[status], headers)
        tenant = f" of tenant {clean(found.tenant, 50)}" if found.tenant else ""
        self._note(session.address, found.identity + tenant, status, reason)

    def _note(self, address: str, who: str, status: int, reason: str) -> None:
        """Count and log a refusal; under a flood the log is spared."""
        self._counters.refuse(status)
        self._lines += 1
        if self._lines <= _MOST_LINES:
            self._say("WARNING", f"{clean(who, 80) or '-'} refused {status}: {reason} (from {clean(address, 50)})")

    def _drop(self, session: Session) -> None:
        self._half_open.pop(session, None)
        self._counters.dropped += 1
        session.abort()


def _authorization(request: Request) -> str | None:
    try:
        value: str | None = request.headers.get("Authorization")
    except MultipleValuesError:
        return None
    return value


def _offered(request: Request) -> list[str]:
    """Give the subprotocols that were offered; what cannot be read counts as none."""
    try:
        return [
            name for value in request.headers.get_all("Sec-WebSocket-Protocol") for name in parse_subprotocol(value)
        ]
    except InvalidHeader:
        return []
