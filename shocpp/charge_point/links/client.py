"""
A charge point as a WebSocket client: connects, comes back when the connection is lost, pings.

Source: OCPP-J 1.6 §3 (connection, subprotocol), §5.4 (ping)
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol

from shocpp.charge_point.links.reconnection import Reconnection

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from shocpp.charge_point.links.address import Address
    from shocpp.charge_point.links.link import Link

_CLOSE_S = 5.0
_ORDERLY = 1000


class Client:
    """
    Keeps a charge point connected until its script is over.

    Args:
        link: What talks.
        address: Where it connects to.
        rng: Where the jitter of the back-off comes from.
        say: Takes words for people.
    """

    def __init__(self, link: Link, address: Address, rng: Random, say: Callable[[str], None]) -> None:
        self._link = link
        self._address = address
        self._reconnection = Reconnection(link, address.url, rng, say)
        self._abandoned: list[ClientConnection] = []

    def wake(self) -> None:
        """Look at the script anew: steps were added."""
        self._reconnection.woken.set()

    async def run(self) -> None:
        """Connect and serve until the script is over and all is said."""
        try:
            await self._reconnection.run(self._connect)
        finally:
            for connection in self._abandoned:
                await connection.close()

    async def _connect(self) -> bool:
        """Serve one connection; False if that was the last one."""
        link, quirks = self._link, self._link.charge_point.state.quirks
        try:
            connection = await self._open()
        except (OSError, TimeoutError, WebSocketException) as error:
            await self._reconnection.back_off(_why(error))
            return True
        self._reconnection.succeeded()
        is_orderly = False
        try:
            await self._serve(connection)
            is_orderly = connection.state is not State.OPEN and connection.close_code == _ORDERLY
        except WebSocketException:
            link.lost_connections += 1
        finally:
            link.disconnected()
            await self._leave(connection)
        if is_orderly and quirks.has("no-return"):
            return False
        if not link.is_away and not link.is_over:
            await self._reconnection.back_off()
        return True

    async def _open(self) -> ClientConnection:
        seconds = self._link.charge_point.state.configuration.integer("WebSocketPingInterval")
        ping_s = self._link.clock.real(seconds) if seconds else None
        return await connect(
            self._address.url,
            create_connection=_Lenient if not self._link.charge_point.state.quirks.has("no-pong") else _Silent,
            subprotocols=[Subprotocol(name) for name in self._address.subprotocols] or None,
            additional_headers=self._address.headers,
            compression=None,
            open_timeout=30,
            ping_interval=max(ping_s, 10) if ping_s else None,
            ping_timeout=30,
            close_timeout=_CLOSE_S,
            proxy=None,
            user_agent_header="shocpp-charger",
        )

    async def _serve(self, connection: ClientConnection) -> None:
        link, woken = self._link, self._reconnection.woken
        await self._send(connection, link.connected())
        reading = asyncio.ensure_future(connection.recv())
        waking = asyncio.ensure_future(woken.wait())
        try:
            while not link.is_away and not link.is_over:
                await asyncio.wait((reading, waking), timeout=link.wait_s(), return_when=asyncio.FIRST_COMPLETED)
                if reading.done():
                    data = reading.result()
                    reading = asyncio.ensure_future(connection.recv())
                    await self._send(connection, link.receive(data.encode() if isinstance(data, str) else data))
                    continue
                if waking.done():
                    woken.clear()
                    waking = asyncio.ensure_future(woken.wait())
                await self._send(connection, link.advance())
        finally:
            reading.cancel()
            waking.cancel()

    async def _send(self, connection: ClientConnection, messages: list[bytes]) -> None:
        for message in messages:
            await connection.send(message, text=True)

    async def _leave(self, connection: ClientConnection) -> None:
        """Close the connection, unless a quirk keeps the old one while a new one is opened."""
        if self._link.charge_point.state.quirks.has("two-connections") and not self._link.is_over:
            self._abandoned.append(connection)
        else:
            await connection.close()


class _Lenient(ClientConnection):
    """A connection that takes whatever subprotocol the central system names: what we offered may be a quirk."""

    def __init__(self, protocol: Any, **options: Any) -> None:
        protocol.process_subprotocol = lambda headers: headers.get("Sec-WebSocket-Protocol")
        super().__init__(protocol, **options)


class _Silent(_Lenient):
    """A connection that answers no ping."""

    def __init__(self, protocol: Any, **options: Any) -> None:
        send_frame = protocol.send_frame
        protocol.send_frame = lambda frame: None if frame.opcode is Opcode.PONG else send_frame(frame)
        super().__init__(protocol, **options)


def _why(error: Exception) -> str:
    if isinstance(error, InvalidStatus):
        return f"the central system answered {error.response.status_code}"
    if isinstance(error, InvalidHandshake):
        return f"no WebSocket is spoken there ({type(error).__name__})"
    if isinstance(error, OSError):
        return error.strerror or "cannot connect"
    return type(error).__name__
