"""
What all connections of one listener share: the loop's clock, a buffer to read into, and who waits for the disk.

A value that the listener makes once and hands to each connection; nothing here knows a connection.
"""

from __future__ import annotations

import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from shocpp.transports.background.booking_client import Bookkeeper
    from shocpp.transports.background.housekeeping import Housekeeping
    from shocpp.transports.background.workers import Workers
    from shocpp.transports.wires.held_bytes import HeldBytes

_BUFFER = 16_384  # bytes that are read from one connection before it is the next one's turn


class Services:
    """
    What connections use.

    Args:
        loop: The loop that serves them.
        message_limit: How many bytes a message may have.
        bookkeeper: Books records.
        workers: Run what waits for the disk.
        housekeeping: Does what may be late.
        held: Counts what is held of messages.

    Attributes:
        now: Gives the loop's time in seconds.
        soon: Calls a function in the next turn of the loop.
        later: Calls a function after some seconds.
        is_hasty: The listener ends, and there is no time for what can be done without.
        buffer: Takes what is read; each connection takes out what is its own before the next one reads.
        silence: A logger that says nothing, for the ``websockets`` package.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        message_limit: int,
        bookkeeper: Bookkeeper,
        workers: Workers,
        housekeeping: Housekeeping,
        held: HeldBytes,
    ) -> None:
        self.now, self.soon, self.later = loop.time, loop.call_soon, loop.call_later
        self.message_limit = message_limit
        self.bookkeeper = bookkeeper
        self.workers = workers
        self.housekeeping = housekeeping
        self.held = held
        self.is_hasty = False
        self.buffer = memoryview(bytearray(_BUFFER))
        self.silence = logging.getLogger("shocpp.silence")
        self.silence.setLevel(logging.CRITICAL + 1)
