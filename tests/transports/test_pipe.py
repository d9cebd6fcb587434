"""The frame filter as a process: lines in whatever pieces, readers that stop, signals, silence, and its end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S, until
from tests.support.scratch import BACKEND, ROOT, Scratch

BEAT = b'[2,"b","Heartbeat",{}]\n'
STOP = b'[2,"s","StopTransaction",{"transactionId":10000001,"meterStop":3000,"timestamp":"2023-09-03T06:00:00Z"}]\n'
MIB = 1 << 20
IDLE = """
import sys
sys.path.insert(0, sys.argv[1])
from shocpp.backend.lines import Lines
from shocpp.log import Log
from shocpp.settings import Settings
from shocpp.spool.accounting import Accounting
from shocpp.spool.configuration import watched_tags
from shocpp.transports.pipe import Filter
settings, log = Settings.from_environ(), Log("")
say = log.about("CP001")
lines = Lines("CP001", settings, watched_tags(settings.tags_file, say), say)
Filter(lines, Accounting(settings.accounting_dir), log.flush, idle_s=float(sys.argv[2])).run()
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Give a home."""
    return Scratch(tmp_path)


@pytest.fixture
def backend(scratch: Scratch) -> Iterator[subprocess.Popen[bytes]]:
    """Give a running backend of the charge point CP001 that listens."""
    process = scratch.start("/CP001")
    until(lambda: scratch.is_held("CP001"), "the backend to start")
    with process:
        yield process
        process.kill()


def feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Write to the backend."""
    assert process.stdin
    process.stdin.write(data)


def read_lines(process: subprocess.Popen[bytes], count: int) -> list[bytes]:
    """Read so many lines from the backend."""
    assert process.stdout
    data = b""
    while data.count(b"\n") < count:
        assert select.select([process.stdout], [], [], PATIENCE_S)[0], "no answer"
        piece = os.read(process.stdout.fileno(), MIB)
        assert piece, "the backend is gone"
        data += piece
    return data.splitlines()


def end(process: subprocess.Popen[bytes]) -> None:
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


def test_writer_that_does_not_read(backend: subprocess.Popen[bytes]) -> None:
    """Answers that nobody reads yet do not keep the backend from reading on: far more than a pipe holds."""
    count = 20_000
    calls = b"".join(b'[2,"%d","Heartbeat",{}]\n' % number for number in range(count))
    writer = threading.Thread(target=feed, args=(backend, calls))
    writer.start()
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert [json.loads(line)[1] for line in read_lines(backend, count)] == [str(number) for number in range(count)]
    end(backend)


def test_partial_lines(backend: subprocess.Popen[bytes]) -> None:
    """A line may come byte by byte, and the last one without its end."""
    for byte in BEAT:
        feed(backend, bytes([byte]))
    assert len(read_lines(backend, 1)) == 1
    feed(backend, STOP[:-1])
    answers, _ = backend.communicate(timeout=PATIENCE_S)
    assert json.loads(answers) == [3, "s", {}]


def test_frame_over_slow_lines(scratch: Scratch, backend: subprocess.Popen[bytes]) -> None:
    """A frame whose lines come apart is one, though sightings are written between (found: given up at their turn)."""
    feed(backend, b'[2,"a","Authorize",{"idTag":"0000"}]\n')
    read_lines(backend, 1)
    time.sleep(0.7)  # so that the sightings' turn comes in the middle of the second that half a frame is held
    feed(backend, b'[2,"a","Authorize",{"idTag":"0001"}]\n[2,"s","StopTransaction",\n')
    read_lines(backend, 1)
    until(lambda: "0001" in scratch.sighting("CP001").get("refused_tags", {}), "the sightings to be written")
    feed(backend, STOP.removeprefix(b'[2,"s","StopTransaction",'))
    assert json.loads(read_lines(backend, 1)[0]) == [3, "s", {}]
    end(backend)


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
def test_told_to_leave(scratch: Scratch, backend: subprocess.Popen[bytes], number: signal.Signals) -> None:
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


def test_told_to_leave_by_who_does_not_read(backend: subprocess.Popen[bytes]) -> None:
    """A reader that does not read keeps nobody from leaving."""
    feed(backend, BEAT * 3000)
    assert backend.stdin
    backend.stdin.close()
    time.sleep(0.05)  # at the end of input it waits for its reader; either way the signal must do
    backend.send_signal(signal.SIGTERM)
    assert backend.wait(PATIENCE_S) == 0


def test_reader_that_goes(scratch: Scratch, backend: subprocess.Popen[bytes]) -> None:
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


def test_silence(scratch: Scratch) -> None:
    """Without any traffic the backend ends by itself after its time, and not while there is some."""
    process = scratch_process(scratch, idle_s=0.4)
    for _ in range(3):
        time.sleep(0.2)
        feed(process, BEAT)
        assert len(read_lines(process, 1)) == 1
    began = time.monotonic()
    assert process.wait(PATIENCE_S) == 0
    assert 0.3 < time.monotonic() - began < PATIENCE_S / 2
    process.communicate()


def test_idle_costs_nothing(scratch: Scratch) -> None:
    """A backend that waits, even with half a frame and for a reader that does not read, uses no processor."""
    process = scratch_process(scratch, idle_s=60)
    feed(process, BEAT * 3000 + b"[2,\n")
    time.sleep(1.5)
    before = processor_s(process.pid)
    time.sleep(0.5)
    assert processor_s(process.pid) - before < 0.05
    process.kill()
    process.communicate()


def scratch_process(scratch: Scratch, idle_s: float) -> subprocess.Popen[bytes]:
    """Start a backend with a time after which silence means that nobody is there."""
    command = [sys.executable, "-I", "-c", IDLE, str(ROOT), str(idle_s)]
    pipe, no = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, env=scratch.environ, stdin=pipe, stdout=pipe, stderr=no, bufsize=0)


def processor_s(pid: int) -> float:
    """Give the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_descriptors_that_are_closed(scratch: Scratch) -> None:
    """A backend that is started without input ends, and books nothing."""
    with open(os.devnull, "rb") as nothing:
        process = subprocess.run(BACKEND, env=scratch.environ, stdin=nothing, capture_output=True, check=False)
    assert (process.returncode, process.stdout) == (0, b"")
