"""
The life of a charge point: switched on, introduced to the central system, showing that it is there, booting.

Source: OCPP 1.6 §4.2 (BootNotification), §4.6 (Heartbeat), §5.14 (Reset)
"""

from __future__ import annotations

from shocpp.charge_point.core.outbox import QueuedCall
from shocpp.charge_point.core.outputs import HangUp
from shocpp.charge_point.core.statuses import ACCEPTED
from shocpp.ocpp.reading import integer, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charging import Charging
    from shocpp.charge_point.core.state import State
    from shocpp.charge_point.core.supply import Supply
    from shocpp.ocpp.frames import Payload

_BOOT_AGAIN_S = 60  # where the central system gives no interval
_GRACE_S = 30.0  # a soft reset waits that long for what is still to be sent
_BOOT_S = 10.0


class Life:
    """
    Switches a charge point on and off, and keeps the central system aware of it.

    Args:
        state: The charge point's.
        supply: Tells the statuses after a boot.
        charging: Ends charges before one.

    Attributes:
        after_boot: What is to be done once the next boot is accepted.
    """

    def __init__(self, state: State, supply: Supply, charging: Charging) -> None:
        self._state = state
        self._supply = supply
        self._charging = charging
        self.after_boot: Callable[[float], None] | None = None

    def boot_again(self, now_s: float, interval_s: int = 0) -> None:
        """Introduce ourselves anew after a while, a minute if none is named: there was no good answer."""
        self._state.timers.set("boot-again", now_s + (interval_s or _BOOT_AGAIN_S), self.boot)

    def boot(self, now_s: float, is_urgent: bool = True) -> None:  # noqa: ARG002 - a timer's callback is told the time
        """
        Introduce ourselves.

        Source: OCPP 1.6 §4.2
        """
        serial = self._state.identity[-25:] or "0"
        self._state.queue(
            QueuedCall(
                "BootNotification",
                {
                    "chargePointVendor": "shocpp",
                    "chargePointModel": "Simulated",
                    "chargePointSerialNumber": serial,
                    "firmwareVersion": self._state.firmware_version,
                    "meterType": "Simulated",
                },
                confirmed=self._booted,
            ),
            is_urgent,
        )

    def _booted(self, confirmation: Payload, now_s: float) -> None:
        self._state.registration = text(confirmation.get("status")) or ""
        interval_s = integer(confirmation.get("interval")) or 0
        if self._state.registration == ACCEPTED:
            if interval_s > 0:
                self._state.configuration.change("HeartbeatInterval", str(interval_s))
            self._supply.introduce(now_s)
            self.heartbeat_later(now_s)
            if self.after_boot is not None:
                self.after_boot(now_s)
                self.after_boot = None
        else:
            self.boot_again(now_s, interval_s)

    def heartbeat(self, now_s: float) -> None:
        """Show that we are there."""
        if self._state.is_connected and self._state.is_registered and not self._state.quirks.has("no-heartbeat"):
            self._state.queue(QueuedCall("Heartbeat", {}))
            self.heartbeat_later(now_s)

    def heartbeat_later(self, now_s: float) -> None:
        """Have the next heartbeat sent when nothing else was for HeartbeatInterval."""
        interval_s = self._state.configuration.integer("HeartbeatInterval")
        if interval_s > 0:
            self._state.timers.set("heartbeat", now_s + interval_s, self.heartbeat)

    def restart(self, now_s: float, reason: str, away_s: float = _BOOT_S) -> None:
        """
        Go down at once and boot: charges end, what they have to say is said after the boot.

        Source: OCPP 1.6 §5.14 (Hard)
        """
        self._charging.stop_all(reason, now_s)
        self._state.timers.cancel_all()
        self._state.registration = ""
        self._state.is_on = False
        self._supply.update(now_s)
        self._state.timers.set("boot", now_s + away_s, self.switch_on)
        self._state.hang_up(HangUp(away_s))

    def restart_gently(self, now_s: float, reason: str = "SoftReset") -> None:
        """
        End charges, say so, and boot then.

        Source: OCPP 1.6 §5.14 (Soft)
        """
        self._charging.stop_all(reason, now_s)
        self._state.timers.set(
            "restart", now_s + 1, lambda at_s: self._restart_when_said(at_s, now_s + _GRACE_S, reason)
        )

    def _restart_when_said(self, now_s: float, latest_s: float, reason: str) -> None:
        if self._state.is_idle or now_s >= latest_s:
            self.restart(now_s, reason)
        else:
            self._state.timers.set("restart", now_s + 1, lambda at_s: self._restart_when_said(at_s, latest_s, reason))

    def switch_on(self, now_s: float) -> None:
        """Come up after a restart: changed keys take effect; boot if there is a connection."""
        self._state.is_on = True
        self._state.timers.cancel("boot")
        self._state.configuration.reboot()
        self._state.quirks.booted()
        for connector in self._state.all_connectors.values():
            connector.told = None
            reservation = connector.reservation
            if reservation is not None:
                self._charging.reserve(connector, reservation)
        if self._state.is_connected:
            self.boot(now_s)
