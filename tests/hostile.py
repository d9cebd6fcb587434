"""
Hostile minutes: everything that strangers do at once, while good charge points must be served throughout.

    python -m tests.hostile                  two minutes
    python -m tests.hostile --seconds 20

Slow handshakes, half frames, announced giants, ping floods, wrong passwords, ten thousand connects a minute from one
address; fifty charge points with passwords send heartbeats, and from time to time one of them comes anew.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shocpp.admission import passwords
from tests.bench.load import frame, upgrade
from tests.support.listening import Listener, basic
from tests.support.patience import PATIENCE_S
from tests.support.scratch import Scratch

GOOD = 50
PING = b"\x89\x00"
HEARTBEAT = frame(b'[2,"1","Heartbeat",{}]')
_CONNECTS_S = 10_000 / 60
_PAUSE_S = 0.1  # between two heartbeats of a charge point


class Attack:
    """Repeats something hostile in a thread until it is told to end; what the listener does to it is its own fault."""

    def __init__(self, port: int, act: Callable[[Attack], None], pause_s: float) -> None:
        self.port = port
        self.count = 0
        self._act = act
        self._pause_s = pause_s
        self._end = threading.Event()
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def connect(self, data: bytes = b"", is_held: bool = True) -> socket.socket:
        """Connect and send something; the connection is kept as long as 200 others."""
        made = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        made.sendall(data)
        if is_held:
            self._held.append(made)
            if len(self._held) > 200:
                self._held.pop(0).close()
        return made

    def end(self) -> int:
        """Stop; how often it was done."""
        self._end.set()
        self._thread.join(PATIENCE_S)
        for each in self._held:
            each.close()
        return self.count

    def _run(self) -> None:
        while not self._end.wait(self._pause_s):
            try:
                self._act(self)
            except OSError:
                pass
            self.count += 1


def slow_handshake(attack: Attack) -> None:
    """Begin a handshake and never end it."""
    attack.connect(b"GET /CP1 HTTP/1.1\r\nHost: x\r\nX-Slow: ")


def half_frame(attack: Attack) -> None:
    """Complete a handshake as a stranger who needs no password, then send half of a frame."""
    attack.connect(upgrade("/OPEN", attack.port) + b"\x81\xfe\x10\x00" + bytes(100))


def giant(attack: Attack) -> None:
    """Announce a frame of 2 GiB."""
    attack.connect(upgrade("/OPEN2", attack.port) + b"\x81\xff" + (1 << 31).to_bytes(8, "big") + bytes(4))


def ping_flood(attack: Attack) -> None:
    """Send many pings and read no answer."""
    flooding = attack.connect(upgrade("/OPEN3", attack.port), is_held=False)
    flooding.settimeout(0.2)
    try:
        for _ in range(100):
            flooding.sendall(frame(b"x", 9) * 2000)
    finally:
        flooding.close()


def wrong_password(attack: Attack) -> None:
    """Try a password."""
    name = random.choice(("CP1", "CP2", "nobody"))
    headers = basic(name, random.randbytes(8))
    attack.connect(upgrade(f"/{name}", attack.port, headers))


def connect(attack: Attack) -> None:
    """Connect and hang up."""
    attack.connect(is_held=False).close()


ATTACKS: tuple[tuple[Callable[[Attack], None], float], ...] = (
    (slow_handshake, 0.005),
    (half_frame, 0.02),
    (giant, 0.02),
    (ping_flood, 0.3),
    (wrong_password, 0.01),
    (connect, 1 / _CONNECTS_S),
)


class Good:
    """A charge point that behaves."""

    def __init__(self, number: int, port: int) -> None:
        self.name, self._port = f"CP{number}", port
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE_S)
        self._socket.sendall(upgrade(f"/{self.name}", self._port, basic(self.name, "right")))
        answer = b""
        while b"\r\n\r\n" not in answer:
            data = self._socket.recv(4096)
            assert data, f"{self.name} was turned away: {answer!r}"
            answer += data
        assert answer.startswith(b"HTTP/1.1 101"), answer

    def beat(self) -> float:
        """Send a heartbeat and wait for its answer; how many seconds."""
        began = time.monotonic()
        self._socket.sendall(HEARTBEAT)
        answer = b""
        while not answer.endswith(b"}]"):
            data = self._socket.recv(4096)
            assert data, f"{self.name} was hung up on"
            answer += data
            while answer.startswith(PING):
                answer = answer.removeprefix(PING)
        assert json.loads(answer[2:])[1] == "1", answer
        return time.monotonic() - began

    def again(self) -> float:
        """Lose the connection and connect anew, with the password; how many seconds that took."""
        self._socket.close()
        began = time.monotonic()
        self._connect()
        return time.monotonic() - began


class Served:
    """How long good charge points waited, in seconds: for their heartbeats, and to be connected anew."""

    def __init__(self) -> None:
        self.heartbeats: list[float] = []
        self.reconnects: list[float] = []

    def shown(self) -> dict[str, object]:
        """Give what there is to tell."""
        return {
            "heartbeats": len(self.heartbeats),
            "heartbeat_p50_ms": round(statistics.median(self.heartbeats) * 1e3, 1),
            "heartbeat_max_ms": round(max(self.heartbeats) * 1e3, 1),
            "reconnects": len(self.reconnects),
            "reconnect_p50_ms": round(statistics.median(self.reconnects) * 1e3, 1),
            "reconnect_max_ms": round(max(self.reconnects) * 1e3, 1),
        }


def serve(groups: list[list[Good]], seconds: float) -> list[Served]:
    """
    Have the charge points of each group send heartbeats in turns, and one of each connect anew each time.

    Args:
        groups: As many charge points in each.
        seconds: How long; each sends a heartbeat at least.

    Returns:
        How long those of each group waited.
    """
    served = [Served() for _ in groups]
    end, turn = time.monotonic() + seconds, 0
    while turn == 0 or time.monotonic() < end:
        for each in zip(*groups, strict=True):
            for waited, one in zip(served, each, strict=True):
                waited.heartbeats.append(one.beat())
        for waited, group in zip(served, groups, strict=True):
            waited.reconnects.append(group[turn % len(group)].again())
        turn += 1
        time.sleep(_PAUSE_S)
    return served


def hostile(home: Path, seconds: float, count: int = GOOD) -> dict[str, object]:
    """
    Run it: two listeners side by side, of which strangers attack one, so that what else the machine does falls on both.

    Args:
        home: A folder for the listeners.
        seconds: How long; each good charge point sends a heartbeat at least.
        count: How many good charge points each of the two has.

    Returns:
        What strangers did, how long good charge points waited at both listeners, and the ratios of that.

    Raises:
        AssertionError: A good charge point was not served.
    """
    with ExitStack() as stack:
        attacked, calm = (stack.enter_context(listening_for(home / name, count)) for name in ("attacked", "calm"))
        groups = [[Good(number, each.port) for number in range(count)] for each in (attacked, calm)]
        attacks = {act.__name__: Attack(attacked.port, act, pause_s) for act, pause_s in ATTACKS}
        at_attacked, at_calm = serve(groups, seconds)
        done = {name: attack.end() for name, attack in attacks.items()}
        assert attacked.process.poll() is None
        assert attacked.end() == 0
    return {
        "attacks": done,
        "attacked": at_attacked.shown(),
        "calm": at_calm.shown(),
        "heartbeat_ratio": round(sum(at_attacked.heartbeats) / sum(at_calm.heartbeats), 1),
        "reconnect_ratio": round(sum(at_attacked.reconnects) / sum(at_calm.reconnects), 1),
    }


@contextmanager
def listening_for(home: Path, count: int) -> Iterator[Listener]:
    """Run a listener that knows so many charge points with passwords, and three names that need none."""
    home.mkdir()
    scratch = Scratch(home)
    hashed = passwords.make("right")
    entries = [{"identity": f"CP{number}", "passwords": [hashed]} for number in range(count)]
    strangers = [{"identity": name} for name in ("OPEN", "OPEN2", "OPEN3")]
    (home / "conf/charge-points.json").write_text(json.dumps(entries + strangers))
    listener = Listener(scratch)
    try:
        yield listener
    finally:
        listener.process.kill()
        listener.process.wait(PATIENCE_S)


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(hostile(Path(folder), parser.parse_args().seconds), indent=2))


if __name__ == "__main__":
    main()
