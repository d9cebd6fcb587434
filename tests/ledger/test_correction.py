"""Corrections: what a person decides of a charge, and which record of it counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import DataError
from shocpp.ledger.accounts import Accounts
from shocpp.ledger.charge import Charge
from shocpp.ledger.correction import Corrections, accepted, assigned, correcting, name_of
from shocpp.ledger.repeated import BilledCharges, key_of
from shocpp.ledger.span import booked_on
from tests.support.records import exact, legacy

AT = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
ACCOUNTS = Accounts.from_list(
    [{"index": 1, "account": "company-x", "ids": []}, {"index": 2, "account": "family-y", "ids": []}]
)
NOVEMBER = (2026, 11)
FIRST = Charge(exact("unassigned", "2026-10-09 19:30:00", account_index=0), (2026, 10), "1-0326fd891def.json")


def correction(corrects: str, corrected: str, name: str, account: str = "family-y") -> Charge:
    """Make a correction that names what it corrects."""
    fields = exact(account, "2026-10-09 19:30:00", corrects=corrects, corrected=corrected)
    return Charge(fields, (2026, 11), name)


def test_assign() -> None:
    """A charge that is given to an account keeps all that was measured; its record says whose it is, who and why."""
    fields = correcting(FIRST, assigned(FIRST, "company-x", ACCOUNTS), "anna", "guest card lent", AT)
    assert (fields["account"], fields["account_index"]) == ("company-x", 1)
    assert fields["corrects"] == "2026/10/1-0326fd891def.json" == FIRST.ref
    assert (fields["corrected_by"], fields["why"]) == ("anna", "guest card lent")
    made = Charge(fields, (2026, 11), name_of(FIRST, "8c1b2d3e4f50"))
    assert made.name == f"{FIRST.unixtime}-8c1b2d3e4f50-correction.json"
    assert (made.energy_wh, made.ended, made.corrected) == (FIRST.energy_wh, FIRST.ended, "2026-11-03T08:00:00Z")
    changed = {"account", "account_index", "corrects", "corrected_by", "why", "corrected"}
    assert {name: value for name, value in fields.items() if name not in changed} == {
        name: value for name, value in FIRST.fields.items() if name not in changed
    }


def test_a_correction_is_booked_when_it_is_made() -> None:
    """Whenever the charge was: a span that is over does not get any of what is decided later."""
    assert booked_on(correction(FIRST.ref, "2026-11-03T08:00:00Z", "a.json")).isoformat() == "2026-11-03"
    same_month = exact(local="2026-11-01 08:00:00", corrects="x", corrected="2026-11-20T08:00:00Z")
    assert booked_on(Charge(same_month)).isoformat() == "2026-11-20"


@pytest.mark.parametrize(("account", "index"), [("unknown-7", 7), ("company-x", 1)])
def test_whom_it_can_be_given_to(account: str, index: int) -> None:
    """An account of tags.json, or one that records have without a name."""
    assert assigned(FIRST, account, ACCOUNTS)["account_index"] == index


@pytest.mark.parametrize(("account", "said"), [
    ("familiy-y", "there is no account 'familiy-y'; the nearest name is 'family-y'"),
    ("unknown-", "there is no account 'unknown-'; the nearest name is '"),
    ("7", "there is no account '7'; the nearest name is '"),
    ("unassigned", "2026/10/1-0326fd891def.json is on account 'unassigned' already"),
])  # fmt: skip
def test_whom_it_cannot_be_given_to(account: str, said: str) -> None:
    """A name that nobody has is a slip of the pen, and is told with the one that may be meant."""
    with pytest.raises(DataError, match=said):
        assigned(FIRST, account, ACCOUNTS)


def test_away_from_an_account() -> None:
    """What was booked on an account by mistake can be nobody's again."""
    changed = assigned(Charge(exact(), name="1.json"), "unassigned", ACCOUNTS)
    assert (changed["account"], changed["account_index"]) == ("unassigned", 0)


IMPLAUSIBLE: dict[str, Any] = {"anomaly": "implausible", "consumed_wh": 0, "consumed_kwh": "0"}


def test_accept() -> None:
    """Readings that are believed after all: what lies between them is the consumption, to the Wh where it is known."""
    charge = Charge(exact(begin_wh=9_042_700, end_wh=9_075_100, **IMPLAUSIBLE))
    assert charge.energy_wh == 0
    fields = accepted(charge)
    assert (fields["consumed_kwh"], fields["consumed_wh"], "anomaly" in fields) == ("33", 32_400, False)
    coarse = accepted(Charge({**legacy(), "consumed_kwh": "0", "anomaly": "implausible"}))
    assert (coarse["consumed_kwh"], "consumed_wh" in coarse) == ("33", False)


@pytest.mark.parametrize(("fields", "said"), [
    ({}, "is no anomaly; there is nothing to accept"),
    ({**IMPLAUSIBLE, "anomaly": "unknown-start"}, "cannot be accepted: unknown-start, nobody can say what was drawn"),
    ({**IMPLAUSIBLE, "anomaly": "backwards", "begin_kwh": "9075", "end_kwh": "1"}, "cannot be accepted: backwards"),
])  # fmt: skip
def test_what_cannot_be_accepted(fields: dict[str, Any], said: str) -> None:
    """Where nobody can say what was drawn there is nothing to believe."""
    with pytest.raises(DataError, match=said):
        accepted(Charge(exact(**fields), name="1.json"))


@pytest.mark.parametrize(("by", "why"), [("anna", " "), ("", "lent")])
def test_a_correction_has_a_reason(by: str, why: str) -> None:
    """Without who and why it is not made."""
    with pytest.raises(DataError, match="who made it and why"):
        correcting(FIRST, FIRST.fields, by, why, AT)


def test_a_corrected_correction() -> None:
    """A correction that is corrected in turn names that one, and says its own who and why."""
    first = Charge(correcting(FIRST, assigned(FIRST, "company-x", ACCOUNTS), "anna", "a", AT), (2026, 11), "2.json")
    second = correcting(first, assigned(first, "family-y", ACCOUNTS), "ben", "b", AT)
    assert (second["corrects"], second["corrected_by"], second["why"]) == ("2026/11/2.json", "ben", "b")


def test_which_counts() -> None:
    """Of a record and its corrections the last one counts, be it of the record or of a correction."""
    one = correction(FIRST.ref, "2026-11-03T08:00:00Z", "one.json")
    two = correction(one.ref, "2026-11-04T08:00:00Z", "two.json")
    other = correction(FIRST.ref, "2026-11-03T09:00:00Z", "other.json")
    found = Corrections([two, other, one])
    assert found.of(FIRST.ref) is found.of(one.ref) is found.of(other.ref) is two
    assert found.of(two.ref) is None and found.of("2026/10/another.json") is None
    assert found.before(two) == [FIRST.digest, one.ref, other.ref]
    assert list(found) == [two]


@pytest.mark.parametrize("names", [("one.json", "two.json"), ("two.json", "one.json")])
def test_two_in_a_second(names: tuple[str, str]) -> None:
    """Of a correction and the one that corrects it, both of one second, the latter counts, whatever their names are."""
    one = correction(FIRST.ref, "2026-11-03T08:00:00Z", names[0])
    two = correction(one.ref, "2026-11-03T08:00:00Z", names[1])
    assert Corrections([one, two]).of(FIRST.ref) is two


def test_a_copy_in_another_month() -> None:
    """A correction counts in the place of each record of the stop, also of one that another machine booked earlier."""
    made = correction(FIRST.ref, "2026-11-03T08:00:00Z", "one.json")
    assert Corrections([made]).of(f"2026/09/{FIRST.name}") is made
    assert Corrections([made]).of("2026/10/1-0326fd891dee.json") is None


def test_what_repeats_a_corrected_charge() -> None:
    """Another record of the charge is billed by the correction, wherever it lies; another charge, or itself, is not."""
    fields = FIRST.fields
    made = Charge(correcting(FIRST, assigned(FIRST, "company-x", ACCOUNTS), "anna", "a", AT), NOVEMBER, "2.json")
    found = Corrections([made])
    before = {**fields, "unixtime": str(FIRST.unixtime - 5), "localtime": "2026-10-09 19:29:55"}
    again = Charge(before, (2026, 10), "0.json")
    other = Charge({**before, "end_wh": 9_075_101}, (2026, 10), "0.json")
    third = Charge(before, (2026, 10), "1.json")
    met = BilledCharges(found.counting)
    for charge in (again, other, third):
        key = key_of(charge)
        assert key is not None
        met.mark(key, charge, [found.charges])
    assert [each.repeats for each in (again, other, third)] == [made.ref, "", made.ref]
    assert key_of(made) is None and found.counting(FIRST.ref) == made.ref and found.counting(other.ref) == other.ref


def test_a_circle_ends() -> None:
    """Two records that say to correct each other, which somebody must have written by hand, hold nobody up."""
    one = correction("2026/11/two.json", "2026-11-03T08:00:00Z", "one.json")
    two = correction("2026/11/one.json", "2026-11-04T08:00:00Z", "two.json")
    found = Corrections([one, two])
    assert found.of(one.ref) is two and found.of(two.ref) is None


@given(st.permutations(range(6)))
def test_order_does_not_matter(order: list[int]) -> None:
    """In whatever order corrections are read, and however two machines' were merged, the same one counts."""
    made = [correction(FIRST.ref, "2026-11-03T08:00:00Z", f"{number}.json") for number in range(6)]
    found = Corrections(made[number] for number in order)
    assert found.of(FIRST.ref) is made[5]
