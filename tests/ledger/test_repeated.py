"""One charge whose end was reported twice, and two charges that look alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shocpp.ledger.charge import Charge
from shocpp.ledger.findings import check
from shocpp.ledger.item import REPEATED, Item
from shocpp.ledger.repeated import BilledCharges, key_of
from shocpp.ledger.sums import Summary
from shocpp.ledger.unaccounted import Registers, gaps
from tests.support.records import exact, unseen

FIRST = exact(local="2026-09-03 09:52:10")


def read(*records: dict[str, Any], is_named: bool = False) -> list[Charge]:
    """Read records as they come, each marked if it repeats one before it; named by the end that they claim, or not."""
    met, charges = BilledCharges(), []
    for number, record in enumerate(records):
        stopped = record["stopped"].replace("Z", "+00:00")
        name = (
            f"{int(datetime.fromisoformat(stopped).timestamp())}-{number:012x}.json" if is_named else f"{number}.json"
        )
        charge = Charge(record, (2026, 9), name)
        key = key_of(charge)
        if key is not None:
            met.mark(key, charge)
        charges.append(charge)
    return charges


def later(local: str, **fields: Any) -> dict[str, Any]:
    """Give the same end once more, at another time; nobody saw its start."""
    return unseen(exact(local=local, **fields))


def test_a_repetition_bills_nothing() -> None:
    """The first of a charge's records bills it; each further one is marked, names the first, and has no energy."""
    charges = read(FIRST, later("2026-09-03 09:52:11"), later("2026-09-04 09:52:11"))
    assert [charge.repeats for charge in charges] == ["", "2026/09/0.json", "2026/09/0.json"]
    items = [Item(charge) for charge in charges]
    total = Summary(items).total
    assert (total.energy_wh, total.count) == (32_400, 1)
    assert [item.flags for item in items] == [(), (REPEATED,), (REPEATED,)]
    assert gaps(items, Registers()) == []


@pytest.mark.parametrize(
    "record",
    [
        later("2026-09-04 09:52:11"),
        exact(local="2026-09-03 12:00:00", begin_wh=9_075_100, transaction_id=20_009_042, duration_s=600),
        later("2026-09-03 09:52:11", charge_point="hof"),
        later("2026-09-03 09:52:11", transaction_id=10_009_042),
        later("2026-09-03 09:52:11", end_wh=9_075_101),
        later("2026-09-03 09:52:11", transaction_id=None),
    ],
)
def test_what_is_no_repetition(record: dict[str, Any]) -> None:
    """Over a day later, begun when the first had ended, of another place, id or reading: a charge of its own."""
    assert [charge.repeats for charge in read(FIRST, record)] == ["", ""]


def test_two_begins_are_two_charges() -> None:
    """A clock that was set back makes two charges overlap; the one that drew nothing is known by its begin."""
    second = exact(local="2026-09-03 09:00:00", begin_wh=9_075_100, end_wh=9_075_100, transaction_id=20_009_042)
    charges = read(FIRST, second)
    assert charges[0].begin_wh != charges[1].begin_wh and charges[0].transaction_id == charges[1].transaction_id
    assert [charge.repeats for charge in charges] == ["", ""]


def test_a_begin_that_was_another_charges() -> None:
    """A repetition that met what another machine had seen of an earlier charge in the same kWh is a repetition."""
    charges = read(FIRST, exact(local="2026-09-03 09:52:11", begin_wh=9_042_100, duration_s=7200))
    assert [bool(charge.repeats) for charge in charges] == [False, True]


@pytest.mark.parametrize("anomaly", ["backwards", None])
def test_a_begin_that_is_the_next_charges(anomaly: str | None) -> None:
    """A repetition that met the start of what runs now is an anomaly, which says nothing of when it began itself."""
    begun = exact(local="2026-09-03 09:59:59", begin_wh=9_075_200, end_wh=9_075_100, duration_s=60, consumed_wh=0)
    retry = {**begun, "transaction_id": FIRST["transaction_id"], "consumed_kwh": "0", "anomaly": anomaly}
    charges = read(FIRST, {name: value for name, value in retry.items() if value is not None})
    assert [bool(charge.repeats) for charge in charges] == [False, anomaly is not None]


def test_a_repetition_of_a_charge_that_looks_the_same() -> None:
    """Two charges with the same end are both billed, though what repeats one of them, by another clock, fits both."""
    other = exact(local="2026-09-04 05:00:00", received="2026-09-03T07:00:00Z")
    retry = {**later("2026-09-03 09:53:10"), "received": "2026-09-03T08:00:00Z"}
    assert [bool(charge.repeats) for charge in read(FIRST, other)] == [False, False]
    assert [bool(charge.repeats) for charge in read(FIRST, retry, other)] == [False, True, False]


def test_what_repeats_the_one_of_two_before_the_other() -> None:
    """What is told from a repetition is billed, though the record that bills that one, by another clock, fits it."""
    set_back = {**later("2026-09-03 07:52:10"), "received": "2026-09-03T12:00:00Z"}
    other = exact(local="2026-09-03 11:52:10", duration_s=600)
    assert [bool(charge.repeats) for charge in read(set_back, FIRST, other)] == [False, True, False]


def test_a_repetition_known_by_its_start() -> None:
    """The start of what repeats a charge tells a further repetition, whatever the clock of the first one said."""
    set_back = {**later("2026-09-03 07:52:10"), "received": "2026-09-03T07:52:14Z"}
    retry = exact(local="2026-09-03 09:52:20", duration_s=3610, received="2026-09-03T07:52:24Z")
    assert retry["started"] == FIRST["started"]
    assert [bool(charge.repeats) for charge in read(set_back, FIRST, retry)] == [False, True, True]


def test_an_anomaly_that_goes_first() -> None:
    """A repetition that met the next charge's start, with a clock that was set back, leaves the good record billed."""
    retry = exact(local="2026-09-03 09:40:00", begin_wh=9_075_300, anomaly="backwards", consumed_kwh="0", consumed_wh=0)
    retry["transaction_id"] = FIRST["transaction_id"]
    for records in ((retry, FIRST), (FIRST, retry)):
        charges = read(*records)
        assert sum(charge.energy_wh for charge in charges) == 32_400
        assert [bool(each.repeats) for each in charges] == [False, records[1] is retry]


def test_an_anomaly_that_begins_where_it_ends() -> None:
    """The reading at which an anomaly began says of no record that it is another charge's."""
    first = exact(local="2026-09-03 09:52:10", begin_wh=9_042_100, end_wh=9_042_100)
    retry = exact(local="2026-09-03 09:53:10", begin_wh=9_042_200, end_wh=9_042_100, anomaly="backwards", consumed_wh=0)
    retry["consumed_kwh"] = "0"
    assert [bool(charge.repeats) for charge in read(first, retry)] == [False, True]


def test_a_start_by_another_clock_than_the_end() -> None:
    """Where the clock was plainly wrong at the end, a start that is after our time for it tells of no other charge."""
    first = unseen(exact(local="2026-09-04 05:40:00", received="2026-09-03T07:40:00Z"))
    retry = exact(local="2026-09-03 09:52:10", duration_s=-70_000, clock_suspect=True)
    assert [bool(charge.repeats) for charge in read(first, retry)] == [False, True]


@pytest.mark.parametrize(
    ("year", "seconds", "is_repeated"), [(2028, 86_400, True), (2028, 86_401, False), (1970, 1, False)]
)
def test_a_clock_that_goes_wrong(year: int, seconds: int, is_repeated: bool) -> None:
    """A stop that was heard of days apart is told by the clock that it had both times, unless that was never set."""
    claimed = datetime(year, 3, 1, tzinfo=UTC)
    first, again = (
        unseen(exact(local=local, clock_suspect=True, stopped=(claimed + timedelta(seconds=after)).isoformat()))
        for local, after in (("2026-09-03 09:52:10", 0), ("2026-09-05 09:52:10", seconds))
    )
    assert bool(read(first, again, is_named=True)[1].repeats) is is_repeated


def test_a_clock_that_was_set_back_before_the_repetition() -> None:
    """What was booked second has no start after the first one's end, whatever its clock says: both are one charge."""
    retry = {**later("2026-09-03 07:52:11"), "received": "2026-09-03T07:52:14Z"}
    for records in ((retry, FIRST), (FIRST, retry)):
        assert [bool(charge.repeats) for charge in read(*records)] == [False, True]


def test_one_that_looks_the_same() -> None:
    """A meter that counts from 0 each time may end at the same reading; with a start in between both are billed."""
    charges = read(FIRST, exact(local="2026-09-03 12:52:10"))
    assert [charge.repeats for charge in charges] == ["", ""]


@pytest.mark.parametrize("differing", [{"connector_id": 2}, {"id_tag": "2222"}])
def test_card_and_connector_do_not_decide(differing: dict[str, Any]) -> None:
    """Id, reading and time do: who ended a charge may have shown another card, and a connector may be a guess."""
    charges = read(FIRST, exact(local="2026-09-03 09:52:11", duration_s=3601, **differing))
    assert [bool(charge.repeats) for charge in charges] == [False, True]


def test_the_start_that_both_have() -> None:
    """Two records with the same start are one charge, also one that ended in the second in which it began."""
    charges = read(exact(duration_s=0), exact(local="2026-09-03 09:52:11", duration_s=1))
    assert charges[1].repeats


def test_an_earlier_one_that_looks_the_same() -> None:
    """A repetition of a charge is known by its start, though another one with the same end was met since."""
    retry = exact(local="2026-09-03 09:52:11", duration_s=3601, received="2026-09-03T12:00:00Z")
    charges = read(FIRST, exact(local="2026-09-03 12:52:10"), retry)
    assert [charge.repeats for charge in charges] == ["", "", "2026/09/0.json"]


def test_whichever_ended_first() -> None:
    """What was booked first bills, also if the charge point later gives an earlier time for the same end."""
    charges = read(later("2026-09-03 09:52:11"), FIRST)
    assert [bool(charge.repeats) for charge in charges] == [False, True]


def test_what_is_told_from_a_corrected_charge() -> None:
    """It does not repeat it through another record that does, though a correction counts in its place."""
    records = [
        exact(local="2026-10-17 05:00:00", duration_s=40_000),
        exact(local="2026-10-16 23:10:00", duration_s=40_000),
        {**exact(local="2026-10-16 15:10:00"), "started": None, "received": None},
    ]
    corrected, again, other = (Charge(each, (2026, 10), f"{place}.json") for place, each in enumerate(records))
    key = key_of(corrected)
    assert key is not None
    ahead = BilledCharges()
    ahead.meet(key, corrected)
    met = BilledCharges(lambda ref: "correction" if ref == corrected.ref else ref)
    for charge in (again, other):
        met.mark(key, charge, [ahead])
    assert (again.repeats, other.repeats) == ("correction", "")


def test_a_stop_that_comes_again_for_hours() -> None:
    """Of a thousand records of one charge each looks at a few of those before it, not at all."""
    looked_at: list[str] = []

    def counting(ref: str) -> str:
        looked_at.append(ref)
        return ref

    met = BilledCharges(counting)
    for number in range(1000):
        charge = Charge({**FIRST, "unixtime": str(int(FIRST["unixtime"]) + number)}, (2026, 9), f"{number}.json")
        key = key_of(charge)
        assert key is not None
        met.mark(key, charge)
        assert charge.repeats == ("2026/09/0.json" if number else "")
    assert len(looked_at) < 3000


def test_verify_lists_what_was_not_told_for_sure() -> None:
    """Without a start it might have been a charge of its own, and is listed; with one it is known to be none."""
    told = [Item(each) for each in read(FIRST, later("2026-09-03 09:52:11"))]
    assert [(each.kind, each.detail) for each in check(told, 22_000)] == [
        ("power", "32400 W > 22000 W"),
        ("repeated", "2026/09/0.json"),
    ]
    sure = [Item(each) for each in read(FIRST, {**FIRST, "stopped": "2026-09-03T07:52:11Z"})]
    assert [each.kind for each in check(sure, 40_000)] == []
