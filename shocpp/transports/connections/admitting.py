"""
From a new connection to a charge point that is admitted, or to a refusal.

Limits what a stranger can use up: handshakes at a time, their duration, comparisons of passwords, lines in the log.
Whom to admit is decided by ``admission``.
"""

from __future__ import annotations

from websockets.datastructures import MultipleValuesError
from websockets.exceptions import InvalidHeader
from websockets.headers import parse_subprotocol

from shocpp.admission.claims import claim
from shocpp.admission.rules import decide
from shocpp.admission.verdict import ADMITTED, BUSY, DEPENDS, NOT_FOUND, Verdict, refusal, said_of
from shocpp.texts import clean
from shocpp.transports.background.password_queue import PasswordQueue
from shocpp.transports.connections import tls
from shocpp.transports.few_lines import FewLines
from shocpp.transports.wires.wire import PROTOCOL_ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from websockets.http11 import Request

    from shocpp.admission.claims import Claim
    from shocpp.ledger.charge_points import ChargePoints, ListedChargePoint
    from shocpp.settings import Settings
    from shocpp.transports.background.refusal_events import RefusalEvents
    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.connections.counters import Counters

# the first of these that is offered is taken; all of them mean OCPP 1.6-J to whoever sends them (quirk 1)
SUBPROTOCOLS = ("ocpp1.6", "ocppj1.6", "ocpp1.6j", "ocpp1.5", "ocppj1.5")

_UNFIT = Verdict(NOT_FOUND, "nothing can be served under this name")


class Admitter:
    """
    Admits charge points.

    Args:
        loop: The loop.
        settings: The settings in force.
        listed: Gives who may connect; None for everybody.
        counters: Counts what becomes of handshakes.
        most_half_open: How many handshakes may go on at a time; of more, the oldest is dropped.
        say: Takes a level and a line for the log.
        can_serve: Tells whether a charge point of a name can be served at all.
        has_room: Tells whether a charge point may still connect.
        admit: Takes a connection whose handshake is complete.
        events: Takes refusals for the journal.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: Settings,
        listed: Callable[[], ChargePoints | None],
        counters: Counters,
        most_half_open: int,
        say: Callable[[str, str], None],
        can_serve: Callable[[str], bool],
        has_room: Callable[[str], bool],
        admit: Callable[[Connection], None],
        events: RefusalEvents,
    ) -> None:
        self._now = loop.time
        self._settings = settings
        self._listed = listed
        self._counters = counters
        self._most_half_open = most_half_open
        self._refusals = FewLines(say, "handshakes refused")
        self._can_serve = can_serve
        self._has_room = has_room
        self._admit = admit
        self._events = events
        self._passwords = PasswordQueue(loop, say)
        self._half_open: dict[Connection, float] = {}  # until when their handshakes may take, the oldest first

    def connected(self, connection: Connection) -> None:
        """Begin to count the time that a handshake may take; make room by dropping the oldest."""
        self._half_open[connection] = self._now() + self._settings.handshake_timeout_s
        if len(self._half_open) > self._most_half_open:
            self._drop(next(iter(self._half_open)))

    def disconnected(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._half_open.pop(connection, None)

    def unencrypted(self, address: str, reason: str) -> None:
        """Count and log a TLS handshake that failed; under a flood the log is spared."""
        self._counters.tls_failed += 1
        self._refusals.line("WARNING", f"no TLS with {clean(address, 50) or '-'}: {clean(reason, 200)}")

    def look(self) -> None:
        """Drop the handshakes that take too long; call this once a second."""
        now = self._now()
        while self._half_open:
            connection, deadline = next(iter(self._half_open.items()))
            if deadline > now:
                break
            self._drop(connection)
        self._refusals.look()

    def requested(self, connection: Connection, request: Request) -> None:
        """Decide on a handshake."""
        self._half_open.pop(connection, None)
        found = claim(request.path, _header(request, "Authorization"), self._settings.url_credentials)
        found.origin, found.host = ", ".join(request.headers.get_all("Origin")), _header(request, "Host") or ""
        if self._settings.tls_client_ca and connection.transport is not None:
            found.certified = tls.names(connection.transport.get_extra_info("peercert"))
        connection.identity = found.identity
        self.judge(
            found,
            connection.address,
            lambda: connection.transport is not None,
            lambda verdict: self._decided(connection, request, found, verdict),
        )

    def judge(
        self,
        found: Claim,
        address: str,
        is_wanted: Callable[[], bool],
        decided: Callable[[Verdict], None],
    ) -> None:
        """
        Decide on who comes.

        Args:
            found: Who that says it is.
            address: Where it comes from.
            is_wanted: Tells whether anybody still waits for the answer.
            decided: Is called with the verdict, now, or later if a password has to be compared.
        """
        verdict = decide(found, self._listed(), self._settings) if self._can_serve(found.identity) else _UNFIT
        if verdict.status != DEPENDS:
            decided(self._with_room(found, verdict))
            return
        self._passwords.resolve(
            found, verdict, address, is_wanted, lambda verdict: decided(self._with_room(found, verdict))
        )

    def _with_room(self, found: Claim, verdict: Verdict) -> Verdict:
        """Refuse one more than may be connected."""
        if verdict.status == ADMITTED and not self._has_room(found.identity):
            return Verdict(BUSY, "as many are connected as may be")
        return verdict

    def admit(self, connection: Connection, charge_point: ListedChargePoint | None) -> None:
        """Have a connection served that was decided on."""
        self._half_open.pop(connection, None)
        self._counters.accepted += 1
        connection.charge_point = charge_point
        self._admit(connection)

    def _decided(self, connection: Connection, request: Request, found: Claim, verdict: Verdict) -> None:
        if connection.transport is None:
            return
        if verdict.status == ADMITTED:
            self._accept(connection, request, verdict.charge_point)
        else:
            self._refuse(connection, found, verdict)

    def _accept(self, connection: Connection, request: Request, charge_point: ListedChargePoint | None) -> None:
        offered = _offered(request)
        chosen = next((name for known in SUBPROTOCOLS for name in offered if name.lower() == known), None)
        if not connection.accept(request, chosen):
            self.note(connection.identity, connection.address, 400, "no WebSocket handshake")
            connection.disconnect()
        elif offered and chosen is None:
            # OCPP-J 1.6 §3.2: complete the handshake without a subprotocol, then close
            self.note(connection.identity, connection.address, 400, f"subprotocol {clean(', '.join(offered), 50)}")
            connection.close(PROTOCOL_ERROR, "subprotocol ocpp1.6, please")
        else:
            self.admit(connection, charge_point)

    def _refuse(self, connection: Connection, found: Claim, verdict: Verdict) -> None:
        text, headers = said_of(verdict)
        connection.refuse(verdict.status, text, headers)
        self.note_verdict(found, connection.address, verdict)

    def note_verdict(self, found: Claim, address: str, verdict: Verdict) -> None:
        """Count and log that somebody was refused, as ``note`` does."""
        tenant = f" of tenant {clean(found.tenant, 50)}" if found.tenant else ""
        self.note(found.identity, address, verdict.status, verdict.reason, found.user, tenant)

    def note(
        self, identity: str, address: str, status: int, reason: str, user: str | None = None, tenant: str = ""
    ) -> None:
        """Count and log a refusal, and have it noted as an event; under a flood the log is spared."""
        self._counters.refuse(status)
        self._events.note(identity, user, address, status, reason)
        self._refusals.line("WARNING", refusal(identity + tenant, status, reason, address))

    def _drop(self, connection: Connection) -> None:
        self._half_open.pop(connection, None)
        self._counters.dropped += 1
        connection.abort()


def _header(request: Request, name: str) -> str | None:
    """Give a header's value; one that stands there twice counts as none."""
    try:
        value: str | None = request.headers.get(name)
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
