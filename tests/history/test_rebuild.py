"""Records made anew out of the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shocpp.history.rebuild import Rebuilder, Rebuilt
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge_points import ChargePoints
from shocpp.spool.journal.journal_entry import OUT, JournalEntry, read
from tests.support.journals import Talk, line

ACCOUNTS = Accounts.from_list([{"index": 1, "account": "company-x", "ids": ["1111"]}])
ENERGY = {"value": "9050.5", "unit": "kWh"}


def rebuilt(*talks: Talk) -> list[Rebuilt]:
    """Rebuild what was said."""
    return list(Rebuilder(ACCOUNTS).run(entry for talk in talks for entry in talk.entries))


def fields(*talks: Talk) -> dict[str, Any]:
    """Give the one record of what was said."""
    (made,) = rebuilt(*talks)
    return made.record.fields


def test_whole_charge() -> None:
    """Start, end, duration, exact Wh, reason and meter values are all there."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.wait(minutes=30)
    talk.meter(10_009_042, ENERGY)
    talk.wait(minutes=30)
    data = [{"timestamp": talk.stamp, "sampledValue": [{"value": "OCMF|{}", "format": "SignedData"}]}]
    talk.stop(10_009_042, 9_075_100, reason="Local", transactionData=data)
    (made,) = rebuilt(talk)
    told = made.record.fields
    wanted = {
        "account": "company-x",
        "begin_wh": 9_042_700,
        "end_wh": 9_075_100,
        "consumed_wh": 32_400,
        "started": "2026-05-01T12:00:00Z",
        "stopped": "2026-05-01T13:00:04Z",
        "duration_s": 3604,
        "charge_point": "CP001",
        "connector_id": 1,
        "id_tag": "1111",
        "reason": "Local",
    }
    assert {name: told[name] for name in wanted} == wanted
    assert made.drawn_wh == 32_400
    assert len(made.meter_values) == 2 and "9050.5" in made.meter_values[0] and "OCMF" in made.meter_values[1]


def test_wh_in_the_id() -> None:
    """Whether an id carries kWh or Wh is seen from the start that it was given to."""
    talk = Talk()
    talk.start(19_042_700, 9_042_700)
    talk.stop(19_042_700, 9_075_100)
    assert fields(talk)["consumed_wh"] == 32_400


def test_stop_again() -> None:
    """A stop that is sent again after its confirmation was lost is one charge."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    stamp = talk.stamp
    for _ in range(3):
        talk.stop(10_009_042, 9_075_100, timestamp=stamp)
    assert fields(talk)["consumed_wh"] == 32_400


def test_not_booked() -> None:
    """A stop that was refused with InternalError, or never answered, is none until it comes again."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    stamp = talk.stamp
    talk.stop(10_009_042, 9_075_100, confirmed=False, timestamp=stamp)
    talk.lines.append(line([4, "2", "InternalError", "try again", {}], OUT))
    talk.stop(10_009_042, 9_075_100, confirmed=False, timestamp=stamp)
    rebuilder = Rebuilder(ACCOUNTS)
    assert list(rebuilder.run(talk.entries)) == []
    assert [(who, said) for who, _, said in rebuilder.unconfirmed()] == [("CP001", 10_009_042)]
    talk.stop(10_009_042, 9_075_100, timestamp=stamp)
    assert [made.record.fields["consumed_wh"] for made in rebuilder.run(talk.entries[-2:])] == [32_400]
    assert list(rebuilder.unconfirmed()) == []


def test_strict() -> None:
    """A stop that was booked and refused all the same, for its form, is a charge."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.stop(10_009_042, 9_075_100, confirmed=False, reason=5)
    talk.lines.append(line([4, "2", "TypeConstraintViolation", "/reason", {}], OUT))
    assert fields(talk)["consumed_wh"] == 32_400


def test_start_is_missing() -> None:
    """Without its start a charge is known to the kWh, as its id says."""
    talk = Talk()
    talk.stop(10_009_042, 9_075_100)
    (made,) = rebuilt(talk)
    assert made.record.fields["consumed_kwh"] == "33" and "begin_wh" not in made.record.fields
    assert made.drawn_wh is None


def test_charge_points_apart() -> None:
    """The same ids, of messages and transactions, at two charge points are two charges."""
    one, other = Talk("CP001"), Talk("CP002")
    for talk, begin in ((one, 9_042_700), (other, 9_042_100)):
        talk.start(10_009_042, begin)
        talk.stop(10_009_042, 9_075_100)
    mixed = [each for pair in zip(one.lines, other.lines, strict=True) for each in pair]
    found = Rebuilder(ACCOUNTS).run(entry for each in mixed if (entry := read(each)))
    assert [made.record.fields["consumed_wh"] for made in found] == [32_400, 33_000]


def test_refused_start() -> None:
    """Energy drawn with a refused card is unassigned."""
    talk = Talk()
    talk.start(9_042, 9_042_700, "2222")
    talk.stop(9_042, 9_075_100)
    assert (fields(talk)["account"], fields(talk)["id_tag"]) == ("unassigned", "2222")


def test_forgotten_id() -> None:
    """A stop with -1 belongs to the only open transaction, as it was booked."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.stop(-1, 9_075_100)
    assert fields(talk)["transaction_id"] == 10_009_042


def test_values_without_transaction() -> None:
    """Meter values that name no transaction belong to the connector's."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700, connector=2)
    talk.meter(None, ENERGY, connector=2)
    talk.meter(None, ENERGY, connector=1)
    talk.stop(10_009_042, 9_075_100)
    assert len(rebuilt(talk)[0].meter_values) == 1


HOSTILE: list[object] = [
    "pong",
    None,
    [],
    [2, "1", "StopTransaction", {"transactionId": {}, "meterStop": []}],
    [2, "1", "StartTransaction", {"connectorId": [], "idTag": 5, "meterStart": "x", "timestamp": {}}],
    [2, "1", "MeterValues", {"connectorId": "x", "meterValue": "y", "transactionId": 10**30}],
    [2, "1", "MeterValues", {"transactionId": 1, "meterValue": [None, 5, {"sampledValue": 7}]}],
    [3, "1", {"transactionId": "x"}],
    [3, "1", {"transactionId": -1}],
    [4, "1"],
]


def listed(**fields: Any) -> Rebuilder:
    """Make a rebuilder that knows what is listed of CP001."""
    return Rebuilder(ACCOUNTS, most_kwh=1000, listed=ChargePoints.from_list([{"identity": "CP001", **fields}]))


def test_a_meter_with_a_factor() -> None:
    """Readings are in Wh as they were booked, by the factor that is listed; what is drawn by subtraction, too."""
    talk = Talk()
    talk.start(10_009_042, 90_427_009)
    talk.stop(10_009_042, 90_751_000)
    (made,) = listed(meter_factor=0.1).run(talk.entries)
    told = made.record.fields
    assert (told["begin_wh"], told["end_wh"], told["consumed_wh"]) == (9_042_700, 9_075_100, 32_400)
    assert made.drawn_wh == 32_400


@pytest.mark.parametrize(("most_kwh", "anomaly"), [(32, "implausible"), (33, None)])
def test_a_limit_of_its_own(most_kwh: int, anomaly: str | None) -> None:
    """What is more than the charge point's own limit is an anomaly, as it was when it was booked."""
    talk = Talk()
    talk.start(10_009_042, 9_042_700)
    talk.wait(hours=3)
    talk.stop(10_009_042, 9_075_100)
    (made,) = listed(most_kwh=most_kwh).run(talk.entries)
    assert made.record.fields.get("anomaly") == anomaly


@pytest.mark.parametrize("has_start", [True, False])
def test_an_account_that_may_not_charge_there(has_start: bool) -> None:
    """A stop alone puts no energy on an account that may not charge there; one whose start was accepted does."""
    talk = Talk()
    if has_start:
        talk.start(10_009_042, 9_042_700)
        talk.wait(hours=3)
    talk.stop(10_009_042, 9_075_100)
    (made,) = listed(accounts=["family-y"]).run(talk.entries)
    told = made.record.fields
    wanted = ("company-x", None) if has_start else ("unassigned", "foreign-account")
    assert (told["account"], told.get("unassigned_because")) == wanted


def test_hostile() -> None:
    """Whatever stands in a journal, in whichever order, rebuilding goes on."""
    talk = Talk()
    rebuilder = Rebuilder(ACCOUNTS)
    entries = [JournalEntry(talk.time, "CP001", way, frame) for frame in HOSTILE for way in ("in", "out")]
    entries += [JournalEntry(talk.time, "CP001", way, frame) for way in ("in", "out") for frame in reversed(HOSTILE)]
    assert list(rebuilder.run(entries)) == []
    talk.wait(hours=1)
    talk.start(10_009_042, 9_042_700)
    talk.stop(10_009_042, 9_075_100)
    assert len(list(rebuilder.run(talk.entries))) == 1


def test_bounded() -> None:
    """Transactions that never end are forgotten in the end, with their values."""
    talk = Talk()
    rebuilder = Rebuilder(ACCOUNTS)
    for number in range(1_100):
        talk.lines.clear()
        talk.start(10_000_000 + number, number * 1000, connector=number)
        talk.meter(10_000_000 + number, ENERGY)
        list(rebuilder.run(talk.entries))
        talk.time += timedelta(hours=1)
    assert len(rebuilder._open["CP001"]) == len(rebuilder._values) == 1000


def test_a_start_ends_what_was_open_there() -> None:
    """What began on a connector is over when another begins there: a stop without an id is the other one's."""
    talk = Talk()
    talk.start(10_000_001, 1_500)
    talk.start(10_000_004, 4_600)
    talk.stop(-1, 9_700)
    made = fields(talk)
    assert (made["transaction_id"], made["consumed_wh"]) == (10_000_004, 5_100)


@pytest.mark.parametrize(
    ("action", "payload", "meant"),
    [
        ("StatusNotification", {"connectorId": 2, "status": "Available"}, 11_000_002),
        ("StatusNotification", {"connectorId": 1, "status": "Available"}, 10_000_001),
        ("StatusNotification", {"connectorId": 1, "status": "Finishing"}, None),
        ("BootNotification", {}, None),
    ],
)
def test_what_is_presumed_over(action: str, payload: dict[str, Any], meant: int | None) -> None:
    """A stop without an id ends the charge whose connector is free, as it was when it was booked."""
    talk = Talk()
    talk.start(10_000_001, 1_500)
    talk.start(11_000_002, 2_500, connector=2)
    talk.call(action, payload, {})
    talk.stop(-1, 9_700)
    assert fields(talk).get("transaction_id") == meant


def test_a_boot_makes_all_that_is_open_equal() -> None:
    """What was presumed over long before a boot is so anew by it, so that none goes before the others."""
    talk = Talk()
    talk.start(10_000_001, 1_500)
    talk.call("BootNotification", {}, {})
    talk.wait(minutes=20)
    talk.start(11_000_002, 2_500, connector=2)
    talk.call("BootNotification", {}, {})
    talk.stop(-1, 9_700)
    assert fields(talk).get("transaction_id") is None
