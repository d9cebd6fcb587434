"""tags.json changed by a program: whole or not at all, and with all that a person gave it besides."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import BusyError, ConfigError, DataError, MissingError
from shocpp.spool.accounting.accounting_folder import AccountingFolder
from shocpp.spool.conf import edited_list, tag_file
from shocpp.spool.files import durable, flock
from shocpp.spool.used_indexes import used_indexes
from tests.support.records import exact, legacy, put

LISTED = [{"index": 1, "account": "Łódź", "ids": ["1111"]}]


def entry(**more: Any) -> list[dict[str, Any]]:
    """Give a list of one account."""
    return [{**LISTED[0], **more}]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a tags.json."""
    made = tmp_path / "conf/tags.json"
    made.parent.mkdir()
    made.write_text(json.dumps(LISTED))
    return made


def test_a_change_is_put_in_place(path: Path) -> None:
    """The new list is there as people write it; its mode stays, and nothing lies beside it."""
    path.chmod(0o604)
    tag_file.edit(str(path), lambda entries: [*entries, {"index": 2, "account": "b", "ids": []}])
    assert json.loads(path.read_text()) == [*LISTED, {"index": 2, "account": "b", "ids": []}]
    assert '\n    "account": "Łódź",\n' in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert os.listdir(path.parent) == ["tags.json"]


def test_owner_and_group_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's edit leaves the file the service's: what is written is given to whom the old one is."""
    given: list[tuple[int, int]] = []
    real = os.stat(path)
    theirs = os.stat_result((real.st_mode, *real[1:4], 4711, 4712, *real[6:10]))
    monkeypatch.setattr(os, "stat", lambda *_, **__: theirs)
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    durable.replace_lasting(str(path), [b"[]"], *edited_list._owner_and_mode(str(path)))
    assert given == [(4711, 4712)]


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    """A link to the file is still one afterwards, and leads to the new list."""
    link = tmp_path / "tags.json"
    link.symlink_to("conf/tags.json")
    tag_file.edit(str(link), lambda entries: entry(note="x"))  # noqa: ARG005
    assert os.readlink(link) == "conf/tags.json"
    assert json.loads(path.read_text())[0]["note"] == "x"


@pytest.mark.parametrize("wrong", [entry(index=215), entry(ids=[""]), entry(note=1), entry(more=1), entry(account="")])
def test_what_makes_no_sense_is_not_written(path: Path, wrong: list[dict[str, Any]]) -> None:
    """A list that would not be read is refused with the place of the fault, and the old one stays."""
    with pytest.raises(DataError, match="nothing is written: entry 1"):
        tag_file.edit(str(path), lambda _: wrong)
    assert json.loads(path.read_text()) == LISTED


def test_a_broken_file_is_left_alone(path: Path) -> None:
    """What a person is in the middle of writing is not written over."""
    path.write_text("[{")
    with pytest.raises(ConfigError, match="not JSON"):
        tag_file.edit(str(path), lambda entries: entries)
    assert path.read_text() == "[{"


def test_a_missing_file_is_made_where_that_is_meant(path: Path) -> None:
    """Only what may make the file makes it, for nobody but owner and group to read."""
    path.unlink()
    with pytest.raises(MissingError):
        tag_file.edit(str(path), lambda entries: entries)
    tag_file.edit(str(path), lambda _: entry(), is_new=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_two_commands_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one changes the list another one waits, and at last gives up; no change is lost."""
    monkeypatch.setattr(edited_list, "_PATIENCE_S", 0.0)

    def change(entries: Any) -> Any:
        with pytest.raises(BusyError, match="try again"):
            tag_file.edit(str(path), lambda _: [])
        return [*entries, {"index": 2, "account": "b", "ids": []}]

    tag_file.edit(str(path), change)
    assert len(json.loads(path.read_text())) == 2
    assert flock.take(os.open(path.parent, os.O_RDONLY), 0), "the lock is still held"


def test_a_cut_leaves_the_old_list(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut before the new file has its name leaves the old one."""
    monkeypatch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tag_file.edit(str(path), lambda _: [])
    assert json.loads(path.read_text()) == LISTED


def test_indexes_are_known_from_records_and_open_charges(tmp_path: Path) -> None:
    """A record's index counts, one that only its id tells, too, and those of charges that are open or ended."""
    accounting, run = tmp_path / "accounting", tmp_path / "run"
    put(accounting, exact(account_index=8))
    put(accounting, exact(account_index=None, transaction_id=90000001, local="2026-09-04 10:00:00"))
    put(accounting, exact(account_index=0, transaction_id=1, local="2026-09-05 10:00:00"))
    put(accounting, legacy())
    for folder, transaction_id in (("transactions", 40000001), ("ended", 50000001)):
        (run / "CP001" / folder).mkdir(parents=True)
        name = f"{transaction_id}.json" if folder == "transactions" else f"{transaction_id}-1700000000.json"
        (run / "CP001" / folder / name).write_text(json.dumps({"transaction_id": transaction_id}))
    assert used_indexes(
        AccountingFolder(str(accounting)), str(run), lambda path, why: pytest.fail(f"{path}: {why}")
    ) == {4, 5, 8, 9}
