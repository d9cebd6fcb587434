"""
The requests that a charge point has to send, in order; those of transactions survive anything.

Source: OCPP 1.6 §3.7 (transactions in relation to energy transfer periods), §3.7.1 (repeating unconfirmed requests)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.connector import Transaction
    from shocpp.ocpp.frames import Payload

    Confirmed = Callable[[Payload, float], None]

UNKNOWN_ID = -1  # OCPP 1.6 has no word for a transaction whose start was never confirmed


@dataclass(slots=True, eq=False)
class QueuedCall:
    """
    A request to be sent.

    Attributes:
        payload: The request's.
        transaction: The transaction that it tells of: its id is filled in when the request is sent.
        confirmed: Is called with the confirmation's payload and the time.
        attempts: How often it was refused or not answered.
        not_before_s: The time before which it is not sent again.
        number: Its place among all that was queued.
        shaped: The payload as quirks made it.
        is_repetition: A quirk had it sent once more than needed.
    """

    action: str
    payload: Payload
    transaction: Transaction | None = None
    confirmed: Confirmed | None = None
    attempts: int = 0
    not_before_s: float = 0.0
    number: int = 0
    shaped: Payload | None = None
    is_repetition: bool = False

    @property
    def may_overtake(self) -> bool:
        """Tell whether this can be sent while the answer to an earlier one is awaited."""
        return self.transaction is None and self.action != "BootNotification"

    def filled_in(self) -> Payload:
        """Give the payload with what is known only when it leaves."""
        if self.transaction is None or self.action == "StartTransaction":
            return self.payload
        transaction_id = self.transaction.id
        if self.action == "StopTransaction":
            return {"transactionId": UNKNOWN_ID if transaction_id is None else transaction_id, **self.payload}
        return self.payload if transaction_id is None else {**self.payload, "transactionId": transaction_id}


class Outbox:
    """
    Requests in the order in which they came up; a transaction's wait for each other, the others for nobody.

    Attributes:
        awaited: The request that was sent and waits for its answer.
        overtaking: With a quirk those that were sent meanwhile, by unique id.
    """

    def __init__(self) -> None:
        self.awaited: QueuedCall | None = None
        self.overtaking: dict[str, QueuedCall] = {}
        self._count = 0
        self._lasting: deque[QueuedCall] = deque()
        self._passing: deque[QueuedCall] = deque()
        self._urgent: deque[QueuedCall] = deque()

    def __bool__(self) -> bool:
        return any((self.awaited, self.overtaking, self._lasting, self._passing, self._urgent))

    def add(self, call: QueuedCall, is_urgent: bool = False) -> None:
        """Put a request at the end; an urgent one goes before all others."""
        self._count += 1
        call.number = self._count
        if is_urgent:
            self._urgent.append(call)
        else:
            (self._passing if call.transaction is None else self._lasting).append(call)

    def next(self, now_s: float, is_registered: bool) -> QueuedCall | None:
        """
        Take out the request that is to be sent next; None if there is none, or if it has to wait.

        Args:
            now_s: The time.
            is_registered: The central system has accepted us; else only what is urgent may be sent.
        """
        if self._urgent:
            return self._urgent.popleft()
        if not is_registered:
            return None
        lasting = self._lasting[0] if self._lasting and self._lasting[0].not_before_s <= now_s else None
        passing = self._passing[0] if self._passing else None
        if lasting is not None and (passing is None or lasting.number < passing.number):
            return self._lasting.popleft()
        return self._passing.popleft() if passing is not None else None

    def take_awaited(self) -> QueuedCall | None:
        """Take out the request that waits for its answer."""
        call, self.awaited = self.awaited, None
        return call

    def give_back(self, call: QueuedCall) -> None:
        """Put a request about a transaction back to the front: it goes first once more; any other is forgotten."""
        if call.transaction is not None:
            self._lasting.appendleft(call)

    def disconnected(self) -> None:
        """Forget what makes no sense any more once the connection is gone; a transaction's goes out again."""
        call = self.take_awaited()
        if call is not None:
            self.give_back(call)
        self.overtaking.clear()
        self._passing.clear()
        self._urgent.clear()

    def due(self) -> float | None:
        """Give the time until which the next request about a transaction has to wait."""
        return self._lasting[0].not_before_s if self._lasting else None
