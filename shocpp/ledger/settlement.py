"""
A settled month: its statement as it was settled, so that whatever becomes of records, prices and charge points, it can
be made again.

Pure: knows what the file says, not where it lies (``spool.accounting.settled``). Without words of any language.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from shocpp.errors import ConfigError, DataError
from shocpp.ledger.charge import Charge
from shocpp.ledger.item import FLAGS, WITHDRAWN, Item
from shocpp.ledger.parties import Parties
from shocpp.ledger.prices import Price
from shocpp.ledger.signature_verdict import SignatureVerdict
from shocpp.ledger.sums import Summary
from shocpp.ledger.unaccounted import KINDS, Gap, Unaccounted
from shocpp.times import parse, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo
    from typing import Any

    from shocpp.ledger.charge import Month
    from shocpp.ledger.prices import Prices
    from shocpp.ledger.statement import Statement
    from shocpp.ledger.sums import Sum


# of a charge, by their names: what a statement says of it
_BILLED = (
    "account", "begin_kwh", "begin_wh", "charge_point", "connector_id", "consumed_kwh", "consumed_wh", "end_kwh",
    "end_wh", "id_tag", "local", "received_text", "started", "transaction_id", "unixtime",
)  # fmt: skip


class Settlement:
    """
    A month's statement as it was settled.

    Attributes:
        month: Year and month.
        settled: When it was settled, aware.
        version: With which version of shocpp.
        zone_name: The zone of its local times.
        currency: Of its amounts; None without prices.
        items: Its items in order, numbered, with prices and amounts.
        hashes: The SHA-256 of each record that an item is made of, by the record's place.
        passed_over: The places of files in the month's folder that were there and bill nothing: copies of charges that
            another month bills.
        unaccounted: What each charge point's registers gained without a record.
        seen: What was known of charge points whose records do not say it.
        keys: The public keys of meters whose signed values it has, by charge point.
        parties: Whom its statements are from and for; nobody where it was settled before that could be said.
    """

    __slots__ = (
        "currency",
        "hashes",
        "items",
        "keys",
        "month",
        "parties",
        "passed_over",
        "seen",
        "settled",
        "unaccounted",
        "version",
        "zone_name",
    )

    def __init__(self, month: Month, parsed: Any) -> None:
        """
        Read a settlement.

        Args:
            month: Year and month in whose folder it lies.
            parsed: The parsed file.

        Raises:
            DataError: It is none, or its items do not add up to its totals.
        """
        try:
            self._read(month, parsed)
            totals = parsed["totals"]
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, ConfigError) as error:
            raise DataError(f"not a settlement: {type(error).__name__} {error}") from None
        if _totals(self.items) != totals:
            raise DataError("the items do not add up to the totals; it was changed after it was written")

    def repriced(self, prices: Prices, zone: tzinfo) -> int:
        """Count the items that prices of now would give another amount."""
        count = 0
        for item in self.items:
            if item.is_account and item.is_measured:
                price = prices.of(item.charge.account, item.charge.ended.astimezone(zone).date())
                count += item.amount != (price.amount(item.energy_wh) if price else None)
        return count

    def _read(self, month: Month, parsed: Any) -> None:
        """Take in the parsed file; whatever is missing in it, or of another type, raises."""
        if parsed["month"] != f"{month[0]:04}-{month[1]:02}":
            raise DataError(f"it is of the month {parsed['month']}")
        self.month = month
        self.settled = parse(parsed["settled"]) or datetime.min.replace(tzinfo=UTC)
        self.version = str(parsed["version"])
        self.zone_name = str(parsed["zone"])
        self.currency: str | None = parsed["currency"]
        self.seen: dict[str, dict[str, str]] = dict(parsed["charge_points"])
        self.keys = {name: tuple(map(str, keys)) for name, keys in parsed.get("public_keys", {}).items()}
        self.parties = Parties.from_entries(parsed.get("issuer", []), parsed.get("parties", {}))
        self.passed_over = frozenset(map(str, parsed["passed_over"]))
        prices = [Price(entry) for entry in parsed["prices"]]
        self.items = [_item(entry, month, prices) for entry in parsed["items"]]
        self.hashes: dict[str, str] = {
            entry["record"]: str(entry["sha256"]) for entry in parsed["items"] if WITHDRAWN not in entry["flags"]
        }
        for number, item in enumerate(self.items, 1):
            item.number = number
        self.unaccounted = {each["charge_point"]: self._unaccounted(each) for each in parsed["unaccounted"]}

    def _unaccounted(self, entry: Any) -> Unaccounted:
        """Read what a charge point's registers gained without a record; a gap names its item by number."""
        made = Unaccounted()
        for gap in entry["gaps"]:
            if gap["kind"] not in KINDS:
                raise DataError(f"settled by a later version: a gap that is {gap['kind']}")
            register = entry["charge_point"], gap["connector_id"]
            made.add(Gap(gap["kind"], register, gap["energy_wh"], gap["is_exact"], self.items[gap["item"] - 1]))
        made.is_exact = entry["is_exact"]
        return made


def settle(
    statement: Statement, read: Callable[[str], bytes], places: Iterable[str], seen: dict[str, dict[str, str]]
) -> str:
    """
    Write down a month's statement.

    Args:
        statement: The statement of a whole month that is over, of all accounts and charge points.
        read: Gives a record's bytes, by its place below the accounting folder.
        places: The places of all records in the month's folder.
        seen: What is known of charge points whose records do not say it.

    Returns:
        The file: ASCII JSON, an item a line.

    Raises:
        DataError: A record that was read before is none any more.
    """
    header, prices = statement.header, statement.prices_used()
    numbers = {price: number for number, price in enumerate(prices)}
    items = [_entry(item, read, numbers) for item in statement.items]
    head = {
        "month": header.span.first.isoformat()[:7],
        "settled": utc(header.created),
        "version": header.version,
        "zone": header.zone_name,
        "currency": statement.prices.currency if statement.prices else None,
        "prices": [price.entry() for price in prices],
        "totals": _totals(statement.items),
        "charge_points": seen,
        "unaccounted": [
            {
                "charge_point": identity,
                "energy_wh": each.wh,
                "is_exact": each.is_exact,
                "gaps": [_gap(gap) for gap in each.gaps],
            }
            for identity, each in statement.unaccounted.items()
        ],
        "passed_over": sorted(set(places) - {item.charge.ref for item in statement.items}),
        **_parties(statement),
        **({"public_keys": header.keys} if header.keys else {}),
    }
    lines = ",\n".join(f"    {json.dumps(item)}" for item in items)
    return f'{json.dumps(head, indent=2)[:-2]},\n  "items": [\n{lines}\n  ]\n}}\n'


def _parties(statement: Statement) -> dict[str, Any]:
    """Write down whom the statements are from and for, as far as that is said."""
    parties = statement.header.parties
    accounts = {name: parties.of(name).entry() for name in statement.summary.accounts if parties.of(name)}
    said = {"issuer": list(parties.issuer), "parties": accounts}
    return {name: value for name, value in said.items() if value}


def _entry(item: Item, read: Callable[[str], bytes], numbers: dict[Price, int]) -> dict[str, Any]:
    """Write down an item: what its record says, word for word, and what became of it here."""
    if WITHDRAWN in item.flags:  # it says what an earlier settlement has of the record
        digest, fields = None, item.charge.fields
    else:
        data = read(item.charge.ref)
        digest, fields = sha256(data).hexdigest(), _read_again(data, item.charge)
    return {
        "record": item.charge.ref,
        "sha256": digest,
        "energy_wh": item.energy_wh,
        "price": None if item.price is None else numbers[item.price],
        "amount": None if item.amount is None else str(item.amount),
        "flags": list(item.flags),
        "repeats": item.charge.repeats,
        **({"signature": item.signature.entry()} if item.signature else {}),
        "fields": fields,
    }


def _read_again(data: bytes, charge: Charge) -> Any:
    """Read a record that is settled word for word, and see that it still says what the statement was made of."""
    try:
        fields = json.loads(data)
        again = Charge(fields)
        if all(getattr(again, name) == getattr(charge, name) for name in _BILLED):
            return fields
    except (ValueError, TypeError, AttributeError, DataError):
        pass
    raise DataError(f"{charge.ref} has changed this very moment; try again")


def _item(entry: Any, month: Month, prices: list[Price]) -> Item:
    """Make an item of what was written down."""
    year, folder_month, name = entry["record"].split("/")
    charge = Charge(entry["fields"], month, name, (int(year), int(folder_month)))
    charge.repeats = str(entry["repeats"])
    item = Item(charge)
    unknown = set(entry["flags"]) - set(FLAGS)
    if unknown:
        raise DataError(f"settled by a later version: {min(unknown)!r} is not known here")
    price = None if entry["price"] is None else prices[entry["price"]]
    amount = None if entry["amount"] is None else Decimal(entry["amount"])
    item.signature = SignatureVerdict.from_entry(entry["signature"]) if "signature" in entry else None
    item.fix(tuple(entry["flags"]), int(entry["energy_wh"]), price, amount)
    return item


def _gap(gap: Gap) -> dict[str, Any]:
    """Write down a gap; its item is told by its number."""
    return {
        "kind": gap.kind,
        "connector_id": gap.connector_id,
        "energy_wh": gap.wh,
        "is_exact": gap.is_exact,
        "item": gap.item.number,
    }


def _totals(items: Iterable[Item]) -> dict[str, Any]:
    """Write down the sums, which tell later whether an item was changed."""
    summary = Summary(items)
    return {
        "accounts": {name: _sum(each) for name, each in summary.accounts.items()},
        "total": _sum(summary.total),
        "unassigned": _sum(summary.unassigned),
        "anomalies": _sum(summary.anomalies),
    }


def _sum(each: Sum) -> dict[str, Any]:
    """Write down a sum; an amount is a text, so that no digit is lost."""
    return {
        "sessions": each.count,
        "energy_wh": each.energy_wh,
        "amount": None if each.amount is None else str(each.amount),
    }
