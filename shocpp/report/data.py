"""A statement as one JSON document on one line: for tools, the same in every language but for its notes."""

from __future__ import annotations

import json

from shocpp.texts import masked
from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shocpp.ledger.charge import Charge
    from shocpp.ledger.item import Item
    from shocpp.ledger.statement import Statement
    from shocpp.ledger.sums import Sum
    from shocpp.ledger.unaccounted import Gap, Unaccounted
    from shocpp.ledger.vat import Taxed
    from shocpp.report.words import Words

_encode = json.JSONEncoder().encode


def document(statement: Statement, words: Words) -> Iterator[str]:
    """
    Write a statement.

    Yields:
        One line in pieces, a session each. Energy is integers of Wh, money strings of decimals; all but ASCII is
        escaped, so that no name in it can do harm on a terminal.
    """
    yield f'{_encode(_head(statement))[:-1]}, "sessions": ['
    between = ""
    for item in statement.items:
        yield between + _encode(_item(statement, item))
        between = ", "
    notes = {flag: words[f"note.{flag}"] for flag in statement.flags()}
    yield f'], "notes": {_encode(notes)}}}\n'


def _head(statement: Statement) -> dict[str, object]:
    """Make all but the sessions and what is explained of them."""
    header, summary = statement.header, statement.summary
    return {
        "first": header.span.first.isoformat(),
        "last": header.span.last.isoformat(),
        "has_begun": header.has_begun,
        "is_preliminary": header.is_preliminary,
        "is_settled": header.is_settled,
        "zone": header.zone_name,
        "account": header.account,
        "issuer": list(header.parties.issuer),
        "party": header.parties.of(header.account).entry(),
        "charge_points": [
            {"charge_point": each, **known, **({"is_as_seen_today": True} if is_seen else {})}
            for each, known, is_seen in statement.evidence()
        ],
        "id_tags": list(dict.fromkeys(map(masked, statement.id_tags()))),
        "currency": statement.prices.currency if statement.prices else None,
        "prices": [each.entry() for each in statement.prices_used()],
        **({"public_keys": statement.header.keys} if statement.header.keys else {}),
        "created": utc(header.created),
        "version": header.version,
        "accounts": [{"account": name, **_sum(each)} for name, each in summary.accounts.items()],
        "total": _sum(summary.total),
        "unassigned": _sum(summary.unassigned),
        "anomalies": _sum(summary.anomalies),
        "vat": [_taxed(each) for each in statement.taxed()],
        "unaccounted": [_unaccounted(identity, each) for identity, each in statement.unaccounted.items()],
    }


def _sum(each: Sum) -> dict[str, object]:
    """Say a sum; an amount is a text, so that no digit is lost."""
    return {
        "sessions": each.count,
        "energy_wh": each.energy_wh,
        "is_exact": each.is_exact,
        "amount": None if each.amount is None else str(each.amount),
        "without_price": each.unpriced,
    }


def _taxed(each: Taxed) -> dict[str, object]:
    """Say net, tax and gross of a rate; of what no price names one its percent is None."""
    rate = each.vat.entry() if each.vat else {"percent": None, "per_kwh_is": None}
    return {**rate, "net": str(each.net), "vat": str(each.tax), "gross": str(each.gross)}


def _unaccounted(identity: str, each: Unaccounted) -> dict[str, object]:
    """Say what the registers of a charge point gained without a record."""
    return {
        "charge_point": identity,
        "energy_wh": each.wh,
        "is_exact": each.is_exact,
        "gaps": [_gap(gap) for gap in each.gaps],
    }


def _gap(gap: Gap) -> dict[str, object]:
    """Say where a register did not stand still: before which session, by its number."""
    return {
        "kind": gap.kind,
        "connector_id": gap.connector_id,
        "energy_wh": gap.wh,
        "is_exact": gap.is_exact,
        "session": gap.item.number,
    }


def _item(statement: Statement, item: Item) -> dict[str, object]:
    """Say all of a session; what is not known is None."""
    charge, local, started = item.charge, statement.header.local, item.charge.started
    return {
        "number": item.number,
        "account": charge.account,
        "started": local(started).isoformat() if started else None,
        "ended": local(charge.ended).isoformat(),
        "booked": f"{item.charge.month[0]:04}-{item.charge.month[1]:02}",
        "duration_s": charge.duration_s,
        "id_tag": masked(charge.id_tag),
        "begin_kwh": charge.begin_kwh,
        "end_kwh": charge.end_kwh,
        "consumed_kwh": charge.consumed_kwh,
        "charge_point": charge.charge_point or None,
        "connector_id": charge.connector_id,
        "transaction_id": charge.transaction_id,
        "reason": charge.reason or None,
        "begin_wh": charge.begin_wh,
        "end_wh": charge.end_wh,
        "consumed_wh": charge.consumed_wh,
        "anomaly": charge.anomaly or None,
        "energy_wh": item.energy_wh,
        "price": None if item.price is None else str(item.price.all_in),
        "amount": None if item.amount is None else str(item.amount),
        "flags": list(item.flags),
        "record": charge.ref if charge.name else None,
        **({"signature": item.signature.entry(), "signed": charge.signed} if item.signature else {}),
        **_correction(charge),
    }


def _correction(charge: Charge) -> dict[str, object]:
    """Say of a correction what it corrects, who made it and why; of other charges nothing."""
    if not charge.corrects:
        return {}
    return {"corrects": charge.corrects, "corrected_by": charge.corrected_by, "why": charge.why}
