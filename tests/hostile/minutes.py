"""The minutes themselves: listeners side by side, the strangers' process, and what is told at the end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shocpp.admission import passwords
from tests.hostile.attack import STRANGERS, Target, memory_kb
from tests.hostile.good import FIRST_TIMERS, PASSWORD, FirstTimers, Good, Served, serve
from tests.support.listening import Listener, certificate, trusting
from tests.support.patience import PATIENCE_S
from tests.support.scratch import ROOT, Scratch

GOOD = 50
_SLOW_DISK_US = 50_000
_ON_A_SLOW_DISK = [
    "strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null",
    "-e", "trace=fsync", "-e", f"inject=fsync:delay_enter={_SLOW_DISK_US}",
]  # fmt: skip


def hostile(home: Path, seconds: float, count: int = GOOD, is_encrypted: bool = True) -> dict[str, object]:
    """
    Run them: listeners side by side, so that what else the machine does falls on all of them.

    Strangers attack ``listed``, which knows its charge points, and ``open``, where everybody may connect and each fsync
    takes 50 ms; ``calm`` is like the first and left alone.

    Args:
        home: A folder for the listeners.
        seconds: How long; each good charge point sends a heartbeat at least.
        count: How many good charge points each of them has.
        is_encrypted: Whether ``listed`` and ``calm`` speak TLS.

    Returns:
        What strangers did, how long good charge points waited at each listener, the most memory that each had, and how
        much longer heartbeats and reconnects took at ``listed`` than at ``calm``.

    Raises:
        AssertionError: A good charge point was not served.
    """
    own = tuple(map(str, certificate(home, "listener"))) if is_encrypted else ()
    with ExitStack() as stack:
        listeners = {
            "listed": stack.enter_context(_listening(home / "listed", count, own)),
            "open": stack.enter_context(_listening(home / "open", 0, (), _ON_A_SLOW_DISK)),
            "calm": stack.enter_context(_listening(home / "calm", count, own)),
        }
        targets = {
            name: Target(each.port, own[0] if own and name != "open" else "") for name, each in listeners.items()
        }
        served = {name: Served() for name in listeners}
        groups = [
            ([Good(f"CP{number}", targets[name], served[name]) for number in range(count)], served[name])
            for name in listeners
        ]
        first_timers = [FirstTimers(targets[name], served[name]) for name in ("listed", "calm")]
        with (
            _strangers(targets["listed"], targets["open"]) as strangers,
            ThreadPoolExecutor(len(groups)) as pool,  # who waits at one listener keeps nobody at another from it
        ):
            for each in [pool.submit(serve, *group, seconds) for group in groups]:
                each.result()
            done, _ = strangers.communicate(timeout=PATIENCE_S)
        for timers in first_timers:
            timers.end()
        memory = {name: memory_kb(each.process.pid) for name, each in listeners.items()}
        assert [each.process.poll() for each in listeners.values()] == [None] * len(listeners)
        assert listeners["listed"].end() == 0
    listed, calm = served["listed"], served["calm"]
    return {
        "attacks": json.loads(done),
        **{name: {**served[name].shown(), "memory_mib": round(memory[name] / 1024)} for name in listeners},
        "heartbeat_ratio": round(sum(listed.heartbeats) / sum(calm.heartbeats), 1),
        "reconnect_ratio": round(sum(listed.reconnects) / sum(calm.reconnects), 1),
    }


@contextmanager
def _strangers(listed: Target, open_to_all: Target) -> Iterator[subprocess.Popen[str]]:
    """Run the process that strangers are; it ends with its input."""
    command = [sys.executable, "-m", "tests.hostile.strangers", listed.encode(), open_to_all.encode()]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


@contextmanager
def _listening(home: Path, count: int, own: Sequence[str], launcher: Sequence[str] = ()) -> Iterator[Listener]:
    """
    Run a listener.

    Args:
        home: A folder that is made.
        count: How many charge points with passwords it knows, besides those that never came and strangers that need
            none; 0 for one where everybody may connect.
        own: Its certificate and key; none without TLS.
        launcher: A command line that runs it.
    """
    home.mkdir()
    environ = {"SHOCPP_TLS_CERTIFICATE": own[0], "SHOCPP_TLS_KEY": own[1]} if own else {}
    scratch = Scratch(home, **environ)
    if count:
        hashed = [passwords.make(PASSWORD)]
        names = [f"CP{number}" for number in range(count)] + [f"NEW{number}" for number in range(FIRST_TIMERS)]
        entries: list[dict[str, object]] = [{"identity": name, "passwords": hashed} for name in names]
        entries += [{"identity": f"STRANGER{number}"} for number in range(STRANGERS)]
        (home / "conf/charge-points.json").write_text(json.dumps(entries))
    listener = Listener(scratch, context=trusting(Path(own[0])) if own else None, launcher=launcher)
    try:
        yield listener
    finally:
        listener.process.kill()
        listener.process.wait(PATIENCE_S)
