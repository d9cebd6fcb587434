"""
What flows through the connectors, and what the central system is told of it: power, meter values, statuses.

Source: OCPP 1.6 §3.13 (limits), §4.7 (MeterValues), §4.9 (StatusNotification)
"""

from __future__ import annotations

from shocpp.charge_point.core.connector import NO_ERROR, Connector
from shocpp.charge_point.core.metering import PHASES, VOLTS, sampled_values
from shocpp.charge_point.core.outbox import QueuedCall
from shocpp.charge_point.core.timestamps import stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.state import State
    from shocpp.ocpp.frames import Payload

# how often power is looked at anew: while it ramps up, while it is what it is, while the battery gets full
_FIRST_S, _FIRST_LOOK_S, _LOOK_S, _LAST_LOOK_S = 20.0, 5.0, 300.0, 60.0
_NEARLY_FULL = 0.75


class Supply:
    """
    Power and readings of a charge point's connectors.

    Args:
        state: The charge point's.
        power_w: What one connector can deliver.
    """

    def __init__(self, state: State, power_w: float) -> None:
        self._state = state
        self._keys = state.configuration
        self._power_w = power_w

    def run(self, seconds: float) -> None:
        """Let energy flow for a time at the power that was set."""
        for connector in self._state.connectors.values():
            if connector.meter.power_w:
                energy_wh = connector.meter.run(seconds)
                if connector.car is not None:
                    connector.car.take(energy_wh)

    def update(self, now_s: float) -> None:
        """Set the power anew, and tell of every status that is another one than before."""
        self._set_power(now_s)
        state = self._state
        if state.is_connected and state.is_registered and state.is_on:
            for connector in state.all_connectors.values():
                if connector.told != (connector.status, connector.error_code):
                    self._tell_in_time(connector, now_s)

    def introduce(self, now_s: float) -> None:
        """Tell all statuses: the charge point has booted."""
        for connector in self._state.all_connectors.values():
            self.tell(connector, now_s)
        self.align(now_s)

    def tell(self, connector: Connector, now_s: float, is_urgent: bool = False) -> None:
        """Send a connector's status."""
        connector.told = connector.status, connector.error_code
        self._state.queue(
            QueuedCall(
                "StatusNotification",
                {
                    "connectorId": connector.number,
                    "errorCode": connector.error_code,
                    "status": connector.status,
                    "timestamp": stamp(now_s),
                },
            ),
            is_urgent,
        )

    def _tell_in_time(self, connector: Connector, now_s: float) -> None:
        """Tell a status once it has lasted (OCPP 1.6 §9.1.19, MinimumStatusDuration)."""
        lasting_s = self._keys.integer("MinimumStatusDuration")
        name = f"status-{connector.number}"
        if not lasting_s or connector.told is None:
            self.tell(connector, now_s)
        elif name not in self._state.timers:
            meant = connector.status

            def tell(at_s: float) -> None:
                if connector.status == meant and connector.told != (meant, connector.error_code):
                    self.tell(connector, at_s)

            self._state.timers.set(name, now_s + lasting_s, tell)

    # --- power

    def offer_w(self, connector_id: int, at_s: float, began_s: float, charging: int) -> float:
        """
        Give the power that a connector may draw at a time; of connector 0, all of them together.

        Args:
            connector_id: The connector, 0 for the charge point.
            at_s: The time.
            began_s: When the transaction began.
            charging: Among how many connectors the charge point's own limit is divided.
        """
        profiles = self._state.profiles
        if not profiles and connector_id:
            return self._power_w
        total_w = profiles.total_w(at_s, began_s)
        if connector_id == 0:
            most_w = self._power_w * len(self._state.connectors)
            return most_w if total_w is None else min(most_w, total_w)
        limits = [self._power_w, profiles.connector_w(connector_id, at_s, began_s)]
        if total_w is not None:
            limits.append(total_w / max(1, charging))
        return max(0.0, min(limit_w for limit_w in limits if limit_w is not None))

    def charging(self) -> list[Connector]:
        """Give the connectors at which energy may flow: charging, with a car, without a fault."""
        return [
            connector
            for connector in self._state.connectors.values()
            if connector.transaction is not None and connector.car is not None and connector.error_code == NO_ERROR
        ]

    def schedule(self, connector_id: int, duration_s: int, is_current: bool, now_s: float) -> Payload:
        """
        Make the ``chargingSchedule`` of what a connector may draw from now on.

        Source: OCPP 1.6 §5.7
        """
        connector = self._state.connectors.get(connector_id)
        running = connector.transaction if connector is not None else None
        began_s = running.began_s if running is not None else now_s
        charging = len(self.charging())
        periods: list[Payload] = []
        at_s: float | None = now_s
        while at_s is not None and at_s < now_s + max(1, duration_s):
            limit_w = self.offer_w(connector_id, at_s, began_s, charging)
            limit = round(limit_w / VOLTS / PHASES if is_current else limit_w, 1)
            if not periods or periods[-1]["limit"] != limit:
                periods.append({"startPeriod": int(at_s - now_s), "limit": limit})
            at_s = self._state.profiles.next_change(at_s, began_s)
        return {
            "duration": duration_s,
            "startSchedule": stamp(now_s),
            "chargingRateUnit": "A" if is_current else "W",
            "chargingSchedulePeriod": periods,
        }

    def _set_power(self, now_s: float) -> None:
        charging = self.charging()
        for connector in self._state.connectors.values():
            if connector.meter.power_w and connector not in charging:
                connector.meter.power_w = 0.0
        if not charging:
            return
        look_s = now_s + _LOOK_S
        for connector in charging:
            transaction, car = connector.transaction, connector.car
            assert transaction is not None  # noqa: S101 - that is what charging means
            assert car is not None  # noqa: S101
            offered_w = self.offer_w(connector.number, now_s, transaction.began_s, len(charging))
            if transaction.most_wh is not None and connector.meter.reading_wh >= transaction.most_wh:
                transaction.is_allowed = False
            connector.offered_w = offered_w if transaction.is_allowed else 0.0
            lasted_s = now_s - transaction.began_s
            connector.meter.power_w = min(connector.offered_w, car.wish_w(lasted_s))
            if lasted_s < _FIRST_S:
                look_s = min(look_s, now_s + _FIRST_LOOK_S)
            elif car.state_of_charge > _NEARLY_FULL:
                look_s = min(look_s, now_s + _LAST_LOOK_S)
            change_s = self._state.profiles.next_change(now_s, transaction.began_s)
            if change_s is not None and change_s < look_s:
                look_s = change_s
        self._state.timers.set("power", look_s, _look)

    # --- meter values

    def sample(self, connector: Connector, context: str, now_s: float) -> None:
        """Sample the meter for the transactionData of the charge's end (StopTxnSampledData)."""
        if connector.transaction is not None:
            value = self._meter_value(connector, "StopTxnSampledData", context, now_s)
            if value is not None:
                connector.transaction.data.append(value)

    def sample_later(self, connector: Connector, now_s: float) -> None:
        """Have meter values sent at MeterValueSampleInterval, as long as the charge lasts."""
        interval_s = self._keys.integer("MeterValueSampleInterval")
        if not interval_s:
            return

        def sample(at_s: float) -> None:
            if connector.transaction is not None:
                self.sample(connector, "Sample.Periodic", at_s)
                self.send(connector, "MeterValuesSampledData", "Sample.Periodic", at_s)
                self.sample_later(connector, at_s)

        self._state.timers.set(f"sample-{connector.number}", now_s + interval_s, sample)

    def align(self, now_s: float) -> None:
        """
        Have the meters of all connectors told at the same times of the day.

        Source: OCPP 1.6 §9.1.3 (ClockAlignedDataInterval)
        """
        interval_s = self._keys.integer("ClockAlignedDataInterval")
        if not interval_s:
            self._state.timers.cancel("aligned")
            return

        def sample(at_s: float) -> None:
            for connector in self._state.connectors.values():
                self.send(connector, "MeterValuesAlignedData", "Sample.Clock", at_s)
                value = self._meter_value(connector, "StopTxnAlignedData", "Sample.Clock", at_s)
                if value is not None and connector.transaction is not None:
                    connector.transaction.data.append(value)
            self.align(at_s)

        self._state.timers.set("aligned", (now_s // interval_s + 1) * interval_s, sample)

    def send(self, connector: Connector, key: str, context: str, now_s: float, is_urgent: bool = False) -> None:
        """
        Send a connector's meter values.

        Source: OCPP 1.6 §4.7
        """
        value = self._meter_value(connector, key, context, now_s)
        if value is not None:
            payload: Payload = {"connectorId": connector.number, "meterValue": [value]}
            self._state.queue(QueuedCall("MeterValues", payload, connector.transaction), is_urgent)

    def _meter_value(self, connector: Connector, key: str, context: str, now_s: float) -> Payload | None:
        found = sampled_values(
            self._keys.words(key),
            connector.meter,
            connector.car,
            connector.offered_w,
            context,
            self._state.rng,
        )
        return {"timestamp": stamp(now_s), "sampledValue": found} if found else None


def _look(now_s: float) -> None:
    """Do nothing: power is set anew whenever time has passed."""
