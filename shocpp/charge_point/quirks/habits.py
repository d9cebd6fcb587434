"""
Does to messages what charge points in the field do to them: ``quirk_table`` has the names.

The charge point itself behaves as specified and is asked here, at a few places, whether this one would. Of several
quirks of one kind a message gets one, by chance; a repeated message gets the same one again.
"""

from __future__ import annotations

import json

from shocpp.charge_point.core.outbox import Message
from shocpp.charge_point.core.outputs import HangUp
from shocpp.charge_point.quirks import catalogue
from shocpp.charge_point.quirks.shapes import CLOCKS, IDS, METERS, SHAPES, TAGS
from shocpp.ocpp.frames import Call, CallError, CallResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from shocpp.charge_point.core.charge_point import ChargePoint
    from shocpp.ocpp.frames import Payload, UniqueId

_FLOOD = 50
_AWAY_S = 3 * 3600.0


class Quirks:
    """
    The quirks of one charge point.

    Args:
        names: The switches that are on.
        rng: Where chance comes from.
    """

    def __init__(self, names: Iterable[str], rng: Random) -> None:
        self.names = frozenset(names)
        self._rng = rng
        self._of_kind = {
            kind: sorted(name for name in self.names if catalogue.KINDS[name] == kind)
            for kind in set(catalogue.KINDS.values())
        }
        self._count = 0
        self._last_stop: Message | None = None

    def has(self, name: str) -> bool:
        """Tell whether a quirk is on."""
        return name in self.names

    def unique_id(self) -> UniqueId:
        """Make the unique id of a CALL."""
        self._count += 1
        if "integer-ids" in self.names:
            return self._count
        return str(self._count) if "ids-restart" in self.names else f"{self._rng.getrandbits(64):016x}"

    def payload(self, message: Message) -> Payload:
        """Give a message's payload as it is sent; again the same if it is sent again."""
        if not self.names:
            return message.filled_in()
        if message.shaped is None:
            message.shaped = self._shape(message)
        return message.shaped

    def wire(self, line: str) -> list[bytes]:
        """Give what is sent in a frame's place: one message or several."""
        data = line.encode()
        name = self._one_of(catalogue.WIRE)
        if "stop-same-id" in self.names and b'"StopTransaction"' in data:
            return [data, data]
        return [data] if name is None or not data.startswith(b"[2,") else self._damage(name, data)

    def answer(self, frame: CallResult | CallError) -> str:
        """Give the line of an answer."""
        if isinstance(frame, CallResult):
            line = frame.encode()
            return line[:200] if self.has("cut-configuration") and "configurationKey" in frame.payload else line
        if self.has("misspelt-code"):
            frame.code = frame.code.replace("Occurence", "Occurrence").replace("ted", "tedd")
        if self.has("short-callerror"):
            return json.dumps([4, frame.unique_id, frame.code, frame.description])
        return frame.encode()

    # --- habits

    def booted(self) -> None:
        """Take note of a boot."""
        if "ids-restart" in self.names:
            self._count = 0

    def returned(self, charge_point: ChargePoint) -> None:
        """Do what is done after a reconnect."""
        stop = self._last_stop
        if stop is None:
            return
        if self.has("stop-at-return"):
            charge_point.say(_again(stop))
        if self.has("meter-values-flood"):
            for _ in range(_FLOOD):
                charge_point.say(_old_meter_values(stop))

    def configured(self, charge_point: ChargePoint, now_s: float) -> None:
        """Do what is done after a change of configuration."""
        if self.has("boot-when-configured"):
            charge_point.timers.set("restart", now_s, lambda at_s: charge_point.life.restart(at_s, "Reboot"))

    def stopping(self, charge_point: ChargePoint) -> None:
        """Do what is done before a StopTransaction is sent."""
        if self.has("late-stop") and charge_point.is_connected:
            charge_point.hang_up(HangUp(_AWAY_S))

    def confirmed(self, charge_point: ChargePoint, message: Message) -> None:
        """Do what is done after a confirmation."""
        if message.is_repetition:
            return
        if message.action == "StopTransaction":
            self._last_stop = message
            if self.has("stop-twice"):
                charge_point.say(_again(message))
            if self.has("meter-values-after-stop"):
                charge_point.say(_old_meter_values(message))
        if message.action == "StartTransaction" and self.has("start-twice"):
            charge_point.say(_again(message))

    # --- what is done to a message

    def _shape(self, message: Message) -> Payload:
        payload: Payload = json.loads(json.dumps(message.filled_in()))
        for kind, deeds in ((catalogue.ID, IDS), (catalogue.METER, METERS), (catalogue.TAG, TAGS)):
            name = self._one_of(kind)
            if name is not None:
                deeds[name](payload, message)
        clock = self._one_of(catalogue.CLOCK)
        if clock is not None:
            CLOCKS[clock](payload, message)
        shaped: object = payload
        for name in self._of_kind[catalogue.SHAPE]:
            shaped = SHAPES[name](shaped, message)
        return shaped  # type: ignore[return-value]  # null-payload means it

    def _one_of(self, kind: str) -> str | None:
        names = self._of_kind[kind]
        if len(names) < 2:
            return names[0] if names else None
        return self._rng.choice(names)

    def _damage(self, name: str, data: bytes) -> list[bytes]:
        extra = Call(f"extra-{self._rng.getrandbits(32):08x}", "Heartbeat", {}).encode().encode()
        damaged = {
            "text-pong": [b"pong", data],
            "empty-line": [b"", data],
            "truncated": [extra[:-3], data],
            "bom": [b"\xef\xbb\xbf" + data],
            "pretty": [json.dumps(json.loads(data), indent=2).encode()],
            "two-in-one": [data + b" " + extra],
            "no-brackets": [data[1:-1]],
            "result-unknown-id": [b'[3,"nobody",{}]', data],
            "invalid-utf8": [data.replace(b",{", b',{"note":"\xff",', 1).replace(b'",}', b'"}')],
        }
        return damaged[name]


def _again(message: Message) -> Message:
    again = Message(message.action, message.payload, message.transaction)
    again.shaped = message.shaped
    again.is_repetition = True
    return again


def _old_meter_values(stop: Message) -> Message:
    sample: Payload = {"value": str(stop.payload["meterStop"])}
    value: Payload = {"timestamp": stop.payload["timestamp"], "sampledValue": [sample]}
    transaction = stop.transaction
    payload: Payload = {"connectorId": transaction.connector_id if transaction else 1, "meterValue": [value]}
    return Message("MeterValues", payload, transaction)
