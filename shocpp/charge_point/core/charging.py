"""
Cards, cables and charges: what people do at a charge point, and what it says of it.

Knows nothing of the connection, and no commands: those call what is here.
"""

from __future__ import annotations

from shocpp.charge_point.core.connector import NO_ERROR, Connector, Reservation, Transaction
from shocpp.charge_point.core.metering import Car
from shocpp.charge_point.core.outbox import QueuedCall
from shocpp.charge_point.core.outputs import HangUp
from shocpp.charge_point.core.statuses import ACCEPTED
from shocpp.charge_point.core.timestamps import stamp
from shocpp.ocpp.reading import integer, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.state import State
    from shocpp.charge_point.core.supply import Supply
    from shocpp.ocpp.frames import Payload

_CAR_W = 11_000
_LATE_STOP_S = 3 * 3600.0  # a quirk: away so long before a stop is told


class Charging:
    """
    Starts and stops the charges of a charge point.

    Args:
        state: The charge point's.
        supply: Its power and readings.

    Attributes:
        finished: All charges that are over, in order.
        car_w: What the next car draws at most.
    """

    def __init__(self, state: State, supply: Supply) -> None:
        self._state = state
        self._supply = supply
        self._keys = state.configuration
        self.car_w: float = _CAR_W
        self.finished: list[Transaction] = []

    # --- what people do

    def plug(self, connector: Connector, now_s: float) -> None:
        """Plug a cable in; who presented a card before charges now."""
        if connector.car is not None:
            return
        connector.car = Car.any(self._state.rng, self.car_w)
        connector.is_finished = False
        if connector.presented is not None and connector.transaction is None:
            self.start(connector, connector.presented, now_s)

    def unplug(self, connector: Connector, now_s: float) -> None:
        """
        Pull the cable.

        Source: OCPP 1.6 §9.1.24 (StopTransactionOnEVSideDisconnect)
        """
        if connector.transaction is not None and self._keys.boolean("StopTransactionOnEVSideDisconnect"):
            self.stop(connector, "EVDisconnected", now_s)
        connector.car = None
        connector.is_finished = False

    def card(self, id_tag: str, connector: Connector, now_s: float) -> None:
        """Hold a card to the reader: it starts a charge, or ends one that it or one of its group has started."""
        running = connector.transaction
        if running is not None and running.id_tag.casefold() == id_tag.casefold():
            self.stop(connector, "Local", now_s, id_tag)
        elif running is not None:
            self.authorize(id_tag, now_s, lambda status, at_s: self._end_by(id_tag, status, connector, at_s))
        elif connector.is_operative and connector.error_code == NO_ERROR:
            self.authorize(id_tag, now_s, lambda status, at_s: self._begin_by(id_tag, status, connector, at_s))

    def find(self, id_tag: str) -> Connector:
        """Find the connector for a card when none is named: where it charges, else a free one with a cable."""
        tag = id_tag.casefold()
        connectors = list(self._state.connectors.values())
        for connector in connectors:
            if connector.transaction is not None and connector.transaction.id_tag.casefold() == tag:
                return connector
        free = [connector for connector in connectors if connector.transaction is None]
        plugged = [connector for connector in free if connector.car is not None]
        return (plugged or free or connectors)[0]

    # --- cards

    def authorize(self, id_tag: str, now_s: float, then: Callable[[str, float], None]) -> None:
        """
        Find out whether a card may charge: ask, or know it when nobody can be asked.

        Source: OCPP 1.6 §3.5, §4.1
        """
        state, keys = self._state, self._keys
        known = state.tags.status(
            id_tag, now_s, keys.boolean("LocalAuthListEnabled"), keys.boolean("AuthorizationCacheEnabled")
        )
        is_online = state.is_connected and state.is_registered
        if is_online and not (known == ACCEPTED and keys.boolean("LocalPreAuthorize")):

            def confirmed(confirmation: Payload, at_s: float) -> None:
                then(self._heard_of(id_tag, confirmation), at_s)

            state.queue(QueuedCall("Authorize", {"idTag": id_tag}, confirmed=confirmed))
        elif is_online or (known is not None and keys.boolean("LocalAuthorizeOffline")):
            then(known or "Invalid", now_s)
        else:
            may = keys.boolean("LocalAuthorizeOffline") and keys.boolean("AllowOfflineTxForUnknownId")
            then(ACCEPTED if may and known is None else "Invalid", now_s)

    def _heard_of(self, id_tag: str, confirmation: Payload) -> str:
        """Remember what a confirmation says of a card; give its status."""
        info = confirmation.get("idTagInfo")
        if not isinstance(info, dict):
            return ACCEPTED
        self._state.tags.remember(id_tag, info)
        return text(info.get("status")) or "Invalid"

    def _begin_by(self, id_tag: str, status: str, connector: Connector, now_s: float) -> None:
        is_refused = status != ACCEPTED and not self._state.quirks.has("deliver-refused")
        if is_refused or connector.transaction is not None or not connector.is_operative:
            return
        if self.is_kept_from(id_tag, connector):
            return
        self.admit(id_tag, connector, now_s)

    def _end_by(self, id_tag: str, status: str, connector: Connector, now_s: float) -> None:
        running, tags = connector.transaction, self._state.tags
        if status != ACCEPTED or running is None:
            return
        parent = tags.parent(id_tag)
        if parent is not None and parent == tags.parent(running.id_tag):
            self.stop(connector, "Local", now_s, id_tag)

    def is_kept_from(self, id_tag: str, connector: Connector) -> bool:
        """Tell whether a reservation keeps a card from a connector."""
        parent = self._state.tags.parent(id_tag)
        if connector.reservation is not None:
            return not connector.reservation.is_for(id_tag, parent)
        if self._state.main.reservation is None or self._state.main.reservation.is_for(id_tag, parent):
            return False
        free = [one for one in self._state.connectors.values() if one.transaction is None and one.car is None]
        return len(free) <= 1

    def admit(self, id_tag: str, connector: Connector, now_s: float) -> None:
        """Let a card charge: now, or once a cable is plugged in within ConnectionTimeOut."""
        connector.presented = id_tag
        if connector.car is not None:
            self._supply.update(now_s)  # no charge begins that was not Preparing
            self.start(connector, id_tag, now_s)
            return

        def give_up(at_s: float) -> None:  # noqa: ARG001 - a timer's callback is told the time
            connector.presented = None

        self._state.timers.set(f"cable-{connector.number}", now_s + self._keys.integer("ConnectionTimeOut"), give_up)

    # --- charges

    def start(self, connector: Connector, id_tag: str, now_s: float) -> None:
        """
        Begin a charge.

        Source: OCPP 1.6 §4.8
        """
        state = self._state
        state.timers.cancel(f"cable-{connector.number}")
        connector.presented = None
        connector.is_finished = False
        meter_start_wh = connector.meter.reading_wh
        transaction = Transaction(connector.number, id_tag, meter_start_wh, now_s, stamp(now_s))
        connector.transaction = transaction
        self._supply.sample(connector, "Transaction.Begin", now_s)
        payload: Payload = {
            "connectorId": connector.number,
            "idTag": id_tag,
            "meterStart": meter_start_wh,
            "timestamp": transaction.started,
        }
        reservation = connector.reservation or self._state.main.reservation
        if reservation is not None and reservation.is_for(id_tag, state.tags.parent(id_tag)):
            payload["reservationId"] = reservation.id
            self.release(reservation.id)

        def confirmed(confirmation: Payload, at_s: float) -> None:
            transaction.id = integer(confirmation.get("transactionId"))
            if self._heard_of(id_tag, confirmation) != ACCEPTED:
                self._refused(connector, transaction, at_s)

        state.queue(QueuedCall("StartTransaction", payload, transaction, confirmed))
        self._supply.sample_later(connector, now_s)

    def _refused(self, connector: Connector, transaction: Transaction, now_s: float) -> None:
        """
        Do what is set for a card that turns out to be no good.

        Source: OCPP 1.6 §4.8, §9.1.25 (StopTransactionOnInvalidId), §9.1.17 (MaxEnergyOnInvalidId)
        """
        if connector.transaction is not transaction or self._state.quirks.has("deliver-refused"):
            return
        most_wh = self._keys.integer("MaxEnergyOnInvalidId")
        if self._keys.boolean("StopTransactionOnInvalidId"):
            self.stop(connector, "DeAuthorized", now_s)
        elif most_wh:
            transaction.most_wh = transaction.meter_start_wh + most_wh
        else:
            transaction.is_allowed = False

    def stop(self, connector: Connector, reason: str, now_s: float, id_tag: str | None = None) -> None:
        """
        End the charge at a connector, if there is one.

        Source: OCPP 1.6 §4.10
        """
        transaction = connector.transaction
        if transaction is None:
            return
        self._state.timers.cancel(f"sample-{connector.number}")
        self._supply.sample(connector, "Transaction.End", now_s)
        transaction.meter_stop_wh = connector.meter.reading_wh
        transaction.stopped = stamp(now_s)
        payload: Payload = {"meterStop": transaction.meter_stop_wh, "timestamp": transaction.stopped, "reason": reason}
        if id_tag is not None:
            payload["idTag"] = id_tag
        if transaction.data:
            payload["transactionData"] = transaction.data

        def confirmed(confirmation: Payload, at_s: float) -> None:  # noqa: ARG001 - one shape for all
            transaction.is_confirmed = True
            if id_tag is not None:
                self._heard_of(id_tag, confirmation)

        if self._state.quirks.has("late-stop") and self._state.is_connected:
            self._state.hang_up(HangUp(_LATE_STOP_S))
        self._state.queue(QueuedCall("StopTransaction", payload, transaction, confirmed))
        self.finished.append(transaction)
        self._state.profiles.end(connector.number)
        connector.transaction = None
        connector.is_finished = True
        connector.is_operative = connector.wanted_operative

    def stop_all(self, reason: str, now_s: float) -> None:
        """End every charge."""
        for connector in self._state.connectors.values():
            self.stop(connector, reason, now_s)

    # --- reservations

    def reserve(self, connector: Connector, reservation: Reservation) -> None:
        """
        Keep a connector for a card until its time is over.

        Source: OCPP 1.6 §5.13
        """
        self.release(reservation.id)
        connector.reservation = reservation
        self._state.timers.set(
            f"reservation-{reservation.id}", reservation.expires_s, lambda _: self.release(reservation.id)
        )

    def release(self, reservation_id: int) -> bool:
        """End a reservation; tell whether there was one of that id."""
        for connector in self._state.all_connectors.values():
            if connector.reservation is not None and connector.reservation.id == reservation_id:
                connector.reservation = None
                self._state.timers.cancel(f"reservation-{reservation_id}")
                return True
        return False
