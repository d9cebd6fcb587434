"""What CALLs read by msgspec promise: they say the same; and meter values that nobody has read yet: they fit, too."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from shocpp.backend.quick_decode import quick_reading
from shocpp.ocpp.json_types import is_date_time
from shocpp.ocpp.rpc import PLAIN, Peer
from shocpp.ocpp.unread import UnreadMeterValues
from shocpp.ocpp.v16 import payloads
from tests.fuzz.mutations import message

AT = "2026-03-15T12:00:00Z"
VALUES = [
    {"value": "9042.7", "unit": "kWh", "context": "Transaction.Begin", "format": "Raw"},
    {"value": "11000", "measurand": "Power.Active.Import", "unit": "W", "phase": "L1", "location": "Outlet"},
]
GOOD = [
    [2, "1", "MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": VALUES}]}],
    [2, "2", "MeterValues", {"connectorId": 0, "transactionId": 7, "meterValue": [
        {"timestamp": AT, "sampledValue": [{"value": ""}]}, {"timestamp": AT, "sampledValue": VALUES},
    ]}],
]  # fmt: skip
MESSAGES = 4000


def at(time: str) -> bytes:
    """Give a MeterValues of a time."""
    values = {"connectorId": 1, "meterValue": [{"timestamp": time, "sampledValue": [{"value": "1"}]}]}
    return json.dumps([2, "1", "MeterValues", values]).encode()


def is_unread(data: bytes) -> bool:
    """Tell whether a CALL is read without what is in it."""
    call = Peer(reading=quick_reading()).read_call(data)
    return call is not None and isinstance(call.payload, UnreadMeterValues)


def test_what_is_not_read_fits_and_says_the_same() -> None:
    """Of mutated messages none is taken that the general way would not take, or read otherwise, or find fault with."""
    pytest.importorskip("msgspec")
    read_call, general, taken = Peer(reading=quick_reading()).read_call, Peer().read_call, 0
    for seed in range(MESSAGES):
        data = message(seed, GOOD)
        call = read_call(data)
        if call is None:
            continue
        meant = general(data)
        assert meant is not None, data
        assert (meant.unique_id, meant.action) == (call.unique_id, call.action), data
        kept: Any = call.payload
        if not isinstance(kept, UnreadMeterValues):
            assert kept == meant.payload, data
            continue
        taken += 1
        assert kept.read() == meant.payload and kept.connector_id == meant.payload["connectorId"], data
        assert payloads.fits("MeterValues", "request", meant.payload), data
    assert MESSAGES / 10 < taken < MESSAGES / 2


@pytest.mark.parametrize("frame", GOOD)
def test_good_ones_are_not_read(frame: list[Any]) -> None:
    """Else all this would be for nothing; so it is whether blanks are in between or not."""
    pytest.importorskip("msgspec")
    for separators in ((",", ":"), (", ", ": ")):
        assert is_unread(json.dumps(frame, separators=separators).encode())


def test_times_are_times() -> None:
    """Each day of a year but a leap day is taken, and nothing that is no time with a zone."""
    pytest.importorskip("msgspec")
    days = [f"2024-{month:02}-{day:02}T23:59:59.25+14:00" for month in range(14) for day in range(33)]
    odd = [
        "",
        "soon",
        "2026-03-15",
        "2026-03-15T12:00:00",
        "2026-03-15T12:00:00+02",
        "2026-03-15T24:00:00Z",
        "2026-03-15T12:60:00Z",
        "2026-03-15T12:00:00.Z",
        "2026-03-15T12:00:00Z\n",
        "٢026-03-15T12:00:00Z",
    ]
    taken = [time for time in (*days, *odd) if is_unread(at(time))]
    assert all(map(is_date_time, taken))
    assert len(taken) == 365


@pytest.mark.parametrize("action", ["Authorize", "SetChargingProfile", "UpdateFirmware"])
def test_a_schema_that_says_more_is_refused(action: str) -> None:
    """A rule for which there is no type is an error, not a rule that nobody checks."""
    pytest.importorskip("msgspec")
    from shocpp.ocpp.v16.structs import request_type

    with pytest.raises(ValueError, match=r"maxLength|multipleOf|uri"):
        request_type(action)


def test_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be imported, all is read."""
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert quick_reading() is PLAIN
    assert not is_unread(at(AT))
