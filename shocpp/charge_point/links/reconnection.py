"""
How a charge point comes back to its central system, whatever it talks over: when it wants to, and after each failure.

Source: OCPP-J 1.6 §5.3 (reconnecting)
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from shocpp.charge_point.links.link import Link

_FIRST_BACK_OFF_S, _LONGEST_BACK_OFF_S = 0.25, 60.0
_SAID = (1, 5, 10)  # which attempts that fail in a row are told of


class Reconnection:
    """
    Has a charge point talk again and again, until its script is over.

    Args:
        link: What talks.
        url: Where, for people.
        rng: Where the jitter of the back-off comes from.
        say: Takes words for people.

    Attributes:
        woken: Is set when steps were added to the script; whoever waits for it clears it.
    """

    def __init__(self, link: Link, url: str, rng: Random, say: Callable[[str], None]) -> None:
        self._link = link
        self._url = url
        self._rng = rng
        self._say = say
        self._tried = 0
        self.woken = asyncio.Event()

    async def run(self, talk: Callable[[], Awaitable[bool]]) -> None:
        """
        Talk whenever the charge point wants to, until its script is over and all is said.

        Args:
            talk: Talks until it is away, or cannot any more; gives False if it shall never come back.
        """
        while not self._link.is_over:
            await self._be_away()
            if not self._link.is_over and not await talk():
                return

    def succeeded(self) -> None:
        """Take note that somebody is there: the next back-off is a short one again."""
        self._tried = 0

    async def back_off(self, why: str = "") -> None:
        """
        Wait before the next attempt, longer each time; time passes at the charge point meanwhile.

        Args:
            why: What failed, in words; empty for what is nobody's fault.
        """
        self._tried += 1
        wait_s = min(_LONGEST_BACK_OFF_S, _FIRST_BACK_OFF_S * 2 ** min(self._tried, 10)) * self._rng.uniform(0.5, 1)
        if why and self._tried in _SAID:
            self._say(f"{self._url}: {why}; trying again")
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while (left_s := until - loop.time()) > 0:
            due_s = self._link.wait_s()
            await asyncio.sleep(left_s if due_s is None else min(left_s, max(due_s, 0.01)))
            self._link.advance()

    async def _be_away(self) -> None:
        """Wait, while time passes at the charge point, until it wants a connection again."""
        link = self._link
        while not link.may_return and not link.is_over:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), link.wait_s())
            self.woken.clear()
            link.advance()
