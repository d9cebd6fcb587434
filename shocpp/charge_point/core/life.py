"""
The life of a charge point: switched on, introduced to the central system, showing that it is there, booting.

Source: OCPP 1.6 §4.2 (BootNotification), §4.6 (Heartbeat), §5.14 (Reset)
"""

from __future__ import annotations

from shocpp.charge_point.core.authorization import ACCEPTED
from shocpp.charge_point.core.outbox import Message
from shocpp.charge_point.core.outputs import HangUp
from shocpp.ocpp.reading import integer, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.charge_point import ChargePoint
    from shocpp.ocpp.frames import Payload

_BOOT_AGAIN_S = 60  # where the central system gives no interval
_GRACE_S = 30.0  # a soft reset waits that long for what is still to be sent
_BOOT_S = 10.0


class Life:
    """
    When a charge point is on, and what the central system thinks of it.

    Attributes:
        registration: The status of the last BootNotification.conf; empty before it.
        is_on: It has power and has come up.
        after_boot: What is to be done once the next boot is accepted.
    """

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point
        self.registration = ""
        self.is_on = True
        self.after_boot: Callable[[float], None] | None = None

    @property
    def is_registered(self) -> bool:
        """Tell whether the central system has accepted us since the last boot."""
        return self.registration == ACCEPTED

    def boot_again(self, now_s: float) -> None:
        """Introduce ourselves anew after a while: there was no good answer."""
        self._charge_point.timers.set("boot-again", now_s + _BOOT_AGAIN_S, self.boot)

    def boot(self, now_s: float, is_urgent: bool = True) -> None:  # noqa: ARG002 - a timer's deed is told the time
        """
        Introduce ourselves.

        Source: OCPP 1.6 §4.2
        """
        serial = self._charge_point.identity[-25:] or "0"
        self._charge_point.say(
            Message(
                "BootNotification",
                {
                    "chargePointVendor": "shocpp",
                    "chargePointModel": "Simulated",
                    "chargePointSerialNumber": serial,
                    "firmwareVersion": self._charge_point.maintenance.version,
                    "meterType": "Simulated",
                },
                confirmed=self._booted,
            ),
            is_urgent,
        )

    def _booted(self, confirmation: Payload, now_s: float) -> None:
        self.registration = text(confirmation.get("status")) or ""
        interval_s = integer(confirmation.get("interval")) or 0
        if self.registration == ACCEPTED:
            if interval_s > 0:
                self._charge_point.configuration.change("HeartbeatInterval", str(interval_s))
            self._charge_point.supply.introduce(now_s)
            self.heartbeat_later(now_s)
            if self.after_boot is not None:
                self.after_boot(now_s)
                self.after_boot = None
        else:
            self._charge_point.timers.set("boot-again", now_s + (interval_s or _BOOT_AGAIN_S), self.boot)

    def heartbeat(self, now_s: float) -> None:
        """Show that we are there."""
        if self._charge_point.is_connected and self.is_registered and not self._charge_point.quirks.has("no-heartbeat"):
            self._charge_point.say(Message("Heartbeat", {}))
            self.heartbeat_later(now_s)

    def heartbeat_later(self, now_s: float) -> None:
        """Have the next heartbeat sent when nothing else was for HeartbeatInterval."""
        interval_s = self._charge_point.configuration.integer("HeartbeatInterval")
        if interval_s > 0:
            self._charge_point.timers.set("heartbeat", now_s + interval_s, self.heartbeat)

    def restart(self, now_s: float, reason: str, away_s: float = _BOOT_S) -> None:
        """
        Go down at once and boot: charges end, what they have to say is said after the boot.

        Source: OCPP 1.6 §5.14 (Hard)
        """
        self._charge_point.charging.stop_all(reason, now_s)
        self._charge_point.timers.cancel_all()
        self.registration = ""
        self.is_on = False
        self._charge_point.supply.settle(now_s)
        self._charge_point.timers.set("boot", now_s + away_s, self.switch_on)
        self._charge_point.hang_up(HangUp(away_s))

    def restart_gently(self, now_s: float, reason: str = "SoftReset") -> None:
        """
        End charges, say so, and boot then.

        Source: OCPP 1.6 §5.14 (Soft)
        """
        self._charge_point.charging.stop_all(reason, now_s)
        self._charge_point.timers.set(
            "restart", now_s + 1, lambda at_s: self._restart_when_said(at_s, now_s + _GRACE_S, reason)
        )

    def _restart_when_said(self, now_s: float, latest_s: float, reason: str) -> None:
        if self._charge_point.is_idle or now_s >= latest_s:
            self.restart(now_s, reason)
        else:
            self._charge_point.timers.set(
                "restart", now_s + 1, lambda at_s: self._restart_when_said(at_s, latest_s, reason)
            )

    def switch_on(self, now_s: float) -> None:
        """Come up, and boot if there is a connection."""
        self.is_on = True
        self._charge_point.timers.cancel("boot")
        self._charge_point.configuration.reboot()
        self._charge_point.quirks.booted()
        for connector in self._charge_point.places:
            connector.told = None
            reservation = connector.reservation
            if reservation is not None:
                self._charge_point.charging.reserve(connector, reservation)
        if self._charge_point.is_connected:
            self.boot(now_s)
