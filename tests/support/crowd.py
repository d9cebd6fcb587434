"""Charge points that charge on and on over connections that are cut; what is not confirmed they send again."""

from __future__ import annotations

import json
import random
import selectors
import socket
import struct
import time

from tests.bench.load import frame, meter_values, stamp, upgrade
from tests.support.patience import PATIENCE_S

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: hang up without a goodbye
_SILENCE_S = 30.0  # without an answer a charge point connects again, as real ones do
AT_THE_END_S = _SILENCE_S + PATIENCE_S
_LOOK_S = 0.05


class Charger:
    """A charge point that charges on and on; what is not confirmed it sends again after it has connected again."""

    def __init__(self, number: int, port: int, selector: selectors.BaseSelector) -> None:
        self.name = f"CP{number:04}"
        self.stops: list[tuple[int, int]] = []  # confirmed: transaction id, meter reading at the end
        self.is_finishing = False
        self.lost = 0  # connections that were given up, or silent for too long, though nobody had killed the listener
        self._doomed: socket.socket | None = None
        self._port = port
        self._selector = selector
        self._random = random.Random(number)
        self._meter_wh = number * 1_000_000
        self._steps = 0
        self._transaction_id = 0
        self._serial = 0
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._is_upgraded = False
        self._sent = 0.0
        self._again_at = 0.0
        self._request: tuple[str, dict[str, object]] = ("BootNotification", _BOOT)

    @property
    def is_done(self) -> bool:
        """Tell whether it has ended its last charge and begun no other."""
        return self.is_finishing and self._steps == 0

    def is_at(self, connection: object) -> bool:
        """Tell whether a socket is its connection, and not one that it has lost since."""
        return self._socket is connection

    def look(self, now: float) -> None:
        """Connect if it is time, give up a connection that says nothing, go on after a pause."""
        if self._socket is None and now >= self._again_at:
            self._connect(now)
        elif self._socket is not None and now - self._sent > _SILENCE_S:
            self._lose()

    def cut(self) -> None:
        """Lose the connection, without a goodbye."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._socket.close()
            self._socket = None
            self._again_at = time.monotonic() + self._random.uniform(0, 1)

    def forget(self) -> None:
        """Lose the connection without the other end's knowing: it stays open there until the next one comes."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            _forgotten.append(self._socket)
            self._socket = None
            self._again_at = 0.0

    def take(self) -> None:
        """Read what has come."""
        assert self._socket is not None
        try:
            data = self._socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        self._buffer += data
        if not self._is_upgraded:
            _, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self._is_upgraded, self._buffer = True, rest
            self._send()
        while (message := self._message()) is not None:
            self._answered(message)

    def _connect(self, now: float) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(1)
        self._buffer, self._is_upgraded, self._sent = b"", False, now
        try:
            self._socket.connect(("127.0.0.1", self._port))
            self._socket.sendall(upgrade(f"/{self.name}", self._port))
        except OSError:
            self._socket.close()
            self._socket, self._again_at = None, now + self._random.uniform(0.1, 0.5)
            return
        self._socket.setblocking(False)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def _message(self) -> bytes | None:
        while len(self._buffer) >= 2 and len(self._buffer) >= 2 + (self._buffer[1] & 127) <= 127:
            opcode, end = self._buffer[0] & 15, 2 + (self._buffer[1] & 127)
            data, self._buffer = self._buffer[2:end], self._buffer[end:]
            if opcode == 1:
                return data
        return None

    def _send(self) -> None:
        self._serial += 1
        self._sent = time.monotonic()
        action, payload = self._request
        assert self._socket is not None
        try:
            self._socket.sendall(frame(json.dumps([2, str(self._serial), action, payload]).encode()))
        except OSError:
            self._lose()

    def doom(self) -> None:
        """Expect to lose the connection that it has now."""
        self._doomed = self._socket

    def _lose(self) -> None:
        self.lost += self._socket is not self._doomed
        self.cut()

    def _answered(self, message: bytes) -> None:
        kind, unique_id, *rest = json.loads(message)
        if kind != 3 or unique_id != str(self._serial):
            assert kind == 4 and rest[0] == "InternalError", message
            self._lose()
            return
        self._request = self._next(rest[0])
        if not self.is_done:
            self._send()

    def _next(self, said: dict[str, object]) -> tuple[str, dict[str, object]]:
        """Give the request that follows on the one that was confirmed."""
        if self._request[0] == "StopTransaction":
            self.stops.append((self._transaction_id, self._meter_wh))
            self._steps = 0
            return "Heartbeat", {}
        if self._steps == 0:
            self._steps = 1
            return "StartTransaction", {"connectorId": 1, "idTag": "1111", "meterStart": self._meter_wh,
                                        "timestamp": self._now()}  # fmt: skip
        if self._steps == 1:
            self._transaction_id = int(str(said["transactionId"]))
        self._steps += 1
        self._meter_wh += self._random.randrange(1, 2000)
        if self._steps < self._random.randrange(3, 9):
            return "MeterValues", meter_values(self._transaction_id, self._meter_wh, 0)
        return "StopTransaction", {"transactionId": self._transaction_id, "meterStop": self._meter_wh,
                                   "timestamp": self._now(), "reason": "Local"}  # fmt: skip

    def _now(self) -> str:
        self._clock = getattr(self, "_clock", 0) + 60  # later each time: no two stops are the same
        return stamp(self._clock % 80_000)


_BOOT: dict[str, object] = {"chargePointVendor": "Soak", "chargePointModel": "Charger"}
_forgotten: list[socket.socket] = []


class Crowd:
    """Charge points that share a thread."""

    def __init__(self, count: int, port: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._looked = 0.0
        self.chargers = [Charger(number, port, self._selector) for number in range(count)]

    @property
    def stops(self) -> int:
        """Give the number of confirmed stops."""
        return sum(len(charger.stops) for charger in self.chargers)

    def serve(self) -> bool:
        """Take what has come, or wait for it a little; tell whether it was time to look at each charge point."""
        now = time.monotonic()
        is_due = now - self._looked > _LOOK_S
        if is_due:
            self._looked = now
            for charger in self.chargers:
                charger.look(now)
        for key, _ in self._selector.select(_LOOK_S):
            if key.data.is_at(key.fileobj):
                key.data.take()
        return is_due

    def disturb(self, chance: random.Random) -> int:
        """Cut the connections of some; how many."""
        victims = chance.sample(self.chargers, max(1, len(self.chargers) // 200))
        for victim in victims:
            (victim.cut if chance.random() < 0.7 else victim.forget)()
        return len(victims)

    def finish(self) -> None:
        """Let each end its last charge."""
        for charger in self.chargers:
            charger.is_finishing = True
        limit_s = time.monotonic() + AT_THE_END_S
        while late := [charger.name for charger in self.chargers if not charger.is_done]:
            assert time.monotonic() < limit_s, "charge points that cannot finish: " + ", ".join(late)
            self.serve()
