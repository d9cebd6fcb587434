"""Refused connections as events: bounded whatever strangers do, for one process and for many, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.admission import shared_allowance
from shocpp.admission.refused_connections import Allowance, data_of
from shocpp.cli.journal import main
from shocpp.settings import Settings
from shocpp.spool.run.command_lock import held
from tests.support.journals import Talk, put

AT = 1_777_636_800.0  # 2026-05-01T12:00:00Z


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Make a home with a journal."""
    environ = {"SHOCPP_HOME": str(tmp_path), "SHOCPP_JOURNALDIR": str(tmp_path / "journal"), "TZ": "UTC"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return Settings.from_environ(environ)


def note(settings: Settings, identity: str, at: float, user: str | None = None) -> None:
    """Refuse a connection, as a process of its own."""
    shared_allowance.note(settings, data_of(identity, user, "192.0.2.7", 401, "wrong password"), lambda: at)


def events(home: Path) -> list[dict[str, Any]]:
    """Read the journal."""
    return [json.loads(line) for path in home.glob("journal/*/*/*") for line in path.read_text().splitlines()]


def test_an_event(settings: Settings, tmp_path: Path) -> None:
    """An event says which connection was refused, from where and why, in the words of a user event."""
    note(settings, "CP1", AT + 0.25, "joe\n")
    note(settings, "CP1", AT + 1, "CP1")
    data = {"cp": "CP1", "address": "192.0.2.7", "username": "joe\\x0a", "status": 401, "error": "wrong password"}
    first, second = events(tmp_path)
    assert first == {
        "time": "2026-05-01T12:00:00.250Z",
        "charge_point": "CP1",
        "tags": ["ocpp", "charger", "forbidden"],
        "data": data,
    }
    assert "username" not in second["data"]


def test_names_without_end(settings: Settings, tmp_path: Path) -> None:
    """Of a thousand strangers a few are written, in one file, and how many were left out stands in the next event."""
    for number in range(1000):
        note(settings, f"{number}-{'x' * 500}", AT + number / 1000)
    assert len(events(tmp_path)) == 60
    note(settings, "CP1", AT + 20)
    assert events(tmp_path)[-1]["data"]["left_out"] == 940
    files = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == ["journal/2026/05/01.jsonl", "run/refused.json", "run/refused.lock"]
    assert (tmp_path / files[0]).stat().st_size < 61 * 500


def test_a_clock_that_is_set_back() -> None:
    """A clock that jumps, in either direction, neither lets more through at once than ever nor shuts for long."""
    allowance = Allowance()
    assert [allowance.take(1e9) for _ in range(61)] == [0] * 60 + [None]
    assert allowance.take(5.0) is None
    assert allowance.take(16.0) == 2
    assert [allowance.take(2e9) is None for _ in range(61)] == [False] * 60 + [True]


@pytest.mark.parametrize("text", ["", "[", "{}", "[1,2]", '["a",{},[]]', "[NaN,1,0]"])
def test_what_cannot_be_read_is_begun_anew(settings: Settings, tmp_path: Path, text: str) -> None:
    """A broken file below run/ stops nothing."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run/refused.json").write_text(text)
    for _ in range(2):
        note(settings, "CP1", AT)
    assert len(events(tmp_path)) == 2


def test_without_a_lock_nothing_is_written(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While others hold the lock no event is written, rather than too many; without a journal nothing is touched."""
    monkeypatch.setattr(shared_allowance, "_WAIT_S", 0.01)
    (tmp_path / "run").mkdir()
    with held(str(tmp_path / "run/refused.lock"), 1.0):
        note(settings, "CP1", AT)
    assert events(tmp_path) == []
    settings.journal_dir = ""
    note(settings, "CP1", AT)
    assert not (tmp_path / "run/refused.json").exists()


def test_the_command_shows_them(settings: Settings, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """shocpp-journal prints events among the frames; with an action named there are none."""
    talk = Talk("CP1")
    talk.call("Heartbeat", {}, {"currentTime": talk.stamp})
    put(tmp_path / "journal", talk.lines)
    note(settings, "CP1", AT)
    note(settings, "CP2", AT)

    def shown(*words: str) -> list[str]:
        assert main(list(words)) == 0
        out, said = capfdbinary.readouterr()
        assert said == b""
        return ["event" if "tags" in json.loads(line) else "frame" for line in out.splitlines()]

    assert sorted(shown()) == ["event", "event", "frame", "frame"]
    assert sorted(shown("--charge-point", "CP1")) == ["event", "frame", "frame"]
    assert shown("--action", "Heartbeat") == ["frame", "frame"]
