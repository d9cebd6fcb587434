"""What a connection says in the log and counts in status.json: once, in one line, nothing forged, nothing long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.connection_bench import Bench


def test_quirk_is_logged_once_and_counted(bench: Bench) -> None:
    """A quirk is one line of the log for a connection and kind, and counted each time, over connections too."""
    for _ in range(3):
        bench.call("1", "Authorize", idTag=1111)
        bench.call("1", "Heartbeat", uptime=1)
    assert [line.split()[3:5] for line in bench.log() if " quirk " in line] == [
        ["quirk", "Authorize/idTag:"],
        ["quirk", "Heartbeat/uptime:"],
    ]
    bench.backend.close()
    bench.connect()
    bench.call("1", "Authorize", idTag=1111)
    assert sum(" quirk Authorize/idTag" in line for line in bench.log()) == 2
    assert bench.status()["quirks"] == {"Authorize/idTag": 4, "Heartbeat/uptime": 3}


def test_frames_are_counted(bench: Bench) -> None:
    """status.json counts the frames by action; unknown actions together."""
    for action in ("Heartbeat", "Heartbeat", "Nap", "Rest"):
        bench.call("1", action)
    assert bench.status()["frames"] == {"Heartbeat": 2, "unknown": 2}


FORGED = "\n2026-03-15T12:00:00Z INFO CP001 forged\r\x1b[2J\x85\u2028\u2029\u202e\x00"


@pytest.mark.parametrize(("id_tag", "status"), [("1111", "Accepted"), ("9999", "Invalid")])
def test_log_says_what_became_of_a_card(bench: Bench, id_tag: str, status: str) -> None:
    """Who holds a card to the reader finds in the log whether it was taken; which card it was is not there."""
    bench.backend.receive(json.dumps([2, "77", "Authorize", {"idTag": id_tag}]).encode())
    (line,) = [line for line in bench.log() if "id=77" in line]
    assert line.endswith(f"Authorize id=77 answered, card {status}") and id_tag not in line


def test_a_check_that_fails_is_ours(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails in holding a payload against its schema is told once, after the answer; the next frame is served."""
    monkeypatch.setattr("shocpp.ocpp.v16.payloads.fits", lambda *_: 1 / 0)
    assert bench.call("1", "Heartbeat")[0] == 3
    assert bench.call("2", "Authorize", idTag="1111")[0] == 3
    assert sum("checking a payload failed by our own fault" in line for line in bench.log()) == 2


@pytest.mark.parametrize(("least", "debug"), [("debug", {"id=1": "DEBUG", "id=2": "DEBUG"}), ("info", {})])
def test_what_comes_again_and_again_is_for_debugging(tmp_path: Path, least: str, debug: dict[str, str]) -> None:
    """Heartbeats and meter values that were answered are DEBUG, made if anybody wants it, and nothing else is."""
    (tmp_path / "home").mkdir()
    bench = Bench(tmp_path / "home", SHOCPP_LOGLEVEL=least)
    bench.call("1", "Heartbeat")
    bench.call("2", "MeterValues", connectorId=1, meterValue=[])
    bench.call("3", "BootNotification", chargePointVendor="a", chargePointModel="b")
    levels = {line.split()[4]: line.split()[1] for line in bench.log() if " id=" in line}
    assert levels == {**debug, "id=3": "INFO"}


def test_nobody_forges_log_lines(tmp_path: Path) -> None:
    """Whatever tags, ids, actions, fields and identities hold, the log has no line and no control character of it."""
    home = tmp_path / "home"
    home.mkdir()
    bench = Bench(home, identity=f"CP{FORGED}")
    bench.call(f"1{FORGED}", "Authorize", idTag=f"x{FORGED}")
    bench.call(f"2{FORGED}", f"Nap{FORGED}")
    bench.call("3", "Heartbeat", **{f"field{FORGED}": 1})
    bench.call("4", "StatusNotification", connectorId=1, errorCode="NoError", status=f"odd{FORGED}")
    bench.call("5", "SecurityEventNotification", type=f"odd{FORGED}", techInfo=FORGED)
    bench.call("6", "StopTransaction", transactionId=f"5{FORGED}", meterStop=5, timestamp=FORGED, reason=FORGED)
    bench.backend.receive(json.dumps([3, f"nobody{FORGED}", {}]).encode())
    bench.backend.receive(FORGED.encode())
    text = "\n".join(bench.log())
    assert all(line.startswith("2026-03-15T12:00:00Z ") for line in text.split("\n"))
    assert not set(text) & (set(FORGED) - set("2026-03-15T12:00:00Z INFO CP001 forged[2J\n"))


def test_long_things_are_short_in_the_log(bench: Bench) -> None:
    """No frame makes a line of the log long."""
    long = "x" * 500_000
    for action in ("Authorize", long, "StatusNotification", "SecurityEventNotification"):
        bench.call(long, action, idTag=long, status=long, type=long, techInfo=long, **{long: 1})
    bench.backend.receive(json.dumps([4, long, long, long, {}]).encode())
    assert max(map(len, bench.log())) < 2000
