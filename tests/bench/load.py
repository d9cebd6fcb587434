"""
Many charge points in one process: each sends a frame, waits for its answer, checks it, sends the next.

Raw sockets and one selector, frames put together ahead of time, so that not the load but the server is measured.
What is asked of a server is OCPP-J; nothing here knows shocpp.
"""

from __future__ import annotations

import base64
import json
import selectors
import socket
import struct
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

BEGIN = datetime.now(UTC) - timedelta(days=1)
SPACING_S = 360  # from one charge of a charge point to the next
PHASES = ("L1", "L2", "L3")

# a script yields payload-complete CALLs and is sent the payload of each confirmation
Script = Generator[tuple[str, dict[str, object]], dict[str, object], None]


class LoadError(Exception):
    """The server did not answer as it must."""


def stamp(seconds: int) -> str:
    """Give a time some seconds after this time yesterday."""
    return (BEGIN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def charges(number: int, sessions: int, first: int = 0) -> Script:
    """A boot, then whole charges: heartbeat, status, authorize, start, three meter values with eight samples, stop."""
    yield "BootNotification", {"chargePointVendor": "Load", "chargePointModel": "Generator"}
    for session in range(first, first + sessions):
        begin_wh, at = number * 1_000_000 + session * 4_000, session * SPACING_S
        yield "Heartbeat", {}
        yield (
            "StatusNotification",
            {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": stamp(at)},
        )
        said = yield "Authorize", {"idTag": "1111"}
        require(said["idTagInfo"] == {"status": "Accepted"}, f"Authorize: {said}")
        said = yield (
            "StartTransaction",
            {"connectorId": 1, "idTag": "1111", "meterStart": begin_wh, "timestamp": stamp(at)},
        )
        transaction_id = said["transactionId"]
        require(isinstance(transaction_id, int) and transaction_id > 0, f"StartTransaction: {said}")
        for part in (1, 2, 3):
            yield "MeterValues", meter_values(transaction_id, begin_wh + part * 1000, at + part * 90)
        yield (
            "StopTransaction",
            {
                "transactionId": transaction_id,
                "idTag": "1111",
                "meterStop": begin_wh + 3_500,
                "timestamp": stamp(at + 300),
                "reason": "EVDisconnected",
            },
        )


def heartbeats(count: int) -> Script:
    """Nothing but heartbeats."""
    for _ in range(count):
        said = yield "Heartbeat", {}
        require("currentTime" in said, f"Heartbeat: {said}")


def meter_values(transaction_id: object, energy_wh: int, at: int) -> dict[str, object]:
    """Give a MeterValues payload with eight sampled values."""
    sampled: list[dict[str, str]] = [
        {"value": str(energy_wh), "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register",
         "unit": "Wh"},
        {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"},
    ]  # fmt: skip
    for phase in PHASES:
        sampled.append({"value": "16.01", "measurand": "Current.Import", "phase": phase, "unit": "A"})
        sampled.append({"value": "230.4", "measurand": "Voltage", "phase": phase, "unit": "V"})
    value = {"timestamp": stamp(at), "sampledValue": sampled}
    return {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}


def require(condition: object, otherwise: str) -> None:
    """Raise LoadError unless the condition holds."""
    if not condition:
        raise LoadError(otherwise)


def upgrade(path: str, port: int, headers: dict[str, str] | None = None) -> bytes:
    """Give the bytes of an opening handshake."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode(),
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in {"Sec-WebSocket-Protocol": "ocpp1.6", **(headers or {})}.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(data: bytes, opcode: int = 1) -> bytes:
    """Give a client's frame; the mask is all zeros, which masks nothing and is valid."""
    size = len(data)
    if size < 126:
        return struct.pack("!BB4x", 0x80 | opcode, 0x80 | size) + data
    if size < 65536:
        return struct.pack("!BBH4x", 0x80 | opcode, 0x80 | 126, size) + data
    return struct.pack("!BBQ4x", 0x80 | opcode, 0x80 | 127, size) + data


class ChargePoint:
    """One connection in lockstep: the next CALL leaves when the answer to the one before is there."""

    def __init__(self, path: str, script: Script, headers: dict[str, str] | None = None) -> None:
        self.path = path
        self.script = script
        self.headers = headers
        self.is_done = False
        self.frames = 0
        self.began = self.upgraded = self.confirmed = 0.0
        self.latencies: list[float] = []
        self._buffer = b""
        self._serial = 0
        self._sent = 0.0
        self.socket = socket.socket()

    def connect(self, port: int) -> None:
        """Begin; the rest happens in ``take``."""
        self.began = time.perf_counter()
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(upgrade(self.path, port, self.headers))

    def take(self) -> None:
        """Read what is there; answer it with the next CALL."""
        data = self.socket.recv(65536)
        if not data:
            raise LoadError(f"{self.path}: the server hung up")
        self._buffer += data
        if not self.upgraded:
            head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            require(b" 101 " in head.split(b"\r\n")[0], f"{self.path}: {head[:80]!r}")
            self.upgraded = time.perf_counter()
            self.begin()
        while not self.is_done and (message := self._message()) is not None:
            self._answered(message)

    def begin(self) -> None:
        """Send the first CALL of the script."""
        self._next(None)

    def _message(self) -> bytes | None:
        """Cut one text message off; pings are answered, pongs passed over."""
        while len(self._buffer) >= 2:
            opcode, size, at = self._buffer[0] & 15, self._buffer[1] & 127, 2
            if size == 126:
                size, at = struct.unpack("!H", self._buffer[2:4].ljust(2, b"\xff"))[0], 4
            if len(self._buffer) < at + size:
                return None
            data, self._buffer = self._buffer[at : at + size], self._buffer[at + size :]
            if opcode == 1:
                return data
            require(opcode != 8, f"{self.path}: the server closed: {data[2:]!r}")
            if opcode == 9:
                self.socket.sendall(frame(data, 10))
        return None

    def _answered(self, message: bytes) -> None:
        now = time.perf_counter()
        self.latencies.append(now - self._sent)
        self.confirmed = self.confirmed or now
        kind, unique_id, *rest = json.loads(message)
        require(kind == 3 and unique_id == str(self._serial) and len(rest) == 1, f"{self.path}: {message!r}")
        self.frames += 1
        self._next(rest[0])

    def _next(self, payload: dict[str, object] | None) -> None:
        try:
            action, request = next(self.script) if payload is None else self.script.send(payload)
        except StopIteration:
            self.is_done = True
            return
        self._serial += 1
        self._sent = time.perf_counter()
        self.socket.sendall(frame(json.dumps([2, str(self._serial), action, request], separators=(",", ":")).encode()))


class Load:
    """Runs charge points until all their scripts have ended."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.all: list[ChargePoint] = []
        self._selector = selectors.DefaultSelector()
        self._active = 0

    def connect(self, charge_points: list[ChargePoint]) -> None:
        """Begin with some more, all at once."""
        for each in charge_points:
            each.connect(self.port)
            each.socket.setblocking(False)
            self._selector.register(each.socket, selectors.EVENT_READ, each)
            self.all.append(each)
        self._active += len(charge_points)

    def run(self, limit_s: float = 600, until: Callable[[], bool] | None = None) -> None:
        """Serve all connections until their scripts have ended, or until a condition holds."""
        end = time.monotonic() + limit_s
        while self._active and not (until and until()):
            require(time.monotonic() < end, f"{self._active} charge points wait since {limit_s} s")
            for key, _ in self._selector.select(1):
                charge_point: ChargePoint = key.data
                charge_point.take()
                if charge_point.is_done:
                    self._active -= 1
                    self._selector.modify(charge_point.socket, selectors.EVENT_READ, _Done(charge_point))

    def again(self, charge_point: ChargePoint, script: Script) -> float:
        """Have one that was done go on with another script; how long its first answer took."""
        self.resume(charge_point, script)
        self.run()
        return charge_point.latencies[-1]

    def resume(self, charge_point: ChargePoint, script: Script) -> None:
        """Have one that was done begin with another script; ``run`` goes on with it."""
        charge_point.script, charge_point.is_done = script, False
        self._selector.modify(charge_point.socket, selectors.EVENT_READ, charge_point)
        self._active += 1
        charge_point.begin()

    def close(self) -> None:
        """Hang up, all of them."""
        for each in self.all:
            self._selector.unregister(each.socket)
            each.socket.close()
        self.all.clear()
        self._active = 0


class _Done:
    """A connection whose script has ended: it stays open; what still comes is dropped, an end is an error."""

    is_done = False

    def __init__(self, charge_point: ChargePoint) -> None:
        self._charge_point = charge_point

    def take(self) -> None:
        require(self._charge_point.socket.recv(65536), f"{self._charge_point.path}: the server hung up")
