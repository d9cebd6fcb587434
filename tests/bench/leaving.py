"""
How long the embedded listener takes to end after SIGTERM, beside what the manual promises: two seconds at the latest.

    python -m tests.bench.leaving [ROUNDS [CONNECTIONS]]

Without anything in hand, and with a stop whose disk does not answer, in turns; then with 4 000 connections, which have
to be told, and whose backends have to let go of their mailboxes.
"""

from __future__ import annotations

import fcntl
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.backend import in_turns
from tests.bench.load import ChargePoint, Load, heartbeats
from tests.bench.processes import waits_for_lock
from tests.support.listening import Listener, is_served
from tests.support.patience import until
from tests.support.scratch import Scratch

PROMISED_S = 2.0
STOP = '[2,"2","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]'


def end_s(is_stuck: bool) -> float:
    """Run a listener with one connection; give the seconds from SIGTERM to its end."""
    with tempfile.TemporaryDirectory() as folder:
        listener = Listener(Scratch(Path(folder)))
        lock = os.open(Path(folder, "accounting/.lock"), os.O_WRONLY | os.O_CREAT)
        with listener.connect("/CP1") as connection:
            if not is_served(connection):
                raise RuntimeError("a heartbeat was not answered")
            if is_stuck:
                fcntl.flock(lock, fcntl.LOCK_EX)
                connection.send(STOP)
                until(lambda: waits_for_lock(listener.process.pid), "the stop to wait for its disk")
            began = time.monotonic()
            listener.end()
            taken_s = time.monotonic() - began
        os.close(lock)
        return taken_s


def many_end_s(count: int) -> tuple[float, int]:
    """Run a listener with many connections; give the seconds from SIGTERM to its end, and how many mailboxes stay."""
    with tempfile.TemporaryDirectory() as folder:
        listener = Listener(Scratch(Path(folder)))
        load = Load(listener.port)
        for first in range(0, count, 100):
            load.connect([ChargePoint(f"/CP{number:05}", heartbeats(1)) for number in range(first, first + 100)])
            load.run()
        time.sleep(2)  # what the connections began with is written
        began = time.monotonic()
        listener.end()
        taken_s = time.monotonic() - began
        load.close()
        return taken_s, len(list(Path(folder).glob("run/*/shocpp.pid")))


def main(rounds: int = 5, count: int = 4_000) -> None:
    """Print a line for each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    found = in_turns(rounds, lambda: end_s(False), lambda: end_s(True))
    for name, taken in zip(("nothing in hand", "a disk that does not answer"), found, strict=True):
        median_s = statistics.median(taken)
        print(f"{name:30} {median_s * 1000:7.1f} ms   ratio to what is promised {median_s / PROMISED_S:5.2f}")
    many = [many_end_s(count) for _ in range(rounds)]
    median_s, left = statistics.median(taken_s for taken_s, _ in many), statistics.median(left for _, left in many)
    ratio = f"ratio to what is promised {median_s / PROMISED_S:5.2f}   mailboxes left {left:.0f}"
    print(f"{f'{count} connections':30} {median_s * 1000:7.1f} ms   {ratio}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
