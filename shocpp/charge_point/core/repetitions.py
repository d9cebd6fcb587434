"""
Messages that a charge point with a quirk sends although they were confirmed before, or are out of date.

Quirks 9, 10 and 12 of docs/quirks.md.
"""

from __future__ import annotations

from shocpp.charge_point.core.outbox import QueuedCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.state import State
    from shocpp.ocpp.frames import Payload

_FLOOD = 50


class Repetitions:
    """Queues repetitions of what was confirmed, as far as the charge point's quirks want them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last_stop: QueuedCall | None = None

    def confirmed(self, call: QueuedCall) -> None:
        """Repeat a request that was just confirmed."""
        if call.is_repetition:
            return
        has = self._state.quirks.has
        if call.action == "StopTransaction":
            self._last_stop = call
            if has("stop-twice"):
                self._state.queue(_again(call))
            if has("meter-values-after-stop"):
                self._state.queue(_old_meter_values(call))
        if call.action == "StartTransaction" and has("start-twice"):
            self._state.queue(_again(call))

    def reconnected(self) -> None:
        """Repeat what belongs to the last charge, after the connection was away."""
        stop = self._last_stop
        if stop is None:
            return
        if self._state.quirks.has("stop-at-return"):
            self._state.queue(_again(stop))
        if self._state.quirks.has("meter-values-flood"):
            for _ in range(_FLOOD):
                self._state.queue(_old_meter_values(stop))


def _again(call: QueuedCall) -> QueuedCall:
    return QueuedCall(call.action, call.payload, call.transaction, shaped=call.shaped, is_repetition=True)


def _old_meter_values(stop: QueuedCall) -> QueuedCall:
    sample: Payload = {"value": str(stop.payload["meterStop"])}
    value: Payload = {"timestamp": stop.payload["timestamp"], "sampledValue": [sample]}
    transaction = stop.transaction
    payload: Payload = {"connectorId": transaction.connector_id if transaction else 1, "meterValue": [value]}
    return QueuedCall("MeterValues", payload, transaction)
