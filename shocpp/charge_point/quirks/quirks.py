"""
The quirks of one charge point: what it does to its messages that charge points in the field do to theirs.

Knows values alone, no charge point: that asks here, at a few places, whether it would go against the specification,
and has its payloads, frames and unique ids made here. ``catalogue`` has the names. Of several quirks of one kind a
message gets one, by chance.
"""

from __future__ import annotations

import json

from shocpp.charge_point.quirks import catalogue, shapes
from shocpp.charge_point.quirks.damage import DAMAGE
from shocpp.ocpp.frames import Call, CallError, CallResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from shocpp.ocpp.frames import Payload, UniqueId


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
        self._of_kind = {kind: sorted(self.names & catalogue.names(kind)) for kind in catalogue.KINDS}
        self._count = 0

    def has(self, name: str) -> bool:
        """Tell whether a quirk is on."""
        return name in self.names

    def booted(self) -> None:
        """Take note of a boot."""
        if self.has("ids-restart"):
            self._count = 0

    def unique_id(self) -> UniqueId:
        """Make the unique id of a CALL."""
        self._count += 1
        if self.has("integer-ids"):
            return self._count
        return str(self._count) if self.has("ids-restart") else f"{self._rng.getrandbits(64):016x}"

    def shape(self, action: str, payload: Payload, meter_start_wh: int) -> Payload:
        """
        Change a request's payload as the quirks want it; give what is sent.

        Args:
            action: The request's.
            payload: As specified; it stays as it is.
            meter_start_wh: Where the meter stood at the start of the transaction that it tells of.
        """
        changed: Payload = json.loads(json.dumps(payload))
        stop, samples, tag, clock = map(self._one_of, (catalogue.ID, catalogue.METER, catalogue.TAG, catalogue.CLOCK))
        if stop is not None and action == "StopTransaction":
            shapes.change_stop(changed, shapes.STOPS[stop], meter_start_wh)
        if samples is not None:
            shapes.change_samples(changed, shapes.SAMPLES[samples])
        if tag is not None:
            shapes.change_tag(changed, shapes.TAGS[tag])
        if clock is not None:
            shapes.change_times(changed, shapes.CLOCKS[clock])
        shaped: object = changed
        for name in self._of_kind[catalogue.SHAPE]:
            shaped = shapes.SHAPES[name](shaped, action)
        return shaped  # type: ignore[return-value]  # null-payload means it

    def wire(self, line: str) -> list[bytes]:
        """Give what is sent in a frame's place: one message or several."""
        data = line.encode()
        name = self._one_of(catalogue.WIRE)
        if self.has("stop-same-id") and b'"StopTransaction"' in data:
            return [data, data]
        if name is None or not data.startswith(b"[2,"):
            return [data]
        return DAMAGE[name](data, Call(f"extra-{self._rng.getrandbits(32):08x}", "Heartbeat", {}).encode().encode())

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

    def _one_of(self, kind: str) -> str | None:
        names = self._of_kind[kind]
        if len(names) < 2:
            return names[0] if names else None
        return self._rng.choice(names)
