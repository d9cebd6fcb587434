"""What the files of open charges promise that are written one over another: each is one charge's, whoever writes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from shocpp.spool.files import durable
from shocpp.spool.run.open_charges import OpenCharges, read_transactions


def charges(folder: Path) -> OpenCharges:
    """Give the open charges of a charge point, of which none is booked."""
    return OpenCharges(str(folder), lambda *_: False)


def test_a_start_is_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the folder is there a start costs a write and two names, and no wait for the disk."""
    seen = charges(tmp_path)
    seen.open(1, {})
    monkeypatch.setattr(os, "fsync", lambda *_: pytest.fail("synced"))
    seen.open(2, {})
    seen.close(1)
    assert read_transactions(str(tmp_path)) == {}
    assert [path.name for path in (tmp_path / "transactions").glob("*.json")] == ["2.json"]


def test_a_start_takes_the_file_of_the_charge_before(tmp_path: Path) -> None:
    """One charge after another is written into one file, whole, however long each is; two at a time have two."""
    seen = charges(tmp_path)
    inodes = set()
    for number, note in enumerate(("x", "x" * 200, "x")):
        seen.open(number, {"note": note})
        path = tmp_path / f"transactions/{number}.json"
        assert json.loads(path.read_text()) == {"note": note}
        inodes.add(path.stat().st_ino)
        seen.close(number)
    assert len(inodes) == 1
    for number in (7, 8):
        seen.open(number, {"begin_wh": number})
    assert charges(tmp_path).seen == {7: {"begin_wh": 7}, 8: {"begin_wh": 8}}


def test_two_connections_take_one_file_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another connection begins while we write is not in our file, nor ours in its."""
    one, other = charges(tmp_path), charges(tmp_path)
    one.open(1, {"begin_wh": 1})
    one.close(1)
    write_all = durable.write_all

    def write(descriptor: int, data: bytes) -> None:
        monkeypatch.setattr(durable, "write_all", write_all)
        other.open(8, {"begin_wh": 8})
        write_all(descriptor, data)

    monkeypatch.setattr(durable, "write_all", write)
    one.open(7, {"begin_wh": 7})
    assert read_transactions(str(tmp_path)) == {7: {"begin_wh": 7}, 8: {"begin_wh": 8}}


def test_the_next_connection_removes_what_the_last_one_wrote_over(tmp_path: Path) -> None:
    """However many connections there were, one such file is left; one that is still there goes on without its own."""
    for number in range(3):
        before = charges(tmp_path)
        before.open(number, {"begin_wh": number})
        before.close(number)
    assert charges(tmp_path).seen == {} and list((tmp_path / "transactions").iterdir()) == []
    before.open(7, {"begin_wh": 7})
    before.close(7)
    before.open(8, {"begin_wh": 8})
    assert [path.name for path in (tmp_path / "transactions").iterdir()] == ["8.json"]
    assert charges(tmp_path).seen == {8: {"begin_wh": 8}}


def test_a_file_that_holds_another_charge_is_none(tmp_path: Path) -> None:
    """A charge's file that holds what was written over it, as after a power cut, is no charge's."""
    seen = charges(tmp_path)
    seen.open(8, {"transaction_id": 8, "begin_wh": 8})
    (tmp_path / "transactions/8.json").rename(tmp_path / "transactions/7.json")
    assert read_transactions(str(tmp_path)) == {}
