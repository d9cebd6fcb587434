"""
Simulated charge points that charge all the time, and repeat a start or a stop until it is confirmed.

Knows what a charge point owes its central system and no more: a message that is not answered is sent again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

AGAIN_S = 1.0  # of silence, or of an answer that says to try again
_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class Point:
    """
    A charge point.

    Args:
        identity: Its name.
        chance: Says how much is charged.
        charges: After so many it charges no more.
    """

    def __init__(self, identity: str, chance: random.Random, charges: int) -> None:
        self.identity = identity
        self.confirmed: dict[int, int] = {}  # by transaction id: the Wh of a charge whose stop was confirmed
        self._chance = chance
        self._left = charges
        self._meter_wh = chance.randrange(900_000)
        self._clock = _BEGIN
        self._number = 0
        self._ids: set[str] = set()  # of all messages with the request that waits for its answer
        self._sent = float("-inf")
        self._request: tuple[str, dict[str, Any]] | None = None
        self._began_wh = 0

    @property
    def is_done(self) -> bool:
        """Tell whether all charges have ended, and all stops are confirmed."""
        return self._left == 0 and self._request is None

    def finish(self) -> None:
        """Begin no further charge."""
        self._left = 0

    def frames(self, now: float) -> Iterator[list[Any]]:
        """Give what it sends now, if anything."""
        if self._request is None and self._left:
            self._left -= 1
            self._began_wh = self._meter_wh
            self._ask("StartTransaction", connectorId=1, idTag="1111", meterStart=self._meter_wh)
        if self._request is not None and now - self._sent >= AGAIN_S:
            self._sent = now
            self._number += 1
            self._ids.add(str(self._number))
            yield [2, str(self._number), *self._request]

    def take(self, frame: list[Any]) -> None:
        """Take an answer; what answers no message of the request that waits is too late."""
        if self._request is None or frame[0] != 3 or frame[1] not in self._ids:
            return
        action, payload = self._request
        if action == "StartTransaction":
            self._meter_wh += self._chance.randrange(1, 9_000)
            self._ask("StopTransaction", transactionId=frame[2]["transactionId"], meterStop=self._meter_wh)
        else:
            self.confirmed[payload["transactionId"]] = self._meter_wh - self._began_wh
            self._request = None

    def _ask(self, action: str, **payload: Any) -> None:
        self._clock += timedelta(minutes=7)
        self._request = (action, {**payload, "timestamp": f"{self._clock:%Y-%m-%dT%H:%M:%SZ}"})
        self._ids.clear()
        self._sent = float("-inf")
