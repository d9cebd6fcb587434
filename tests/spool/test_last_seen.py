"""The file that says when charge points were heard of: whatever is in it, it harms nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shocpp.spool.run import last_seen


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"CP1": "x"}', '{"CP1": -1}', '{"CP1": 1e300}', '{"CP1": true}'])
def test_what_makes_no_sense_is_nothing(tmp_path: Path, text: str) -> None:
    """A file of any content says of nobody when it was heard of."""
    (tmp_path / last_seen.FILE).write_text(text)
    assert last_seen.read(str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("2026-01-01T00:00:10Z", "2026-01-01T00:00:10Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:05Z"),
        (None, "2026-01-01T00:00:05Z"),
    ],
)
def test_the_later_of_both_counts(tmp_path: Path, said: str | None, later: str) -> None:
    """status.json is later after a disconnect, the common file while heartbeats alone come."""
    (tmp_path / "CP1").mkdir()
    (tmp_path / "CP1/status.json").write_text(json.dumps({"last_seen": said, "records": 3}))
    last_seen.write(str(tmp_path), {"CP1": 1_767_225_605})
    times = last_seen.read(str(tmp_path))
    assert last_seen.status_of(str(tmp_path), "CP1", times) == {"last_seen": later, "records": 3}
    assert last_seen.status_of(str(tmp_path), "CP2", times) == {}
