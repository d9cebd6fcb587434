"""Signals under load: commands while a hundred times as many frames go through the same backend."""

from __future__ import annotations

import json
import os
import select
import subprocess
import threading
from pathlib import Path

import pytest

from shocpp.spool.run.mailbox import Mailbox
from tests.support.patience import PATIENCE_S, until
from tests.support.preloaded import Process
from tests.support.scratch import Scratch

FEW, MANY = 300, 1_000  # commands
FRAMES_A_COMMAND = 100
MOST_AHEAD = 2_000  # frames on the way: as many as fit shall not keep commands waiting for seconds


class Flood:
    """A charge point that sends frames as fast as they are answered, and answers each command as it comes."""

    def __init__(self, process: Process, commands: int) -> None:
        assert process.stdin
        assert process.stdout
        self._write_to, self._read_from = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._write_to, False)
        self._frames, self._commands = commands * FRAMES_A_COMMAND, commands
        self._out = bytearray()
        self._rest = b""
        self._sent = 0
        self.answered: list[int] = []
        self.commands: list[str] = []
        self.wrong: list[bytes] = []

    def run(self) -> None:
        """Go on until all frames are answered and all commands have come."""
        while len(self.answered) < self._frames or len(self.commands) < self._commands or self._out:
            if not self._out and self._sent - len(self.answered) < MOST_AHEAD:
                following = range(self._sent, min(self._sent + 200, self._frames))
                self._out += b"".join(b'[2,"f%d","Heartbeat",{}]\n' % number for number in following)
                self._sent = following.stop
            writing = [self._write_to] if self._out else []
            readable, writable, _ = select.select([self._read_from], writing, [], PATIENCE_S)
            assert readable or writable, f"stuck at {len(self.answered)} frames, {len(self.commands)} commands"
            if writable:
                del self._out[: os.write(self._write_to, self._out)]
            if readable:
                self._take(os.read(self._read_from, 1 << 16))

    def _take(self, data: bytes) -> None:
        assert data, "the backend is gone"
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b'[3,"f'):
                self.answered.append(int(line[5 : line.index(b'"', 5)]))
                if not line.endswith(b'Z"}]'):
                    self.wrong.append(line)
            else:
                _, unique_id, action, payload = json.loads(line)
                self.commands.append(unique_id)
                answer = [3, unique_id, {"status": "Accepted", "echo": payload["key"], "action": action}]
                self._out += json.dumps(answer).encode() + b"\n"


@pytest.mark.parametrize("commands", [FEW, pytest.param(MANY, marks=pytest.mark.thorough)])
def test_commands_among_frames(tmp_path: Path, commands: int) -> None:
    """No frame is torn, lost or out of order, and every command gets its own answer."""
    scratch = Scratch(tmp_path)
    wrong: list[object] = []

    def command() -> None:
        box = Mailbox(str(tmp_path / "run"), "CP001")
        for number in range(commands):
            key = f"key-{number}"
            frame = json.dumps([2, f"c{number}", "ChangeConfiguration", {"key": key, "value": "1"}])
            answer = box.ask(f"c{number}", frame, PATIENCE_S)
            if answer != [3, f"c{number}", {"status": "Accepted", "echo": key, "action": "ChangeConfiguration"}]:
                wrong.append(answer)

    process = scratch.start("/CP001", stderr=subprocess.DEVNULL)
    until(lambda: scratch.is_held("CP001"), "the backend to start")
    flood = Flood(process, commands)
    commanding = threading.Thread(target=command, daemon=True)
    commanding.start()
    try:
        flood.run()
        commanding.join(PATIENCE_S)
        assert not commanding.is_alive()
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert wrong == []
    assert flood.wrong == []
    assert flood.answered == list(range(commands * FRAMES_A_COMMAND))
    assert flood.commands == [f"c{number}" for number in range(commands)]
