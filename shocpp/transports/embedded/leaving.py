"""
The end of a listener: all connections are told, their backends tidy up, and no mailbox is left as if it were held.

Thousands of backends have to let go of their mailboxes then. What they wait for is the disk; what they have in hand may
wait for it in vain. So there is a limit, but not for those that only need their turn.
"""

from __future__ import annotations

import asyncio

from shocpp.transports.wires.wire import GOING_AWAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from shocpp.transports.connections.connection import Connection
    from shocpp.transports.connections.services import Services

LONGEST_END_S = 1.6  # for what is in hand; the manual says two seconds
_UNHURRIED = 0.6  # of that time; then backends do only what has to be done
STUCK_S = 0.2  # without any backend that has let go: the others wait for a disk that does not answer
_LOOK_S = 0.01
_AT_A_TIME = 500  # connections that are closed before it is somebody else's turn


async def close_all(connections: Collection[Connection], services: Services) -> None:
    """
    Close all connections; finish what is in hand, if that takes no longer than we have.

    Args:
        connections: Those that are open or whose backend has not closed; each vanishes from it when it has.
        services: What they share.
    """
    began = services.now()
    services.workers.hold()
    for number, connection in enumerate(list(connections)):
        connection.close(GOING_AWAY, "restart")
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)
    services.workers.go_on()
    await _wait_for(connections, services, began + LONGEST_END_S * _UNHURRIED, 0.0)
    services.is_hasty = True
    await _wait_for(connections, services, max(began + LONGEST_END_S, services.now() + STUCK_S), STUCK_S)
    for connection in connections:
        connection.send_close(GOING_AWAY, "restart")


async def _wait_for(connections: Collection[Connection], services: Services, deadline: float, more_s: float) -> None:
    """
    Wait until no connection is left.

    Args:
        connections: Those that there are.
        services: Tell the time.
        deadline: The loop's time after which no more is waited.
        more_s: Each one that vanishes has us wait so many seconds from then on, whatever the deadline says.
    """
    left = len(connections)
    while connections and services.now() < deadline:
        await asyncio.sleep(_LOOK_S)
        if len(connections) < left:
            left = len(connections)
            deadline = max(deadline, services.now() + more_s)
