"""
A soak: many charge points charge while the listener is killed and networks are cut; nothing may be lost.

    python -m tests.soak                     500 charge points, ten minutes
    python -m tests.soak --minutes 1 --charge-points 100

At the end every stop was confirmed, and has exactly one record with its energy; nothing else was recorded.
"""

from __future__ import annotations

import argparse
import json
import random
import selectors
import socket
import struct
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench.load import frame, meter_values, stamp, upgrade
from tests.support.listening import Listener
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: hang up without a goodbye
_SILENCE_S = 30.0  # without an answer a charge point connects again, as real ones do
_AT_THE_END_S = _SILENCE_S + PATIENCE_S
_PAUSE_S = 4.0  # between two kills
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
        limit_s = time.monotonic() + _AT_THE_END_S
        while late := [charger.name for charger in self.chargers if not charger.is_done]:
            assert time.monotonic() < limit_s, "charge points that cannot finish: " + ", ".join(late)
            self.serve()


def soak(home: Path, seconds: float, count: int, seed: int = 1) -> dict[str, int]:
    """
    Run it.

    Args:
        home: A folder for the listener.
        seconds: How long at least; it goes on until the listener was killed as often as it should be in that time, and
            until there are as many stops as charge points, however busy the machine is.
        count: How many charge points.
        seed: What chance is made of.

    Returns:
        How many stops were confirmed, how often the listener was killed and connections were cut.

    Raises:
        AssertionError: Something was lost, or is there twice, or a connection was lost that nobody had cut.
    """
    listener = Listener(Scratch(home))
    crowd = Crowd(count, listener.port)
    try:
        done = _disturb(listener, crowd, seconds, random.Random(seed))
        crowd.finish()
        assert listener.end() == 0
    finally:
        listener.process.kill()
        listener.process.wait()
    _compare(listener.scratch, crowd.chargers)
    lost = sum(charger.lost for charger in crowd.chargers)
    assert lost == 0, f"{lost} connections were lost that nobody had cut"
    return {**done, "stops": crowd.stops}


def _disturb(listener: Listener, crowd: Crowd, seconds: float, chance: random.Random) -> Counter[str]:
    """Kill the listener and cut connections while charge points charge; how often."""
    pause_s = min(_PAUSE_S, seconds / 4)
    kills = int(seconds / pause_s) - 1
    done = Counter[str](kills=0, cuts=0)
    began = time.monotonic()
    kill_at = began + pause_s
    while (now := time.monotonic()) < began + seconds or done["kills"] < kills or crowd.stops < len(crowd.chargers):
        assert now < began + seconds + _AT_THE_END_S, f"only {crowd.stops} stops, {dict(done)}"
        if now >= kill_at:
            listener.process.kill()
            listener.process.wait()
            for charger in crowd.chargers:
                charger.doom()
            listener.start()
            done["kills"] += 1
            kill_at = time.monotonic() + pause_s * chance.uniform(0.5, 1.5)
        if crowd.serve():
            done["cuts"] += crowd.disturb(chance)
    return done


def _compare(scratch: Scratch, chargers: list[Charger]) -> None:
    """Hold what was confirmed against what was recorded."""
    confirmed = Counter((each.name, *stop) for each in chargers for stop in each.stops)
    recorded = Counter(
        (record["charge_point"], record["transaction_id"], record["end_wh"]) for record in scratch.records().values()
    )
    assert max(confirmed.values()) == 1
    lost, twice = confirmed - recorded, recorded - confirmed
    assert not lost, f"{len(lost)} confirmed stops without a record, such as {next(iter(lost))}"
    assert not twice, f"{len(twice)} records too many, such as {next(iter(twice))}"


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--charge-points", type=int, default=500)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder), options.minutes * 60, options.charge_points, options.seed))


if __name__ == "__main__":
    main()
