"""shocpp-journal as it is typed: what passed, from gzipped days too, and what passes."""

from __future__ import annotations

import gzip
import json
import os
import select
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shocpp.cli.journal import main
from shocpp.spool.run.held_mailbox import HeldMailbox
from tests.support.journals import NOON, Talk, line, put
from tests.support.patience import PATIENCE_S


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal of its own, in Berlin."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setenv("SHOCPP_JOURNALDIR", str(tmp_path / "journal"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return tmp_path / "journal"


def read(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> list[object]:
    """Run the command; the frames that it printed."""
    assert main(list(words)) == 0
    return [json.loads(each)["frame"] for each in capfdbinary.readouterr().out.splitlines()]


def test_lines_as_kept(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Lines come out as they were kept, whatever letters are in them."""
    kept = [line(n, time=NOON + timedelta(days=n)) for n in range(3)]
    kept[1] = kept[1].replace(b"1}", '"ä€𝄞"}'.encode())
    put(folder, kept)
    assert main([]) == 0
    assert capfdbinary.readouterr() == (b"".join(kept), b"")


def test_gzipped(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A gzipped day is read like any other."""
    put(folder, [line(n, time=NOON + timedelta(days=n)) for n in range(3)])
    day = folder / "2026/05/02.jsonl"
    day.with_suffix(".jsonl.gz").write_bytes(gzip.compress(day.read_bytes()))
    day.unlink()
    assert read(capfdbinary) == [0, 1, 2]


def test_chosen(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """An action is shown with its answers, of the charge points that are named."""
    one, other = Talk("CP001"), Talk("CP002")
    for talk in (one, other):
        talk.call("Heartbeat", {}, {"currentTime": talk.stamp})
        talk.start(10_009_042, 9_042_700)
    put(folder, one.lines + other.lines)
    assert len(read(capfdbinary)) == 8
    assert len(read(capfdbinary, "--charge-point", "CP002")) == 4
    heartbeats = read(capfdbinary, "--action", "heartbeat", "--charge-point", "CP001")
    assert heartbeats == [[2, "1", "Heartbeat", {}], [3, "1", {"currentTime": "2026-05-01T12:00:00Z"}]]
    assert len(read(capfdbinary, "--action", "Heartbeat", "--action", "StartTransaction")) == 8
    assert read(capfdbinary, "--action", "Reset") == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--from", "2026-05-02"], [22, 23, 24, 46]),
        (["--to", "2026-05-01"], [0, 21]),
        (["--from", "2026-05-02", "--to", "2026-05-02"], [22, 23, 24]),
        (["--from", "2026-05", "--to", "2026-05"], [0, 21, 22, 23, 24, 46]),
        (["--from", "2026-05-01T22:30Z", "--to", "2026-05-02T00:00:00Z"], [23]),
        (["--from", "2026-05-02T00:30", "--to", "2026-05-02T01:30"], [23]),
        (["--from", "2026-06"], []),
    ],
)
def test_span(folder: Path, capfdbinary: pytest.CaptureFixture[bytes], words: list[str], wanted: list[int]) -> None:
    """Days are local days; an instant is taken by its zone."""
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    put(folder, [line(n, time=begin + timedelta(hours=n)) for n in (0, 21, 22, 23, 24, 46)])
    assert read(capfdbinary, *words) == wanted


def test_broken(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Broken lines cost no others and are counted on stderr."""
    put(folder, [line(1), line(2)])
    with (folder / "2026/05/01.jsonl").open("ab") as file:
        file.write(b"\xff{\n" + line(3)[:50])
    assert main([]) == 0
    out, err = capfdbinary.readouterr()
    assert len(out.splitlines()) == 2
    assert err.startswith(b"shocpp-journal: ") and err.endswith(b"01.jsonl: 2 broken lines passed over\n")


def test_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a journal, and with options that make no sense, one sentence says what to do."""
    assert main(["--from", "yesterday"]) == 64 and "2026-09-03" in capfd.readouterr().err
    assert main(["--follow", "--to", "2026-05"]) == 64 and "--follow" in capfd.readouterr().err
    assert main([]) == 0 and capfd.readouterr() == ("", "")
    assert not folder.exists()
    monkeypatch.delenv("SHOCPP_JOURNALDIR")
    assert main([]) == 78
    assert capfd.readouterr().err.startswith("shocpp-journal: no journal is kept; set SHOCPP_JOURNALDIR")


def follow(home: Path, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the launcher with --follow."""
    environ = {"SHOCPP_JOURNALDIR": str(folder), "PATH": os.defpath}
    return subprocess.Popen([home / "bin/shocpp-journal", "-f", *words], env=environ, stdout=subprocess.PIPE)


def next_line(process: subprocess.Popen[bytes]) -> bytes:
    """Wait for a line, but not for ever."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], PATIENCE_S)[0], "no line came"
    return os.read(process.stdout.fileno(), 1 << 16)


def test_follow(home: Path, folder: Path) -> None:
    """Following shows what has passed since a time, then what passes, and ends with status 130 when interrupted."""
    now = datetime.now(UTC)
    put(folder, [line("long ago", time=now - timedelta(days=3)), line("before", time=now - timedelta(days=1))])
    since = (now - timedelta(days=2)).isoformat()
    process = follow(home, folder, "--from", since)
    assert json.loads(next_line(process))["frame"] == "before"
    for n in range(2):
        kept = line(n, time=datetime.now(UTC))
        put(folder, [kept])
        assert next_line(process) == kept
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 130


def test_who_is_connected_and_says_nothing(home: Path, folder: Path) -> None:
    """A follower tells of a charge point that was connected when it started, and is silent since."""
    mailbox = HeldMailbox(str(home / "run"), "CP001")
    mailbox.hold()
    environ = {"SHOCPP_JOURNALDIR": str(folder), "SHOCPP_SILENT_AFTER": "1", "PATH": os.defpath}
    command = [str(home / "bin/shocpp-journal"), "--events", "-f"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:
        happened = json.loads(next_line(process))
        process.send_signal(signal.SIGINT)
    assert (happened["event"], happened["charge_point"]) == ("silent", "CP001")


def test_follow_unread(home: Path, folder: Path) -> None:
    """When nobody reads any more, following ends, even if nothing passes."""
    now = datetime.now(UTC)
    put(folder, [line("first", time=now)])
    process = follow(home, folder, "--from", (now - timedelta(minutes=1)).isoformat())
    next_line(process)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(PATIENCE_S) == 0


def test_unread(home: Path, folder: Path) -> None:
    """A reader that has enough is no fault."""
    put(folder, [line("x" * 1000)] * 2000)
    script = f'"{home}/bin/shocpp-journal" | head -n 1 >/dev/null'
    environ = {"SHOCPP_JOURNALDIR": str(folder), "PATH": os.defpath}
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"], env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_events(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """--events prints what happened in place of frames, of the charge point that is asked for; without --action."""
    there, other = Talk(), Talk("CP002")
    for talk in (there, other):
        talk.start(20_009_042, 9_042_700)
    put(folder, [*there.lines, *other.lines])
    assert main(["--events", "--charge-point", "CP001"]) == 0
    happened, silent = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert (happened["event"], happened["charge_point"], happened["transaction_id"]) == ("started", "CP001", 20_009_042)
    assert (silent["event"], silent["charge_point"], silent["time"]) == ("silent", "CP001", "2026-05-01T12:15:00.000Z")
    assert main(["--events", "--charge-point", "CP001", "--to", "2026-05-01T12:10Z"]) == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 1, "at that time it was not silent yet"
    assert main(["--events", "--action", "StartTransaction"]) == 64


def test_hooks(folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """--hooks hands each event to the programs in conf/hooks, and prints it as well; without --events it is refused."""
    talk = Talk()
    talk.start(20_009_042, 9_042_700)
    put(folder, talk.lines)
    hook = folder.parent / "conf/hooks/note"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ncat >{folder.parent}/seen\n")
    hook.chmod(0o755)
    monkeypatch.setenv("SHOCPP_SILENT_AFTER", "0")
    assert main(["--events", "--hooks"]) == 0
    assert json.loads(capfdbinary.readouterr().out) == json.loads((folder.parent / "seen").read_text())
    assert main(["--hooks"]) == 64
