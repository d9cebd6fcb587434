"""
Records made anew, out of the journal alone: what accounting should hold, from what was said on the wire.

Pure: entries of the journal in, finished charges out. The stop is read by ``charges`` as it was when it was
booked; the begin comes from the StartTransaction itself and not from the transaction id.
"""

from __future__ import annotations

import json

from shocpp.central_system.context import Context
from shocpp.central_system.effects import Book, Close, PresumeOver
from shocpp.central_system.v16.answers import boot_notification, status_notification
from shocpp.central_system.v16.charges import stop_transaction
from shocpp.history.exchanges import Exchanges
from shocpp.ledger import open_charges
from shocpp.ledger import transaction_id as ids
from shocpp.ledger.charge import Charge
from shocpp.ledger.charge_points import ChargePoints
from shocpp.ledger.document import document
from shocpp.ledger.record import Stop
from shocpp.ledger.start import Start
from shocpp.ocpp.frames import INTERNAL_ERROR, Call, CallError
from shocpp.ocpp.reading import integer, items, text
from shocpp.spool.journal.journal_entry import IN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo
    from typing import Any

    from shocpp.history.exchanges import JournalMessage
    from shocpp.ledger.accounts import Accounts
    from shocpp.ledger.record import Record
    from shocpp.ocpp.frames import Payload
    from shocpp.spool.journal.journal_entry import JournalEntry

_MOST_OPEN = 1000  # transactions of one charge point whose end was never seen; of more the oldest are forgotten

_HOW_IT_IS = {"BootNotification": boot_notification, "StatusNotification": status_notification}

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Rebuilt:
    """
    A finished charge as the journal has it.

    Attributes:
        record: The record that it makes.
        received: When the stop arrived, by our clock.
        drawn_wh: The stop's reading less the start's, in Wh; None where the journal lacks the start.
        meter_values: The meter values of the transaction in order, each as it was sent, as JSON.
    """

    __slots__ = ("drawn_wh", "meter_values", "received", "record")

    def __init__(self, record: Record, received: datetime, drawn_wh: int | None, meter_values: list[str]) -> None:
        self.record = record
        self.received = received
        self.drawn_wh = drawn_wh
        self.meter_values = meter_values

    def document(self, digest: str) -> dict[str, Any]:
        """Give the record as a document, as if it were booked under a digest, with the meter values."""
        charge = Charge(self.record.fields, self.record.month, self.record.name(digest))
        return {**document(charge), "meter_values": [json.loads(each) for each in self.meter_values]}


class Rebuilder:
    """
    Makes records while entries go by.

    Args:
        accounts: Names the accounts; the indices are those on the wire.
        unit: What transaction ids carry where the journal does not show it, ``"kwh"`` or ``"wh"``.
        zone: The zone of local times; None for the system's.
        most_kwh: What is drawn in one charge at most, where nothing else is listed; None for no limit.
        listed: What is listed of charge points: meters' factors, limits, whose cards are good there; None for nothing.

    Attributes:
        legacy_sources: What the digest of each stop is made of, by what older versions made it of.
    """

    def __init__(
        self,
        accounts: Accounts,
        unit: str = "kwh",
        zone: tzinfo | None = None,
        most_kwh: int | None = None,
        listed: ChargePoints | None = None,
    ) -> None:
        self._accounts = accounts
        self._unit = unit
        self._zone = zone
        self._most_kwh = most_kwh
        self._listed = listed or ChargePoints()
        self._exchanges = Exchanges()
        self._open: dict[str, dict[int, dict[str, Any]]] = {}
        self._values: dict[tuple[str, int], list[str]] = {}
        self._known: set[str] = set()
        self.legacy_sources: dict[str, str] = {}

    def run(self, entries: Iterable[JournalEntry]) -> Iterator[Rebuilt]:
        """Give the finished charges of a journal in order, each stop once."""
        for entry in entries:
            rebuilt = self.take(entry)
            if rebuilt is not None:
                yield rebuilt

    def take(self, entry: JournalEntry) -> Rebuilt | None:
        """Take the next entry; give the charge that is booked with it, if one is."""
        message = self._exchanges.take(entry)
        if message is None:
            return None
        if isinstance(message.frame, Call):
            if entry.direction == IN:
                self._see(message.action, entry, message.frame.payload)
        elif entry.direction != IN and message.action == "StartTransaction":
            self._start(message, message.call.payload)
        elif entry.direction != IN and message.action == "StopTransaction":
            return self._stop(message, message.call.payload)
        return None

    def unconfirmed(self) -> Iterator[tuple[str, datetime, object]]:
        """Give charge point, time and transaction id of the stops that were never answered: they should come again."""
        for charge_point, direction, call, called in self._exchanges.waiting():
            if call.action == "StopTransaction" and direction == IN:
                said, meter_wh = call.payload.get("transactionId"), call.payload.get("meterStop")
                stopped, parsed = text(call.payload.get("timestamp")), (integer(said), integer(meter_wh))
                stop = Stop(charge_point, None, 0, stopped, (said, meter_wh), parsed=parsed)
                if stop.digest_source() not in self._known:  # else it did come again
                    yield charge_point, called, said

    def _see(self, action: str, entry: JournalEntry, request: Payload) -> None:
        """Take what a charge point tells that is no start and no stop."""
        if action == "MeterValues":
            self._keep_values(entry.charge_point, request)
        elif action in _HOW_IT_IS:
            opened = self._open.get(entry.charge_point, {})
            context = self._context(entry.charge_point, entry.time)
            for effect in _HOW_IT_IS[action](request, context):
                if isinstance(effect, PresumeOver):
                    opened.update(open_charges.presumed_over(opened, effect.connector_id, effect.at))

    def _start(self, message: JournalMessage, request: Payload) -> None:
        if isinstance(message.frame, (Call, CallError)):
            return
        transaction_id = integer(message.frame.payload.get("transactionId"))
        if transaction_id is None:
            return
        opened = self._open.setdefault(message.entry.charge_point, {})
        context = self._context(message.entry.charge_point, message.entry.time)
        start = Start(
            context.wh(integer(request.get("meterStart"))),
            text(request.get("timestamp")),
            integer(request.get("connectorId")),
            text(request.get("idTag")),
        )
        if open_charges.repeated(start, opened) != transaction_id:
            start.mark_if_ambiguous(opened.get(transaction_id))
        for ended in open_charges.ended_by(start, transaction_id, opened):
            self._forget(message.entry.charge_point, ended)
        opened[transaction_id] = start.sighting(transaction_id)
        if len(opened) > _MOST_OPEN:
            self._forget(message.entry.charge_point, next(iter(opened)))

    def _stop(self, message: JournalMessage, request: Payload) -> Rebuilt | None:
        """Book a stop that was answered; InternalError says that it was not booked and comes again."""
        if isinstance(message.frame, CallError) and message.frame.code == INTERNAL_ERROR:
            return None
        charge_point = message.entry.charge_point
        opened = self._open.setdefault(charge_point, {})
        context = self._context(charge_point, message.called, opened, self._unit_of(request, opened))
        effects = stop_transaction(request, context)
        record = next((effect.record for effect in effects if isinstance(effect, Book)), None)
        closed = next((effect.transaction_id for effect in effects if isinstance(effect, Close)), None)
        seen = opened.get(closed) if closed is not None else None
        meter_stop_wh = context.wh(integer(request.get("meterStop")))
        drawn_wh = _drawn_wh(Start.from_sighting(seen), meter_stop_wh) if seen else None
        values = self._forget(charge_point, closed) + [_encode(each) for each in items(request.get("transactionData"))]
        if record is None:
            return None
        self.legacy_sources[record.legacy_digest_source] = record.digest_source
        if record.digest_source in self._known:
            return None
        self._known.add(record.digest_source)
        return Rebuilt(record, message.called, drawn_wh, values)

    def _context(
        self,
        charge_point: str,
        now: datetime,
        opened: dict[int, dict[str, Any]] | None = None,
        unit: str = "kwh",
    ) -> Context:
        """Give what the meaning of a message depended on, with what is listed of the charge point today."""
        return Context(
            charge_point,
            self._accounts,
            now,
            opened or {},
            unit,
            zone=self._zone,
            charge_point=self._listed.get(charge_point),
            most_kwh=self._most_kwh,
        )

    def _unit_of(self, request: Payload, opened: dict[int, dict[str, Any]]) -> str:
        """Tell what an id carries by the start that it was given to: the setting may have changed since."""
        transaction_id = integer(request.get("transactionId"))
        seen = opened.get(transaction_id) if transaction_id is not None else None
        decoded = ids.decode(transaction_id) if transaction_id is not None else None
        meter_start_wh = Start.from_sighting(seen).meter_start_wh if seen else None
        if meter_start_wh is None or decoded is None:
            return self._unit
        fitting = [unit for unit in ("kwh", "wh") if ids.agrees(decoded[1], meter_start_wh, unit)]
        return fitting[0] if len(fitting) == 1 else self._unit

    def _keep_values(self, charge_point: str, request: Payload) -> None:
        transaction_id = integer(request.get("transactionId"))
        opened = self._open.get(charge_point, {})
        if transaction_id is None:
            connector_id = integer(request.get("connectorId"))
            here = (each for each, seen in opened.items() if Start.from_sighting(seen).connector_id == connector_id)
            transaction_id = next(here, None)
        if transaction_id is not None and transaction_id in opened:
            kept = self._values.setdefault((charge_point, transaction_id), [])
            kept += [_encode(each) for each in items(request.get("meterValue"))]

    def _forget(self, charge_point: str, transaction_id: int | None) -> list[str]:
        if transaction_id is None:
            return []
        self._open[charge_point].pop(transaction_id, None)
        return self._values.pop((charge_point, transaction_id), [])


def _drawn_wh(start: Start, meter_stop_wh: int | None) -> int | None:
    """Give the stop's reading less the start's; None where one is missing, or the start may be another charge's."""
    if meter_stop_wh is None or start.meter_start_wh is None or start.is_ambiguous:
        return None
    return meter_stop_wh - start.meter_start_wh
