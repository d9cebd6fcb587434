"""
Meter values that one connection brought, kept until there is time to read them.

Knows what to keep of them and in which order they are read; what is in them is the version's knowledge, and where it
is noted the sightings'.
"""

from __future__ import annotations

import marshal

from shocpp.ocpp.reading import integer
from shocpp.ocpp.unread import UnreadMeterValues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shocpp.backend.versions import Version
    from shocpp.ocpp.frames import Payload
    from shocpp.spool.run.sightings import Sightings

    Kept = bytes | Payload | UnreadMeterValues
    Sighting = dict[str, Any]

_MOST = 8  # payloads that are kept of a connector, and connectors of which they are
_LARGE = 1 << 16  # bytes of one that is read so soon that it is kept as it is
_END = b""  # in the place of one: the end of a charge


class MeterReadings:
    """
    Keeps the meter values of one charge point, and notes what they say.

    Args:
        version: The protocol's: how its meter values are read.
        sightings: Where it is noted.
        wh: Gives a reading of the charge point's meter in Wh.
        now: Gives the time as it is noted.

    Attributes:
        has_end: A charge has ended among what is kept.
    """

    __slots__ = ("_kept", "_now", "_sightings", "_version", "_wh", "has_end")

    def __init__(
        self,
        version: Version,
        sightings: Sightings,
        wh: Callable[[int | None], int | None],
        now: Callable[[], str],
    ) -> None:
        self._version = version
        self._sightings = sightings
        self._wh = wh
        self._now = now
        self._kept: dict[int, list[Kept]] = {}
        self.has_end = False

    def __bool__(self) -> bool:
        """Tell whether there are any that were not read."""
        return bool(self._kept)

    def keep(self, payload: Payload | UnreadMeterValues) -> None:
        """Keep a MeterValues; ``read`` has to follow at once if it is large."""
        if isinstance(payload, UnreadMeterValues):
            self._keep(integer(payload.connector_id) or 0, payload)
            return
        try:
            packed = marshal.dumps(payload)  # a sixth of a dict's memory
        except ValueError:
            return  # nested too deeply to be a reading
        self._keep(integer(payload.get("connectorId")) or 0, packed if len(packed) < _LARGE else payload)

    def stop_power(self, connector_id: int) -> None:
        """Note that after what is kept no power flows at a connector any more."""
        self._keep(connector_id, _END)
        self.has_end = True

    def read(self) -> None:
        """Read what is kept, in the order in which it came."""
        readings, self._kept = self._kept, {}
        self.has_end = False
        for connector_id, pending in readings.items():
            seen: Sighting = {}
            for kept in pending:
                if kept == _END:
                    self._note(connector_id, seen)
                    self._sightings.drop_power(connector_id)
                    seen = {}
                else:
                    seen = self._with(seen, _payload_of(kept))
            self._note(connector_id, seen)

    def forget(self) -> None:
        """Drop what is kept and not read: a newer connection has its own."""
        self._kept.clear()
        self.has_end = False

    def _keep(self, connector_id: int, kept: Kept) -> None:
        pending = self._kept.setdefault(connector_id, [])
        pending.append(kept)
        if len(pending) > _MOST:
            del pending[0]
        if len(self._kept) > _MOST:
            self.read()

    def _with(self, seen: Sighting, payload: Payload) -> Sighting:
        """Give what was seen with what a MeterValues says, which is newer; it is noted once for all."""
        said = self._version.read_meter(payload.get("meterValue"))
        if "energy_wh" in said:
            said["energy_wh"] = self._wh(integer(said["energy_wh"]))
        said["received"] = self._now()
        said["transaction_id"] = integer(payload.get("transactionId"))
        values, before = said["values"], seen.get("values", {})
        said["values"] = {**{name: value for name, value in before.items() if name not in values}, **values}
        return {**seen, **said}

    def _note(self, connector_id: int, seen: Sighting) -> None:
        """Note what was seen at a connector, if anything was."""
        if seen:
            self._sightings.note_meter(connector_id, seen)


def _payload_of(kept: Kept) -> Payload:
    """Read what was kept of a MeterValues."""
    if isinstance(kept, UnreadMeterValues):
        return kept.read()
    payload: Payload = marshal.loads(kept) if isinstance(kept, bytes) else kept  # noqa: S302 - our own, from this memory
    return payload
