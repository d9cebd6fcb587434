"""shocpp-store: where there is nothing to store, the store is tried all the same; what --follow takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from shocpp.feeds import mongodb
from tests.support.mongodb import MongoServer
from tests.support.programs import InProcess
from tests.support.recorder import Recorder


@pytest.mark.parametrize(("url", "ends"), [
    ("sqlite:///proc/nowhere/db", 74), ("postgresql://127.0.0.1:1/ev", 69), ("mongodb://127.0.0.1:1", 75),
    ("firebase+http://127.0.0.1:1/ev", 75), ("influx+http://127.0.0.1:1/write?db=ev", 75),
])  # fmt: skip
def test_nothing_for_a_store_that_is_away(home: Path, monkeypatch: pytest.MonkeyPatch, url: str, ends: int) -> None:
    """Where no line comes the store is tried all the same: cron hears today that the address is wrong."""
    monkeypatch.setattr(mongodb, "_PATIENCE_MS", 50)
    said = InProcess(home)("store", url, stdin="\n").refusal(ends)
    assert url.partition("+")[2] or url.removeprefix("sqlite://") in said


def test_nothing_for_a_store_that_is_there(home: Path, tmp_path: Path) -> None:
    """Where no line comes nothing is stored, and all is well, also where we may not read."""
    store = InProcess(home)
    assert store("store", f"sqlite://{tmp_path}/db", stdin="").status == 0
    assert store("store", f"file://{tmp_path}/accounting", stdin="").status == 0
    with MongoServer() as mongo, Recorder(lambda _: 401) as recorder:
        base = recorder.url.partition("/api")[0]
        for url in (mongo.url, f"firebase+{base}/ev", f"influx+{base}/write?db=ev"):
            assert store("store", url, stdin="").status == 0
    assert not mongo.documents
    assert [posted.path for posted in recorder.posted] == ["/ev/.json?shallow=true", "/ping"]


def test_following(home: Path) -> None:
    """It wants a journal, and takes no files beside it."""
    run = InProcess(home)
    assert "SHOCPP_JOURNALDIR" in run("store", "--follow", "sqlite:///tmp/db").refusal(78)
    assert "--follow" in run("store", "--follow", "sqlite:///tmp/db", "file").refusal(64)
