"""Who may read what a backend leaves behind: its owner and the group, whatever the umask."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from tests.support.backend import stop_payload
from tests.support.scratch import Scratch

CALLS = [
    ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    ("StopTransaction", stop_payload(10_009_042)),
]
FRAMES = "".join(json.dumps([2, str(number), *call]) + "\n" for number, call in enumerate(CALLS)).encode()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_a_backend_writes(tmp_path: Path, mask: int) -> None:
    """Records, sightings and journal are 0640, folders 0750, the lock 0600."""
    scratch = Scratch(tmp_path, SHOCPP_JOURNALDIR=str(tmp_path / "journal"))
    before = os.umask(mask)
    try:
        answers, _ = scratch.serve(FRAMES, "/CP1")
    finally:
        os.umask(before)
    assert [json.loads(answer)[0] for answer in answers] == [3, 3]
    found = [
        path for name in ("accounting", "run", "journal") for path in [tmp_path / name, *(tmp_path / name).rglob("*")]
    ]
    assert {"status.json", ".lock"} <= {path.name for path in found} and len(list(scratch.records())) == 1
    for path in found:
        wanted = 0o750 if path.is_dir() else 0o600 if path.name == ".lock" else 0o640
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_held_lock_is_told(tmp_path: Path) -> None:
    """A lock of accounting/ that somebody holds for ever is an InternalError and a line in the log, not silence."""
    scratch = Scratch(tmp_path)
    (tmp_path / "accounting").mkdir()
    with (tmp_path / "accounting/.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        answers, log = scratch.serve(FRAMES, "/CP1")
    assert [json.loads(answer)[:3] for answer in answers[1:]] == [[4, "1", "InternalError"]]
    assert ".lock is held by another process since 5 s" in log
    assert scratch.serve(FRAMES, "/CP1")[0][1] == '[3,"1",{}]', "the charge point comes again, and is booked"
