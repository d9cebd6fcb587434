"""The journal's files: whole lines from many processes, on a full disk, after a crash."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shocpp.errors import ShocppError, WriteError
from shocpp.spool.journal import journal_writer

DAY = "2026-05-01"
WRITER = """
import sys
from shocpp.spool.journal.journal_writer import DayFile
folder, name, batches, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
file = DayFile(folder)
sys.stdin.readline()
for batch in range(batches):
    lines = [f'{{"who":"{name}","batch":{batch},"line":{n},"x":"{"x" * (n * size)}"}}' for n in range(20)]
    file.append("2026-05-01", ("\\n".join(lines) + "\\n").encode())
"""


def content(folder: Path) -> bytes:
    """Read the day's file."""
    return (folder / "2026/05/01.jsonl").read_bytes()


def test_append(tmp_path: Path) -> None:
    """Lines go to their day's file, a day after another, and are for its owner and group alone."""
    file = journal_writer.DayFile(str(tmp_path))
    file.append(DAY, b"1\n2\n")
    file.append("2026-05-02", b"3\n")
    file.append(DAY, b"4\n")
    assert content(tmp_path) == b"1\n2\n4\n"
    assert (tmp_path / "2026/05/02.jsonl").read_bytes() == b"3\n"
    assert (tmp_path / "2026/05/01.jsonl").stat().st_mode & 0o777 == 0o640


def test_one_for_a_process(tmp_path: Path) -> None:
    """However many connections a process serves, it opens each file once."""
    assert journal_writer.day_file(str(tmp_path)) is journal_writer.day_file(str(tmp_path))


def test_many_processes(tmp_path: Path) -> None:
    """Eight processes that append large batches at once leave every line whole, and each one's in order."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n), "60", "400"], stdin=subprocess.PIPE)
        for n in range(8)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0] * 8
    seen: dict[str, list[tuple[int, int]]] = {}
    for line in content(tmp_path).splitlines():
        value = json.loads(line)
        assert len(value["x"]) == value["line"] * 400
        seen.setdefault(value["who"], []).append((value["batch"], value["line"]))
    wanted = [(batch, line) for batch in range(60) for line in range(20)]
    assert seen == {str(n): wanted for n in range(8)}


def test_after_a_crash(tmp_path: Path) -> None:
    """Behind half a line, which a power cut left, the next one stands on its own."""
    journal_writer.DayFile(str(tmp_path)).append(DAY, b"1\n")
    with (tmp_path / "2026/05/01.jsonl").open("ab") as file:
        file.write(b'{"half')
    journal_writer.DayFile(str(tmp_path)).append(DAY, b"2\n")
    assert content(tmp_path) == b'1\n{"hal\n2\n'


def test_full_disk(tmp_path: Path) -> None:
    """On a disk that is full in the midst of a line only whole lines stay; with room again it goes on."""
    file = journal_writer.DayFile(str(tmp_path))
    file.append(DAY, b"0123456\n" * 10)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        for _ in range(3):
            with pytest.raises(WriteError, match="jsonl"):
                file.append(DAY, b"abcdefg\n" * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    file.append(DAY, b"again\n")
    assert content(tmp_path) == b"0123456\n" * 10 + b"abcdefg\n" * 2 + b"again\n"


FULL = r"""
mount -t tmpfs -o size=256k tmpfs "$1" || exit 9
{ yes 0123456789abcde | head -c 245760; } >"$1/filler"
"$2" -c '
import sys
from shocpp.errors import ShocppError
from shocpp.spool.journal.journal_writer import DayFile
file = DayFile(sys.argv[1])
failed = 0
for n in range(100):
    try:
        file.append("2026-05-01", b"%0999d\n" % n)
    except ShocppError as error:
        failed += 1
        assert "make room" in str(error), error
        if failed == 5:
            open(sys.argv[1] + "/filler", "w").close()
print(failed, flush=True)
' "$1" >"$3/failed" || exit 8
cp "$1/2026/05/01.jsonl" "$3/journal"
"""


def test_full_tmpfs(tmp_path: Path) -> None:
    """A disk without room costs the lines for which there was none, and no half line is left."""
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", FULL, "sh", str(tmp_path / "disk")]
    done = subprocess.run([*command, sys.executable, str(tmp_path)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    failed = int((tmp_path / "failed").read_text())
    lines = (tmp_path / "journal").read_bytes().splitlines()
    assert failed == 5
    assert [len(line) for line in lines] == [999] * 95
    assert sorted({int(line) for line in lines}) == [int(line) for line in lines]


def test_stranger_in_the_way(tmp_path: Path) -> None:
    """Where no folder can be made the fault is one of ours, with the path."""
    (tmp_path / "2026").write_text("")
    with pytest.raises(ShocppError, match="2026"):
        journal_writer.DayFile(str(tmp_path)).append(DAY, b"1\n")


def test_moved_away(tmp_path: Path) -> None:
    """A file that was removed is noticed, so that it can be opened anew."""
    file = journal_writer.DayFile(str(tmp_path))
    file.append(DAY, b"1\n")
    assert file.is_there()
    os.unlink(tmp_path / "2026/05/01.jsonl")
    assert not file.is_there()
    file.close()
    file.append(DAY, b"2\n")
    assert content(tmp_path) == b"2\n"
