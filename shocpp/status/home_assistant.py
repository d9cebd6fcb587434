"""
A charge point as Home Assistant wants to hear of it: what it can show and do, and how it is now. Pure.

Makes messages of a row of ``rows``; who publishes them, and does what is wanted, is not known here.

Source: Home Assistant, MQTT integration: device discovery payload, sensor, button, switch
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.status.rows import Row

OURS = "shocpp/home-assistant"  # what we publish is below it, and what is wanted of us
STATUS = f"{OURS}/status"  # whether we are there
COMMANDS = f"{OURS}/+/set/+/+"
ONLINE, OFFLINE = "online", "offline"
START, STOP, AVAILABILITY = "start", "stop", "availability"
ON, OFF = "ON", "OFF"

# OCPP 1.6 §7.7 (ChargePointStatus)
_STATUSES = (
    "Available", "Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Reserved", "Unavailable",
    "Faulted",
)  # fmt: skip
_SENSORS: dict[str, tuple[str, dict[str, object]]] = {
    "status": ("Status", {"device_class": "enum", "options": list(_STATUSES)}),
    "power_w": ("Power", {"device_class": "power", "unit_of_measurement": "W", "state_class": "measurement"}),
    "energy_wh": ("Energy", {"device_class": "energy", "unit_of_measurement": "Wh", "state_class": "total_increasing"}),
    "session_wh": (
        "Session energy",
        {"device_class": "energy", "unit_of_measurement": "Wh", "state_class": "total_increasing"},
    ),
    "account": ("Account", {"icon": "mdi:account"}),
}
_BUTTONS = {START: "Start charging", STOP: "Stop charging"}


def object_id(identity: str) -> str:
    """
    Name a charge point with the letters that Home Assistant takes in a topic; no two have the same name.

    >>> object_id("CP001"), object_id("Säule 1")
    ('CP001', 'S-ule-1-e2a412a4')
    """
    fitting = re.sub(r"[^A-Za-z0-9_-]", "-", identity)
    return fitting if fitting == identity else f"{fitting}-{sha256(identity.encode()).hexdigest()[:8]}"


def discovery_topic(identity: str) -> str:
    """Give where Home Assistant looks for what a charge point can."""
    return f"homeassistant/device/shocpp-{object_id(identity)}/config"


def state_topic(identity: str) -> str:
    """Give where it is said how a charge point is now."""
    return f"{OURS}/{object_id(identity)}/state"


def connectors_of(row: Row) -> list[str]:
    """Give the numbers of a charge point's connectors; as long as it has said none, it is taken to have one."""
    return [number for number in row["connectors"] if number != "0"] or ["1"]


def discovery(row: Row, version: str) -> str:
    """
    Say what a charge point can show and do.

    Args:
        row: The charge point's.
        version: Ours.
    """
    identity = row["charge_point"]
    boot = row["boot"]
    device = {
        "identifiers": [f"shocpp-{object_id(identity)}"],
        "name": row.get("name", identity),
        "manufacturer": boot.get("chargePointVendor"),
        "model": boot.get("chargePointModel"),
        "sw_version": boot.get("firmwareVersion"),
    }
    numbers = connectors_of(row)
    components: dict[str, object] = {}
    for number in numbers:
        components.update(_components(identity, number, f" {number}" if len(numbers) > 1 else ""))
    message = {
        "device": {name: value for name, value in device.items() if value is not None},
        "origin": {"name": "shocpp", "sw_version": version},
        "availability": [
            {"topic": STATUS},
            {
                "topic": state_topic(identity),
                "value_template": "{{ 'online' if value_json.connected else 'offline' }}",
            },
        ],
        "availability_mode": "all",
        "state_topic": state_topic(identity),
        "components": components,
    }
    return json.dumps(message)


def state(row: Row) -> str:
    """Say how a charge point is now; null is what nobody knows."""
    charging = {str(charge.get("connector_id")): charge for charge in row["transactions"]}
    connectors = {}
    for number in connectors_of(row):
        seen, charge = row["connectors"].get(number, {}), charging.get(number, {})
        connectors[number] = {
            "status": seen.get("status"),
            "power_w": seen.get("power_w"),
            "energy_wh": seen.get("energy_wh"),
            "session_wh": charge.get("drawn_wh"),
            "account": charge.get("account"),
            "available": OFF if seen.get("status") == "Unavailable" else ON,
        }
    return json.dumps({"connected": row["connected"], "connectors": connectors})


def wanted(topic: str) -> tuple[str, str, str]:
    """
    Read a topic of ``COMMANDS``.

    Returns:
        The object id of the charge point, what is wanted, and the number of a connector.

    >>> wanted("shocpp/home-assistant/CP001/set/start/1")
    ('CP001', 'start', '1')
    """
    *_, name, _, what, number = topic.split("/")
    return name, what, number


def _components(identity: str, number: str, suffix: str) -> dict[str, object]:
    """Give what one connector shows and does, by a name of its own each."""

    def base(platform: str, name: str, key: str) -> dict[str, object]:
        unique_id = f"shocpp-{object_id(identity)}-{number}-{key}"
        return {"platform": platform, "name": f"{name}{suffix}", "unique_id": unique_id}

    place = f"value_json.connectors['{number}']"
    found: dict[str, object] = {}
    for key, (name, more) in _SENSORS.items():
        found[f"{key}_{number}"] = base("sensor", name, key) | {"value_template": f"{{{{ {place}.{key} }}}}"} | more
    for key, name in _BUTTONS.items():
        found[f"{key}_{number}"] = base("button", name, key) | {"command_topic": _command_topic(identity, key, number)}
    found[f"{AVAILABILITY}_{number}"] = base("switch", "Available", AVAILABILITY) | {
        "command_topic": _command_topic(identity, AVAILABILITY, number),
        "value_template": f"{{{{ {place}.available }}}}",
        "payload_on": ON,
        "payload_off": OFF,
    }
    return found


def _command_topic(identity: str, what: str, number: str) -> str:
    return f"{OURS}/{object_id(identity)}/set/{what}/{number}"
