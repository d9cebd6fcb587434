"""Which starts are not believed any more: those of which a record may be, by files of an accounting folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from shocpp.spool.accounting import booked_charges
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.accounting.booked_charges import has_record

STARTED, RECEIVED = "2023-09-03T05:00:00Z", "2023-09-03T05:00:01Z"
STARTED_S = 1_693_717_200
ID = 10_009_042
SEEN = {"begin_wh": 9_042_100, "started": STARTED, "received": RECEIVED, "connector_id": 1}
RECORD = {"charge_point": "CP001", "transaction_id": ID, "begin_wh": 9_042_100, "started": STARTED}
LATER, EARLIER = "2023-09-03T06:00:00Z", "2023-09-03T04:00:00Z"


def put(folder: Path, name: str, fields: object, month: str = "2023/09") -> None:
    """Put a record into a month."""
    path = folder / month / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fields))


@pytest.mark.parametrize(
    ("record", "is_booked"),
    [
        ({}, True),
        ({"started": None, "begin_wh": 9_042_100, "received": LATER}, True),
        ({"started": None, "begin_wh": 9_042_100, "received": RECEIVED}, None),
        ({"started": None, "begin_wh": 9_042_100}, None),
        ({"started": None, "begin_wh": 9_042_600}, False),
        ({"begin_wh": 9_042_600}, False),
        ({"started": "2023-09-03T05:30:00Z"}, False),
        ({"begin_wh": None, "started": None, "received": LATER}, True),
        ({"begin_wh": None, "started": None, "received": EARLIER}, False),
        ({"begin_wh": None, "started": None}, None),
        ({"transaction_id": ID + 1}, False),
        ({"transaction_id": None}, False),
        ({"charge_point": "CP002"}, False),
        ({"charge_point": None}, False),
    ],
)
def test_of_which_start_a_record_is(tmp_path: Path, record: dict[str, Any], is_booked: bool | None) -> None:
    """One with the same begin is; without a begin one that was booked after the start; one when nobody knows may be."""
    put(tmp_path, f"{STARTED_S + 3600}-0123456789ab.json", {**RECORD, **record})
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN) is is_booked


def test_the_record_that_is_outweighs_those_that_may_be(tmp_path: Path) -> None:
    """Whichever is read first: a charge that is booked is over."""
    for number, started in enumerate((None, STARTED, None)):
        put(tmp_path, f"{STARTED_S + number}-0123456789ab.json", {**RECORD, "started": started})
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN)


@pytest.mark.parametrize(
    ("name", "month", "is_found"),
    [
        (f"{STARTED_S}-0123456789ab.json", "2023/09", True),
        (f"{STARTED_S - 86_400}-0123456789ab.json", "2023/09", True),
        (f"{STARTED_S - 86_401}-0123456789ab.json", "2023/09", False),
        ("0-0123456789ab.json", "2023/09", True),
        ("86400-0123456789ab.json", "2023/09", True),
        ("by-hand.json", "2023/09", True),
        (f"{STARTED_S}-0123456789ab.json", "2024/01", True),
        (f"{STARTED_S}-0123456789ab.json", "2023/08", False),
        (f".{STARTED_S}-0123456789ab.json", "2023/09", False),
    ],
)
def test_where_is_looked(tmp_path: Path, name: str, month: str, is_found: bool) -> None:
    """Looked at are records stopped after the start, or nobody knows when, and booked in no month before its own."""
    put(tmp_path, name, RECORD, month)
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN) == is_found


def test_a_start_by_a_clock_that_is_no_good(tmp_path: Path) -> None:
    """Where the start's own time cannot be believed, each record of its month is looked at."""
    put(tmp_path, f"{STARTED_S}-0123456789ab.json", {**RECORD, "started": None, "received": LATER})
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, {**SEEN, "started": "2063-01-01T00:00:00Z"})


def test_the_anonymous_charge_point(tmp_path: Path) -> None:
    """Records without a charge point are those of the one without a name."""
    put(tmp_path, f"{STARTED_S}-0123456789ab.json", {**RECORD, "charge_point": None})
    accounting = AccountingFolder(str(tmp_path))
    assert has_record(accounting, "", ID, SEEN) and not has_record(accounting, "CP001", ID, SEEN)


@pytest.mark.parametrize("content", ["", "{", "[]", f"[{ID}]", f'"{ID}"'])
def test_files_that_are_no_records(tmp_path: Path, content: str) -> None:
    """A file that is none is of no charge, and without an accounting folder nothing is booked."""
    put(tmp_path, f"{STARTED_S}-0123456789ab.json", {})
    (tmp_path / f"2023/09/{STARTED_S}-0123456789ab.json").write_text(content)
    (tmp_path / "2023/09/1893456000-0123456789ab.json").mkdir()
    os.mkfifo(tmp_path / "2023/09/1893456001-0123456789ab.json")  # whoever opened it would wait for a writer
    assert not has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN)
    assert not has_record(AccountingFolder(str(tmp_path / "nowhere")), "CP001", ID, SEEN)


def test_the_look_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many would have to be read, or nobody knows where, there may be one: the start is not believed."""
    monkeypatch.setattr(booked_charges, "_MOST_READ", 3)
    for number in range(3):
        put(tmp_path, f"{STARTED_S + number}-0123456789ab.json", {})
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN) is False
    put(tmp_path, f"{STARTED_S + 9}-0123456789ab.json", {})
    assert has_record(AccountingFolder(str(tmp_path)), "CP001", ID, SEEN) is None
    assert has_record(AccountingFolder(str(tmp_path / "nowhere")), "CP001", ID, {**SEEN, "received": None}) is None
