"""The frame filter as a process: lines in whatever pieces, readers that stop, signals, and its end."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import Process
from tests.support.scratch import BACKEND, Scratch

BEAT = b'[2,"b","Heartbeat",{}]\n'
STOP = b'[2,"s","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]\n'
MIB = 1 << 20
MOST_HELD = 60_000  # of the 64 KiB that a pipe has; the rest may be too small for a write


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Give a home."""
    return Scratch(tmp_path)


@pytest.fixture
def backend(scratch: Scratch) -> Iterator[Process]:
    """Give a running backend of the charge point CP001 that listens."""
    process = scratch.start("/CP001")
    until(lambda: scratch.is_held("CP001"), "the backend to start")
    with process:
        yield process
        process.kill()


def feed(process: Process, data: bytes) -> None:
    """Write to the backend."""
    assert process.stdin
    process.stdin.write(data)


def read_lines(process: Process, count: int) -> list[bytes]:
    """Read so many lines from the backend."""
    assert process.stdout
    data = b""
    while data.count(b"\n") < count:
        assert select.select([process.stdout], [], [], PATIENCE_S)[0], "no answer"
        piece = os.read(process.stdout.fileno(), MIB)
        assert piece, "the backend is gone"
        data += piece
    return data.splitlines()


def held_in(pipe: IO[bytes] | None) -> int:
    """Give how many bytes a pipe holds that nobody has read."""
    assert pipe
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(count)


def end(process: Process) -> None:
    """End the input and wait for the backend's good end."""
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


def test_two_thousand_frames_in_one_write(scratch: Scratch) -> None:
    """Two thousand frames in one write are answered in order, also by who writes them all before reading anything."""
    calls = b"".join(b'[2,"%d","Heartbeat",{}]\n' % number for number in range(2000))
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
    process = scratch.start("/CP001", stdin=theirs, stdout=theirs)
    theirs.close()
    ours.sendall(calls)
    ours.shutdown(socket.SHUT_WR)
    with ours.makefile("rb") as answers:
        ids = [json.loads(line)[1] for line in answers]
    assert ids == [str(number) for number in range(2000)]
    end(process)


def test_writer_that_does_not_read(backend: Process) -> None:
    """Answers that nobody reads yet do not keep the backend from reading on: far more than a pipe holds."""
    count = 20_000
    calls = b"".join(b'[2,"%d","Heartbeat",{}]\n' % number for number in range(count))
    writer = threading.Thread(target=feed, args=(backend, calls))
    writer.start()
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert [json.loads(line)[1] for line in read_lines(backend, count)] == [str(number) for number in range(count)]
    end(backend)


def test_partial_lines(backend: Process) -> None:
    """A line may come byte by byte, and the last one without its end."""
    for byte in BEAT:
        feed(backend, bytes([byte]))
    assert len(read_lines(backend, 1)) == 1
    feed(backend, STOP[:-1])
    answers, _ = backend.communicate(timeout=PATIENCE_S)
    assert json.loads(answers) == [3, "s", {}]


def test_unfinished_frame_at_the_end(scratch: Scratch) -> None:
    """What is held when the input ends is answered."""
    answers, _ = scratch.serve(b'[2,"1","Heartbeat",{}\n')
    assert json.loads(answers[0])[:2] == [3, "1"]


def test_lines_beyond_a_mib(scratch: Scratch) -> None:
    """A CALL of a MiB is served; a longer line is refused under its id, and the next frame is served."""
    fitting = b'[2,"1","DataTransfer",{"vendorId":"v","data":"' + b"x" * (MIB - 100) + b'"}]\n'
    too_long = b'[2,"2","DataTransfer",{"vendorId":"v","data":"' + b"x" * (5 * MIB) + b'"}]\n'
    answers, log = scratch.serve(fitting + too_long + BEAT + b"x" * (2 * MIB) + b"\n" + STOP + too_long[:-3])
    assert [json.loads(answer)[:3] for answer in answers[:2]] == [
        [3, "1", {"status": "UnknownVendorId"}],
        [4, "2", "FormationViolation"],
    ]
    assert [json.loads(answer)[1] for answer in answers[2:]] == ["b", "s", "2"]
    assert len(log) < 4000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_leave(scratch: Scratch, backend: Process, number: signal.Signals) -> None:
    """A signal to leave: the frame in hand is answered whole, run/ is tidied, the status is 0."""
    assert backend.stdout
    feed(backend, BEAT * 50 + STOP)
    first = os.read(backend.stdout.fileno(), MIB)
    backend.send_signal(number)
    rest, _ = backend.communicate(timeout=PATIENCE_S)
    assert backend.returncode == 0, scratch.log()
    assert [json.loads(answer)[1] for answer in (first + rest).splitlines()] == ["b"] * 50 + ["s"]
    assert not (scratch.folder("CP001") / "shocpp.pid").exists()
    assert "last_seen" in scratch.sighting("CP001")
    assert scratch.log().rstrip().endswith("disconnected")


def test_told_to_leave_by_who_does_not_read(backend: Process) -> None:
    """A reader that does not read keeps nobody from leaving."""
    feed(backend, BEAT * 3000)
    assert backend.stdin and backend.stdout
    backend.stdin.close()
    until(lambda: held_in(backend.stdout) >= MOST_HELD, "the answers to fill the pipe")
    backend.send_signal(signal.SIGTERM)
    assert backend.wait(PATIENCE_S) == 0


def test_reader_that_goes(scratch: Scratch, backend: Process) -> None:
    """A reader that closes its end is a charge point that hung up: status 0, no traceback."""
    assert backend.stdout
    backend.stdout.close()
    feed(backend, BEAT)
    assert backend.wait(PATIENCE_S) == 0
    assert "Traceback" not in scratch.log()


def test_input_that_ends_before_the_reader_goes(scratch: Scratch) -> None:
    """End of input with answers unread: all of them still come, however late they are read."""
    with scratch.start("/CP001") as process:
        feed(process, BEAT * 5000)
        assert process.stdin
        process.stdin.close()
        assert len(read_lines(process, 5000)) == 5000
    assert process.returncode == 0


def test_descriptors_that_are_closed(scratch: Scratch) -> None:
    """A backend that is started without input ends, and books nothing."""
    with open(os.devnull, "rb") as nothing:
        process = subprocess.run(BACKEND, env=scratch.environ, stdin=nothing, capture_output=True, check=False)
    assert (process.returncode, process.stdout) == (0, b"")
