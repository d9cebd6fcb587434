"""
What the messages around a charge mean: may this card charge, a charge begins, a charge has ended.

Handlers of ``central_system``, in its shape: payload and context in, effects out. Pure. Knows which transaction a
message means, what id a new one gets and what is billed; nothing of the messages that only tell how things are.
"""

from __future__ import annotations

from shocpp.central_system.effects import Book, Close, Effect, End, Notice, Open, Refuse, Reply, See, SeeUnlisted
from shocpp.central_system.v16.known_charge_point import evidence_of
from shocpp.ledger import open_charges
from shocpp.ledger import transaction_id as ids
from shocpp.ledger.accounts import ACCEPTED, INVALID, Tag
from shocpp.ledger.record import AMBIGUOUS, FOREIGN_ACCOUNT, Record, Stop
from shocpp.ledger.start import Start
from shocpp.ocpp import refusals
from shocpp.ocpp.reading import integer, text
from shocpp.ocpp.v16 import meter_values
from shocpp.ocpp.v16.signed_values import signed_values
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.central_system.context import Context
    from shocpp.ocpp.frames import Payload

    Handler = Callable[[Payload, Context], list[Effect]]

_LONGEST = 255
_ENDS = ("Transaction.Begin", "Transaction.End")  # the samples of a stop that its record is made of
_MOST_REFUSED_WH = 500_000  # more is not drawn in one charge that was refused


def authorize(request: Payload, context: Context) -> list[Effect]:
    """
    Say whether a card may charge.

    Source: OCPP 1.6 §4.1
    """
    id_tag = text(request.get("idTag"))
    tag = context.tag(id_tag)
    if id_tag is None and tag is None:
        return [_missing("idTag")]
    return [*_refused_card(id_tag or "", tag, context), Reply({"idTagInfo": id_tag_info(tag, context)})]


def start_transaction(request: Payload, context: Context) -> list[Effect]:
    """
    Give a charge its id, made of account, connector and meter reading; a refused one gets an id with index 0.

    One that comes again gets the id that it was given; what was open on its connector has ended.

    Source: OCPP 1.6 §4.8 (an id is always given); quirks 10 and 11
    """
    id_tag, meter_start_wh = _said(request, "idTag"), context.wh(integer(request.get("meterStart")))
    tag = context.tag(id_tag)
    if (id_tag is None and tag is None) or meter_start_wh is None:
        return [_missing("meterStart" if meter_start_wh is None else "idTag")]
    info = id_tag_info(tag, context)
    effects = _refused_card(id_tag or "", tag, context)
    index = tag.index if tag and info["status"] == ACCEPTED else ids.UNASSIGNED
    start = Start(
        meter_start_wh,
        _said(request, "timestamp"),
        integer(request.get("connectorId")),
        id_tag,
        account=context.accounts.name_of(index),
        received=context.now_text,
        evidence=evidence_of(context),
    )
    opened = context.transactions
    transaction_id = open_charges.repeated(start, opened)
    if transaction_id is not None:
        start = Start.from_sighting(opened[transaction_id])
        start.presumed_over = None
    else:
        transaction_id = open_charges.free_id(index, start, context.unit, opened)
        if not ids.has_slot_of(transaction_id, start.connector_id):
            effects.append(Notice("transaction-slot", f"{transaction_id} is not in its connector's slot"))
        start.mark_if_ambiguous(opened.get(transaction_id))
    effects += [End(each, meter_start_wh) for each in open_charges.ended_by(start, transaction_id, opened)]
    return [*effects, Open(transaction_id, start.sighting(transaction_id)), _replied(transaction_id, info)]


def stop_transaction(request: Payload, context: Context) -> list[Effect]:
    """
    Close a charge: book what was drawn, then confirm.

    Returns:
        ``Book`` before ``Reply``: the confirmation is a receipt.

    Source: OCPP 1.6 §4.10 (confirm whatever the data look like), §3.7.1 (unconfirmed requests return); quirks 8, 9
    """
    found = meter_values.samples(request.get("transactionData"), _ENDS)
    meter_stop = integer(request.get("meterStop"))
    meter_stop_wh = context.wh(meter_stop)
    if meter_stop_wh is None:
        meter_stop_wh = context.wh(meter_values.energy_wh(found, "Transaction.End"))
    if meter_stop_wh is None:
        return [_missing("meterStop")]
    signed, signed_left_out = signed_values(request.get("transactionData"))
    claimed_id = integer(request.get("transactionId"))
    transaction_id, is_ambiguous = _meant(claimed_id, meter_stop_wh, context)
    id_tag, stopped = _said(request, "idTag"), _said(request, "timestamp")
    stop = Stop(
        context.identity,
        transaction_id,
        meter_stop_wh,
        stopped,
        as_sent=(_said(request, "transactionId"), _said(request, "meterStop")),
        parsed=(claimed_id, meter_stop),
        id_tag=id_tag,
        reason=_said(request, "reason"),
        start=_start(transaction_id, found, stopped, context),
        unassigned_because=AMBIGUOUS if is_ambiguous else _why_unassigned(transaction_id, context),
        signed=signed,
        signed_left_out=signed_left_out,
    )
    effects: list[Effect] = []
    if transaction_id != claimed_id or transaction_id is None:
        effects.append(Notice("unknown-transaction", f"transactionId {claimed_id} taken for {transaction_id}"))
    record = Record(stop, context.accounts, context.unit, context.now, context.zone, context.most_kwh)
    if record.is_clock_suspect:
        effects.append(Notice("clock", "the time in StopTransaction cannot be right"))
    if record.exceeds_id:
        effects.append(Notice("beyond-id", f"transactionId {transaction_id} cannot hold what was drawn"))
    effects.append(Book(record))
    if transaction_id is not None:
        effects.append(Close(transaction_id))
    info = {"idTagInfo": id_tag_info(context.tag(id_tag), context)} if id_tag else {}
    return [*effects, Reply(dict(info))]


HANDLERS: dict[str, Handler] = {
    "Authorize": authorize,
    "StartTransaction": start_transaction,
    "StopTransaction": stop_transaction,
}


def _said(request: Payload, field: str) -> str | None:
    """Read a text that goes into a record, cut to the length of the longest that can mean anything."""
    said = text(request.get(field))
    return said[:_LONGEST] if said else None


def _missing(field: str) -> Refuse:
    return Refuse(refusals.MISSING, f"{field} is missing or cannot be read")


def id_tag_info(tag: Tag | None, context: Context) -> dict[str, object]:
    """Make the ``idTagInfo`` of a card (OCPP 1.6 §7.26)."""
    if tag is None:
        return {"status": INVALID}
    info: dict[str, object] = {"status": tag.status_at(context.now)}
    if tag.expires is not None:
        info["expiryDate"] = utc(tag.expires)
    if context.parent_id_tag:
        # at most 20 characters (CiString20Type); cut ones end in the index, so that no two accounts share one
        info["parentIdTag"] = tag.account if len(tag.account) <= 20 else f"{tag.account[:16]}-{tag.index}"
    return info


def _refused_card(id_tag: str, tag: Tag | None, context: Context) -> list[Effect]:
    """Note a card that was refused, so that it can be found and listed."""
    status = tag.status_at(context.now) if tag else INVALID
    if status == ACCEPTED:
        return []
    said, seen = id_tag[:64], {"status": status, "at": context.now_text}
    return [See("refused_tags", said, seen) if context.accounts.find(id_tag) else SeeUnlisted(said, seen)]


def _replied(transaction_id: int, info: dict[str, object]) -> Reply:
    return Reply({"transactionId": transaction_id, "idTagInfo": info})


def _meant(claimed: int | None, meter_stop_wh: int, context: Context) -> tuple[int | None, bool]:
    """
    Find out which transaction is meant; of an id that cannot be ours the open one that fits (quirk 8).

    Without an account in it, it is ours only if a start with it was seen or its meter reading can be believed: else
    it is what firmware says that forgot the id.

    Returns:
        The transaction; None if it is not known. Whether that is so since several fit, or one that may be booked.
    """
    if claimed is not None and (claimed in context.transactions or _is_ours(claimed, meter_stop_wh, context.unit)):
        return claimed, False
    fitting = open_charges.fitting(meter_stop_wh, context.transactions, context.now)
    if len(fitting) == 1 and not Start.from_sighting(context.transactions[fitting[0]]).may_be_booked:
        return fitting[0], False
    return None, bool(fitting)


def _is_ours(claimed: int, meter_stop_wh: int, unit: str) -> bool:
    decoded = ids.decode(claimed) if claimed > 0 else None
    if decoded is None or decoded[0] != ids.UNASSIGNED:
        return decoded is not None
    consumed = ids.drawn(decoded[1], meter_stop_wh, unit)
    return consumed is not None and consumed <= (_MOST_REFUSED_WH if unit == "wh" else _MOST_REFUSED_WH // 1000)


def _why_unassigned(transaction_id: int | None, context: Context) -> str | None:
    """
    Say why a charge is nobody's although its id names an account; None where it is that account's.

    An account that may not charge at this charge point was accepted there if a start was seen: then it was allowed.
    """
    decoded = ids.decode(transaction_id) if transaction_id is not None else None
    if decoded is None or decoded[0] == ids.UNASSIGNED or transaction_id in context.transactions:
        return None
    return None if context.lets_charge(context.accounts.name_of(decoded[0])) else FOREIGN_ACCOUNT


def _start(
    transaction_id: int | None, found: list[meter_values.Sample], stopped: str | None, context: Context
) -> Start | None:
    """Gather what is known of the begin: what the stop itself says of it, else what was seen of the start."""
    sighting = context.transactions.get(transaction_id) if transaction_id is not None else None
    seen = Start.from_sighting(sighting) if sighting else None
    begin = [sample for sample in found if sample.context == "Transaction.Begin"]
    told_wh = context.wh(meter_values.energy_wh(begin))
    decoded = ids.decode(transaction_id) if transaction_id is not None else None
    if told_wh is not None and decoded and not ids.agrees(decoded[1], told_wh, context.unit):
        told_wh = None
    if seen is not None and (seen.is_ambiguous or seen.may_be_booked):
        seen = None
    if seen is None or (told_wh is not None and seen.is_of_another(told_wh, begin[0].at, stopped)):
        return Start(told_wh, begin[0].at) if told_wh is not None else None
    if told_wh is not None:
        seen.meter_start_wh = told_wh
    if begin:
        seen.started = begin[0].at or seen.started
    return seen
