"""
A charge point that speaks SOAP: posts its messages, one at a time, and has a server for commands.

There is no connection: it counts as connected while its messages are answered, and as away while they are not.

Source: OCPP 1.5 §4 (headers); OCPP-S 1.6 §3
"""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from shocpp import http_client
from shocpp.charge_point.links.reconnection import Reconnection
from shocpp.charge_point.links.soap_server import SoapServer
from shocpp.charge_point.quirks.envelopes import Envelopes
from shocpp.errors import ShocppError
from shocpp.http.message import HttpError
from shocpp.ocpp import frames
from shocpp.ocpp.frames import GENERIC_ERROR, NOT_SUPPORTED, Call, CallError, CallResult
from shocpp.ocpp.soap import write_envelope
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM, DIALECTS
from shocpp.ocpp.soap.read_envelope import EnvelopeError, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from shocpp.charge_point.links.address import Address
    from shocpp.charge_point.links.link import Link

_LONGEST = 1 << 20
_PORTS = {"http": 80, "https": 443}


class SoapClient:
    """
    Keeps a charge point talking until its script is over.

    Args:
        link: What talks.
        address: Where it posts to.
        version: Of OCPP.
        rng: Where the jitter of the back-off comes from.
        say: Takes words for people.
    """

    def __init__(self, link: Link, address: Address, version: str, rng: Random, say: Callable[[str], None]) -> None:
        self._link = link
        self._address = address
        self._dialect = DIALECTS[version]
        self._reconnection = Reconnection(link, address.url, rng, say)
        self._commands: list[bytes] = []
        self._posting: asyncio.Task[bytes] | None = None
        self._envelopes = Envelopes(link.charge_point.state.quirks.names)
        self._server = SoapServer(self._commanded, self._envelopes)
        self._own_url = ""

    def wake(self) -> None:
        """Look at the script anew: steps were added."""
        self._reconnection.woken.set()

    async def run(self) -> None:
        """Talk until the script is over and all is said."""
        try:
            await self._reconnection.run(self._talk)
        finally:
            self._server.close()

    def _commanded(self, line: bytes) -> None:
        self._commands.append(line)
        self.wake()

    async def _talk(self) -> bool:
        """Post what there is to be said, until a message is not answered or it wants to be away; it comes back then."""
        link, why = self._link, ""
        try:
            await self._listen()
            self._send(link.connected())
            while not link.is_away and not link.is_over:
                await self._wait()
                self._send(link.advance())
        except (OSError, HttpError) as error:
            link.lost_connections += 1
            why = str(getattr(error, "strerror", None) or error) or type(error).__name__
        finally:
            if self._posting is not None:
                self._posting.cancel()
                self._posting = None
            link.disconnected()
        if why:
            await self._reconnection.back_off(why)
        return True

    async def _listen(self) -> None:
        """Have a server where the central system can reach it: on the address from which we reach that."""
        if self._server.port:
            return
        parts = urlsplit(self._address.url)
        own = await asyncio.to_thread(_own_address, parts.hostname or "", parts.port or _PORTS[parts.scheme])
        await self._server.start(own)
        place = f"[{own}]" if ":" in own else own
        self._own_url = f"http://{place}:{self._server.port}/{quote(self._address.identity, safe='')}"

    async def _wait(self) -> None:
        """Wait for an answer, a command, or something that is due."""
        woken = self._reconnection.woken
        waking = asyncio.ensure_future(woken.wait())
        tasks = {waking, *([self._posting] if self._posting is not None else [])}
        await asyncio.wait(tasks, timeout=self._link.wait_s(), return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()
        woken.clear()
        posting = self._posting
        if posting is not None and posting.done():
            self._posting = None
            self._send(self._link.receive(posting.result()))
            self._reconnection.succeeded()
        while self._commands:
            self._send(self._link.receive(self._commands.pop(0)))

    def _send(self, messages: list[bytes]) -> None:
        """Post a CALL, and answer a command; what is no frame cannot be put into an envelope and is left out."""
        for message in messages:
            with suppress(ValueError, ShocppError):
                frame = frames.parse(json.loads(message))
                if isinstance(frame, Call):
                    self._post(frame)
                else:
                    self._server.answer(frame)

    def _post(self, call: Call) -> None:
        if self._posting is not None:  # its answer is not waited for any more
            self._posting.cancel()
        self._posting = asyncio.ensure_future(self._ask(call))

    async def _ask(self, call: Call) -> bytes:
        """Post a message; give the line of its answer. What this version cannot say is refused here."""
        url = self._address.url
        try:
            data = write_envelope.request(
                self._dialect,
                CENTRAL_SYSTEM,
                call.action,
                call.payload,
                self._address.identity,
                f"urn:uuid:{call.unique_id}",
                url,
                self._own_url,
            )
        except ShocppError as error:
            return CallError(call.unique_id, NOT_SUPPORTED, str(error)).encode().encode()
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        answer = await http_client.post(
            parts.hostname or "",
            port,
            parts.hostname if parts.scheme == "https" else None,
            parts.path or "/",
            parts.netloc,
            write_envelope.CONTENT_TYPE,
            self._envelopes.request(data),
            _LONGEST,
            dict(self._address.headers),
        )
        return _frame_of(call, answer.status, answer.body).encode().encode()


def _frame_of(call: Call, status: int, body: bytes) -> CallResult | CallError:
    """
    Read a response.

    Raises:
        HttpError: It is no envelope: nobody there speaks SOAP.
    """
    try:
        envelope = read(body)
    except EnvelopeError as error:
        raise HttpError(status, f"HTTP {status}: {error}") from None
    if status in (401, 403, 404):
        raise HttpError(status, f"the central system answered {status}")
    if envelope.fault is not None:
        code, reason = envelope.fault
        return CallError(call.unique_id, write_envelope.CODES.get(code, GENERIC_ERROR), reason)
    return CallResult(call.unique_id, envelope.payload)


def _own_address(host: str, port: int) -> str:
    """
    Give the address from which another one is reached.

    Raises:
        OSError: It is not to be found.
    """
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as probe:
        probe.connect(place)  # no packet is sent
        return str(probe.getsockname()[0])
