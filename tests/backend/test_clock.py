"""What a clock that is set does to a connection: sightings go on, records have the time that it is then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shocpp.backend.observer import SIGHTING_S
from shocpp.log import Log
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

NOW_S = 1_773_576_000.0  # 2026-03-15T12:00:00Z
YEAR_S = 365 * 86_400


@pytest.mark.parametrize("steps_s", [(YEAR_S, 0), (-YEAR_S, 0), (0, -3600)])
def test_sightings_go_on_when_the_clock_is_set(tmp_path: Path, steps_s: tuple[int, int]) -> None:
    """A year ahead and back again: under load a status is written a second after it came, not in a year."""
    time = {"wall": NOW_S, "since_boot": 5.0}
    scratch = Scratch(tmp_path)
    log = Log(str(tmp_path / "log"))
    backend = InPlace("CP001", scratch.settings, log, lambda: time["wall"], lambda: time["since_boot"])
    backend.open()
    backend.do_deferred(is_idle=True)
    for number, step_s in enumerate(steps_s):
        time["wall"] = NOW_S + step_s
        status = {"connectorId": number, "status": "Charging", "errorCode": "NoError"}
        backend.receive(json.dumps([2, "1", "StatusNotification", status]).encode())
        wait_s = backend.do_deferred(is_idle=False)
        assert wait_s is not None and 0 < wait_s <= SIGHTING_S
        time["since_boot"] += wait_s
        assert backend.do_deferred(is_idle=False) is None
        assert str(number) in scratch.sighting("CP001")["connectors"]


def test_a_message_is_told_the_time_that_it_is(tmp_path: Path) -> None:
    """Whichever way the clock is set, the next answer has its time."""
    time = {"wall": NOW_S}
    backend = InPlace("CP001", Scratch(tmp_path).settings, Log(str(tmp_path / "log")), lambda: time["wall"])
    backend.open()
    for step_s, year in ((0, "2026"), (YEAR_S, "2027"), (-YEAR_S, "2025"), (0, "2026")):
        time["wall"] = NOW_S + step_s
        (line,) = backend.receive(b'[2,"1","Heartbeat",{}]')
        assert json.loads(line)[2]["currentTime"].startswith(f"{year}-03-15T12:00:00")
