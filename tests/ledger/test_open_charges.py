"""Which open charge a message means, and which are over, by what was seen of their starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shocpp.ledger.open_charges import (
    RECENTLY,
    ended_by,
    fitting,
    free_id,
    is_booked,
    presumed_over,
    repeated,
)
from shocpp.ledger.start import Start
from shocpp.times import utc

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
STARTED, AT, EARLIER = "2026-03-15T10:00:00Z", "2026-03-15T11:59:00Z", "2026-03-15T09:00:00Z"
A_YEAR_AHEAD, DAYS_EARLIER = "2027-03-15T09:00:00Z", "2026-03-11T09:00:00Z"
ID = 10_009_042


def start(begin_wh: int = 9_042_100, connector_id: int | None = 1, started: str = STARTED, **said: Any) -> Start:
    """Give a start of card 1111."""
    return Start(begin_wh, started, connector_id, **{"id_tag": "1111", "received": STARTED, **said})


def seen(begin_wh: int = 9_042_100, connector_id: int | None = 1, **said: Any) -> dict[str, object]:
    """Give what was seen of a start."""
    return start(begin_wh, connector_id, **said).sighting(ID)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (start(received=AT, account="family-y"), ID),
        (start(9_042_101), None),
        (start(connector_id=2), None),
        (start(started=AT), None),
        (start(id_tag="2222"), None),
    ],
)
def test_the_same_start_again(second: Start, found: int | None) -> None:
    """It is the open charge whose connector, card, reading and time it has; what we know besides does not matter."""
    assert repeated(second, {5: seen(connector_id=3), ID: seen()}) == found


def test_an_id_that_is_free() -> None:
    """The connector's own slot is taken, else the next free one; if all are taken, the own one all the same."""
    slots = [ID + (1 + step) % 10 * 1_000_000 for step in range(10)]
    for number, slot in enumerate(slots):
        assert free_id(1, start(connector_id=2), "kwh", dict.fromkeys(slots[:number], seen())) == slot
    assert free_id(1, start(connector_id=2), "kwh", dict.fromkeys(slots, seen())) == slots[0]


@pytest.mark.parametrize(("connector_id", "ended"), [(1, [5, 7]), (2, [6]), (3, []), (None, [])])
def test_what_a_new_charge_ends(connector_id: int | None, ended: list[int]) -> None:
    """What is open on its connector, but for itself; where no connector is known it ends nothing."""
    opened = {5: seen(), 6: seen(connector_id=2), 7: seen(), 8: seen(connector_id=None), ID: seen()}
    assert ended_by(start(connector_id=connector_id), ID, opened) == ended


@pytest.mark.parametrize(
    ("connector_id", "marked"), [(1, {5: AT}), (2, {6: AT}), (3, {}), (None, {5: AT, 6: AT, 7: AT})]
)
def test_what_is_presumed_over(connector_id: int | None, marked: dict[int, str]) -> None:
    """What is open on the free connector; what is marked already keeps its time, but for a boot, which is of all."""
    opened = {5: seen(), 6: seen(connector_id=2), 7: seen(presumed_over=EARLIER)}
    found = presumed_over(opened, connector_id, AT)
    assert {each: new["presumed_over"] for each, new in found.items()} == marked
    assert all({**opened[each], "presumed_over": AT} == new for each, new in found.items())


def test_which_a_stop_without_an_id_may_end() -> None:
    """Those that began at its reading or below; if some were presumed over of late these alone, else all alike."""
    long_ago = utc(NOW - RECENTLY - timedelta(seconds=1))
    opened = {5: seen(9_000), 6: seen(8_000, presumed_over=long_ago), 7: seen(9_001)}
    assert fitting(9_000, opened, NOW) == [5, 6]
    assert fitting(7_999, opened, NOW) == []
    recent = {8: seen(7_000, presumed_over=utc(NOW - RECENTLY)), 9: seen(9_001, presumed_over=AT)}
    assert fitting(9_000, opened | recent, NOW) == [8]


@pytest.mark.parametrize(
    ("fields", "is_"),
    [
        ({}, True),
        ({"started": None, "received": EARLIER}, False),
        ({"started": None, "stopped": EARLIER}, True),
        ({"started": None, "stopped": EARLIER, "received": EARLIER}, False),
        ({"started": None, "stopped": AT, "received": EARLIER}, False),
        ({"started": None, "stopped": A_YEAR_AHEAD, "clock_suspect": True, "received": EARLIER}, False),
        ({"started": None, "stopped": A_YEAR_AHEAD, "clock_suspect": True, "received": DAYS_EARLIER}, False),
        ({"transaction_id": ID + 1}, False),
        ({"begin_wh": 9_042_600}, False),
        ({"started": EARLIER}, False),
        ({"begin_wh": None}, True),
        ({"begin_wh": None, "started": EARLIER}, False),
        ({"begin_wh": None, "started": None, "received": AT}, True),
        ({"begin_wh": None, "started": None, "received": STARTED}, None),
        ({"started": None, "received": STARTED}, None),
        ({"begin_wh": None, "started": None, "received": EARLIER}, False),
        ({"begin_wh": None, "started": None, "received": None}, None),
    ],
)
def test_which_record_is_of_a_start(fields: dict[str, Any], is_: bool | None) -> None:
    """One with the same begin; one that does not say when it began, and was booked later: in the same second may be."""
    record = {"transaction_id": ID, "begin_wh": 9_042_100, "started": STARTED, "received": AT, **fields}
    assert is_booked(ID, start(), record) is is_


@pytest.mark.parametrize(
    ("started", "stopped", "is_"),
    [
        (A_YEAR_AHEAD, A_YEAR_AHEAD, None),
        (A_YEAR_AHEAD, AT, False),
        (A_YEAR_AHEAD, "", None),
        ("1970-01-01T00:00:30Z", "1970-01-01T02:00:00Z", None),
        ("1970-01-01T02:00:30Z", "1970-01-01T02:00:00Z", False),
        ("", AT, None),
    ],
)
def test_which_record_may_be_of_a_start_that_no_record_can_date(started: str, stopped: str, is_: bool | None) -> None:
    """One with its reading, booked before it, may be: the start may have come again, unless that one ended before."""
    record = {"transaction_id": ID, "begin_wh": 9_042_100, "stopped": stopped, "received": EARLIER}
    assert is_booked(ID, start(started=started), record) is is_
