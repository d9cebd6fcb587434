"""Charge points in Home Assistant: found, shown, started, stopped and switched over a real broker."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.brokers import Emqx, as_emqx, mosquitto
from tests.support.charge_point import ChargePoint, Socket
from tests.support.listening import Listener, listening
from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import launched

# Home Assistant: MQTT integration (device discovery), sensor (device and state classes, and their units)
REQUIRED = {"device", "origin", "components"}
UNITS: dict[str | None, set[str | None]] = {
    "power": {"mW", "W", "kW", "MW"},
    "energy": {"Wh", "kWh", "MWh"},
    "enum": {None},
    None: {None},
}
STATES: dict[str | None, set[str | None]] = {
    "power": {"measurement"},
    "energy": {"total", "total_increasing"},
    "enum": {None},
    None: {None},
}
OF_PLATFORM = {
    "sensor": {"value_template", "device_class", "unit_of_measurement", "state_class", "options", "icon"},
    "button": {"command_topic"},
    "switch": {"command_topic", "value_template", "payload_on", "payload_off"},
}
ACCEPTED = {"status": "Accepted"}


@contextmanager
def publishing(listener: Listener, url: str, *options: str) -> Iterator[Path]:
    """Run shocpp-mqtt home-assistant beside a listener; give what it says."""
    output = listener.scratch.home / "home-assistant"
    with output.open("wb") as file:
        command = [*launched("mqtt"), "home-assistant", url, *options]
        environ = {"PATH": "/usr/bin:/bin"} | listener.scratch.environ
        process = subprocess.Popen(command, env=environ, stdout=file, stderr=file)
    try:
        until(lambda: "publishing" in output.read_text() or process.poll() is not None, "it to publish")
        assert process.poll() is None, output.read_text()
        yield output
        process.terminate()
        assert process.wait(PATIENCE_S) == 0, output.read_text()
    finally:
        process.kill()


def state(client: Emqx, is_wanted: Any) -> dict[str, Any]:
    """Wait until the charge point is in a state."""
    while True:
        message = client.down.get(timeout=PATIENCE_S)
        if message.topic == "shocpp/home-assistant/CP001/state":
            said: dict[str, Any] = json.loads(message.payload)
            if said["connected"] and is_wanted(said["connectors"]["1"]):
                return dict(said["connectors"]["1"])


def check(message: dict[str, Any]) -> None:
    """Hold a discovery message against what Home Assistant documents."""
    assert message.keys() >= REQUIRED
    assert message["device"]["identifiers"] and message["device"]["name"]
    assert message["origin"]["name"]
    names = [component["unique_id"] for component in message["components"].values()]
    assert len(set(names)) == len(names)
    for component in message["components"].values():
        more = component.keys() - {"platform", "name", "unique_id"}
        assert more <= OF_PLATFORM[component["platform"]]
        if component["platform"] == "sensor":
            kind = component.get("device_class")
            assert component.get("unit_of_measurement") in UNITS[kind]
            assert component.get("state_class") in STATES[kind]


def test_a_charge(tmp_path: Path) -> None:
    """A charge point is found with all that it can; start, stop and the switch reach it, and what it does is shown."""
    (tmp_path / "home").mkdir()
    with (
        mosquitto(tmp_path / "broker") as broker,
        as_emqx(broker.port) as client,
        listening(tmp_path / "home") as listener,
    ):
        client.subscribe("#")
        point = ChargePoint(
            Socket(f"ws://127.0.0.1:{listener.port}/CP001"),
            {
                "RemoteStartTransaction": ACCEPTED,
                "RemoteStopTransaction": ACCEPTED,
                "ChangeAvailability": ACCEPTED,
            },
        )
        point.call("StatusNotification", {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"})
        with publishing(listener, broker.url, "--start-for", "1111") as said:
            state(client, lambda now: now["status"] == "Preparing")
            press(client, "start", "PRESS")
            assert asked(point, "RemoteStartTransaction") == {"idTag": "1111", "connectorId": 1}
            start = {"connectorId": 1, "idTag": "1111", "meterStart": 1000, "timestamp": "2026-03-15T10:00:00Z"}
            number = point.call("StartTransaction", start)["transactionId"]
            point.call("StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode": "NoError"})
            values = [
                {"value": "3000", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "7400", "measurand": "Power.Active.Import", "unit": "W"},
            ]
            reading = [{"timestamp": "2026-03-15T10:10:00Z", "sampledValue": values}]
            point.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": reading})
            now = state(client, lambda now: now["session_wh"] == 2000)
            assert (now["status"], now["power_w"], now["energy_wh"]) == ("Charging", 7400, 3000)
            assert now["account"]
            press(client, "stop", "PRESS")
            assert asked(point, "RemoteStopTransaction") == {"transactionId": number}
            press(client, "availability", "OFF")
            assert asked(point, "ChangeAvailability") == {"connectorId": 1, "type": "Inoperative"}
            (listener.scratch.home / "conf").mkdir(exist_ok=True)
            (listener.scratch.home / "conf/charge-points.json").write_text("[")
            until(lambda: "shown is what was seen" in said.read_text(), "the broken list to be told of")
        point.close()
        with as_emqx(broker.port) as later:
            later.subscribe("homeassistant/device/+/config")
            message = json.loads(later.down.get(timeout=PATIENCE_S).payload)
            check(message)
            assert message["device"]["manufacturer"] == "acme"
        with as_emqx(broker.port) as later:
            later.subscribe("shocpp/home-assistant/status")
            assert later.down.get(timeout=PATIENCE_S).payload == b"offline"
        assert said.read_text().count("WARNING") == 1 and "shocpp-status" not in said.read_text()


def press(client: Emqx, what: str, payload: str) -> None:
    """Do what Home Assistant does when somebody presses a button."""
    client.publish(f"shocpp/home-assistant/CP001/set/{what}/1", payload)


def asked(point: ChargePoint, action: str) -> dict[str, Any]:
    """Wait for a command; give its payload."""
    until(lambda: action in dict(point.asked), f"a {action}")
    return dict(point.asked)[action]
