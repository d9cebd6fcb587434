"""
The connections of simulated charge points to gateways: made again when they are lost, to whichever gateway is there.

Knows gateways and frames; not what is said.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

AGAIN_S = 0.5
_PATIENCE_S = 5.0


class Connection:
    """
    A charge point's connection.

    Args:
        identity: Its name.
        ports: Of the gateways, the one that it prefers first.
    """

    def __init__(self, identity: str, ports: Sequence[int]) -> None:
        self._identity = identity
        self._ports = list(ports)
        self._client: ClientConnection | None = None
        self._tried = float("-inf")

    def send(self, frame: list[Any]) -> None:
        """Send a frame, if somebody is there to take it."""
        client = self._client or self._connect()
        if client is not None:
            with suppress(ConnectionClosed):
                client.send(json.dumps(frame))

    def frames(self) -> Iterator[list[Any]]:
        """Give what has come."""
        while self._client is not None:
            try:
                yield json.loads(self._client.recv(timeout=0))
            except TimeoutError:
                return
            except ConnectionClosed:
                self._client = None

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close_timeout = 0.1
            self._client.close()

    def _connect(self) -> ClientConnection | None:
        """Connect, unless that has just failed; the next time it is another gateway's turn."""
        if time.monotonic() - self._tried < AGAIN_S:
            return None
        self._tried = time.monotonic()
        try:
            self._client = connect(
                f"ws://127.0.0.1:{self._ports[0]}/{self._identity}",
                subprotocols=[Subprotocol("ocpp1.6")],
                compression=None,
                open_timeout=_PATIENCE_S,
                ping_interval=None,
                legacy=True,
            )
        except (OSError, InvalidHandshake):
            self._ports.append(self._ports.pop(0))
        return self._client
