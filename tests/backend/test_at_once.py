"""What is answered at once is answered as it would be in the general way: one meaning of each message, not two."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shocpp.backend.quick_decode import quick_reading
from shocpp.central_system import effects
from shocpp.central_system.context import Context
from shocpp.central_system.v16.answers import BOOKED, HANDLERS, OF_CHARGES, answer
from shocpp.ledger.accounts import Accounts
from shocpp.log import Log
from shocpp.ocpp.rpc import PLAIN
from tests.fuzz.mutations import message
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.rpc import FrameReading

AT = "2026-03-15T12:00:00Z"
GOOD: list[list[object]] = [
    [2, "1", "BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}],
    [2, "2", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": AT}],
    [2, "3", "Authorize", {"idTag": "1111"}],
    [2, "4", "Authorize", {"idTag": "nobody's"}],
    [2, "5", "StartTransaction", {"connectorId": 1, "idTag": "1111", "meterStart": 1000, "timestamp": AT}],
    [2, "6", "MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": [{"value": "1"}]}]}],
    [2, "7", "StopTransaction", {"transactionId": 10000001, "meterStop": 3000, "timestamp": AT}],
    [2, "8", "StopTransaction", {"transactionId": 10000001, "meterStop": 3000, "timestamp": AT}],
    [2, "9", "Reset", {}],
    [2, "10", "Nonsense", {}],
    [3, "11", {}],
]
MESSAGES = 400


class Seen:
    """
    A backend in a home of its own, and all that can be seen of what it does.

    Args:
        folder: Where its home is made.
        validation: One of the modes.
        is_at_once: What can be is answered without the general way.
        reading: How frames are read.
    """

    def __init__(self, folder: Path, validation: str, is_at_once: bool, reading: FrameReading = PLAIN) -> None:
        folder.mkdir()
        self.scratch = Scratch(folder, SHOCPP_VALIDATION=validation)
        self.now = 1_773_576_000.0
        log = Log(str(self.scratch.home / "log"), lambda: self.now)
        settings = self.scratch.settings
        self.backend = InPlace("CP001", settings, log, lambda: self.now, is_at_once=is_at_once, reading=reading)
        self.backend.open()

    def send(self, data: bytes) -> list[str]:
        """Send a message; its answers."""
        self.now += 0.4
        answers = self.backend.receive_message(data)
        self.backend.do_deferred(is_idle=False)
        return answers

    def effects(self) -> dict[str, Any]:
        """Hang up; give the log without what differs between any two homes, the sightings and the records."""
        self.backend.close()
        status = self.scratch.sighting("CP001")
        status.pop("booking_us", None)
        return {
            "log": (self.scratch.home / "log").read_text(),
            "status": status,
            "meter": self.scratch.sighting("CP001", "meter.json"),
            "records": [*self.scratch.records().values()],
        }


@pytest.mark.parametrize("validation", ["lenient", "strict", "off"])
def test_it_is_the_general_way_but_shorter(tmp_path: Path, validation: str) -> None:
    """Good, mutated and hostile messages have the same answers, log, sightings and records both ways."""
    ways = [Seen(tmp_path / "short", validation, True, quick_reading()), Seen(tmp_path / "long", validation, False)]
    messages = [json.dumps(frame).encode() for frame in GOOD]
    for seed in range(MESSAGES):
        messages += [message(seed), messages[seed % len(GOOD)]]
    for number, data in enumerate(messages):
        at_once, general = (way.send(data) for way in ways)
        assert at_once == general, f"message {number}"
    short, long = (way.effects() for way in ways)
    assert short == long
    assert short["records"]


def test_it_is_what_nearly_all_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No good CALL goes the general way, nor does a stop, which waits for the disk."""
    way = Seen(tmp_path / "home", "lenient", is_at_once=True)
    monkeypatch.setattr(way.backend._lines, "receive_message", lambda _: pytest.fail("goes the general way"))
    for frame in GOOD[:-1]:
        assert way.send(json.dumps(frame).encode())


@pytest.mark.parametrize("action", sorted({*HANDLERS, *OF_CHARGES}))
def test_what_may_be_booked_is_named(action: str) -> None:
    """An action that nothing is said of has no records: answered at once, one would be lost."""
    accounts = Accounts.from_list([{"index": 1, "account": "company-x", "ids": ["1111"]}])
    context = Context("CP001", accounts, datetime(2026, 3, 15, 12, tzinfo=UTC))
    payload = {"transactionId": 10000001, "meterStop": 3000, "meterStart": 1, "idTag": "1111", "connectorId": 1}
    wanted = answer(action, payload, context)
    assert any(isinstance(effect, effects.Book) for effect in wanted) == (action in BOOKED)
