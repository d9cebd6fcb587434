"""What files that are edited promise: charge points may be missing from the first, but never later."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from shocpp.errors import ShocppError
from shocpp.spool.conf.configuration import watched_charge_points, watched_tags


class Watched:
    """A charge-points.json that is edited, and what is said of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "charge-points.json"
        self.said: list[tuple[str, str]] = []
        self._current = watched_charge_points(
            str(self.path), lambda level, words: self.said.append((level, words)), False
        )
        self._edits = 0

    def edit(self, content: str) -> None:
        """Write the file in place, with a time of its own."""
        self._edits += 1
        self.path.write_text(content)
        os.utime(self.path, (self._edits, self._edits))

    def admitted(self) -> list[str] | None:
        """Give the identities that may connect; None for all."""
        current = self._current()
        return None if current is None else [each.identity for each in current]


def listing(*identities: str) -> str:
    return json.dumps([{"identity": each} for each in identities])


def test_without_a_file_all_may_connect(tmp_path: Path) -> None:
    """As long as there never was a file everybody may connect, and nothing is said."""
    watched = Watched(tmp_path)
    assert watched.admitted() is None and watched.said == []


def test_a_first_file_that_is_broken_lets_nobody_in(tmp_path: Path) -> None:
    """Whoever writes a list wants one: while there was no good one nobody may connect."""
    watched = Watched(tmp_path)
    watched.edit("[")
    assert watched.admitted() == []
    (level, words) = watched.said[0]
    assert level == "WARNING" and words.endswith(": nobody may connect")


def test_the_last_good_list_serves(tmp_path: Path) -> None:
    """A list that breaks or vanishes opens to nobody else; every change is said once, a good one, too."""
    watched = Watched(tmp_path)
    watched.edit(listing("CP001", "CP002"))
    assert watched.admitted() == ["CP001", "CP002"]
    assert watched.said == [("INFO", f"{watched.path}: 2 charge points may connect")]
    watched.edit("[")
    assert watched.admitted() == watched.admitted() == ["CP001", "CP002"]
    watched.path.unlink()
    assert watched.admitted() == watched.admitted() == ["CP001", "CP002"]
    assert [words.rpartition("; ")[2] for _, words in watched.said[1:]] == ["2 charge points may connect as before"] * 2
    watched.edit(listing("CP003"))
    assert watched.admitted() == ["CP003"]


def test_an_edit_that_is_read_elsewhere_counts_when_it_is_read(tmp_path: Path) -> None:
    """What was in force serves while an edit is read; what came meanwhile is read next, and a fault is said."""
    path, said, jobs = tmp_path / "tags.json", [], []
    path.write_text(tags("1111"))
    current = watched_tags(str(path), lambda *words: said.append(words), lambda *job: jobs.append(job))
    assert current().find("1111") and not jobs, "the first reading waits for nobody"
    for content, card in ((tags("2222"), "1111"), (tags("33", "33"), "2222")):
        path.write_text(content)
        assert current().find(card) and current().find(card)
        ((read, done),) = jobs
        path.write_text(content + " ")
        assert current().find(card) and len(jobs) == 1, "one reading at a time"
        done(*outcome(read))
        jobs.clear()
        current()
        done(*outcome(jobs.pop()[0]))
    assert current().find("2222") and not jobs
    assert [words.rpartition("; ")[2] for _, words in said] == ["1 accounts stay in force"] * 2


def tags(*ids: str) -> str:
    return json.dumps([{"index": 1, "account": "a", "ids": ids}])


def outcome(read: Callable[[], object]) -> tuple[object, BaseException | None]:
    """Give what a worker would hand over."""
    try:
        return read(), None
    except ShocppError as error:
        return None, error
