"""
Tasks of one connection that wait while another one is under way: in their order, and what of them is in memory.

Messages that wait hold bytes, which are counted for all connections together; what else waits holds none.
"""

from __future__ import annotations

from collections import deque

from shocpp.transports.connections.noting import Noting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.transports.wires.held_bytes import HeldBytes
    from shocpp.transports.wires.wire import Message

    Task = Message | Callable[[], object]

_MOST = 32  # tasks; beyond, no more is read
_MOST_BYTES = 1 << 18  # the same of their messages


class WaitingTasks:
    """
    Those that wait for one task.

    Args:
        held: Counts what is held of messages, for all connections.
    """

    __slots__ = ("_held", "_size", "_tasks")

    def __init__(self, held: HeldBytes) -> None:
        self._held = held
        self._size = 0
        self._tasks: deque[Task] = deque()

    @property
    def are_too_many(self) -> bool:
        """Tell whether no more shall be read: too many wait, or some while too much is held for all connections."""
        if len(self._tasks) >= _MOST or self._size >= _MOST_BYTES:
            return True
        return bool(self._size) and self._held.is_full

    def add(self, task: Task) -> None:
        """Have a task wait, after the others."""
        self._tasks.append(task)
        self._count(size_of(task))

    def take(self) -> Task | None:
        """Give the task that has waited for longest, which waits no more; None if there is none."""
        if not self._tasks:
            return None
        task = self._tasks.popleft()
        self._count(-size_of(task))
        return task

    def take_all(self) -> deque[Task]:
        """Give all, in order; none of them waits any more."""
        tasks, self._tasks = self._tasks, deque()
        self._count(-self._size)
        return tasks

    def _count(self, size: int) -> None:
        self._size += size
        self._held.add_waiting(size)


def size_of(task: Task) -> int:
    """Give the bytes of a message, or of what is noted with it; what else is to be done has none."""
    return len(task) if isinstance(task, Noting) or not callable(task) else 0
