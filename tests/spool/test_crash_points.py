"""What a run of a hundred charges promises that is killed again and again: no charge is lost or booked twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import ROOT

PATIENCE_S = 1200  # a hundred charges that are cut at all places


def cut(folder: Path, charges: int, step: int) -> dict[str, int]:
    """Let the run be cut; what was cut."""
    command = [sys.executable, "-m", "tests.support.hundred", str(folder / "home"), str(charges), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory, if there is one: being killed is no power cut, so a slow disk adds nothing."""
    if os.access("/dev/shm", os.W_OK):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            yield Path(memory)
    else:
        yield tmp_path


@pytest.mark.parametrize(
    ("charges", "step", "least"),
    [(1, 1, 1), (30, 7, 3), pytest.param(100, 1, 100, marks=pytest.mark.thorough)],
    ids=["first", "thirty", "hundred"],
)
def test_a_run_is_killed_at_each_touch_of_the_disk(folder: Path, charges: int, step: int, least: int) -> None:
    """
    A record is whole or absent at each instant, there if its receipt was sent, and exactly one after the repeat.

    A start that was confirmed is on disk until its record is, and is gone when the receipt is sent.

    Cut are writes (of records, sightings, log and answers; some of them half-way), fsync, link, mkdir, rename (one puts
    a start aside) and the lock: for the first charge all, for thirty every seventh, so that each place is cut in three
    charges. All of a hundred, as with ``python -m tests.support.hundred /tmp/hundred 100 1``, are cut with --thorough.
    """
    done = cut(folder, charges, step)
    assert done["cuts"] == -(-done["places"] // step) and done["places"] >= 15 * charges
    assert done["least"] >= least
    assert all(done[name] >= least for name in ("write", "fsync", "link", "rename", "flock"))
    assert charges > 1 or done["mkdir"] >= 4
