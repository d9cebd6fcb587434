"""
One connector: what is plugged in, who may charge, and the status that follows from it.

The status is not kept but derived from what is the case, so that it cannot contradict it.

Source: OCPP 1.6 §4.9 (StatusNotification and its table of transitions), §7.7 (ChargePointStatus)
"""

from __future__ import annotations

from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.metering import Car, Meter
    from shocpp.ocpp.frames import Payload

AVAILABLE, PREPARING, CHARGING = "Available", "Preparing", "Charging"
SUSPENDED_EV, SUSPENDED_EVSE, FINISHING = "SuspendedEV", "SuspendedEVSE", "Finishing"
RESERVED, UNAVAILABLE, FAULTED = "Reserved", "Unavailable", "Faulted"
STATUSES = (
    AVAILABLE, PREPARING, CHARGING, SUSPENDED_EV, SUSPENDED_EVSE, FINISHING, RESERVED, UNAVAILABLE, FAULTED,
)  # fmt: skip
NO_ERROR = "NoError"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector that is kept for a card; connector 0 keeps any one."""

    id: int
    id_tag: str
    parent_id_tag: str | None
    expires_s: float

    def is_for(self, id_tag: str, parent_id_tag: str | None) -> bool:
        """Tell whether a card may use what is reserved: it, or one of its group."""
        if self.id_tag.casefold() == id_tag.casefold():
            return True
        return self.parent_id_tag is not None and self.parent_id_tag == parent_id_tag


@dataclass(slots=True, eq=False)
class Transaction:
    """
    A charge.

    Attributes:
        began_s: When it began; ``started`` is the same as written on the wire.
        id: What the central system called it; None until then.
        meter_stop_wh: Where the meter stood at its end; None while it lasts.
        stopped: When it ended, as written on the wire.
        is_allowed: The card was not refused: energy may flow.
        most_wh: The reading at which a charge with a refused card ends; None without such a limit.
        is_confirmed: The central system has confirmed its end.
        data: What goes into ``transactionData``.
    """

    connector_id: int
    id_tag: str
    meter_start_wh: int
    began_s: float
    started: str
    id: int | None = None
    meter_stop_wh: int | None = None
    stopped: str | None = None
    is_allowed: bool = True
    most_wh: int | None = None
    is_confirmed: bool = False
    data: list[Payload] = field(default_factory=list)

    @property
    def delivered_wh(self) -> int:
        """The energy of a charge that is over."""
        return 0 if self.meter_stop_wh is None else self.meter_stop_wh - self.meter_start_wh


@dataclass(slots=True, eq=False)
class Connector:
    """
    One outlet with its meter.

    Attributes:
        car: What is plugged in, None if nothing is.
        presented: The card that may charge once a cable is plugged in.
        is_operative: It is in service; ``wanted_operative`` is what holds once no charge runs.
        is_finished: A charge is over, and its cable still plugged in.
        offered_w: What the car may draw.
        told: Status and error code that the central system was told last.
    """

    number: int
    meter: Meter
    car: Car | None = None
    transaction: Transaction | None = None
    presented: str | None = None
    reservation: Reservation | None = None
    is_operative: bool = True
    wanted_operative: bool = True
    is_finished: bool = False
    offered_w: float = 0.0
    error_code: str = NO_ERROR
    told: tuple[str, str] | None = None

    @property
    def status(self) -> str:
        """What StatusNotification says."""
        if self.error_code != NO_ERROR:
            return FAULTED
        if self.transaction is not None:
            return self._status_of_charge()
        if not self.is_operative:
            return UNAVAILABLE
        if self.car is None and self.presented is None:
            return AVAILABLE if self.reservation is None else RESERVED
        if self.is_finished and self.presented is None:
            return FINISHING
        return PREPARING if self.reservation is None or self.presented is not None else RESERVED

    def _status_of_charge(self) -> str:
        if self.offered_w <= 0:
            return SUSPENDED_EVSE
        return CHARGING if self.meter.power_w > 0 else SUSPENDED_EV
