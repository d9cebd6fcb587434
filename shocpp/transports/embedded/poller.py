"""
Which sockets have something to read: asked for all of a listener's at once, and each is told by one call.

A loop of asyncio makes of each such event a tuple, a handle and a call in a context of its own, before its transport
begins to read: with what that looks for, a third of the time of a read and an answer. Knows descriptors, and nothing of
what is read.
"""

from __future__ import annotations

import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Poller:
    """
    Watches descriptors for one loop, as long as that runs.

    Args:
        loop: Where what reads them is called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        loop.add_reader(self._epoll.fileno(), self._look)

    def watch(self, descriptor: int, read: Callable[[], None]) -> None:
        """Call ``read``, which raises nothing, whenever there is something to read; it may be watched already."""
        if descriptor not in self._readers:
            self._epoll.register(descriptor, select.EPOLLIN)
            self._readers[descriptor] = read

    def leave(self, descriptor: int) -> None:
        """Leave a descriptor alone; it may be left already."""
        if self._readers.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    def _look(self) -> None:
        for descriptor, _ in self._epoll.poll(0):
            read = self._readers.get(descriptor)
            if read is not None:  # else it was left since, by one before it
                read()
