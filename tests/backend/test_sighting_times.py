"""When what was seen of a charge point is on the disk: soon, and yet seldom, since each time a file is replaced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.log import Log
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

IDENTITY = "CP001"
NOW_S = 1_773_576_000.0


class Place:
    """A connection whose clock stands still until it is moved."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW_S
        self.scratch = Scratch(folder)
        self.backend = InPlace(IDENTITY, self.scratch.settings, Log(str(folder / "log")), self._clock, self._clock)
        self.backend.open()
        self.backend.do_deferred(is_idle=True)

    def call(self, action: str, **payload: object) -> Any:
        """Send a CALL; the payload of its answer."""
        (answer,) = self.backend.receive(json.dumps([2, "1", action, payload]).encode())
        return json.loads(answer)[2]

    def meter(self, volts: int, transaction_id: int = 0) -> None:
        """Send a meter value."""
        values = [
            {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": str(volts), "measurand": "Voltage"}]}
        ]
        self.call("MeterValues", connectorId=1, transactionId=transaction_id, meterValue=values)

    def volts(self) -> str:
        """Give the meter value that is in meter.json."""
        seen: dict[str, Any] = json.loads((self.scratch.folder(IDENTITY) / "meter.json").read_text())
        return str(seen["1"]["values"]["Voltage"]["value"])

    def wait(self, seconds: float, is_idle: bool = True) -> float | None:
        """Let time pass and do what is due; the seconds after which more is."""
        self.now += seconds
        return self.backend.do_deferred(is_idle)

    def _clock(self) -> float:
        return self.now


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Give a charge point that is connected."""
    return Place(tmp_path)


def test_a_heartbeat_a_minute_is_a_write_in_ten(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a charge point is there is seen in shocpp.pid; how often it was heard is written after ten minutes."""
    written: list[str] = []
    monkeypatch.setattr("shocpp.spool.files.durable.replace", lambda path, *_: written.append(path))
    for _ in range(60):
        place.call("Heartbeat")
        assert place.wait(60) is None
    assert 5 <= len(written) <= 6


def test_meter_values_are_written_every_ten_seconds(place: Place) -> None:
    """The first ones at once, later ones when ten seconds are over, however idle we are; who waits is told when."""
    place.meter(230)
    assert place.wait(0) is None and place.volts() == "230"
    place.meter(231)
    assert place.wait(4) == pytest.approx(6) and place.volts() == "230"
    place.meter(232)
    assert place.wait(6, is_idle=False) is None and place.volts() == "232"


def test_a_status_waits_for_no_meter_value(place: Place) -> None:
    """A status is written at once where nothing else is to be done, else within a second."""
    place.meter(230)
    place.wait(0)
    place.meter(231)
    place.call("StatusNotification", connectorId=1, status="Charging", errorCode="NoError")
    assert place.wait(0.25, is_idle=False) == pytest.approx(0.75)
    assert place.wait(0.75, is_idle=False) == pytest.approx(9)
    assert place.scratch.sighting(IDENTITY)["connectors"]["1"]["status"] == "Charging" and place.volts() == "230"


def test_after_a_charge_no_power_is_shown_for_long(place: Place) -> None:
    """Within three seconds of a stop meter.json says what was last."""
    started = place.call(
        "StartTransaction", connectorId=1, idTag="1111", meterStart=1000, timestamp="2026-03-15T12:00:00Z"
    )
    place.meter(230, started["transactionId"])
    place.wait(0)
    place.meter(231, started["transactionId"])
    place.call(
        "StopTransaction", transactionId=started["transactionId"], meterStop=2000, timestamp="2026-03-15T12:00:01Z"
    )
    assert place.wait(1) == pytest.approx(2) and place.volts() == "230"
    assert place.wait(2) is None and place.volts() == "231"


def test_who_goes_has_written_all(place: Place) -> None:
    """At the end of a connection nothing waits for its time."""
    place.meter(230)
    place.wait(0)
    place.meter(231)
    place.call("Heartbeat")
    place.backend.close()
    assert place.volts() == "231" and place.scratch.sighting(IDENTITY)["frames"] == {"MeterValues": 2, "Heartbeat": 1}
