"""Frames in short form, for people who watch them pass. Knows the line that ``shocpp-charger --print`` prints."""

from __future__ import annotations

import json

from shocpp.ocpp.v16 import meter_values
from shocpp.ocpp.v16.meter_values import energy_wh, power_w

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.ocpp.frames import Payload

_DULL = {"timestamp", "currentTime", "meterType", "errorCode", "chargePointSerialNumber"}


class Passed:
    """
    A frame that passed.

    Attributes:
        at: The charge point's time, such as ``2026-09-03T09:52:10Z``.
        is_sent: It came from the charge point.
        action: The action of a CALL; empty for an answer.
        payload: Its payload.
    """

    def __init__(self, line: str) -> None:
        value = json.loads(line)
        self.at: str = value["at"]
        self.is_sent = "sent" in value
        frame = value.get("sent", value.get("received"))
        is_call = isinstance(frame, list) and frame[0] == 2
        self.action: str = frame[2] if is_call else ""
        self.payload: Payload = frame[-1] if isinstance(frame, list) and isinstance(frame[-1], dict) else {}

    def __str__(self) -> str:
        arrow = ">" if self.is_sent else "<"
        said = self._readings() if self.action == "MeterValues" else _fields(self.payload)
        return f"{self.at[11:19]} {arrow} {' '.join(filter(None, (self.action, said))) or 'confirmed'}"

    def power_w(self) -> int:
        """Give the power that a MeterValues tells, in W."""
        return power_w(meter_values.samples(self.payload.get("meterValue"))) or 0

    def energy_wh(self) -> int:
        """Give the reading that a MeterValues tells, in Wh."""
        return energy_wh(meter_values.samples(self.payload.get("meterValue"))) or 0

    def _readings(self) -> str:
        return f"{self.power_w() / 1000:.1f} kW, meter at {self.energy_wh() / 1000:.3f} kWh"


def _fields(payload: Payload) -> str:
    """
    Write the fields that tell something.

    >>> _fields({"idTagInfo": {"status": "Accepted"}, "transactionId": 20009042, "timestamp": "2026-01-01T00:00:00Z"})
    'idTagInfo.status=Accepted transactionId=20009042'
    """
    words = []
    for name, value in payload.items():
        if isinstance(value, dict):
            words += [f"{name}.{inner}={said}" for inner, said in value.items() if inner not in _DULL]
        elif name not in _DULL:
            words.append(f"{name}={value}")
    return " ".join(words)
