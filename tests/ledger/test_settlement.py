"""What a settled month's file promises: the statement as it was, and nothing that was changed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge
from shocpp.ledger.item import CORRECTION, LATE, REPEATED, UNPRICED, WITHDRAWN, Item
from shocpp.ledger.prices import Prices
from shocpp.ledger.settlement import Settlement, settle
from shocpp.ledger.span import Span
from shocpp.ledger.statement import Header, Statement
from shocpp.ledger.unaccounted import BACK, GAINED, Registers
from tests.support.records import exact, legacy

MONTH = (2026, 10)
SETTLED = datetime(2026, 11, 1, 5, tzinfo=UTC)
SEEN = {"garage": {"vendor": "Acme"}}
PRICES = Prices.from_json(
    {
        "currency": "EUR",
        "prices": [
            {"per_kwh": "0.30", "from": "2026-09-30", "to": "2026-10-03"},
            {"per_kwh": "0.40", "from": "2026-10-04", "source": "tariff"},
            {"per_kwh": "0.105", "accounts": ["late"]},
        ],
    }
)
RECORDS = {
    "2026/10/1.json": exact("company-x", "2026-10-01 10:00:00", 1_000_000, 1_033_000),
    "2026/10/2.json": exact("family-y", "2026-10-03 23:30:00", 1_033_500, 1_044_504),
    "2026/10/3.json": exact("family-y", "2026-10-03 23:30:01", 1_033_500, 1_044_504),
    "2026/10/4.json": exact("family-y", "2026-10-04 00:30:00", 1_044_504, 1_045_504),
    "2026/10/5.json": exact("unassigned", "2026-10-05 10:00:00", 1_000, 5_000, transaction_id=1),
    "2026/10/8.json": {**legacy(local="2026-10-06 10:00:00"), "charge_point": "yard"},
    "2026/09/6.json": exact("late", "2026-09-29 10:00:00", 990_000, 1_000_000),
    "2026/10/7.json": exact(
        "company-x", "2026-08-01 10:00:00", corrects="2026/08/1.json", corrected="2026-10-09T10:00:00Z", why="lent"
    ),
}
PLACES = [place for place in RECORDS if place.startswith("2026/10")]
COPY = "2026/10/9-0123456789ab.json"


def data_of(place: str) -> bytes:
    """Give the bytes of a record."""
    return json.dumps(RECORDS[place]).encode()


def items() -> list[Item]:
    """Give October's items: booked, repeated, late, corrections, and the withdrawal of what August was settled with."""
    found = []
    for place, fields in RECORDS.items():
        year, month, name = place.split("/")
        charge = Charge(fields, MONTH, name, (int(year), int(month)))
        charge.repeats = "2026/10/2.json" if name == "3.json" else ""
        found.append(Item(charge))
    billed = Item(Charge(exact("family-y", "2026-08-01 10:00:00"), (2026, 8), "1.json"))
    billed.set_price(PRICES.of("family-y", SETTLED.date()))
    return [*found, billed.withdrawal(found[-1].charge, MONTH)]


def statement(prices: Prices | None) -> Statement:
    """Give October's statement."""
    header = Header(Span.of_month(*MONTH), SETTLED, "1.2.3", ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    return Statement(header, items(), prices, Registers())


def written(prices: Prices | None = PRICES) -> Any:
    """Settle the month; give the parsed file."""
    return json.loads(settle(statement(prices), data_of, [*PLACES, COPY], SEEN))


def seen_in(item: Item) -> dict[str, object]:
    """Give all that a statement shows of an item."""
    charge = item.charge
    named = ("account", "local", "started", "begin_wh", "end_wh", "month", "folder", "ref", "repeats", "is_late")
    said = {name: getattr(charge, name) for name in (*named, "corrects", "corrected", "why", "evidence", "id_tag")}
    return said | {
        name: getattr(item, name) for name in ("number", "energy_wh", "amount", "flags", "is_account", "is_corrected")
    }


@pytest.mark.parametrize("prices", [PRICES, None], ids=["priced", "without prices"])
def test_the_statement_is_as_it_was(prices: Prices | None) -> None:
    """Items with their figures, amounts, flags and order, what registers gained, and the head: all comes back."""
    made, read = statement(prices), Settlement(MONTH, written(prices))
    assert [seen_in(item) for item in read.items] == [seen_in(item) for item in made.items]
    assert [item.price.entry() if item.price else None for item in read.items] == [
        item.price.entry() if item.price else None for item in made.items
    ]
    assert (read.month, read.settled, read.version, read.zone_name) == (MONTH, SETTLED, "1.2.3", "Europe/Berlin")
    assert (read.currency, read.seen) == ("EUR" if prices else None, SEEN)
    assert {name: (each.wh, each.is_exact) for name, each in read.unaccounted.items()} == {
        name: (each.wh, each.is_exact) for name, each in made.unaccounted.items()
    }
    gaps, made_gaps = ([gap for each in of.unaccounted.values() for gap in each.gaps] for of in (read, made))
    assert {gap.kind for gap in gaps} == {GAINED, BACK}
    assert [(gap.kind, gap.wh, gap.is_exact, gap.connector_id, gap.item.number) for gap in gaps] == [
        (gap.kind, gap.wh, gap.is_exact, gap.connector_id, gap.item.number) for gap in made_gaps
    ]


def test_what_was_settled_is_all_there() -> None:
    """The invented month has each kind of item, so that what comes back says something."""
    made = statement(PRICES)
    assert {flag for item in made.items for flag in item.flags} >= {LATE, REPEATED, CORRECTION, WITHDRAWN, UNPRICED}
    assert len(made.prices_used()) > 1


def test_which_records_it_was_made_of() -> None:
    """It has the SHA-256 of each record that it bills, not of what it withdraws, and names copies that it does not."""
    read = Settlement(MONTH, written())
    assert read.hashes == {place: sha256(data_of(place)).hexdigest() for place in RECORDS}
    assert read.passed_over == {COPY}


def test_what_other_prices_would_change() -> None:
    """Counted are accounts' items that would cost something else, by their day where it was settled."""
    zone = ZoneInfo("Europe/Berlin")
    from_the_fourth = [{"per_kwh": "0.30", "to": "2026-10-03"}, {"per_kwh": "0.50", "from": "2026-10-04"}]
    read = Settlement(MONTH, written())
    assert read.repriced(PRICES, zone) == 0
    assert read.repriced(Prices.from_json({"currency": "EUR", "prices": from_the_fourth}), zone) == 3
    read = Settlement(MONTH, written(None))
    assert read.repriced(Prices("EUR", []), zone) == 0
    assert read.repriced(PRICES, zone) == 6


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda file: file.update(month="2026-11"), "it is of the month 2026-11"),
        (lambda file: file["items"][1].update(energy_wh=1), "the items do not add up to the totals"),
        (lambda file: file["items"][1].update(amount="0.01"), "the items do not add up to the totals"),
        (lambda file: file["totals"]["unassigned"].update(sessions=2), "the items do not add up to the totals"),
        (lambda file: file["items"][1]["fields"].update(account="other"), "the items do not add up to the totals"),
        (lambda file: file["items"][1]["flags"].append("new"), "settled by a later version: 'new' is not known here"),
        (lambda file: file["unaccounted"][0]["gaps"][0].update(kind="new"), "settled by a later version: a gap"),
        (lambda file: file["items"][1].update(price=9), "not a settlement: IndexError"),
        (lambda file: file.pop("totals"), "not a settlement: KeyError"),
        (lambda file: file["items"][1].update(record="1.json"), "not a settlement: ValueError"),
        (lambda file: file["items"][1].update(amount="x"), "not a settlement: InvalidOperation"),
    ],
)
def test_a_file_that_was_changed_is_refused(change: Callable[[Any], object], why: str) -> None:
    """What does not fit together, or is not known here, is said; nothing is billed by it."""
    file = written()
    change(file)
    with pytest.raises(DataError, match=why):
        Settlement(MONTH, file)


@pytest.mark.parametrize("parsed", [None, [], 5, "x", {}, {"month": "2026-10"}])
def test_a_file_that_is_something_else(parsed: object) -> None:
    """Whatever JSON it is, it is refused as no settlement."""
    with pytest.raises(DataError, match="not a settlement"):
        Settlement(MONTH, parsed)


def test_a_record_that_changes_this_very_moment() -> None:
    """A record that was read for the statement and is no JSON when it is hashed settles nothing."""
    with pytest.raises(DataError, match="has changed this very moment; try again"):
        settle(statement(None), lambda _: b"{", PLACES, SEEN)
