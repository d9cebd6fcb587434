"""The charge point before a central system that nobody here wrote: one on the ``ocpp`` package, with validation."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint as CentralSystemSide
from ocpp.v16 import call, call_result

from shocpp.charge_point.core.charge_point import SimulatedChargePoint
from shocpp.charge_point.core.outputs import HangUp, Output, Send
from shocpp.charge_point.script import parser
from shocpp.charge_point.script.player import Player
from shocpp.ocpp.v16 import operations, payloads
from tests.support.patience import PATIENCE_S

BEGAN_S = 1_767_225_600.0
NOW = "2026-01-01T00:00:00Z"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
OK = {"status": "Accepted"}
SPECIFIED = {action: one for action, one in operations.OPERATIONS.items() if one.profile != "Vendor"}

ANSWERS = {
    "Authorize": call_result.Authorize(id_tag_info=OK),
    "BootNotification": call_result.BootNotification(current_time=NOW, interval=300, status="Accepted"),
    "DataTransfer": call_result.DataTransfer(status="Accepted"),
    "DiagnosticsStatusNotification": call_result.DiagnosticsStatusNotification(),
    "FirmwareStatusNotification": call_result.FirmwareStatusNotification(),
    "Heartbeat": call_result.Heartbeat(current_time=NOW),
    "LogStatusNotification": call_result.LogStatusNotification(),
    "MeterValues": call_result.MeterValues(),
    "SecurityEventNotification": call_result.SecurityEventNotification(),
    "SignCertificate": call_result.SignCertificate(status="Accepted"),
    "SignedFirmwareStatusNotification": call_result.SignedFirmwareStatusNotification(),
    "StartTransaction": call_result.StartTransaction(transaction_id=10_000_001, id_tag_info=OK),
    "StatusNotification": call_result.StatusNotification(),
    "StopTransaction": call_result.StopTransaction(),
}


def answering(action: str) -> Any:
    """Make a handler of the package for an action: it gives the same answer every time."""

    def handler(self: Any, **_: Any) -> Any:  # noqa: ARG001 - a method
        return ANSWERS[action]

    handler.__name__ = f"on_{action}"  # the package finds handlers by their names
    return on(action)(handler)


Foreign: Any = type("Foreign", (CentralSystemSide,), {f"on_{action}": answering(action) for action in ANSWERS})


class Link:
    """The connection between the two: a queue in one direction, calls in the other, and the charge point's time."""

    def __init__(self, words: str) -> None:
        rng = Random(5)
        self.charge_point = SimulatedChargePoint("CP001", rng, BEGAN_S, connectors=2)
        self.player = Player(self.charge_point, parser.read([words]))
        self.sent: list[list[Any]] = []
        self.hang_ups = 0
        self.now_s = BEGAN_S
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    async def recv(self) -> str:
        """Give the central system a message."""
        return await self._queue.get()

    async def send(self, message: str) -> None:
        """Take one from it."""
        self._perform(self.charge_point.receive(message.encode(), self.now_s))

    async def run(self, seconds: float) -> None:
        """Let time pass at the charge point, and let both talk as much as they want to."""
        until_s = self.now_s + seconds
        if not self.charge_point.state.is_connected:
            self._perform(self.charge_point.connected(self.now_s))
        while True:
            await self._talk()
            due_s = self.player.due()
            if due_s is None or due_s > until_s:
                break
            self.now_s = max(self.now_s, due_s)
            self._perform(self.player.advance(self.now_s))
        self.now_s = until_s
        self._perform(self.player.advance(self.now_s))
        await self._talk()

    async def _talk(self) -> None:
        while self.charge_point.waits_for is not None or not self._queue.empty():
            await asyncio.sleep(0)

    def _perform(self, wanted: list[Output]) -> None:
        for effect in wanted:
            if isinstance(effect, Send):
                self.sent.append(json.loads(effect.data))
                self._queue.put_nowait(effect.data.decode())
            elif isinstance(effect, HangUp):
                self.hang_ups += 1
                self.now_s += effect.away_s
                self._perform(self.charge_point.disconnected(self.now_s))
                self._perform(self.charge_point.connected(self.now_s))


async def converse(words: str, commands: list[Any], seconds: float) -> tuple[Link, list[Any]]:
    """Let a script run, send commands one after another, ten seconds apart, and give their confirmations."""
    link = Link(words)
    central = Foreign("CP001", link)
    listening = asyncio.create_task(central.start())
    await link.run(1)
    confirmations = []
    for command in commands:
        confirmations.append(await central.call(command, suppress=False))
        await link.run(10)
    await link.run(seconds)
    listening.cancel()
    return link, confirmations


def talk(words: str, commands: list[Any], seconds: float) -> tuple[Link, list[Any]]:
    """Run ``converse`` to its end."""
    return asyncio.run(asyncio.wait_for(converse(words, commands, seconds), PATIENCE_S))


SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": SCHEDULE,
}
FIRMWARE = {"location": "http://a/2.0", "retrieveDateTime": NOW, "signingCertificate": PEM, "signature": "c2ln"}
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
COMMANDS = (
    call.CancelReservation(reservation_id=4),
    call.CertificateSigned(certificate_chain=PEM),
    call.ChangeAvailability(connector_id=2, type="Inoperative"),
    call.ChangeAvailability(connector_id=0, type="Operative"),
    call.ChangeConfiguration(key="HeartbeatInterval", value="120"),
    call.ClearCache(),
    call.ClearChargingProfile(id=3),
    call.DataTransfer(vendor_id="shocpp", message_id="echo", data="hello"),
    call.DeleteCertificate(certificate_hash_data=HASHES),
    call.ExtendedTriggerMessage(requested_message="LogStatusNotification"),
    call.ExtendedTriggerMessage(requested_message="SignChargePointCertificate"),
    call.GetCompositeSchedule(connector_id=1, duration=3600, charging_rate_unit="A"),
    call.GetConfiguration(),
    call.GetConfiguration(key=["HeartbeatInterval", "Colour"]),
    call.GetDiagnostics(location="ftp://example.org/"),
    call.InstallCertificate(certificate_type="CentralSystemRootCertificate", certificate=PEM),
    call.GetInstalledCertificateIds(certificate_type="CentralSystemRootCertificate"),
    call.GetLocalListVersion(),
    call.GetLog(log={"remoteLocation": "ftp://example.org/"}, log_type="SecurityLog", request_id=1),
    call.ReserveNow(connector_id=2, expiry_date="2026-01-01T12:00:00Z", id_tag="1111", reservation_id=4),
    call.SendLocalList(
        list_version=1, update_type="Full", local_authorization_list=[{"idTag": "1111", "idTagInfo": OK}]
    ),
    call.SetChargingProfile(connector_id=0, cs_charging_profiles=PROFILE),
    call.RemoteStartTransaction(id_tag="1111", connector_id=1),
    call.RemoteStopTransaction(transaction_id=10_000_001),
    call.UnlockConnector(connector_id=1),
    *(
        call.TriggerMessage(requested_message=wanted)
        for wanted in (
            "BootNotification",
            "DiagnosticsStatusNotification",
            "FirmwareStatusNotification",
            "Heartbeat",
            "MeterValues",
            "StatusNotification",
        )
    ),
    call.SignedUpdateFirmware(request_id=2, firmware=FIRMWARE),
    call.UpdateFirmware(location="http://example.org/firmware/2.0", retrieve_date=NOW),
    call.Reset(type="Soft"),
    call.Reset(type="Hard"),
)


def test_every_command_is_answered_as_the_package_wants_it() -> None:
    """Each command of OCPP 1.6 and of the security extension gets a confirmation that passes strict validation."""
    link, confirmations = talk("plug", list(COMMANDS), 600)
    assert len(confirmations) == len(COMMANDS)
    assert all(confirmation is not None for confirmation in confirmations)
    assert link.charge_point.state.tally.refused == 0
    mine = {action for action, one in SPECIFIED.items() if one.started_by != operations.CHARGE_POINT}
    assert mine == {type(command).__name__ for command in COMMANDS}


EVERYTHING = (
    "set StopTxnSampledData Energy.Active.Import.Register,SoC; set ClockAlignedDataInterval 900;"
    "set MeterValuesSampledData Energy.Active.Import.Register,Power.Offered,Current.Offered,Current.Import,Voltage,SoC;"
    "data vendor hello; security InvalidFirmwareSignature;"
    "card 1111; wait 10s; plug; wait 20m; pause; wait 1m; resume; wait 5m; fault GroundFailure; wait 1m; clear;"
    "wait 1h; card 1111; wait 10s; unplug; meter; reboot; wait 1h"
)


def test_every_message_is_as_the_package_wants_it() -> None:
    """Whatever the charge point sends passes strict validation, the package's and ours."""
    everything = [call.UpdateFirmware(location="http://a/2", retrieve_date=NOW), *COMMANDS[9:11], COMMANDS[14]]
    link, _ = talk(EVERYTHING, [*everything, COMMANDS[18], COMMANDS[-4]], 4 * 3600)
    assert link.charge_point.state.tally.refused == 0
    requests = [frame for frame in link.sent if frame[0] == 2]
    assert [frame for frame in requests if not payloads.fits(frame[2], "request", frame[3])] == []
    started = {action for action, one in SPECIFIED.items() if one.started_by != operations.CENTRAL_SYSTEM}
    assert {frame[2] for frame in requests} == started


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
def test_reset_ends_the_charge_with_its_reason(kind: str, reason: str) -> None:
    """A reset ends a charge with the specification's reason, drops the connection and boots."""
    link, _ = talk("plug; card 1111", [call.Reset(type=kind)], 300)
    actions = [frame[2] for frame in link.sent if frame[0] == 2]
    stops = [frame[3] for frame in link.sent if frame[0] == 2 and frame[2] == "StopTransaction"]
    assert [stop["reason"] for stop in stops] == [reason]
    assert link.hang_ups == 1
    boots = [number for number, action in enumerate(actions) if action == "BootNotification"]
    assert len(boots) == 2
    assert (actions.index("StopTransaction") > boots[1]) == (kind == "Hard")
