"""
Datums out of a journal: sessions, their measurands and connectors' states, as SolarNetwork has them.

Pure: entries of the journal in, datums out. Knows what a datum holds; units and names of measurands are
``ocpp.v16.measurands``', which session is meant is told by ``charging_sessions``.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal

from shocpp.errors import UsageError
from shocpp.history.charging_sessions import ChargingSession, ChargingSessions, moment
from shocpp.history.exchanges import Exchanges
from shocpp.ocpp.frames import Call, CallResult
from shocpp.ocpp.reading import integer, items, text
from shocpp.ocpp.v16.measurands import OUTLET, Property, plain
from shocpp.spool.journal.journal_entry import IN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shocpp.history.exchanges import JournalMessage
    from shocpp.spool.journal.journal_entry import JournalEntry

TEMPLATE = "/ocpp/cp/{chargerIdentifier}/{connectorId}/{location}"

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("chargerIdentifier", "connectorId", "location")
_STATUS = ("info", "vendorErrorCode", "vendorId")

Datum = dict[str, object]


class Datums:
    """
    Makes datums while entries go by.

    Args:
        node_of: Gives the node id of a charge point; None for one whose entries are passed over.
        report: Is told, in words, what a value lacks to become a property.
        template: The source ids'.
        own_templates: Those of charge points that have one of their own, by identity.

    Raises:
        UsageError: A template has a field that is unknown.
    """

    def __init__(
        self,
        node_of: Callable[[str], int | None],
        report: Callable[[str], None],
        template: str = TEMPLATE,
        own_templates: Mapping[str, str] | None = None,
    ) -> None:
        self._own_templates = own_templates or {}
        for each in (template, *self._own_templates.values()):
            _check(each)
        self._node_of = node_of
        self._report = report
        self._template = template
        self._exchanges = Exchanges()
        self._sessions: dict[str, ChargingSessions] = {}

    def take(self, entry: JournalEntry) -> list[Datum]:
        """Take the next entry; give the datums that come of it."""
        message = self._exchanges.take(entry)
        if message is None:
            return []
        is_call = isinstance(message.frame, Call)
        maker = _MAKERS.get((message.action, is_call))
        if maker is None or (entry.direction == IN) is not is_call:
            return []
        identity = entry.charge_point
        node_id = self._node_of(identity)
        if node_id is None:
            return []
        template = self._own_templates.get(identity, self._template)
        sessions = self._sessions.setdefault(identity, ChargingSessions(identity))
        return maker(self, message, _Node(identity, node_id, template), sessions)

    def _start(self, message: JournalMessage, node: _Node, sessions: ChargingSessions) -> list[Datum]:
        """Begin a session when it has its id; a start that was refused makes no datum of its own."""
        if not isinstance(message.frame, CallResult):
            return []
        transaction_id = integer(message.frame.payload.get("transactionId"))
        if transaction_id is None:
            return []
        request = message.call.payload
        session = sessions.start(transaction_id, request, message.called)
        info = message.frame.payload.get("idTagInfo")
        if isinstance(info, dict) and info.get("status") not in (None, "Accepted"):
            return []
        sampled = {"value": request.get("meterStart"), "unit": "Wh"}
        gathered = _Gathered(node, session, session.connector_id, message.called)
        gathered.add(text(request.get("timestamp")), [sampled], self._report)
        return gathered.datums()

    def _meter(self, message: JournalMessage, node: _Node, sessions: ChargingSessions) -> list[Datum]:
        request = message.call.payload
        connector_id = integer(request.get("connectorId"))
        session = sessions.of(integer(request.get("transactionId")), connector_id)
        if session is None:
            return []  # readings between sessions belong to none
        gathered = _Gathered(node, session, connector_id, message.entry.time)
        gathered.add_all(request.get("meterValue"), self._report)
        return gathered.datums()

    def _stop(self, message: JournalMessage, node: _Node, sessions: ChargingSessions) -> list[Datum]:
        request, now = message.call.payload, message.entry.time
        session = sessions.of(integer(request.get("transactionId"))) or ChargingSession(node.identity, None)
        session.is_open = False
        gathered = _Gathered(node, session, session.connector_id, now)
        gathered.add_all(request.get("transactionData"), self._report)
        said = text(request.get("timestamp"))
        gathered.add(said, [{"value": request.get("meterStop"), "unit": "Wh"}], self._report)
        gathered.end(said, text(request.get("reason")) or "Local", text(request.get("idTag")))
        return gathered.datums()

    def _status(self, message: JournalMessage, node: _Node, sessions: ChargingSessions) -> list[Datum]:
        request = message.call.payload
        connector_id = integer(request.get("connectorId")) or 0
        session = sessions.on(connector_id)
        code = text(request.get("errorCode"))
        datum = {
            "created": _written(moment(text(request.get("timestamp")), message.entry.time)),
            "nodeId": node.node_id,
            "sourceId": f"{node.source_id(connector_id, '')}/status",
            "status": text(request.get("status")),
            "errorCode": None if code == "NoError" else code,
            **{name: text(request.get(name)) for name in _STATUS},
            "sessionId": session.session_id if session else None,
        }
        return [{name: value for name, value in datum.items() if value is not None}]


def _check(template: str) -> None:
    """
    Look at the fields of a template.

    Raises:
        UsageError: One is unknown.
    """
    for field in _FIELD.findall(template):
        if field not in _FIELDS:
            raise UsageError(f"a source id knows {', '.join(map('{{{}}}'.format, _FIELDS))}, but not {{{field}}}")


_MAKERS = {
    ("StartTransaction", False): Datums._start,
    ("MeterValues", True): Datums._meter,
    ("StopTransaction", True): Datums._stop,
    ("StatusNotification", True): Datums._status,
}


class _Node:
    """Where a datum belongs: a charge point's node, and the source ids below it."""

    def __init__(self, identity: str, node_id: int, template: str) -> None:
        self.identity = identity
        self.node_id = node_id
        self._template = template

    def source_id(self, connector_id: int | None, location: str) -> str:
        """Fill the template in; segments that stay empty vanish."""
        values = {
            "chargerIdentifier": self.identity,
            "connectorId": "" if connector_id is None else str(connector_id),
            "location": location,
        }
        segments = [
            _FIELD.sub(lambda field: _segment(values[field[1]]), segment) for segment in self._template.split("/")
        ]
        return ("/" if self._template.startswith("/") else "") + "/".join(filter(None, segments))


class _Gathered:
    """The datums of one message: what was measured at one time and location is one."""

    def __init__(self, node: _Node, session: ChargingSession, connector_id: int | None, now: datetime) -> None:
        self._node = node
        self._session = session
        self._connector_id = connector_id
        self._now = now
        self._datums: dict[tuple[str, str], Datum] = {}

    def add_all(self, meter_values: object, report: Callable[[str], None]) -> None:
        """Add a ``meterValue`` array."""
        for meter_value in items(meter_values):
            self.add(text(meter_value.get("timestamp")), items(meter_value.get("sampledValue")), report)

    def add(self, said: str | None, sampled: list[dict[str, object]], report: Callable[[str], None]) -> None:
        """Add what was sampled at a time; where locations share a source id, the outlet has the last word."""
        time = moment(said, self._now)
        readings = [Property(each) for each in sampled if text(each.get("value"))]
        for reading in sorted(readings, key=lambda reading: reading.location == OUTLET):
            if reading.fault:
                report(reading.fault)
                continue
            datum = self._datum(time, reading.location)
            if isinstance(reading.value, str):
                _add_signed(datum, reading.name, reading.value)
            else:
                datum[reading.name] = reading.value

    def end(self, said: str | None, reason: str, token: str | None) -> None:
        """Say that the session has ended."""
        time = moment(said, self._now)
        datum = self._datum(time, OUTLET)
        datum.update(endDate=_written(time), endReason=reason)
        if token:
            datum["endToken"] = token

    def datums(self) -> list[Datum]:
        """Give the datums in the order in which they were sent."""
        return list(self._datums.values())

    def _datum(self, time: datetime, location: str) -> Datum:
        created, source_id = _written(time), self._node.source_id(self._connector_id, location)
        session = self._session
        datum = {
            "created": created,
            "nodeId": self._node.node_id,
            "sourceId": source_id,
            "sessionId": session.session_id,
            "duration": session.duration_s(time),
            "token": session.token,
        }
        known = {name: value for name, value in datum.items() if value is not None}
        return self._datums.setdefault((created, source_id), known)


def line(datum: Datum) -> str:
    """
    Write a datum as one line of ASCII JSON, each number with the digits that it was sent with.

    >>> line({"nodeId": 1, "wattHours": Decimal("9042700.10")})
    '{"nodeId":1,"wattHours":9042700.1}\\n'
    """
    members = (
        f"{json.dumps(name)}:{plain(value) if isinstance(value, Decimal) else json.dumps(value)}"
        for name, value in datum.items()
    )
    return "{" + ",".join(members) + "}\n"


def _add_signed(datum: Datum, name: str, value: str) -> None:
    """Add a signed value; none may be lost, so that a second one of the same time gets a number."""
    number = 1
    free = name
    while free in datum and datum[free] != value:
        number += 1
        free = f"{name}_{number}"
    datum[free] = value


def _written(time: datetime) -> str:
    return f"{time.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S')}.{time.microsecond // 1000:03}Z"


def _segment(value: str) -> str:
    """Keep a value within its segment."""
    if value.isprintable() and "/" not in value:
        return value
    return "".join(
        letter
        if letter.isprintable() and letter != "/"
        else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
        for letter in value
    )
