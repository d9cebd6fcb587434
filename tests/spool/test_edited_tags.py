"""What tags.json promises while it is edited: the next card is judged by it, and a broken one ends nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from shocpp.spool.conf.configuration import watched_tags

# --- while a backend runs


class Watched:
    """A tags.json that is edited, and what its reader reports."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tags.json"
        self.said: list[tuple[str, str]] = []
        self.accounts = watched_tags(str(self.path), lambda level, words: self.said.append((level, words)))
        self._edits = 0

    def edit(self, content: bytes) -> None:
        """Write the file in place, as the slowest clock would not hide."""
        self._edits += 1
        self.path.write_bytes(content)
        os.utime(self.path, (self._edits, self._edits))

    def status(self, id_tag: str) -> str:
        """Give the account that a tag belongs to right now, or a dash."""
        tag = self.accounts().find(id_tag)
        return tag.account if tag else "-"


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def listing(account: str, *tags: str) -> bytes:
    return json.dumps([{"index": 1, "account": account, "ids": tags}]).encode()


def test_an_edit_counts_at_once(watched: Watched) -> None:
    """The next card after an edit is judged by the new file, without a restart and without a word in the log."""
    watched.edit(listing("first", "1111"))
    assert (watched.status("1111"), watched.status("2222")) == ("first", "-")
    watched.edit(listing("second", "2222"))
    assert (watched.status("1111"), watched.status("2222")) == ("-", "second")
    assert watched.said == []


def test_an_edit_of_one_letter_counts_at_once(watched: Watched) -> None:
    """An edit that leaves size and file as they were is told by its time."""
    watched.edit(listing("first", "1111"))
    assert watched.status("1111") == "first"
    watched.edit(listing("First", "1111"))
    assert watched.status("1111") == "First"


def test_a_file_put_in_its_place_counts_at_once(watched: Watched) -> None:
    """An editor that renames a new file over the old one is noticed, too, though size and time are the same."""
    watched.edit(listing("first", "1111"))
    assert watched.status("1111") == "first"
    new = watched.path.with_suffix(".new")
    new.write_bytes(listing("other", "1111"))
    os.utime(new, (1, 1))
    os.replace(new, watched.path)
    assert watched.status("1111") == "other"


def test_a_broken_edit_keeps_the_last_good_one(watched: Watched) -> None:
    """While the file is broken the last good one serves; the log says so once, and the mended file counts."""
    watched.edit(listing("first", "1111"))
    assert watched.status("1111") == "first"
    watched.edit(b'[{"index": 1, "account": "first", "ids": ["1111"')
    assert [watched.status("1111") for _ in range(3)] == ["first"] * 3
    (level, words), *more = watched.said
    assert (level, more) == ("WARNING", [])
    assert str(watched.path) in words and "line 1" in words and "1 accounts stay in force" in words
    watched.edit(listing("mended", "1111"))
    assert watched.status("1111") == "mended"


def test_a_file_that_vanishes_keeps_the_last_good_one(watched: Watched) -> None:
    """A deleted tags.json ends no charge: the accounts stay until there is a new file."""
    watched.edit(listing("first", "1111"))
    assert watched.status("1111") == "first"
    watched.path.unlink()
    assert [watched.status("1111") for _ in range(2)] == ["first"] * 2
    assert len(watched.said) == 1 and "is not there" in watched.said[0][1]
    watched.edit(listing("second", "1111"))
    assert watched.status("1111") == "second"


def test_without_a_file_every_card_is_refused_and_it_is_said_once(watched: Watched) -> None:
    """With no good tags.json at all no tag is listed; as soon as there is one it serves."""
    assert [watched.status("1111") for _ in range(3)] == ["-"] * 3
    assert len(watched.said) == 1 and watched.said[0][1].endswith("is not there: every card is refused")
    watched.edit(listing("first", "1111"))
    assert watched.status("1111") == "first"
