"""shocpp-datum --din: what is new in the journal is posted, in order, and nothing is lost where it was interrupted."""

from __future__ import annotations

import base64
import fcntl
import gzip
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shocpp.cli.datum import main
from tests.support.journals import Talk, put
from tests.support.recorder import Posted, Recorder

NODE = ("--node-id", "12")


@pytest.fixture(scope="module")
def four_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the journal once; each home has a copy."""
    journal = tmp_path_factory.mktemp("four-days") / "journal"
    for day in range(4):
        put(journal, charges(day, 50))
    return journal


@pytest.fixture
def home(tmp_path: Path, four_days: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a journal of two hundred charges over four days, and a file with credentials."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_JOURNALDIR", str(tmp_path / "journal"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    shutil.copytree(four_days, tmp_path / "journal")
    (tmp_path / "din").write_text("user:pass:word\n")
    (tmp_path / "din").chmod(0o640)
    return tmp_path


def charges(day: int, count: int) -> list[bytes]:
    """Let a charge point charge on a day of May; the journal's lines."""
    talk = Talk("CP001", datetime(2026, 5, 1, 6, tzinfo=UTC) + timedelta(days=day))
    for number in range(count):
        talk.start(10_009_042 + number, 9_042_700 + 1000 * number)
        talk.stop(10_009_042 + number, 9_042_900 + 1000 * number)
    return list(talk.lines)


def run(home: Path, recorder: Recorder, *more: str) -> int:
    return main([*NODE, "--din", recorder.url, "--credentials", str(home / "din"), *more])


def taken(posted: list[Posted]) -> list[dict[str, Any]]:
    """Give the datums of the requests that were answered well."""
    return [datum for each in posted if each.status == 200 for datum in json.loads(each.body)]


def printed(home: Path, capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Give what shocpp-datum prints of the journal's days."""
    capfd.readouterr()
    days = sorted((home / "journal").glob("*/*/*.jsonl*"), key=lambda path: (path.name[:2], -len(path.name)))
    assert main([*NODE, *map(str, days)]) == 0
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_all_is_posted_in_batches(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is posted is what is printed, in order, about a hundred at a time, with the credentials of the file."""
    with Recorder() as recorder:
        assert run(home, recorder) == 0
    assert capfd.readouterr() == ("", "")
    assert [len(json.loads(each.body)) for each in recorder.posted] == [100] * 4
    assert taken(recorder.posted) == printed(home, capfd)
    first = recorder.posted[0]
    assert first.path == "/api/v1/datum/endpoint/uuid" and first.headers["Content-Type"] == "application/json"
    assert first.headers["Authorization"] == f"Basic {base64.b64encode(b'user:pass:word').decode()}"


def test_goes_on_where_it_was(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A second run posts what is new alone; a session that was open is known from its start; a day may be gzipped."""
    journal = home / "journal"
    lines = charges(4, 2)
    put(journal, lines[:-2])  # the last stop has not come yet
    with Recorder() as recorder:
        assert run(home, recorder) == 0
        before = len(recorder.posted)
        assert run(home, recorder) == 0
        assert len(recorder.posted) == before, "nothing new"
        day = journal / "2026/05/05.jsonl"
        (journal / "2026/05/05.jsonl.gz").write_bytes(gzip.compress(day.read_bytes()))
        day.write_bytes(b"".join(lines[-2:]))
        assert run(home, recorder) == 0
    (end,) = json.loads(recorder.posted[-1].body)
    assert end["endReason"] == "Local" and end["token"] and "duration" in end
    assert taken(recorder.posted) == printed(home, capfd)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_endpoint_that_is_busy(home: Path, capfd: pytest.CaptureFixture[str], status: int) -> None:
    """A batch that was not taken ends the run with 75, and the next one begins with it: none is lost, none is twice."""
    with Recorder(lambda number: status if number in (2, 4) else 200) as recorder:
        assert [run(home, recorder) for _ in range(4)] == [75, 75, 0, 0]
        out, err = capfd.readouterr()
    assert out == "" and err.count(f"answered {status}") == 2 and "\x1b" not in err and "pass" not in err
    assert taken(recorder.posted) == printed(home, capfd)


@pytest.mark.parametrize(("status", "exit_status", "said"), [
    (401, 77, "see to the file of --credentials"),
    (422, 65, "answered 422"),
    (404, 65, "answered 404"),
    (302, 65, "answered 302"),
])  # fmt: skip
def test_an_endpoint_that_refuses(
    home: Path, capfd: pytest.CaptureFixture[str], status: int, exit_status: int, said: str
) -> None:
    """What another try would not mend is told from what it would; no redirect is followed; nothing counts as posted."""
    with Recorder(lambda number: status if number == 1 else 200) as recorder:
        assert run(home, recorder) == exit_status
        assert len(recorder.posted) == 1 and said in capfd.readouterr().err
        assert run(home, recorder) == 0
    assert taken(recorder.posted) == printed(home, capfd)


def test_an_endpoint_that_is_not_there(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Where nobody listens, the next run tries again."""
    with Recorder() as recorder:
        pass
    assert run(home, recorder) == 75
    assert "is not reached" in capfd.readouterr().err


def test_one_run_at_a_time(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """While a run is under way another one does nothing: two would post the same."""
    with Recorder() as recorder:
        assert run(home, recorder) == 0
        (lock,) = (home / "journal").glob(".feed-*.lock")
        put(home / "journal", charges(4, 1))
        with lock.open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert run(home, recorder) == 75
    assert len(recorder.posted) == 4 and "is held" in capfd.readouterr().err


def test_a_position_that_is_none(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file of the position that makes no sense is named with what to do, and nothing is posted."""
    with Recorder() as recorder:
        assert run(home, recorder) == 0
        (kept,) = (home / "journal").glob(".feed-*.json")
        kept.write_text("{}")
        assert run(home, recorder) == 65
        assert "remove it, and the feed begins anew" in capfd.readouterr().err and len(recorder.posted) == 4
        kept.unlink()
        assert run(home, recorder) == 0
    assert len(recorder.posted) == 8


@pytest.mark.parametrize(("words", "status"), [
    (["--din", "https://x.example/"], 64),
    (["--credentials", "din"], 64),
    (["--din", "http://x.example/", "--credentials", "din"], 64),
    (["--din", "https://u:p@x.example/", "--credentials", "din"], 64),
    (["--din", "file:///etc/passwd", "--credentials", "din"], 64),
    (["--din", "https://x.example/", "--credentials", "din", "a.jsonl"], 64),
    (["--din", "https://x.example/", "--credentials", "none"], 66),
    (["--din", "https://x.example/", "--credentials", "open"], 78),
    (["--din", "https://x.example/", "--credentials", "empty"], 78),
])  # fmt: skip
def test_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str], status: int
) -> None:
    """Options that make no sense, an address that would give the password away, and credentials that are none."""
    monkeypatch.chdir(home)
    for name, mode, text in (("open", 0o644, "u:p"), ("empty", 0o600, "")):
        (home / name).write_text(text)
        (home / name).chmod(mode)
    assert main([*NODE, *words]) == status
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1


def test_without_a_journal(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where none is kept there is nothing to post, and that is said."""
    monkeypatch.delenv("SHOCPP_JOURNALDIR")
    assert main([*NODE, "--din", "https://x.example/", "--credentials", str(home / "din")]) == 78
    assert "no journal is kept" in capfd.readouterr().err
