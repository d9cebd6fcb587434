"""
Charge points and central systems of somebody else's: the SOAP nodes of node-red-contrib-ocpp 1.3.10, OCPP 1.5 and 1.6.

``bin/shocpp-test`` gets them with npm; what Node-RED does for a node, a few lines do. As charge points they send no
From and no MessageID, and in 1.5 no Action either.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shocpp.spool.journal.journal_reader import entries
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import ROOT
from tests.support.soap_charger import soap_charger

FOLDER = ROOT / ".venv.peers"
DRIVER = ROOT / "tests/support/node_red_soap.js"
TIME = "2026-01-31T{}:00:00.000Z"
ENERGY = {"unit": "Wh", "measurand": "Energy.Active.Import.Register"}
READINGS: dict[str, dict[str, Any]] = {
    "1.5": {"values": [{"timestamp": TIME.format("10"), "value": {"attributes": ENERGY, "$value": "9050000"}}]},
    "1.6": {"meterValue": [{"timestamp": TIME.format("10"), "sampledValue": [{"value": "9050000", **ENERGY}]}]},
}
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("GetConfiguration", {"key": ["HeartbeatInterval"]}),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}),
    ("UnlockConnector", {"connectorId": 1}),
    ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}),
    ("ClearCache", {}),
    ("GetLocalListVersion", {}),
    ("GetDiagnostics", {"location": "ftp://127.0.0.1/"}),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "2036-01-31T09:00:00Z", "idTag": "3333", "reservationId": 7}),
    ("CancelReservation", {"reservationId": 7}),
    ("DataTransfer", {"vendorId": "V"}),
]
PROFILE = {
    "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring", "recurrencyKind": "Daily",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]},
}  # fmt: skip
MORE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "1.5": [
        ("SendLocalList", {"updateType": "Full", "listVersion": 1, "localAuthorisationList": [{"idTag": "3333"}]}),
    ],
    "1.6": [
        ("SendLocalList", {"listVersion": 1, "localAuthorizationList": [{"idTag": "3333"}], "updateType": "Full"}),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE}),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 60}),
        ("ClearChargingProfile", {}),
    ],
}
LAST: list[tuple[str, dict[str, Any]]] = [
    ("UpdateFirmware", {"retrieveDate": "2036-01-31T09:00:00Z", "location": "ftp://127.0.0.1/"}),
    ("Reset", {"type": "Soft"}),
]


class Node:
    """
    One node, in a process of its own.

    Args:
        name: ``ocpp-cp-req`` asks a central system, ``ocpp-req`` a charge point.
        version: Of OCPP.
        url: Whom it asks.
        identity: The charge point's.
    """

    def __init__(self, name: str, version: str, url: str, identity: str) -> None:
        assert (FOLDER / "node_modules/node-red-contrib-ocpp").exists(), "it is not here; bin/shocpp-test gets it"
        command = ["node", str(DRIVER), str(FOLDER), name, f"{version}s", url, identity]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: str, data: dict[str, Any]) -> dict[str, Any]:
        """Have it ask something; what it was answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([command, data])}\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "error" not in said, f"{command}: {said}"
        return said.get("answer") or {}

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=PATIENCE_S)


@contextmanager
def node(name: str, version: str, url: str, identity: str) -> Iterator[Node]:
    """Run a node."""
    made = Node(name, version, url, identity)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """Give a listener that lets everybody in."""
    folder = tmp_path_factory.mktemp("node-red")
    with listening(folder / "home", SHOCPP_JOURNALDIR=str(folder / "journal")) as running:
        yield running


def records_of(listener: Listener, identity: str) -> list[dict[str, Any]]:
    """Give the records of a charge point."""
    return [each for each in listener.scratch.records().values() if each["charge_point"] == identity]


def record_of(listener: Listener, identity: str) -> dict[str, Any]:
    """Give the one record of a charge point."""
    (record,) = records_of(listener, identity)
    return record


def said(listener: Listener, identity: str, field: str) -> int:
    """Give the one reading of a field that a charge point has said."""
    settings = listener.scratch.settings
    frames = [entry.frame for entry in entries(settings.journal_dir, lambda *_: None) if entry.charge_point == identity]
    calls = [frame[3] for frame in frames if isinstance(frame, list) and len(frame) == 4 and frame[0] == 2]
    (reading,) = [int(payload[field]) for payload in calls if field in payload]
    return reading


@pytest.mark.parametrize("version", ["1.5", pytest.param("1.6", marks=pytest.mark.thorough)])
def test_a_charge_of_its_charge_point_is_booked(listener: Listener, version: str) -> None:
    """Each of its ten messages is answered as it wants it, and its charge is booked to the Wh."""
    identity = f"node-red {version}"
    begin = {"connectorId": 1, "idTag": "3333", "timestamp": TIME.format("09"), "meterStart": 9_042_700}
    end = {"idTag": "3333", "timestamp": TIME.format("12"), "meterStop": 9_075_300}
    status = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
    url = f"http://127.0.0.1:{listener.port}/Ocpp/CentralSystemService"
    with node("ocpp-cp-req", version, url, identity) as point:
        boot = point.ask("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
        assert boot["status"] == "Accepted"
        assert "currentTime" in point.ask("Heartbeat", {})
        assert point.ask("Authorize", {"idTag": "3333"})["idTagInfo"]["status"] == "Accepted"
        point.ask("StatusNotification", status)
        transaction_id = point.ask("StartTransaction", begin)["transactionId"]
        assert transaction_id == 20_009_042
        point.ask("MeterValues", {"connectorId": 1, "transactionId": transaction_id, **READINGS[version]})
        assert point.ask("StopTransaction", {"transactionId": transaction_id, **end})["idTagInfo"]
        assert point.ask("DataTransfer", {"vendorId": "V"})["status"] == "UnknownVendorId"
        point.ask("DiagnosticsStatusNotification", {"status": "Uploaded"})
        point.ask("FirmwareStatusNotification", {"status": "Installed"})
    record = record_of(listener, identity)
    assert (record["consumed_wh"], record["begin_wh"], record["id_tag"]) == (32_600, 9_042_700, "3333")
    until(lambda: "1" in listener.scratch.sighting(identity, "meter.json"), "its meter values")
    assert listener.scratch.sighting(identity, "meter.json")["1"]["energy_wh"] == 9_050_000


@pytest.mark.parametrize("version", [pytest.param("1.5", marks=pytest.mark.thorough), "1.6"])
def test_its_central_system_commands_our_charge_point(listener: Listener, version: str) -> None:
    """It starts and ends a charge at shocpp-charger, which is booked to the Wh; and is answered all else it asks."""
    identity = f"commanded-{version}"
    transactions = listener.scratch.folder(identity) / "transactions"
    with (
        soap_charger(listener, version, identity, "plug,", "wait forever") as url,
        node("ocpp-req", version, url, identity) as central,
    ):
        assert central.ask("RemoteStartTransaction", {"idTag": "3333", "connectorId": 1})["status"] == "Accepted"
        until(lambda: any(transactions.glob("*.json")), "the charge")
        transaction_id = int(next(transactions.glob("*.json")).stem)
        until(lambda: "1" in listener.scratch.sighting(identity, "meter.json"), "meter values")
        assert central.ask("RemoteStopTransaction", {"transactionId": transaction_id})["status"] == "Accepted"
        until(lambda: records_of(listener, identity), "the record")
        answers = {command: central.ask(command, data) for command, data in (*COMMANDS, *MORE[version], *LAST)}
    record = record_of(listener, identity)
    assert (record["transaction_id"], record["account"]) == (transaction_id, "family-y")
    assert (record["begin_wh"], record["end_wh"]) == (
        said(listener, identity, "meterStart"),
        said(listener, identity, "meterStop"),
    )
    assert record["consumed_wh"] == record["end_wh"] - record["begin_wh"] > 0
    assert answers["Reset"]["status"] == "Accepted", answers
    assert answers["GetConfiguration"]["configurationKey"], answers
