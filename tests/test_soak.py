"""A soak and some hostile seconds; the long ones are ``python -m tests.soak`` and ``python -m tests.hostile``."""

from __future__ import annotations

from pathlib import Path

from tests.hostile import GOOD, hostile
from tests.soak import soak


def test_nothing_is_lost(tmp_path: Path) -> None:
    """While the listener is killed and networks are cut, every stop is confirmed in the end and has one record."""
    done = soak(tmp_path, seconds=45, count=150)
    assert done["kills"] >= 5 and done["cuts"] >= 100 and done["stops"] >= 1000


def test_good_ones_are_served(tmp_path: Path) -> None:
    """While strangers do all they can, no good charge point is hung up on, and none waits for long."""
    found = hostile(tmp_path, seconds=8)
    assert float(str(found["heartbeat_max_ms"])) < 2000 and float(str(found["reconnect_max_ms"])) < 5000
    assert int(str(found["heartbeats"])) > 5 * GOOD
