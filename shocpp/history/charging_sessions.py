"""
Charging sessions as they go by in a journal: which one a message belongs to, and since when it lasts.

Pure. A session may have begun before the journal did: then its start is not known.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from shocpp.ledger.plausible_times import is_plausible
from shocpp.ocpp.reading import integer, text
from shocpp.times import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from shocpp.ocpp.frames import Payload

_NAMESPACE = UUID("3a6ac09a-7f3c-5d6f-9c53-0d0f1f0f6c16")
_MOST = 50  # sessions of a charge point that are remembered, so that a repeated message finds its own


class ChargingSession:
    """
    One session.

    Attributes:
        session_id: The same whenever the same journal is read; no two sessions share one, as transaction ids may.
        started: When it began, aware; None if that was not seen.
        connector_id: Its connector, if it is known.
        token: The id tag that began it, if it is known.
        is_open: It has not ended yet.
    """

    __slots__ = ("connector_id", "is_open", "session_id", "started", "token")

    def __init__(
        self, identity: str, transaction_id: int | None, request: Payload | None = None, now: datetime | None = None
    ) -> None:
        """
        Begin a session.

        Args:
            identity: The charge point's.
            transaction_id: The transaction's.
            request: The StartTransaction; None if it was not seen.
            now: When that passed, aware.
        """
        begun = request or {}
        said = text(begun.get("timestamp"))
        name = f"{identity}\n{transaction_id}\n{said or ''}".encode("utf-8", "backslashreplace").decode()
        self.session_id = str(uuid5(_NAMESPACE, name))
        self.started = moment(said, now) if now else None
        self.connector_id = integer(begun.get("connectorId"))
        self.token = text(begun.get("idTag"))
        self.is_open = True

    def duration_s(self, time: datetime) -> int | None:
        """Give the seconds from the start to a time."""
        return None if self.started is None else max(0, int((time - self.started).total_seconds()))


class ChargingSessions:
    """The sessions of one charge point."""

    def __init__(self, identity: str) -> None:
        self._identity = identity
        self._sessions: dict[int, ChargingSession] = {}

    def start(self, transaction_id: int, request: Payload, now: datetime) -> ChargingSession:
        """Take a StartTransaction that was answered with an id."""
        session = ChargingSession(self._identity, transaction_id, request, now)
        known = self._sessions.pop(transaction_id, None)
        if known is not None and known.session_id == session.session_id:
            session = known
        self._keep(transaction_id, session)
        return session

    def of(self, transaction_id: int | None, connector_id: int | None = None) -> ChargingSession | None:
        """
        Find the session of a message that bears a transaction id, or none.

        An id that was never given out is the only open session's, as in accounting (quirk 8); else that of a session
        whose start was not seen.
        """
        if transaction_id is None:
            return self.on(connector_id)
        if transaction_id in self._sessions:
            return self._sessions[transaction_id]
        open_ones = [session for session in self._sessions.values() if session.is_open]
        if transaction_id <= 0:
            return open_ones[0] if len(open_ones) == 1 else None
        session = ChargingSession(self._identity, transaction_id)
        session.connector_id = connector_id
        self._keep(transaction_id, session)
        return session

    def on(self, connector_id: int | None) -> ChargingSession | None:
        """Find the open session on a connector, the newest if there are several."""
        found = [each for each in self._sessions.values() if each.is_open and each.connector_id == connector_id]
        return found[-1] if found and connector_id is not None else None

    def _keep(self, transaction_id: int, session: ChargingSession) -> None:
        self._sessions[transaction_id] = session
        while len(self._sessions) > _MOST:
            del self._sessions[next(iter(self._sessions))]


def moment(said: str | None, now: datetime) -> datetime:
    """Read a charge point's time; ours where its clock is plainly wrong."""
    time = parse(said)
    return time if time is not None and is_plausible(time, now) else now
