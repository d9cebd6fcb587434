"""
A charge from boot to summary with a charge point that nobody here wrote: the ``ocpp`` package's, over real websocketd.

Everything of ours is started as a user starts it: by the commands in bin/, in a checkout.
"""

# mypy: disallow-untyped-decorators=False, disallow-subclassing-any=False
# (the package has no types)

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.support.household import make_home
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.scratch import TAGS

BEGIN_WH, END_WH = 9_042_700, 9_075_499


class Wallbox(ChargePoint):
    """The package's charge point, with answers for the commands of the test."""

    @on(Action.remote_start_transaction)
    def start_remotely(self, id_tag: str, **_: Any) -> call_result.RemoteStartTransaction:
        """Accept the card."""
        self.asked_for = id_tag
        return call_result.RemoteStartTransaction(status="Accepted")

    @on(Action.remote_stop_transaction)
    def stop_remotely(self, transaction_id: int) -> call_result.RemoteStopTransaction:
        """Accept the transaction that it has."""
        return call_result.RemoteStopTransaction(
            status="Accepted" if transaction_id == self.transaction else "Rejected"
        )

    @on(Action.get_configuration)
    def configuration(self, key: list[str]) -> call_result.GetConfiguration:
        """Tell one setting."""
        setting = {"key": "HeartbeatInterval", "readonly": False, "value": "55"}
        return call_result.GetConfiguration(configuration_key=[setting], unknown_key=key[1:])

    @on(Action.reset)
    def reset(self, **_: Any) -> call_result.Reset:
        """Refuse while it charges."""
        return call_result.Reset(status="Rejected")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a checkout with accounts."""
    home = make_home(tmp_path / "checkout")
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    return home


@pytest.fixture
def port(home: Path) -> Iterator[int]:
    """Run shocpp-listener; give its port."""
    port = held_port()
    environ = {"PATH": os.environ["PATH"], "WS_ADDRESS": "127.0.0.1", "WS_PORT": str(port), "TZ": "UTC"}
    with (home / "listener").open("wb") as log:
        listener = subprocess.Popen([home / "bin/shocpp-listener"], env=environ, stdout=log, stderr=log, cwd="/")
    until(lambda: is_listening(port), "the listener")
    yield port
    listener.terminate()
    listener.wait(PATIENCE_S)


async def run(home: Path, command: str, *arguments: str) -> Any:
    """Run a command of ours in a shell's place; what it prints, parsed."""
    environ = {"PATH": os.environ["PATH"], "TZ": "UTC"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        home / "bin" / command, *arguments, env=environ, stdout=pipe, stderr=pipe
    )
    said, complaint = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode == 0, complaint.decode()
    return json.loads(said)


async def command(home: Path, *arguments: str) -> Any:
    """Send a command; the answer, or the busy mailbox, is waited for as long as anything here is."""
    return await run(home, "shocpp-command", f"--timeout={PATIENCE_S}", *arguments)


async def charge(home: Path, port: int, began: datetime, ended: datetime) -> int:
    """Boot, charge, be commanded meanwhile, stop; the transaction's id."""
    url = f"ws://127.0.0.1:{port}/ocpp/CP001"
    connecting = connect(url, subprotocols=[Subprotocol("ocpp1.6")], open_timeout=PATIENCE_S, ping_interval=None)
    async with connecting as connection:
        assert connection.subprotocol == "ocpp1.6"
        box = Wallbox("CP001", connection, response_timeout=PATIENCE_S)
        listening = asyncio.create_task(box.start())
        boot = await box.call(call.BootNotification(charge_point_model="m", charge_point_vendor="v"))
        assert (boot.status, boot.interval) == ("Accepted", 55)
        for id_tag, status in (("3333", "Accepted"), ("0000", "Invalid"), ("6666", "Blocked")):
            assert (await box.call(call.Authorize(id_tag=id_tag))).id_tag_info["status"] == status

        assert await command(home, "RemoteStartTransaction", "idTag=3333") == {"status": "Accepted"}
        assert box.asked_for == "3333"
        start = call.StartTransaction(connector_id=1, id_tag="3333", meter_start=BEGIN_WH, timestamp=began.isoformat())
        started = await box.call(start)
        assert started.id_tag_info["status"] == "Accepted"
        box.transaction = started.transaction_id
        await box.call(call.StatusNotification(connector_id=1, error_code="NoError", status="Charging"))

        configuration = command(home, "GetConfiguration", '{"key": ["HeartbeatInterval", "x"]}')
        reset = command(home, "--charge-point", "CP001", "Reset", "type=Soft")
        meters = [measure(box, began + timedelta(minutes=minute)) for minute in range(1, 31)]
        answers = await asyncio.gather(configuration, reset, *meters)
        assert answers[0] == {
            "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "55"}],
            "unknownKey": ["x"],
        }
        assert answers[1] == {"status": "Rejected"}
        stop_it = f"transactionId={box.transaction}"
        assert await command(home, "RemoteStopTransaction", stop_it) == {"status": "Accepted"}

        stop = call.StopTransaction(
            transaction_id=box.transaction, meter_stop=END_WH, timestamp=ended.isoformat(), reason="Remote"
        )
        await box.call(stop)
        listening.cancel()
        return int(box.transaction)


async def measure(box: Wallbox, at: datetime) -> None:
    """Send what the meter says; the confirmation is an empty one, which the package checks."""
    sampled = {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"}
    meter_value = [{"timestamp": at.isoformat(), "sampledValue": [sampled]}]
    await box.call(call.MeterValues(connector_id=1, transaction_id=box.transaction, meter_value=meter_value))


def test_a_charge(home: Path, port: int) -> None:
    """The package's client is served and commanded while it charges; record and summary are right to the last Wh."""
    ended = datetime.now(UTC).replace(microsecond=0)
    began = ended - timedelta(hours=3)
    transaction_id = asyncio.run(asyncio.wait_for(charge(home, port, began, ended), 3 * PATIENCE_S))
    (path,) = (home / "accounting").glob("*/*/*.json")
    record = json.loads(path.read_text())
    assert transaction_id == 20_009_042
    assert record == {
        "localtime": ended.strftime("%Y-%m-%d %H:%M:%S"),
        "unixtime": str(int(ended.timestamp())),
        "account": "family-y",
        "begin_kwh": "9042",
        "end_kwh": "9075",
        "consumed_kwh": "33",
        "charge_point": "CP001",
        "connector_id": 1,
        "transaction_id": transaction_id,
        "account_index": 2,
        "id_tag": "3333",
        "reason": "Remote",
        "begin_wh": BEGIN_WH,
        "end_wh": END_WH,
        "consumed_wh": END_WH - BEGIN_WH,
        "started": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "stopped": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration_s": 3 * 3600,
        "received": record["received"],
        "vendor": "v",
        "model": "m",
    }
    year, month = path.parts[-3:-1]
    summary = asyncio.run(run(home, "shocpp-summary", year, month, "--json"))
    sums = [(each["account"], each["sessions"], each["energy_wh"]) for each in summary["accounts"]]
    assert sums == [("family-y", 1, END_WH - BEGIN_WH)]
    assert summary["total"]["energy_wh"] == END_WH - BEGIN_WH
