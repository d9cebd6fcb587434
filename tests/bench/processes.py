"""What a server costs: CPU and memory of its whole tree of processes, as Linux counts them."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tests.support.patience import PATIENCE_S

_TICKS_S = os.sysconf("SC_CLK_TCK")
_SCHEDULER = 2  # of a process's clocks that which counts what the scheduler gave it (CPUCLOCK_SCHED)


def tree(pid: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                for child in file.read().split():
                    yield from tree(int(child))
    except FileNotFoundError:
        pass


def family(pid: int, home: str) -> list[int]:
    """Give a process, all that descend from it, and what else serves a home: websocketd's core is nobody's child."""
    mark = f"SHOCPP_HOME={home}".encode()
    found = dict.fromkeys(tree(pid))
    for number in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{number}/environ", "rb") as file:
            if mark in file.read().split(b"\0"):
                found[int(number)] = None
    return list(found)


def cpu_s(pids: Iterable[int]) -> float:
    """Give the seconds of CPU, user and system, of processes, those of their reaped children included."""
    total = 0
    for each in pids:
        try:
            with open(f"/proc/{each}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / _TICKS_S


def cpu_clock_s(pids: Iterable[int]) -> float:
    """Give the same to the nanosecond, of processes that live; those of their children are not in it."""
    return sum(time.clock_gettime((~each << 3) | _SCHEDULER) for each in pids)


def pss_kib(pids: Iterable[int]) -> int:
    """Give the proportional set size of processes in KiB."""
    total = 0
    for each in pids:
        try:
            with open(f"/proc/{each}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def waits_for_lock(pid: int) -> bool:
    """Tell whether a process of a tree has the accounting folder's lock open: it asks for it again and again."""
    return any(path.endswith("/accounting/.lock") for member in tree(pid) for path in opened(member))


def opened(pid: int) -> Iterator[str]:
    """Give the paths of what a process has open; what goes meanwhile is left out."""
    with suppress(FileNotFoundError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):
                yield os.readlink(f"/proc/{pid}/fd/{name}")


def wait_for(port: int, process: subprocess.Popen[bytes], limit_s: float = PATIENCE_S) -> None:
    """Wait until somebody listens on a port."""
    end = time.monotonic() + limit_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"nobody listens on port {port} (exit status {process.poll()})") from None
            time.sleep(0.02)


def wait_for_end(pids: list[int], limit_s: float = 10) -> None:
    """Wait until processes have ended, for a while."""
    end = time.monotonic() + limit_s
    while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
