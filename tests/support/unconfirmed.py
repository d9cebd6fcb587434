"""Messages of a charge point that wait to be confirmed, and how firmware spells what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tests.support.machines import Payload
from tests.support.truth import TrueCharge


class Message:
    """
    A message that waits to be confirmed.

    Args:
        action: What is wanted.
        payload: The request; made anew each time, since a stop learns its id from the confirmation of its start.
        confirmed: Is told the payload of the confirmation.
        charge: What it is about; None if it is about none.
    """

    def __init__(
        self,
        action: str,
        payload: Callable[[], Payload],
        confirmed: Callable[[Payload], None],
        charge: TrueCharge | None = None,
    ) -> None:
        self.action = action
        self.payload = payload
        self.confirmed = confirmed
        self.charge = charge


def spelt(stop: Payload, spelling: int) -> Payload:
    """Give a stop as another firmware would write it: the same stop."""
    transaction_id, meter_stop = int(float(stop["transactionId"])), int(float(stop["meterStop"]))
    at = str(stop["timestamp"])[:19]
    spellings: tuple[Payload, ...] = (
        {},
        {"transactionId": f" {transaction_id}", "timestamp": f"{at}.000Z"},
        {"transactionId": f"{transaction_id}.0", "meterStop": f"{meter_stop}.0"},
        {"transactionId": transaction_id, "meterStop": float(meter_stop), "timestamp": f"{at}+00:00"},
    )
    return {**stop, **spellings[spelling % len(spellings)]}


def stamp(seconds: int) -> str:
    """Write a time as charge points do."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
