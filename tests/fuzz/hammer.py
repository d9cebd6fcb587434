"""
Feed a backend with what ``mutations`` makes, and hold it to its promises after each message.

No crash, no message that takes long, one answer for each CALL that can be answered, confirmations exactly as
specified, the next good frame served, the good StopTransaction booked, memory and sightings bounded.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from shocpp.log import Log
from shocpp.ocpp.v16 import payloads
from shocpp.ocpp.v16.operations import OPERATIONS
from tests.fuzz.mutations import message
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

BATCH = 50  # messages of one connection, before its good stop
HOME = 2_000  # messages before another home, so that the folders stay small
SLOWEST_S = 10.0  # of processor time, for a message
A_LINE_S = 1e-4  # and for each of its lines: a MiB of line feeds is a million of them
MOST_GROWTH = 200 << 20  # bytes
MEMORY = "/dev/shm"  # a record is synced: on a disk that takes most of the time
MODES = ("lenient", "strict", "off")
STOP = '[2,"good","StopTransaction",{{"transactionId":10000001,"meterStop":{},"timestamp":"2023-09-03T06:00:00Z"}}]'


def hammer(cases: int, first: int = 0, say: Any = lambda _: None) -> None:
    """
    Send the messages of so many seeds; fail at the first broken promise, with its seed in the words.

    Args:
        cases: How many messages.
        first: The first seed.
        say: Is told now and then how far it is.
    """
    before = _resident()
    for begin in range(first, first + cases, HOME):
        with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as folder:
            bench = _Bench(Path(folder), MODES[begin // HOME % 3])
            for seed in range(begin, min(begin + HOME, first + cases), BATCH):
                bench.connect()
                for each in range(seed, min(seed + BATCH, first + cases)):
                    bench.strike(each)
                bench.book_good_stop(seed)
        grown = _resident() - before
        assert grown < MOST_GROWTH, f"seed {begin}: {grown >> 20} MiB more memory than at the begin"
        say(f"{min(begin + HOME, first + cases) - first} messages, {grown >> 20} MiB more than at the begin")


class _Bench:
    """A home and the backend that is connected there."""

    def __init__(self, folder: Path, mode: str) -> None:
        self._scratch = Scratch(folder, SHOCPP_VALIDATION=mode)
        self._settings = self._scratch.settings
        self._now = 1_773_576_000.0
        self._backend: InPlace | None = None

    def connect(self) -> None:
        """Make a new connection."""
        log = Log(str(self._scratch.home / "log"), lambda: self._now)
        self._backend = InPlace("CP001", self._settings, log, lambda: self._now)
        self._backend.open()

    def _command(self) -> None:
        """Have the backend wait for an answer to "command"; another one before, since none is sent twice."""
        assert self._backend
        for unique_id in ("other", "command"):
            (self._scratch.folder("CP001") / "request.json").write_text(f'[2,"{unique_id}","Reset",{{}}]')
            assert self._backend.request() == f'[2,"{unique_id}","Reset",{{}}]'

    def strike(self, seed: int) -> None:
        """Send a message and then a good frame."""
        data = message(seed)
        if b"command" in data:
            self._command()
        began = time.process_time()
        answers = self._send(data)
        took = time.process_time() - began
        assert took < SLOWEST_S + A_LINE_S * data.count(b"\n"), f"seed {seed}: took {took} s"
        frames = [_parsed(answer, seed) for answer in answers]
        calls = _calls(data)
        if calls is not None:
            _compare(frames, calls, seed)
        assert len(frames) <= data.count(b"2") + 1, f"seed {seed}: more answers than there can be CALLs"
        *_, last = self._send(b'[2,"next","Heartbeat",{}]') or [""]
        assert last.startswith('[3,"next",{"currentTime":'), f"seed {seed}: the next frame got {last[:200]}"

    def book_good_stop(self, seed: int) -> None:
        """Send a good stop, hang up, and look for its record."""
        assert self._backend
        answers = self._send(STOP.format(5_000_000 + seed).encode())
        assert answers == ['[3,"good",{}]'], f"seed {seed}: the good stop got {answers}"
        self._backend.do_deferred(is_idle=True)
        self._backend.close()
        booked = [record for record in self._scratch.records().values() if record.get("end_wh") == 5_000_000 + seed]
        assert len(booked) == 1, f"seed {seed}: {len(booked)} records of the good stop"
        for name in ("status.json", "meter.json"):
            path = self._scratch.folder("CP001") / name
            size = path.stat().st_size if path.exists() else 0
            assert size < MIB, f"seed {seed}: {name} has {size} bytes"
        log = self._scratch.home / "log"
        assert "own fault" not in log.read_text(errors="replace"), f"seed {seed}: an error of ours, see the log"
        log.unlink()

    def _send(self, data: bytes) -> list[str]:
        assert self._backend
        self._now += 0.02
        answers = [answer for line in data.split(b"\n") for answer in self._backend.receive(line)]
        self._backend.do_deferred(is_idle=False)
        return answers


MIB = 1 << 20


def _parsed(answer: str, seed: int) -> list[Any]:
    assert answer.isascii(), f"seed {seed}: {answer[:200]}"
    assert answer.isprintable(), f"seed {seed}: {answer[:200]}"
    frame = json.loads(answer)
    assert (frame[0], len(frame)) in ((3, 3), (4, 5)), f"seed {seed}: {answer[:200]}"
    return list(frame)


def _calls(data: bytes) -> list[tuple[Any, str, bool]] | None:
    """
    Find out, without our own code, what must be answered: id, action and whether it is a whole CALL.

    Returns:
        None where that is not plain: the message is not one JSON value in one line, or it nests so deeply that
        it depends on who calls whom whether it can be read.
    """
    if b"\n" in data or max(data.count(b"["), data.count(b"{")) > 900:
        return None
    try:
        value = json.loads(data.decode(), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if (
        not isinstance(value, list)
        or len(value) < 2
        or value[0] not in (2, "2")
        or type(value[0]) not in (int, str, float)
    ):
        return []
    unique_id = value[1]
    if type(unique_id) not in (str, int, float) or (type(unique_id) is float and not math.isfinite(unique_id)):
        return []
    action = value[2] if len(value) > 2 else None
    is_whole = isinstance(action, str) and (len(value) < 4 or value[3] is None or isinstance(value[3], dict))
    return [(unique_id, action if isinstance(action, str) else "", is_whole)]


def _compare(frames: list[list[Any]], calls: list[tuple[Any, str, bool]], seed: int) -> None:
    assert len(frames) == len(calls), f"seed {seed}: {len(calls)} to be answered, {len(frames)} answers: {frames}"
    for frame, (unique_id, action, is_whole) in zip(frames, calls, strict=True):
        assert frame[1] == unique_id, f"seed {seed}: the id {unique_id!r} came back as {frame[1]!r}"
        assert type(frame[1]) is type(unique_id), f"seed {seed}: the id {unique_id!r} came back as {frame[1]!r}"
        if frame[0] == 3:
            assert is_whole, f"seed {seed}: {frame}"
            assert action in OPERATIONS, f"seed {seed}: {frame}"
            assert payloads.fits(action, "confirmation", frame[2]), f"seed {seed}: {frame} is not as specified"
        else:
            assert frame[2] != "InternalError", f"seed {seed}: {frame}"


def _resident() -> int:
    """Give the memory that this process holds now, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
