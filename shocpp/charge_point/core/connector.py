"""
One connector: what is plugged in, who may charge, and the status that follows from it.

The status is not kept but derived from what is the case, so that it cannot contradict it.

Source: OCPP 1.6 §4.9 (StatusNotification and its table of transitions), §7.7 (ChargePointStatus)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shocpp.charge_point.core.metering import Car, Meter
    from shocpp.ocpp.frames import Payload

AVAILABLE, PREPARING, CHARGING = "Available", "Preparing", "Charging"
SUSPENDED_EV, SUSPENDED_EVSE, FINISHING = "SuspendedEV", "SuspendedEVSE", "Finishing"
RESERVED, UNAVAILABLE, FAULTED = "Reserved", "Unavailable", "Faulted"
NO_ERROR = "NoError"


class Reservation:
    """A connector that is kept for a card; connector 0 keeps any one."""

    __slots__ = ("expires_s", "id", "id_tag", "parent_id_tag")

    def __init__(self, reservation_id: int, id_tag: str, parent_id_tag: str | None, expires_s: float) -> None:
        self.id = reservation_id
        self.id_tag = id_tag
        self.parent_id_tag = parent_id_tag
        self.expires_s = expires_s

    def is_for(self, id_tag: str, parent_id_tag: str | None) -> bool:
        """Tell whether a card may use what is reserved: it, or one of its group."""
        if self.id_tag.casefold() == id_tag.casefold():
            return True
        return self.parent_id_tag is not None and self.parent_id_tag == parent_id_tag


class Transaction:
    """
    A charge; ``id`` is None until the central system has given it one.

    Attributes:
        meter_stop_wh: Where the meter stood at its end; None while it lasts.
        is_confirmed: The central system has confirmed its end.
        data: What goes into ``transactionData``.
    """

    __slots__ = (
        "began_s",
        "connector_id",
        "data",
        "id",
        "id_tag",
        "is_allowed",
        "is_confirmed",
        "meter_start_wh",
        "meter_stop_wh",
        "most_wh",
        "reason",
        "started",
        "stopped",
    )

    def __init__(self, connector_id: int, id_tag: str, meter_start_wh: int, began_s: float, started: str) -> None:
        self.connector_id = connector_id
        self.id_tag = id_tag
        self.meter_start_wh = meter_start_wh
        self.began_s = began_s
        self.started = started
        self.id: int | None = None
        self.meter_stop_wh: int | None = None
        self.stopped: str | None = None
        self.reason: str | None = None
        self.is_allowed = True
        self.most_wh: int | None = None
        self.is_confirmed = False
        self.data: list[Payload] = []

    @property
    def delivered_wh(self) -> int:
        """The energy of a charge that is over."""
        return 0 if self.meter_stop_wh is None else self.meter_stop_wh - self.meter_start_wh


class Connector:
    """
    One outlet with its meter.

    Attributes:
        car: What is plugged in, None if nothing is.
        presented: The card that may charge once a cable is plugged in.
        offered_w: What the car may draw.
        told: Status and error code that the central system was told last.
    """

    def __init__(self, number: int, meter: Meter) -> None:
        self.number = number
        self.meter = meter
        self.car: Car | None = None
        self.transaction: Transaction | None = None
        self.presented: str | None = None
        self.reservation: Reservation | None = None
        self.is_operative = True
        self.wanted_operative = True
        self.is_finished = False
        self.offered_w = 0.0
        self.error_code = NO_ERROR
        self.told: tuple[str, str] | None = None

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
