"""docs/ocpp-support.md says what the code does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shocpp.calls import ask
from shocpp.central_system.context import Context
from shocpp.central_system.effects import Refuse, Reply
from shocpp.central_system.v16 import answers
from shocpp.ledger.accounts import Accounts
from shocpp.ocpp import frames
from shocpp.ocpp.codes import CODES
from shocpp.ocpp.frames import Payload
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import CHARGE_POINT, OPERATIONS, may_start

PAGE = Path(__file__).parent.parent / "docs" / "ocpp-support.md"
ROWS = dict(re.findall(r"^\| ([A-Z]\w+) \| \w+ \| ([a-z ]+) \|", PAGE.read_text(), re.MULTILINE))

REQUESTS: dict[str, Payload] = {
    "Authorize": {"idTag": "1111"},
    "BootNotification": {"chargePointVendor": "V", "chargePointModel": "M"},
    "DataTransfer": {"vendorId": "V"},
    "DiagnosticsStatusNotification": {"status": "Idle"},
    "FirmwareStatusNotification": {"status": "Idle"},
    "Heartbeat": {},
    "LogStatusNotification": {"status": "Idle"},
    "MeterValues": {"connectorId": 1, "meterValue": []},
    "SecurityEventNotification": {"type": "SettingSystemTime", "timestamp": "2026-01-01T00:00:00Z"},
    "SignCertificate": {"csr": "-----BEGIN CERTIFICATE REQUEST-----"},
    "SignedFirmwareStatusNotification": {"status": "Idle"},
    "StartTransaction": {"connectorId": 1, "idTag": "1111", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"},
    "StatusNotification": {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
    "StopTransaction": {"transactionId": 10000000, "meterStop": 1000, "timestamp": "2026-01-01T00:00:00Z"},
}


def test_every_message_has_a_row() -> None:
    """The page has a row for each message, in the order of the table of operations, and for nothing else."""
    assert list(ROWS) == list(OPERATIONS), f"{PAGE.name} needs a row for each of OPERATIONS, in the same order"


@pytest.mark.parametrize("action", OPERATIONS)
def test_what_a_charge_point_starts(action: str) -> None:
    """What the page calls served or refused is confirmed exactly by the schema; all else is NotSupported."""
    context = Context("CP001", Accounts(), datetime(2026, 1, 1, tzinfo=UTC))
    last = answers.answer(action, REQUESTS.get(action, {}), context)[-1]
    if may_start(CHARGE_POINT, action):
        assert action in REQUESTS, f"give a request of {action} in REQUESTS above"
        assert ROWS.get(action) in ("served", "refused"), f"{PAGE.name} does not say whether {action} is served"
        assert isinstance(last, Reply)
        assert payloads.explain(action, "confirmation", last.payload) is None
        refusal = last.payload.get("status") in ("Rejected", "UnknownVendorId")
        assert refusal == (ROWS[action] == "refused")
    else:
        assert ROWS.get(action) == "passed on", f"{PAGE.name} does not say that {action} is passed on"
        assert isinstance(last, Refuse)
        assert CODES[last.kind] == frames.NOT_SUPPORTED


def test_what_shows_a_row_is_there() -> None:
    """The transcript that a row names is there and has the message."""
    shown = re.findall(r"^\| ([A-Z]\w+) \|.*\| `(transcripts/[\w.-]+)` \|$", PAGE.read_text(), re.MULTILINE)
    unlike = {action for action, _ in shown} ^ {action for action in OPERATIONS if may_start(CHARGE_POINT, action)}
    assert unlike == set(), f"in {PAGE.name}, the rows of what a charge point starts, and no others, name a transcript"
    for action, name in shown:
        path = PAGE.parent.parent / "tests" / name
        assert path.exists(), f"{PAGE.name} names tests/{name}: write a conversation there in which {action} comes"
        assert f'"{action}"' in path.read_text(), f"there is no {action} in tests/{name}"


def test_what_is_passed_on() -> None:
    """What the page calls passed on can be sent by shocpp-command, and DataTransfer, which goes both ways."""
    passed_on = {action for action, what in ROWS.items() if what == "passed on"}
    assert set(ask.calls()) == passed_on | {"DataTransfer"}


def test_an_unknown_message_is_not_implemented() -> None:
    """An action that OCPP 1.6 does not have is answered with NotImplemented."""
    context = Context("CP001", Accounts(), datetime(2026, 1, 1, tzinfo=UTC))
    (last,) = answers.answer("Nap", {}, context)
    assert isinstance(last, Refuse)
    assert CODES[last.kind] == frames.NOT_IMPLEMENTED
