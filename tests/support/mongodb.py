"""
As much of a MongoDB server as takes documents: hello, and updates that insert what is not there, over its own protocol.

Source: MongoDB manual, "Wire Protocol": OP_QUERY for the first hello, OP_MSG with sections of kind 0 and 1
"""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import Any

import bson

_HEADER = struct.Struct("<iiii")
_REPLY, _QUERY, _MESSAGE = 1, 2004, 2013
_HELLO = {
    "ok": 1.0, "ismaster": True, "isWritablePrimary": True, "minWireVersion": 0, "maxWireVersion": 21,
    "maxBsonObjectSize": 1 << 24, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000,
}  # fmt: skip


class MongoServer:
    """
    A server in a thread of its own, for a ``with`` block.

    Attributes:
        documents: What it has, by database and collection and then by ``_id``.
        url: Its address.
    """

    def __init__(self) -> None:
        documents: dict[tuple[str, str], dict[str, Any]] = {}

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while head := self.rfile.read(_HEADER.size):
                    size, number, _, kind = _HEADER.unpack(head)
                    body = self.rfile.read(size - _HEADER.size)
                    if kind == _QUERY:
                        said = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(_HELLO)
                        self._answer(number, _REPLY, said)
                    else:
                        said = bson.encode(_done(*_sections(body), documents))
                        self._answer(number, _MESSAGE, struct.pack("<ib", 0, 0) + said)

            def _answer(self, number: int, kind: int, body: bytes) -> None:
                self.wfile.write(_HEADER.pack(_HEADER.size + len(body), 0, number, kind) + body)

        self.documents = documents
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"mongodb://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> MongoServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.socket.close()


def _sections(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read a message: its command, and the documents that go with it."""
    command: dict[str, Any] = {}
    more: list[dict[str, Any]] = []
    at = 4
    while at < len(body):
        (size,) = struct.unpack_from("<i", body, at + 1)
        section = body[at + 1 : at + 1 + size]
        if body[at] == 0:
            command = bson.decode(section)
        else:
            more = bson.decode_all(section[section.index(b"\0", 4) + 1 :])
        at += 1 + size
    return command, more


def _done(
    command: dict[str, Any], updates: list[dict[str, Any]], documents: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any]:
    """Do a command; what is answered."""
    if "update" not in command:
        return _HELLO
    there = documents.setdefault((command["$db"], command["update"]), {})
    new = []
    for number, update in enumerate(updates):
        assert update["upsert"] is True
        key = update["q"]["_id"]
        if key not in there:
            there[key] = update["u"]["$setOnInsert"]
            new.append({"index": number, "_id": key})
    return {"ok": 1.0, "n": len(updates), "nModified": 0, **({"upserted": new} if new else {})}
