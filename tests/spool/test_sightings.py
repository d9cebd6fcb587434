"""What sightings promise: they are small, whole, and worth nothing: lost or broken ones harm nobody."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.spool.files import durable
from shocpp.spool.run import sightings
from shocpp.spool.run.sightings import MOST, Sightings
from tests.support.backend import RunningBackend, make_home, whole_records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_what_is_noted_is_read_again(tmp_path: Path) -> None:
    """After a flush the next backend, and everybody else, sees what this one saw."""
    first = Sightings(str(tmp_path))
    first.note("boot", "", {"chargePointVendor": "v"})
    first.note("connectors", "1", {"status": "Charging"})
    first.count("records", "")
    first.note_meter(1, {"values": {"Power.Active.Import": {"value": "11000"}}, "power_w": 11_000})
    assert first.changed and os.listdir(tmp_path) == []
    assert first.flush() == ""
    assert not first.changed
    second = Sightings(str(tmp_path))
    assert second.status == {
        "boot": {"chargePointVendor": "v"},
        "connectors": {"1": {"status": "Charging"}},
        "records": 1,
    }
    assert second.meter["1"]["power_w"] == 11_000


def test_a_burst_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many frames came, a flush writes each file once, and one without news writes none."""
    written: list[str] = []
    monkeypatch.setattr(durable, "replace", lambda *args: written.append(args[0]))
    seen = Sightings(str(tmp_path))
    for number in range(50):
        seen.note("connectors", str(number), {})
        seen.count("frames", "Heartbeat")
    seen.flush()
    seen.flush()
    assert written == [str(tmp_path / "status.json")]


def test_readings_add_up_over_writes(tmp_path: Path) -> None:
    """What was written is not kept in memory, and still there when the next reading is written."""
    seen = Sightings(str(tmp_path))
    seen.note_meter(1, {"power_w": 11_000, "values": {"Voltage": {"value": "230"}}})
    seen.flush()
    seen.note_meter(1, {"values": {"Temperature": {"value": "21"}}})
    seen.note_meter(2, {"power_w": 7_000})
    seen.flush()
    written = json.loads((tmp_path / "meter.json").read_text())
    assert written["1"]["power_w"] == 11_000 and set(written["1"]["values"]) == {"Voltage", "Temperature"}
    assert written["2"]["power_w"] == 7_000


@given(st.lists(st.tuples(st.sampled_from(["connectors", "refused_tags"]), st.text(max_size=3)), max_size=300))
def test_a_status_stays_small(noted: list[tuple[str, str]]) -> None:
    """Whatever a charge point makes up, no section has more than a hundred entries; the newest ones are there."""
    seen = Sightings("/nowhere")
    for number, (section, key) in enumerate([*noted, *(("connectors", str(n)) for n in range(3 * MOST))]):
        seen.note(section, key, {"at": number})
        seen.count("quirks", key)
    assert all(len(section) <= MOST for section in seen.status.values() if isinstance(section, dict))
    assert list(seen.status["connectors"])[-1] == str(3 * MOST - 1)
    assert len(sightings.bounded("x" * 10_000)) < 300


BROKEN = [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe", b"[" * 100_000, b'{"x": NaN}']


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(content[:8]))
def test_a_broken_file_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    """A file that was cut, edited or is no JSON counts as never written, and is written anew."""
    for name in ("status.json", "meter.json"):
        (tmp_path / name).write_bytes(content)
    seen = Sightings(str(tmp_path))
    seen.count("records", "")
    seen.note_meter(1, {"values": {}})
    assert seen.status["records"] == 1 and len(seen.meter["1"]) == 1
    assert seen.flush() == ""
    assert Sightings(str(tmp_path)).status["records"] == 1


def test_what_cannot_be_written_is_said_and_forgotten(tmp_path: Path) -> None:
    """Without a folder to write to, a flush says so in words, once for this change, and nothing is raised."""
    seen = Sightings(str(tmp_path / "gone"))
    seen.count("records", "")
    assert "cannot write" in seen.flush()
    assert seen.flush() == ""


@given(st.dictionaries(st.sampled_from(["boot", "connectors", "quirks", "frames", "records", "last_seen"]), JSON), JSON)
def test_a_status_of_any_shape_takes_what_comes(status: dict[str, object], meter: object) -> None:
    """A file that is JSON but not ours raises nothing: what does not fit is replaced."""
    seen = Sightings("/nowhere")
    seen._status, seen._meter = status, {"1": meter}  # what ``read`` may give
    seen.note("connectors", "1", {"status": "Available"})
    seen.count("quirks", "garbage")
    seen.count("records", "")
    seen.note_meter(1, {"values": {"x": 1}})
    seen.drop_power(1)
    assert seen.status["connectors"]["1"] == {"status": "Available"}
    assert seen.meter["1"]["values"]["x"] == 1
    json.dumps([seen.status, seen.meter])


@pytest.mark.parametrize("value", [5, [], "x", {"1": []}, None])
def test_broken_sightings_cost_no_record(tmp_path: Path, value: object) -> None:
    """With sightings of any shape in run/ a real backend serves, books and says goodbye as ever."""
    home = make_home(tmp_path / "home")
    folder = home / "run" / "CP001"
    (folder / "transactions").mkdir(parents=True)
    sections = ("quirks", "frames", "connectors", "records", "refused_tags", "1", "begin_wh", "connector_id", "started")
    for name in ("status.json", "meter.json", "transactions/10009042.json", "transactions/7.json"):
        (folder / name).write_text(json.dumps(dict.fromkeys(sections, value)))
    with RunningBackend(home) as backend:
        backend.send(["pong"])
        assert backend.call("StatusNotification", {"connectorId": 1, "status": "Charging"})[2] == {}
        assert backend.call("Authorize", {"idTag": "9999"})[2]["idTagInfo"] == {"status": "Invalid"}
        assert backend.call("MeterValues", {"connectorId": 1, "meterValue": []})[2] == {}
        assert backend.stop(10_009_042)[2] == {}
        assert backend.stop(-1, 9_080_000)[2] == {}
    assert backend.process.returncode == 0
    log = backend.log.read_text()
    assert "Traceback" not in log and "fault" not in log
    assert len(whole_records(home / "accounting")) == 2
