"""Names that nobody listed: few are remembered, and nobody loses what matters."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from shocpp.spool.run.held_mailbox import HeldMailbox
from shocpp.spool.run.open_charges import OpenCharges
from shocpp.spool.run.sightings import Sightings
from shocpp.spool.run.unlisted_folders import forget, forget_oldest
from tests.support.patience import PATIENCE_S

ALL = 100


def visited(run_dir: Path, identity: str, at_s: int = 1_000) -> Path:
    """Leave a folder as a charge point does that connected, had a charge and went."""
    mailbox = HeldMailbox(str(run_dir), identity)
    mailbox.hold()
    sightings = Sightings(mailbox.folder)
    sightings.note("identity", "", identity)
    sightings.flush()
    charges = OpenCharges(mailbox.folder, lambda *_: False)
    charges.open(1, {"transaction_id": 1})
    charges.close(1)
    mailbox.release()
    os.utime(mailbox.folder, (at_s, at_s))
    return Path(mailbox.folder)


def names(run_dir: Path) -> set[str]:
    """Give the names of what is there."""
    return {each.name for each in run_dir.iterdir()}


def test_those_that_were_away_for_longest_go(tmp_path: Path) -> None:
    """Of too many the oldest are removed, with all that is in them; those that are listed are not even counted."""
    for number, name in enumerate(("LISTED", "a", "b", "c", "d")):
        visited(tmp_path, name, 1_000 + number)
    visited(tmp_path, "a", 2_000)  # came again
    assert forget_oldest(str(tmp_path), 2, {"LISTED"}, ALL) == 2
    assert names(tmp_path) == {"LISTED", "d", "a"}
    assert forget_oldest(str(tmp_path), 2, {"LISTED"}, ALL) == 0


def test_some_at_a_time(tmp_path: Path) -> None:
    """Others wait for the disk, too: no more are removed at a time than is said."""
    for number in range(5):
        visited(tmp_path, f"CP{number}", number)
    assert forget_oldest(str(tmp_path), 1, (), 3) == 3
    assert names(tmp_path) == {"CP3", "CP4"}


def test_what_is_runs_own_stays(tmp_path: Path) -> None:
    """The anonymous charge point's folders are no names, and files no folders."""
    for name in ("transactions", "ended"):
        (tmp_path / name).mkdir()
    (tmp_path / "status.json").touch()
    assert forget_oldest(str(tmp_path), 0, (), ALL) == 0
    assert names(tmp_path) == {"transactions", "ended", "status.json"}


@pytest.mark.parametrize(
    "reason",
    ["transactions/7.json", "ended/7-1000.json", "sent_keys.json", "request.json", "confirmation.fifo", "notes.txt"],
)
def test_what_there_is_a_reason_to_keep(tmp_path: Path, reason: str) -> None:
    """An open charge, one without a stop, a sent key, a command under way and what is not ours keep all of a folder."""
    folder = visited(tmp_path, "CP1")
    (folder / reason).parent.mkdir(exist_ok=True)
    (folder / reason).write_text("{}")
    before = sorted(folder.rglob("*"))
    assert not forget(str(folder))
    assert sorted(folder.rglob("*")) == before


def test_who_is_connected_stays(tmp_path: Path) -> None:
    """Whatever process holds the connection; once it has gone, or was killed, its folder can go."""
    folder = visited(tmp_path, "CP1")
    mailbox = HeldMailbox(str(tmp_path), "CP1")
    mailbox.hold()
    assert not forget(str(folder)) and mailbox.is_ours()
    mailbox.release()
    (folder / "shocpp.pid").write_text("1\n")  # of one that was killed
    assert forget(str(folder)) and not folder.exists()


def test_a_folder_that_somebody_has_locked_stays(tmp_path: Path) -> None:
    """Nobody is waited for: who is about to connect holds it."""
    folder = visited(tmp_path, "CP1")
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert not forget(str(folder)) and folder.exists()
    os.close(held)


def test_who_waits_for_a_folder_that_goes_makes_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that has opened the folder just before it is removed holds its mailbox all the same."""
    from shocpp.spool.files import flock

    folder = visited(tmp_path, "CP1")
    lock = flock.take
    has_opened, has_gone = threading.Event(), threading.Event()

    def take_late(descriptor: int, patience_s: float) -> bool:
        if patience_s and not has_gone.is_set():
            has_opened.set()
            assert has_gone.wait(PATIENCE_S)
        return lock(descriptor, patience_s)

    monkeypatch.setattr(flock, "take", take_late)
    mailbox = HeldMailbox(str(tmp_path), "CP1")
    connecting = threading.Thread(target=mailbox.hold)
    connecting.start()
    assert has_opened.wait(PATIENCE_S)
    assert forget(str(folder))
    has_gone.set()
    connecting.join(PATIENCE_S)
    assert mailbox.is_ours()
    mailbox.release()
