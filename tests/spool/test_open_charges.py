"""What the files of open charges promise: there at once, gone at once, and worth nothing to billing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shocpp.errors import ShocppError
from shocpp.ledger.start import MAY_BE_BOOKED
from shocpp.spool.files import durable
from shocpp.spool.run import open_charges
from shocpp.spool.run.open_charges import KEPT_S, OpenCharges, read_ended, read_transactions
from shocpp.spool.run.sightings import MOST
from tests.support.killed import Killed, Killer


def charges(folder: Path, booked: tuple[int, ...] = ()) -> OpenCharges:
    """Give the open charges of a charge point, of which some may be booked."""
    return OpenCharges(str(folder), lambda transaction_id, _: transaction_id in booked)


def names(folder: Path) -> list[str]:
    """List the files below a charge point's folder, but those that the next start is written over."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if not str(path).startswith("transactions/.spare"))


def test_a_start_is_on_disk_at_once(tmp_path: Path) -> None:
    """What is opened is read by whoever looks, and what is closed is not there any more."""
    one = charges(tmp_path)
    one.open(10_009_042, {"begin_wh": 9_042_700})
    assert (tmp_path / "transactions/10009042.json").read_text() == '{\n  "begin_wh": 9042700\n}\n'
    assert read_transactions(str(tmp_path)) == {10_009_042: {"begin_wh": 9_042_700}} == charges(tmp_path).seen
    one.close(10_009_042)
    one.close(10_009_042)
    assert names(tmp_path) == []


def test_they_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    """Not while a charge point connects; what is opened and closed later shows in them."""
    seen = charges(tmp_path)
    charges(tmp_path).open(7, {"begin_wh": 1})
    assert seen.seen == {7: {"begin_wh": 1}}
    seen.open(8, {"begin_wh": 2})
    seen.close(7)
    assert seen.seen == {8: {"begin_wh": 2}}


def test_what_is_booked_is_cleaned_away(tmp_path: Path) -> None:
    """Of what others wrote, that which has a record is cleaned away; what we wrote is asked of nobody."""
    earlier = charges(tmp_path)
    for number in (7, 8):
        earlier.open(number, {"begin_wh": number})
    seen = charges(tmp_path, booked=(7, 9))
    assert seen.believed() == {8: {"begin_wh": 8}}
    seen.open(9, {"begin_wh": 9})
    assert set(seen.believed()) == {8, 9}
    assert names(tmp_path) == ["transactions/8.json", "transactions/9.json"]


def test_what_may_be_booked_says_so(tmp_path: Path) -> None:
    """Of what others wrote, that which may have a record stays open and is not believed, until it is seen once more."""
    charges(tmp_path).open(7, {"begin_wh": 1})
    seen = OpenCharges(str(tmp_path), lambda *_: None)
    assert seen.believed() == {7: {"begin_wh": 1, MAY_BE_BOOKED: True}}
    seen.presume_over(None, "2026-03-15T10:00:00Z")
    assert seen.believed()[7][MAY_BE_BOOKED] and not seen.is_booked(7)
    assert read_transactions(str(tmp_path)) == {7: {"begin_wh": 1, "presumed_over": "2026-03-15T10:00:00Z"}}
    seen.open(7, {"begin_wh": 1})
    assert seen.believed() == {7: {"begin_wh": 1}}


def test_the_oldest_of_too_many_is_forgotten(tmp_path: Path) -> None:
    """Whatever a charge point begins, a hundred charges are open at most, here and on the disk."""
    seen = charges(tmp_path)
    for number in range(MOST + 5):
        seen.open(number, {"note": "x" * 1000})
    assert list(seen.seen) == list(range(5, MOST + 5))
    assert len(names(tmp_path)) == MOST
    assert len(seen.seen[5]["note"]) < 300


def test_what_ended_without_a_stop_is_kept(tmp_path: Path) -> None:
    """It moves to ended/ under id and time, is read from a time on, and is removed after 400 days."""
    seen = charges(tmp_path)
    for number, at in ((7, 1_000), (8, 2_000), (9, 1_500 + KEPT_S)):
        seen.open(number, {"begin_wh": number})
        seen.end(number, {"begin_wh": number, "last_wh": number + 1}, at)
    assert names(tmp_path) == [f"ended/8-{2_000}.json", f"ended/9-{1_500 + KEPT_S}.json"]
    assert list(read_ended(str(tmp_path), 2_001)) == [(1_500 + KEPT_S, {"begin_wh": 9, "last_wh": 10})]
    assert list(read_ended(str(tmp_path / "nowhere"), 0)) == []


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many charges never have a stop, the oldest make room, and the folder is listed once a connection."""
    monkeypatch.setattr(open_charges, "MOST_ENDED", 3)
    listed: list[object] = []
    names_in = open_charges._ended_names

    def listing(folder: str) -> list[str]:
        listed.append(folder)
        return names_in(folder)

    monkeypatch.setattr(open_charges, "_ended_names", listing)
    for seen in (charges(tmp_path), charges(tmp_path)):
        for at in range(1, 6):
            seen.open(at, {})
            seen.end(at, {"begin_wh": at}, 100 + at + len(listed))
    assert names(tmp_path) == ["ended/3-105.json", "ended/4-106.json", "ended/5-107.json"]
    assert len(listed) == 2


@pytest.mark.parametrize("deed", ["open", "close", "end"])
def test_a_disk_that_does_not_let_it(tmp_path: Path, deed: str) -> None:
    """What cannot be written is said, and known in this process all the same."""
    seen = charges(tmp_path)
    if deed == "close":
        seen.open(7, {"begin_wh": 1})
        (tmp_path / "transactions").rename(tmp_path / "elsewhere")
        (tmp_path / "transactions").write_text("in the way")
        with pytest.raises(ShocppError):
            seen.close(7)
        assert seen.seen == {}
        return
    (tmp_path / "transactions").write_text("in the way")
    (tmp_path / "ended").write_text("in the way")
    with pytest.raises(ShocppError):
        seen.open(7, {"begin_wh": 1}) if deed == "open" else seen.end(7, {}, 1)
    assert deed == "end" or seen.seen == {7: {"begin_wh": 1}}


EARLIER, BOOTED = "2026-03-15T10:00:00Z", "2026-03-15T11:00:00Z"


def marks(opened: dict[int, dict[str, object]]) -> list[object]:
    """Give since when each is presumed over."""
    return [seen.get("presumed_over") for seen in opened.values()]


def killed_while_presuming(folder: Path, at: int) -> bool:
    """Boot with three open charges, one of them presumed over; tell whether a touch of the disk was cut off."""
    seen = charges(folder)
    for number in (7, 8, 9):
        seen.open(number, {"connector_id": number})
    seen.presume_over(7, EARLIER)
    killer = Killer()
    with killer.on():
        killer.arm(at)
        try:
            with killer.serving():
                seen.presume_over(None, BOOTED)
                killer.arm(0)
        except Killed:
            return True
    return False


def test_a_boot_holds_for_all_or_for_none(tmp_path: Path) -> None:
    """Wherever a kill cuts it: for who looks, and for the next process, in which it is so for good."""
    found, at = [], 1
    while killed_while_presuming(folder := tmp_path / str(at), at):
        for opened in (read_transactions(str(folder)), charges(folder).seen, read_transactions(str(folder))):
            assert marks(opened) in ([EARLIER, None, None], [BOOTED] * 3), f"killed at touch {at}"
            found.append(marks(opened)[0])
        charges(folder).open(10, {"connector_id": 1})
        assert read_transactions(str(folder))[10] == {"connector_id": 1}, f"killed at touch {at}"
        at += 1
    assert {*found} == {EARLIER, BOOTED}


def test_a_disk_that_does_not_let_a_boot_be_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known in this process, and nothing is left by which what begins later would be presumed over."""
    seen = charges(tmp_path)
    for number in (7, 8):
        seen.open(number, {"connector_id": number})
    replace, written = durable.replace, []

    def fails(path: str, data: bytes, beside: str) -> None:
        written.append(path)
        if len(written) == 3:
            raise ShocppError("the disk is full")
        replace(path, data, beside=beside)

    monkeypatch.setattr(durable, "replace", fails)
    with pytest.raises(ShocppError):
        seen.presume_over(None, BOOTED)
    assert marks(seen.seen) == [BOOTED] * 2
    seen.open(9, {"connector_id": 9})
    assert charges(tmp_path).seen[9] == {"connector_id": 9}


BROKEN = [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe", b"[" * 100_000]


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(content[:8]))
def test_a_broken_file_is_no_charge(tmp_path: Path, content: bytes) -> None:
    """A file that was cut, edited or is no JSON counts as never written, and is written anew."""
    (tmp_path / "transactions").mkdir()
    (tmp_path / "transactions/7.json").write_bytes(content)
    seen = charges(tmp_path)
    assert seen.seen == {}
    seen.open(7, {"begin_wh": 1})
    assert json.loads((tmp_path / "transactions/7.json").read_text()) == {"begin_wh": 1}


def test_other_files_among_the_transactions_are_passed_over(tmp_path: Path) -> None:
    """What is no transaction's file, by name or content, is nobody's open charge."""
    folder = tmp_path / "transactions"
    folder.mkdir()
    for name in ("7.json", "x.json", "-7.json", "7.json.new", "7", ".8.json", "1.5.json"):
        (folder / name).write_text('{"begin_wh": 1}')
    (folder / "9.json").mkdir()
    assert read_transactions(str(tmp_path)) == {7: {"begin_wh": 1}}
    assert read_transactions(str(tmp_path / "nowhere")) == {}


def test_what_another_process_keeps(tmp_path: Path) -> None:
    """A start that another process saw is kept as if it were seen here, and is gone when it is no longer open there."""
    charges = OpenCharges(str(tmp_path), lambda *_: False)
    charges.learn(7, {"id_tag": "1111"})
    assert read_transactions(str(tmp_path)) == {7: {"id_tag": "1111"}}
    assert charges.believed() == {7: {"id_tag": "1111"}}
    charges.learn(7, None)
    assert read_transactions(str(tmp_path)) == charges.believed() == {}
    charges.learn(8, None)


def test_what_another_process_keeps_may_be_booked(tmp_path: Path) -> None:
    """A start that is learnt is only believed when no record is of it, as one that is found on the disk."""
    charges = OpenCharges(str(tmp_path), lambda *_: True)
    assert charges.believed() == {}
    charges.learn(7, {"id_tag": "1111"})
    assert charges.believed() == {}


def test_others_are_told_of_what_is_ours(tmp_path: Path) -> None:
    """Each start and each end of ours is told, once; what others told is not told again."""
    told: list[tuple[int, object]] = []
    charges = OpenCharges(str(tmp_path), lambda *_: False)
    charges.told = lambda *change: told.append(change)
    charges.open(7, {"id_tag": "1111"})
    charges.learn(8, {"id_tag": "2222"})
    charges.learn(8, None)
    charges.close(7)
    charges.close(7)
    assert told == [(7, {"id_tag": "1111"}), (7, None)]
