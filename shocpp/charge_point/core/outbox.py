"""
The requests that a charge point has to send, in order; those of transactions survive anything.

Source: OCPP 1.6 §3.7 (transactions in relation to energy transfer periods), §3.7.1 (repeating unconfirmed requests)
"""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.core.connector import Transaction
    from shocpp.ocpp.frames import Payload

    Confirmed = Callable[[Payload, float], None]

UNKNOWN_ID = -1  # OCPP 1.6 has no word for a transaction whose start was never confirmed


class Message:
    """
    A request to be sent.

    Args:
        action: The action.
        payload: The request's.
        transaction: The transaction that it tells of: its id is filled in when the message is sent.
        confirmed: Is called with the confirmation's payload and the time.

    Attributes:
        shaped: The payload as quirks made it.
        is_repetition: A quirk had it sent once more than needed.
    """

    __slots__ = (
        "action",
        "attempts",
        "confirmed",
        "is_repetition",
        "not_before_s",
        "number",
        "payload",
        "shaped",
        "transaction",
    )

    def __init__(
        self,
        action: str,
        payload: Payload,
        transaction: Transaction | None = None,
        confirmed: Confirmed | None = None,
    ) -> None:
        self.action = action
        self.payload = payload
        self.transaction = transaction
        self.confirmed = confirmed
        self.attempts = 0
        self.not_before_s = 0.0
        self.number = 0
        self.shaped: Payload | None = None
        self.is_repetition = False

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
    """Messages in the order in which they came up; a transaction's wait for each other, the others for nobody."""

    def __init__(self) -> None:
        self._count = 0
        self._lasting: deque[Message] = deque()
        self._passing: deque[Message] = deque()
        self._urgent: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._lasting) + len(self._passing) + len(self._urgent)

    def add(self, message: Message, is_urgent: bool = False) -> None:
        """Put a message at the end; an urgent one goes before all others."""
        self._count += 1
        message.number = self._count
        if is_urgent:
            self._urgent.append(message)
        else:
            (self._passing if message.transaction is None else self._lasting).append(message)

    def next(self, now_s: float, is_registered: bool) -> Message | None:
        """
        Take out the message that is to be sent next; None if there is none, or if it has to wait.

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

    def give_back(self, message: Message) -> None:
        """Put a message of a transaction back to the front: it goes first once more; any other is forgotten."""
        if message.transaction is not None:
            self._lasting.appendleft(message)

    def forget_passing(self) -> None:
        """Forget what makes no sense any more once the connection is gone."""
        self._passing.clear()
        self._urgent.clear()

    def due(self) -> float | None:
        """Give the time until which the next message of a transaction has to wait."""
        return self._lasting[0].not_before_s if self._lasting else None
