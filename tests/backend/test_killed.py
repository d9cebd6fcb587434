"""What a kill and a power cut leave behind: figures that are right or absent, never those of another charge."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shocpp.history.reconcile import compare
from shocpp.log import Log
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.conf.configuration import read_tags
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

ID = 10_009_000
A = {"connectorId": 1, "idTag": "1111", "meterStart": 9_000_100, "timestamp": "2026-03-15T10:00:00Z"}
B = {"connectorId": 1, "idTag": "1111", "meterStart": 9_000_600, "timestamp": "2026-03-15T10:30:00Z"}
STOP_A = {"transactionId": ID, "meterStop": 9_000_600, "timestamp": "2026-03-15T10:20:00Z"}
STOP_B = {"transactionId": ID, "meterStop": 9_010_000, "timestamp": "2026-03-15T11:30:00Z"}
NOW_S = 1_773_576_000.0  # 2026-03-15T12:00:00Z


class Killed:
    """Backends of one charge point, none of which is ever closed."""

    def __init__(self, folder: Path, **environ: str) -> None:
        folder.mkdir()
        self.scratch = Scratch(folder, **environ)
        self.said: list[str] = []
        self.now_s = NOW_S
        self.begin()

    def begin(self) -> None:
        """Begin a new process: the one before was killed."""
        log = Log(str(self.scratch.home / "log"))
        self._backend = InPlace("CP001", self.scratch.settings, log, lambda: self.now_s)
        self._backend.open()

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a request; what confirms it. Nothing that may be late is done after it."""
        (line,) = self._backend.receive(json.dumps([2, "1", action, payload]).encode())
        kind, _, answer = json.loads(line)
        assert kind == 3
        return dict(answer)

    def settle(self) -> None:
        """Do what may be late."""
        self._backend.do_deferred(is_idle=True)

    @property
    def run(self) -> Path:
        """The charge point's folder."""
        return self.scratch.folder("CP001")

    def figures(self) -> list[int | None]:
        """Give what was booked, in Wh where it is known to the Wh."""
        records = sorted(self.scratch.records().values(), key=lambda record: record["stopped"])
        return [record.get("consumed_wh") for record in records]


@pytest.mark.parametrize("with_journal", [False, True])
def test_the_next_charge_is_not_billed_from_the_begin_of_the_one_before(tmp_path: Path, with_journal: bool) -> None:
    """A ends and B begins in the same kWh, and the process is killed: B is billed its own 9400 Wh, not 9900."""
    environ = {"SHOCPP_JOURNALDIR": str(tmp_path / "journal")} if with_journal else {}
    place = Killed(tmp_path / "home", **environ)
    assert place.call("StartTransaction", A)["transactionId"] == ID
    place.settle()
    place.call("StopTransaction", STOP_A)
    assert place.call("StartTransaction", B)["transactionId"] == ID
    place.begin()
    place.call("StopTransaction", STOP_B)
    place.settle()
    assert place.figures() == [500, 9400]
    if with_journal:
        folders = str(tmp_path / "journal"), AccountingFolder(str(place.scratch.home / "accounting"))
        tags = read_tags(place.scratch.settings.tags_file)
        found = list(compare(*folders, tags, "kwh", lambda path, why: pytest.fail(f"{path}: {why}")))
        assert [each.text for each in found] == []


def test_a_start_that_came_back_is_not_believed(tmp_path: Path) -> None:
    """After a power cut A's start is there again and B's is lost: B is known to the kWh, and A's start is gone."""
    place = Killed(tmp_path / "home")
    place.call("StartTransaction", A)
    shutil.copytree(place.run / "transactions", tmp_path / "before")
    place.call("StopTransaction", STOP_A)
    place.call("StartTransaction", B)
    shutil.rmtree(place.run / "transactions")
    shutil.copytree(tmp_path / "before", place.run / "transactions")
    place.begin()
    place.call("StopTransaction", STOP_B)
    assert place.figures() == [500, None]
    assert list((place.run / "transactions").glob("*.json")) == []


def test_no_phantom_after_a_confirmed_stop(tmp_path: Path) -> None:
    """A kill right after a confirmed stop leaves nothing open: the next stop without an id is clear."""
    place = Killed(tmp_path / "home")
    place.call("StartTransaction", A)
    place.call("StopTransaction", STOP_A)
    place.begin()
    place.call("StartTransaction", {**B, "connectorId": 2, "idTag": "3333"})
    place.begin()
    place.call("StopTransaction", {**STOP_B, "transactionId": -1})
    assert place.figures() == [500, 9400]


def test_a_start_is_not_taken_for_booked_with_a_charge_whose_clock_was_wrong(tmp_path: Path) -> None:
    """
    A charge that drew nothing, by a clock a year ahead, is not the one that begins after it where it ended.

    So after a kill both that run are known, and a stop without an id, which may be of either, is billed to neither.
    """
    place = Killed(tmp_path / "home")
    ahead = {"timestamp": "2027-03-15T10:00:00Z"}
    place.call("StartTransaction", {**A, **ahead})
    place.call("StopTransaction", {**STOP_A, **ahead, "meterStop": A["meterStart"]})
    place.now_s += 1
    place.call("StartTransaction", A)
    place.call("StartTransaction", {**B, "connectorId": 2, "idTag": "3333", "meterStart": 8_000_000})
    place.begin()
    place.call("StopTransaction", {**STOP_A, "transactionId": -1, "meterStop": A["meterStart"]})
    booked = [(record["account"], record.get("unassigned_because")) for record in place.scratch.records().values()]
    assert sorted(booked, key=str) == [("company-x", None), ("unassigned", "ambiguous")]


def test_a_boot_is_known_before_it_is_confirmed(tmp_path: Path) -> None:
    """What was presumed over by an earlier boot does not go before what a later one ended, if we are killed then."""
    place = Killed(tmp_path / "home")
    place.call("StartTransaction", {**A, "connectorId": 2, "idTag": "3333"})
    place.call("BootNotification", {})
    place.settle()
    place.call("StartTransaction", B)
    place.call("BootNotification", {})
    place.begin()
    place.call("StopTransaction", {**STOP_B, "transactionId": -1})
    (record,) = place.scratch.records().values()
    assert (record["account"], record["unassigned_because"]) == ("unassigned", "ambiguous")


def test_a_disk_that_does_not_keep_starts(tmp_path: Path) -> None:
    """Starts that cannot be written are confirmed, their stops are joined in this process; the log says so once."""
    place = Killed(tmp_path / "home")
    place.run.mkdir(parents=True, exist_ok=True)
    (place.run / "transactions").write_text("in the way")
    place.call("StartTransaction", A)
    place.call("StopTransaction", STOP_A)
    place.call("StartTransaction", B)
    place.call("StopTransaction", STOP_B)
    assert place.figures() == [500, 9400]
    place.settle()
    assert (place.scratch.home / "log").read_text().count("sightings are not written") == 1


NEVER_SET = "1970-01-01T00:00:05Z", "1970-01-01T02:00:00Z", "1970-01-01T00:00:07Z"


def begun_where_another_ended(
    home: Path, clock_a: str = NEVER_SET[0], end_a: str = NEVER_SET[1], clock_b: str = NEVER_SET[2], after_s: int = 60
) -> Killed:
    """Have a charge draw nothing, and the next one begin some seconds after it was booked, at the same reading."""
    place = Killed(home)
    place.call("StartTransaction", {**A, "timestamp": clock_a})
    place.call("StopTransaction", {**STOP_A, "timestamp": end_a, "meterStop": A["meterStart"]})
    place.now_s += after_s
    place.call("StartTransaction", {**A, "timestamp": clock_b})
    return place


@pytest.mark.parametrize(("clock_a", "end_a", "clock_b", "after_s"), [
    (*NEVER_SET, 60),
    ("2027-03-15T10:00:00Z", "2027-03-15T10:00:00Z", A["timestamp"], 0),
])  # fmt: skip
def test_a_start_that_may_be_booked_is_not_left_out(
    tmp_path: Path, clock_a: str, end_a: str, clock_b: str, after_s: int
) -> None:
    """
    A charge drew nothing, and the next one began where it ended: nobody can tell whether that start is booked.

    The clock says 1970 after each power cut, or the start came in the second of the booking. A stop without an id may
    be of it, and so is billed to nobody; the stops with ids are billed as ever.
    """
    place = begun_where_another_ended(tmp_path / "home", clock_a, end_a, clock_b, after_s)
    place.call("StartTransaction", {**B, "connectorId": 2, "idTag": "3333", "meterStart": 8_000_000})
    place.begin()
    place.now_s += 3600
    place.call("StopTransaction", {**STOP_B, "transactionId": -1})
    place.call("StopTransaction", {**STOP_B, "meterStop": 9_020_000})
    booked = [
        (record["account"], record.get("unassigned_because"), record.get("begin_wh"), record["end_wh"])
        for record in place.scratch.records().values()
    ]
    assert sorted(booked, key=str) == [
        ("company-x", None, A["meterStart"], A["meterStart"]),
        ("company-x", None, None, 9_020_000),
        ("unassigned", "ambiguous", None, 9_010_000),
    ]


def test_a_start_that_may_be_booked_is_over_when_another_begins_there(tmp_path: Path) -> None:
    """Whichever it was, it has ended then: a stop without an id is of the charge that runs, if it is alone."""
    place = begun_where_another_ended(tmp_path / "home")
    place.begin()
    place.call("StartTransaction", {**B, "idTag": "3333"})
    place.now_s += 3600
    place.call("StopTransaction", {**STOP_B, "transactionId": -1})
    assert [record.get("unassigned_because") for record in place.scratch.records().values()] == [None, None]
    assert place.figures() == [0, 9400]


def test_a_start_that_may_be_booked_is_never_meant(tmp_path: Path) -> None:
    """It may have ended long ago: a stop without an id is nobody's, though nothing else is open."""
    place = begun_where_another_ended(tmp_path / "home")
    place.begin()
    place.call("StopTransaction", {**STOP_B, "transactionId": -1})
    assert sorted(record["account"] for record in place.scratch.records().values()) == ["company-x", "unassigned"]


@pytest.mark.parametrize("is_other", [False, True])
def test_a_booked_charge_makes_no_other_one_ambiguous(tmp_path: Path, is_other: bool) -> None:
    """Killed before its sighting was gone, with whatever clock, it is known to be over: the next charge is alone."""
    for number, clock in enumerate(("2026-03-15T10:00:00Z", "1970-01-01T00:00:05Z")):
        place = Killed(tmp_path / f"home{number}")
        place.call("StartTransaction", {**A, "timestamp": clock})
        shutil.copytree(place.run / "transactions", tmp_path / f"before{number}")
        place.now_s += 60
        place.call("StopTransaction", {**STOP_A, "timestamp": clock})
        shutil.rmtree(place.run / "transactions")
        shutil.copytree(tmp_path / f"before{number}", place.run / "transactions")
        place.begin()
        place.call("StartTransaction", {**B, "idTag": "3333", "connectorId": 2 if is_other else 1})
        place.call("StopTransaction", {**STOP_B, "transactionId": -1})
        assert [record.get("unassigned_because") for record in place.scratch.records().values()] == [None, None]
