"""docs/installation.md: what it prints of updating, backup, restoring, moving and merging, typed by a person."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support import wheel
from tests.support.household import ROOT
from tests.support.machine import Machine
from tests.support.patience import PATIENCE_S, until_the_month_stays

SECTIONS = {
    part.partition("\n")[0]: part
    for part in re.split(r"^## ", (ROOT / "docs/installation.md").read_text(), flags=re.MULTILINE)[1:]
}
NO_HABITS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}  # of whoever runs the tests
GIT = ("git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org")


def commit(folder: Path) -> None:
    """Commit all that is in a folder."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True, timeout=PATIENCE_S, env={**os.environ, **NO_HABITS})


def charge(machine: Machine, name: str, *calls: tuple[str, dict[str, object]]) -> None:
    """Have a charge point make calls, each of which is confirmed."""
    frames = "".join(json.dumps([2, action, action, payload]) + "\n" for action, payload in calls)
    done = subprocess.run(
        [machine.home / "bin/shocpp-backend"],
        env={"PATH": os.defpath, "PATH_INFO": f"/{name}"},
        input=frames,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert [json.loads(line)[0] for line in done.stdout.splitlines()] == [3] * len(calls)


def start(meter: int) -> tuple[str, dict[str, object]]:
    """Give the start of a charge of account 2."""
    when = "2026-01-31T09:00:00Z"
    return "StartTransaction", {"connectorId": 1, "idTag": "3333", "meterStart": meter, "timestamp": when}


def stop(number: int, meter: int) -> tuple[str, dict[str, object]]:
    """Give the end of a charge."""
    return "StopTransaction", {"transactionId": number, "meterStop": meter, "timestamp": "2026-01-31T12:00:00Z"}


def test_updating(tmp_path: Path) -> None:
    """A checkout gets the new version, compiled, with its unit; the service is restarted once all of it is there."""
    origin = wheel.copy_source(tmp_path / "origin")
    commit(origin)
    machine = Machine(tmp_path / "machine", origin)
    with (origin / "conf/shocpp.service").open("a") as unit:
        unit.write("# new\n")
    (origin / "shocpp/new.py").write_text("")
    commit(origin)
    shown = machine.type(SECTIONS["Updating"])
    assert "> # new\n" in shown and "tags file: 3 accounts" in shown
    assert machine.unit.read_text().endswith("# new\n")
    assert list((machine.home / "shocpp/__pycache__").glob("new.*.pyc"))
    assert machine.told_systemctl() == ["daemon-reload", "restart shocpp"]


def test_backup_is_restored(tmp_path: Path) -> None:
    """What was saved is there again on another machine, where a charge that began before ends well."""
    old, new = Machine(tmp_path / "old"), Machine(tmp_path / "new")
    (old.home / "conf/tags.json").write_text('[{"index": 2, "account": "the family", "ids": ["3333"]}]')
    charge(old, "CP1", start(9_042_000), stop(20_009_042, 9_075_000), start(9_075_000))
    old.type(SECTIONS["Backup"])
    shutil.copy(old.desk / "shocpp-backup.tar.gz", new.desk)
    shown = new.type(SECTIONS["Restoring"])
    assert "tags file: 1 accounts" in shown and "Nothing found." in shown
    assert new.records() == old.records()
    assert new.told_systemctl() == ["stop shocpp", "start shocpp"]
    charge(new, "CP1", stop(20_009_075, 9_080_000))
    (ended,) = new.records().keys() - old.records().keys()
    record = json.loads(new.records()[ended])
    assert (record["account"], record["consumed_kwh"]) == ("the family", "5")


def test_moving(tmp_path: Path) -> None:
    """The new machine goes on where the old one ended: a charge under way is exact to the Wh there, too."""
    old, new = Machine(tmp_path / "old"), Machine(tmp_path / "new")
    charge(old, "CP1", start(9_042_345))
    old.type(SECTIONS["Moving to another machine"])
    assert old.told_systemctl() == ["disable --now shocpp"]
    shutil.copy(old.desk / "shocpp-move.tar.gz", new.desk)
    (new.home / "conf").rename(tmp_path / "etc")
    (new.home / "conf").symlink_to(tmp_path / "etc")
    new.type(SECTIONS["Restoring"].replace("shocpp-backup", "shocpp-move"))
    charge(new, "CP1", stop(20_009_042, 9_075_345))
    (record,) = new.records().values()
    assert json.loads(record)["consumed_wh"] == 33_000
    assert (new.home / "conf").is_symlink(), "where it is one, as with the Debian package"


def test_merging(tmp_path: Path) -> None:
    """One machine has the records of both, and what both have once."""
    until_the_month_stays()
    ours, other = Machine(tmp_path / "ours"), Machine(tmp_path / "other")
    for machine in (ours, other):
        charge(machine, "CP1", stop(20_009_042, 9_075_000))
    charge(ours, "CP2", stop(10_001_000, 1_010_000))
    charge(other, "CP3", stop(30_002_000, 2_020_000))
    both = ours.records().keys() | other.records().keys()
    assert len(both) == 3
    other.type(SECTIONS["Backup"])
    shutil.copy(other.desk / "shocpp-backup.tar.gz", ours.desk)
    assert "Nothing found." in ours.type(SECTIONS["Merging two machines"])
    assert ours.records().keys() == both
