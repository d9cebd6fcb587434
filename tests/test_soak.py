"""A soak, a storm and hostile minutes, some seconds of each and, with --thorough, at their full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import GOOD, hostile
from tests.soak import soak
from tests.storm import CLIENTS, KINDS, SECONDS, storm

LONGER = 100  # than at a listener that nobody attacks: there it is 3 to 5 times, on a busy machine up to 45


@pytest.mark.parametrize(
    ("seconds", "count"), [(3, 60), pytest.param(600, 500, marks=pytest.mark.thorough)], ids=["seconds", "minutes"]
)
def test_nothing_is_lost(tmp_path: Path, seconds: int, count: int) -> None:
    """While the listener is killed and networks are cut, every stop is confirmed in the end and has one record."""
    done = soak(tmp_path, seconds, count)
    assert done["kills"] >= 3 and done["cuts"] >= 3 and done["stops"] >= count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("seconds", "count", "least"),
    [(3, 10, 1), pytest.param(SECONDS, CLIENTS, CLIENTS // 2, marks=pytest.mark.thorough)],
    ids=["seconds", "minutes"],
)
def test_what_is_billed_was_delivered(tmp_path: Path, seconds: float, count: int, least: int, kind: str) -> None:
    """
    While listener, bookkeeper, websocketd and backends are killed, each charge is billed once, to the Wh.

    How many come about in three seconds is the machine's business: cards are held to a reader by the clock.
    """
    done = storm(tmp_path, seconds, count, kind)
    assert done["listener"] >= 1 and done["below"] >= 1 and done["charges"] >= least


def test_good_ones_are_served(tmp_path: Path) -> None:
    """
    While strangers do all they can, no good charge point is hung up on, and each heartbeat is answered.

    How long that takes is a matter of minutes on a machine that does nothing else: ``test_good_ones_wait_little``.
    """
    hostile(tmp_path, seconds=2, count=6)


@pytest.mark.thorough
def test_good_ones_wait_little(tmp_path: Path) -> None:
    """While strangers do all they can for two minutes, no good charge point has to wait much longer."""
    found = hostile(tmp_path, seconds=120, count=GOOD)
    assert float(str(found["heartbeat_ratio"])) < LONGER
    assert float(str(found["reconnect_ratio"])) < LONGER
