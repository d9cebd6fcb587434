"""Behind real websocketd: charge points that offer another subprotocol, several, or none (quirk 1)."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch
from tests.support.transports import Websocketd

CALL = b'[2,"1","Heartbeat",{}]'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Websocketd]:
    """Give a websocketd that listens."""
    websocketd = Websocketd(Scratch(tmp_path))
    yield websocketd
    websocketd.end()


@pytest.mark.parametrize("offered", [None, "ocpp1.6", "ocpp1.5", "ocppj1.6", "ocpp1.5, ocpp1.6, ocpp2.0.1", "OCPP1.6"])
def test_any_subprotocol_is_served_as_ocpp_1_6(server: Websocketd, offered: str | None) -> None:
    """Whatever is offered, the handshake succeeds, says ocpp1.6, and the frame is answered."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as client:
        stream = client.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /CP001 HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Protocol: {offered}"] if offered else []
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        head = [line.strip() for line in iter(stream.readline, b"\r\n")]
        assert b" 101 " in head[0]
        assert b"sec-websocket-protocol: ocpp1.6" in [line.lower() for line in head]
        # one masked text frame; a mask of zeros leaves the text as it is
        client.sendall(bytes([0x81, 0x80 | len(CALL)]) + bytes(4) + CALL)
        kind, length = stream.read(2)
        assert (kind, json.loads(stream.read(length))[:2]) == (0x81, [3, "1"])
