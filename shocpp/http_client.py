"""A POST over a connection of its own, and its response; waits in a loop of asyncio. What is posted is unknown here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shocpp.http import writing
from shocpp.http.message import HttpError
from shocpp.http.reader import HttpReader

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from shocpp.http.message import HttpMessage

_CONNECT_S = 10.0
_ANSWER_S = 60.0  # a charge point may take its time to unlock a connector
_AT_ONCE = 65_536  # bytes


async def post(
    host: str,
    port: int,
    server_name: str | None,
    target: str,
    said_host: str,
    content_type: str,
    data: bytes,
    limit: int,
    headers: Mapping[str, str] | None = None,
) -> HttpMessage:
    """
    Post, and read the response.

    Args:
        host: Where to connect to.
        port: The port.
        server_name: Whose certificate has to be shown; None without TLS.
        target: The path, with what follows it.
        said_host: The Host header.
        content_type: What the body is.
        data: The body.
        limit: How many bytes the response's body may have.
        headers: What else is said.

    Raises:
        OSError: Nobody is there, or nobody answers in time.
        HttpError: What answers is no HTTP.
    """
    async with asyncio.timeout(_CONNECT_S):
        tls = await asyncio.to_thread(_trusting) if server_name is not None else None
        reader, writer = await asyncio.open_connection(host, port, ssl=tls, server_hostname=server_name)
    try:
        writer.write(writing.request(target, said_host, content_type, data, {"Connection": "close", **(headers or {})}))
        async with asyncio.timeout(_ANSWER_S):
            return await _response(reader, limit)
    finally:
        writer.transport.abort()


async def _response(reader: asyncio.StreamReader, limit: int) -> HttpMessage:
    answers = HttpReader(limit, is_client=True)
    while data := await reader.read(_AT_ONCE):
        found = answers.receive(data)
        if found:
            return found[0]
    last = answers.finish()
    if last is None:
        raise HttpError(502, "the connection ended without an answer")
    return last


def _trusting() -> ssl.SSLContext:
    """Make what checks a certificate: authorities are read, which takes tens of milliseconds."""
    import ssl

    return ssl.create_default_context()
