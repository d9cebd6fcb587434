"""Records read back: old and new ones, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from shocpp.errors import DataError
from shocpp.ledger.charge import Charge
from tests.support.records import exact, legacy


def test_old_record() -> None:
    """The six strings of an old record are enough; what it does not know stays unknown."""
    charge = Charge(legacy())
    assert (charge.account, charge.begin_kwh, charge.end_kwh, charge.energy_wh) == ("family-y", 9042, 9075, 33_000)
    assert (charge.is_exact, charge.begin_wh, charge.started, charge.charge_point) == (False, None, None, "")
    assert charge.ended.isoformat() == "2023-09-03T07:52:10+00:00"


def test_exact_record() -> None:
    """Where a record has Wh, they are its energy, not the rounded kWh."""
    charge = Charge(exact())
    assert (charge.energy_wh, charge.consumed_kwh, charge.is_exact) == (32_400, 33, True)
    assert charge.started is not None and (charge.ended - charge.started).total_seconds() == 3600


@pytest.mark.parametrize(
    ("account", "is_unassigned", "is_unknown"),
    [
        ("family-y", False, False),
        ("unassigned", True, False),
        ("unknown-7", False, True),
        ("unknown-aunt", False, False),
    ],
)
def test_whose(account: str, is_unassigned: bool, is_unknown: bool) -> None:
    """Names that shocpp itself gives are told from those of people."""
    charge = Charge(legacy(account))
    assert (charge.is_unassigned, charge.is_unknown) == (is_unassigned, is_unknown)


@pytest.mark.parametrize(("name", "value", "complaint"), [
    ("localtime", None, "localtime is missing"),
    ("localtime", "yesterday", "localtime is not a time"),
    ("localtime", 5, "localtime is not a time"),
    ("unixtime", "9" * 16, "unixtime is not a whole number"),
    ("unixtime", "-5", "unixtime is not a time"),
    ("unixtime", 10**14, "unixtime is not a time"),
    ("account", "", "account is not a name"),
    ("account", ["x"], "account is not a name"),
    ("begin_kwh", "1.5", "begin_kwh is not a whole number"),
    ("begin_kwh", True, "begin_kwh is not a whole number"),
    ("end_kwh", "١٢", "end_kwh is not a whole number"),
    ("consumed_kwh", None, "consumed_kwh is missing"),
    ("consumed_kwh", "-1", "consumption is negative"),
    ("consumed_wh", -1, "consumption is negative"),
    ("consumed_wh", 33.5, "consumed_wh is not a whole number"),
    ("consumed_wh", "33000", "consumed_wh is not a whole number"),
    ("connector_id", False, "connector_id is not a whole number"),
    ("charge_point", 7, "charge_point is not a text"),
    ("anomaly", True, "anomaly is not a text"),
])  # fmt: skip
def test_no_record(name: str, value: Any, complaint: str) -> None:
    """What would make a sum wrong is refused, with the field's name."""
    with pytest.raises(DataError, match=complaint):
        Charge({**exact(), name: value})
