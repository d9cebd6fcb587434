"""
The statement of a span: its sessions in order and numbered, and their sums.

Pure: records, prices, times and names come in. Knows no format and no language (``report``).
"""

from __future__ import annotations

from shocpp.ledger.summary import FLAGS, Session, Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

    from shocpp.ledger.span import Span


class Header:
    """
    What a statement says of itself.

    Args:
        span: The days that it covers.
        created: When it was made, aware.
        version: shocpp's.
        zone: The zone of its local times; None for the system's.
        zone_name: The zone's name; empty if it has none.
        charge_points: What is known of charge points, by identity: vendor, model, serial, meter_serial.
        account: The account that it is for; None for all.
    """

    __slots__ = ("account", "charge_points", "created", "span", "version", "zone", "zone_name")

    def __init__(
        self,
        span: Span,
        created: datetime,
        version: str,
        zone: tzinfo | None = None,
        zone_name: str = "",
        charge_points: Mapping[str, Mapping[str, str]] | None = None,
        account: str | None = None,
    ) -> None:
        self.span = span
        self.created = created
        self.version = version
        self.zone = zone
        self.zone_name = zone_name
        self.charge_points = charge_points or {}
        self.account = account

    def local(self, time: datetime) -> datetime:
        """Give a time in the statement's zone."""
        return time.astimezone(self.zone)


class Statement:
    """
    A statement, ready to be written in any format.

    Attributes:
        header: What it says of itself.
        sessions: All sessions in order, numbered from 1.
        summary: The sums.
    """

    __slots__ = ("header", "sessions", "summary")

    def __init__(self, header: Header, sessions: Iterable[Session]) -> None:
        self.header = header
        self.sessions = sorted(sessions, key=Session.order)
        for number, session in enumerate(self.sessions, 1):
            session.number = number
        self.summary = Summary(self.sessions)

    def charge_points(self) -> list[str]:
        """Give the identities of the charge points that it tells of, in order."""
        return sorted({session.charge.charge_point for session in self.sessions})

    def id_tags(self) -> list[str]:
        """Give the cards that were used, in order."""
        return sorted({tag for session in self.sessions if (tag := session.charge.fields.get("id_tag"))})

    def flags(self) -> list[str]:
        """Give what has to be explained: each flag that a session has, in order."""
        raised = {flag for session in self.sessions for flag in session.flags}
        return [flag for flag in FLAGS if flag in raised]
