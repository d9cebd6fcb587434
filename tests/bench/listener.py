"""
What the listeners cost, beside what people otherwise write; printed as ratios measured in one run.

    python -m tests.bench.listener                    all figures, some minutes
    python -m tests.bench.listener --frames 160       fewer frames for each connection
    python -m tests.bench.listener embedded memory    some of them: cpu, connect, crowd, memory, hold
    python -m tests.bench.listener websocketd alone   connections that are handed over, and that are not
    taskset -c 0 python -m tests.bench.listener alone connect    one processor for all: what a backend does after its
                                                      first answer, the next one's first answer waits for

Records go to a folder in memory (/dev/shm) unless --folder names another: the disk is the same for all, and what
is compared is what they do themselves. Every answer is checked.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.load import ChargePoint, Load, charges, heartbeats
from tests.bench.processes import cpu_s, family, pss_kib, wait_for, wait_for_end
from tests.support.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
PEER, EMBEDDED, WEBSOCKETD, ALONE, LOOP = "peer", "embedded", "websocketd", "alone", "bare loop"
OURS = (WEBSOCKETD, ALONE, EMBEDDED)  # alone: websocketd, and each backend serving by itself
FRAMES_A_CHARGE = 8
TAGS = '[{"index": 1, "account": "company-x", "ids": ["1111"]}]'
# reads a line, answers it: what a process under websocketd costs at least
BARE_LOOP = """
import json, sys
for line in sys.stdin:
    print(json.dumps([3, json.loads(line)[1], {"currentTime": "2026-01-01T00:00:00Z"}]), flush=True)
"""


class Server:
    """A server that runs, and its port."""

    def __init__(self, kind: str, folder: str, root: Path = ROOT) -> None:
        self.port = port = held_port()
        home = tempfile.mkdtemp(dir=folder)
        os.mkdir(f"{home}/conf")
        Path(home, "conf/tags.json").write_text(TAGS)
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("SHOCPP", "PYTHONDONT"))}
        environ |= {
            "SHOCPP_HOME": home,
            "WS_ADDRESS": "127.0.0.1",
            "WS_PORT": str(port),
            "SHOCPP_LOGFILE": f"{home}/log",
            "SHOCPP_HANDOVER": "0" if kind == ALONE else "1",
        }
        ours = f"import sys; sys.path.insert(0, {str(root)!r}); from shocpp.cli.listener import main; sys.exit(main())"
        command = {
            PEER: [sys.executable, "-m", "tests.bench.peer", str(port), home],
            EMBEDDED: [sys.executable, "-c", ours, "--embedded"],
            WEBSOCKETD: [sys.executable, "-c", ours, "--websocketd"],
            ALONE: [sys.executable, "-c", ours, "--websocketd"],
            LOOP: ["websocketd", "--address=127.0.0.1", f"--port={port}", sys.executable, "-c", BARE_LOOP],
        }[kind]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=root, env=environ, stdout=quiet, stderr=quiet)
        wait_for(port, self.process)
        self._home = home

    def pids(self) -> list[int]:
        """Give its processes."""
        return family(self.process.pid, self._home)


@contextmanager
def serving(kind: str, folder: str, root: Path = ROOT) -> Iterator[tuple[Server, Load]]:
    """Run a server, one of ours out of a checkout, and a load that is connected to it by nobody yet."""
    server = Server(kind, folder, root)
    load = Load(server.port)
    try:
        yield server, load
    finally:
        load.close()
        there = server.pids()
        server.process.terminate()
        server.process.wait()
        wait_for_end(there)  # websocketd's backends tidy up after it


def cpu_us(kind: str, folder: str, frames: int, connections: int = 50) -> float:
    """Give the server's CPU a frame in microseconds: 50 connections in lockstep, whole charges."""
    with serving(kind, folder) as (server, load):
        scripts = [charges(number, 1 + frames // FRAMES_A_CHARGE) for number in range(connections)]
        all_of_them = [ChargePoint(f"/CP{number:03}", script) for number, script in enumerate(scripts)]
        load.connect(all_of_them)
        load.run(until=lambda: all(each.frames > FRAMES_A_CHARGE for each in all_of_them))  # started, warm
        before, done = cpu_s(server.pids()), sum(each.frames for each in all_of_them)
        load.run()
        return (cpu_s(server.pids()) - before) / (sum(each.frames for each in all_of_them) - done) * 1e6


def connect_ms(kind: str, folder: str, connections: int = 50) -> list[float]:
    """Give the times from connect to the first confirmation, one after the other, the first ones left out."""
    taken = []
    with serving(kind, folder) as (_, load):
        for number in range(connections + 5):
            each = ChargePoint(f"/CP{number:03}", heartbeats(1))
            load.connect([each])
            load.run()
            taken.append((each.confirmed - each.began) * 1e3)
    return taken[5:]


def crowd_ms(kind: str, folder: str, connections: int = 50) -> float:
    """Give the time until all of 50 that connect at once are confirmed: the median of some times."""
    taken = []
    with serving(kind, folder) as (_, load):
        for _ in range(5):
            taken.append(_at_once(load, connections))
            load.close()
            time.sleep(1)
    return statistics.median(taken)


def _at_once(load: Load, connections: int) -> float:
    crowd = [ChargePoint(f"/CP{number:03}", heartbeats(1)) for number in range(connections)]
    began = time.perf_counter()
    load.connect(crowd)
    load.run()
    return (time.perf_counter() - began) * 1e3


def memory_kib(kind: str, folder: str, connections: int, charged: int) -> tuple[int, float]:
    """
    Give the PSS without connections and what each of them adds once it has charged so often, in KiB.

    Without connections, but after one charge of another charge point: what the first one has the server load belongs
    to no connection.
    """
    with serving(kind, folder) as (server, load):
        load.connect([ChargePoint("/FIRST", charges(999, 1))])
        load.run()
        load.close()
        time.sleep(2)  # its backend has tidied up
        base = pss_kib(server.pids())
        load.connect([ChargePoint(f"/CP{number:03}", charges(number, charged)) for number in range(connections)])
        load.run()
        time.sleep(2)  # sightings are written
        return base, (pss_kib(server.pids()) - base) / connections


def hold(folder: str, connections: int, seconds: float) -> str:
    """Hold many connections, each with a heartbeat a minute; say what that costs."""
    with serving(EMBEDDED, folder) as (server, load):
        began = time.perf_counter()
        for first in range(0, connections, 100):
            load.connect([ChargePoint(f"/CP{number:05}", heartbeats(1)) for number in range(first, first + 100)])
            load.run()
        ready = time.perf_counter() - began
        before, began = cpu_s(server.pids()), time.perf_counter()
        latencies: list[float] = []
        beats = int(seconds * connections / 60)
        for number in range(beats):
            each = load.all[number % connections]
            latencies.append(load.again(each, heartbeats(1)))
            time.sleep(max(0.0, began + (number + 1) * 60 / connections - time.perf_counter()))
        used = (cpu_s(server.pids()) - before) / (time.perf_counter() - began)
        return (
            f"{connections} connected in {ready:.1f} s, then {beats} heartbeats in {seconds:.0f} s: "
            f"CPU {used:.1%} of a core, "
            f"answer p50 {statistics.median(latencies) * 1e3:.2f} ms, max {max(latencies) * 1e3:.1f} ms, "
            f"memory {pss_kib(server.pids()) / 1024:.0f} MiB"
        )


def say(figure: str, found: str, wanted: str) -> None:
    """Print a line of the table."""
    print(f"{figure:58} {found:>34}   goal {wanted}", flush=True)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="websocketd|alone|embedded and cpu|connect|crowd|memory|hold")
    parser.add_argument("--frames", type=int, default=1600)
    parser.add_argument("--folder", default="/dev/shm" if os.path.isdir("/dev/shm") else None)
    parser.add_argument("--hold", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asked = set(options.what)
    kinds = [kind for kind in OURS if kind in asked] or list(OURS)
    figures = [name for name in _FIGURES if name in asked] or list(_FIGURES)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for name in figures:
            _FIGURES[name](folder, kinds, options)


def _cpu(folder: str, kinds: list[str], options: argparse.Namespace) -> None:
    peer = cpu_us(PEER, folder, options.frames)
    for kind in kinds:
        found = cpu_us(kind, folder, options.frames)
        peer = min(peer, cpu_us(PEER, folder, options.frames // 4))  # before and after: the machine is not ours alone
        goal = {WEBSOCKETD: "<= 0.20", ALONE: "2 x the floor: tests.bench.performance", EMBEDDED: "<= 0.10"}[kind]
        say(f"{kind}: CPU a frame", f"{found:.0f} us = {found / peer:.2f} x the peer's {peer:.0f}", goal)


def _connect(folder: str, kinds: list[str], options: argparse.Namespace) -> None:  # noqa: ARG001
    for kind in kinds:
        found = connect_ms(kind, folder)
        if kind == EMBEDDED:
            say(f"{kind}: connect to confirmation, p50", f"{statistics.median(found):.2f} ms", "<= 1 ms")
        else:
            loop = statistics.mean(connect_ms(LOOP, folder))
            mean = statistics.mean(found)
            say(f"{kind}: connect to confirmation", f"{mean:.1f} ms = {mean / loop:.2f} x bare loop", "<= 1.40")


def _crowd(folder: str, kinds: list[str], options: argparse.Namespace) -> None:  # noqa: ARG001
    for kind in kinds:
        goal = {WEBSOCKETD: 1000, ALONE: 2000, EMBEDDED: 25}[kind]
        say(f"{kind}: 50 at once, all confirmed", f"{crowd_ms(kind, folder):.0f} ms", f"<= {goal} ms")


def _memory(folder: str, kinds: list[str], options: argparse.Namespace) -> None:  # noqa: ARG001
    for kind in kinds:
        goal = {WEBSOCKETD: "<= 500 KiB", ALONE: "<= 7168 KiB", EMBEDDED: "<= 20 KiB, base <= 35840"}[kind]
        for connections in (50, 500) if kind == EMBEDDED else (50,):
            for charged in (0, 1):
                base, each = memory_kib(kind, folder, connections, charged)
                after = "a charge" if charged else "boot"
                say(f"{kind}: memory of {connections}, each, after {after}", f"{each:.1f} KiB, base {base} KiB", goal)


def _hold(folder: str, kinds: list[str], options: argparse.Namespace) -> None:
    if EMBEDDED in kinds:
        print(f"embedded: {hold(folder, options.hold, options.seconds)}", flush=True)


_FIGURES = {"cpu": _cpu, "connect": _connect, "crowd": _crowd, "memory": _memory, "hold": _hold}

if __name__ == "__main__":
    main()
