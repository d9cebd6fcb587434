"""Charge points that behave, and how long they are kept waiting."""

from __future__ import annotations

import json
import random
import statistics
import threading
import time

from tests.bench.load import frame, upgrade
from tests.hostile.attack import Target
from tests.support.listening import basic
from tests.support.patience import PATIENCE_S

PASSWORD = "right"
FIRST_TIMERS = 500  # names that have never connected
PING = b"\x89\x00"
HEARTBEAT = frame(b'[2,"1","Heartbeat",{}]')
_PAUSE_S = 0.1  # between two heartbeats of a charge point
_BETWEEN_FIRST_TIMERS_S = 0.5
_TRY_AGAIN_S = 0.2  # after being turned away
_HANDSHAKE_S = 10.0  # after so long a charge point tries again


class Served:
    """How long good charge points waited, in seconds, and how often one of them was turned away at first."""

    def __init__(self) -> None:
        self.heartbeats: list[float] = []
        self.reconnects: list[float] = []
        self.first_timers: list[float] = []
        self.turned_away = 0

    def shown(self) -> dict[str, object]:
        """Give what there is to tell."""
        told: dict[str, object] = {"turned_away": self.turned_away}
        for name in ("heartbeats", "reconnects", "first_timers"):
            waited = getattr(self, name)
            told[name] = len(waited)
            if waited:
                told[f"{name}_p50_ms"] = round(statistics.median(waited) * 1e3, 1)
                told[f"{name}_max_ms"] = round(max(waited) * 1e3, 1)
        return told


class Good:
    """A charge point that behaves: it tries again when it is turned away, as they all do."""

    def __init__(self, name: str, target: Target, served: Served, source: str = "127.0.0.1") -> None:
        self.name, self._target, self._served, self._source = name, target, served, source
        self._connect()

    def _connect(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_admitted():
            self._served.turned_away += 1
            assert time.monotonic() < deadline, f"{self.name} is turned away again and again"
            time.sleep(_TRY_AGAIN_S)

    def _is_admitted(self) -> bool:
        answer = b""
        try:
            self._socket = self._target.connect(self._source, _HANDSHAKE_S)
            self._socket.sendall(upgrade(f"/{self.name}", self._target.port, basic(self.name, PASSWORD)))
            while b"\r\n\r\n" not in answer and (data := self._socket.recv(4096)):
                answer += data
            self._socket.settimeout(PATIENCE_S)
        except OSError:
            return False
        return answer.startswith(b"HTTP/1.1 101")

    def beat(self) -> float:
        """Send a heartbeat and wait for its answer; how many seconds."""
        began = time.monotonic()
        self._socket.sendall(HEARTBEAT)
        answer = b""
        while not answer.endswith(b"}]"):
            data = self._socket.recv(4096)
            assert data, f"{self.name} was hung up on"
            answer = (answer + data).replace(PING, b"")  # before the answer or behind it; no text has such bytes
        assert json.loads(answer[2:])[1] == "1", answer
        return time.monotonic() - began

    def again(self) -> float:
        """Lose the connection and connect anew; how many seconds until it is served."""
        self.close()
        began = time.monotonic()
        self._connect()
        return time.monotonic() - began

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class FirstTimers:
    """Charge points that connect for the first time, each from an address of its own, one after another."""

    def __init__(self, target: Target, served: Served) -> None:
        self._target, self._served = target, served
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let no more come; the last one gets in."""
        self._end.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "one that comes for the first time is turned away"

    def _run(self) -> None:
        number = 0
        while not self._end.wait(_BETWEEN_FIRST_TIMERS_S) and number < FIRST_TIMERS:
            source = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.77"
            began = time.monotonic()
            made = Good(f"NEW{number}", self._target, self._served, source)
            made.beat()
            self._served.first_timers.append(time.monotonic() - began)
            made.close()
            number += 1


def serve(group: list[Good], served: Served, seconds: float) -> None:
    """
    Have charge points send heartbeats in turns, and one of them connect anew each time.

    Args:
        group: The charge points.
        served: Takes how long they waited.
        seconds: How long; each sends a heartbeat at least.
    """
    end, turn = time.monotonic() + seconds, 0
    while turn == 0 or time.monotonic() < end:
        for each in group:
            served.heartbeats.append(each.beat())
        served.reconnects.append(group[turn % len(group)].again())
        turn += 1
        time.sleep(_PAUSE_S)
